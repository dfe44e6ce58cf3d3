//! The markers that stand where a secret was: `[redacted:KIND]`.

use super::provider::PROVIDERS;
use std::ops::Range;

const OPEN: &str = "[redacted:";

/// The kinds that no table of providers names.
pub(super) const AUTHORIZATION: &str = "authorization";
pub(super) const AWS_SECRET_KEY: &str = "aws-secret-key";
pub(super) const COOKIE: &str = "cookie";
pub(super) const DISCORD_TOKEN: &str = "discord-token";
pub(super) const GOOGLE_TOKEN: &str = "google-token";
pub(super) const HIGH_ENTROPY: &str = "high-entropy";
pub(super) const JWT: &str = "jwt";
pub(super) const KEY: &str = "key";
pub(super) const PASSWORD: &str = "password";
pub(super) const PATTERN: &str = "pattern";
pub(super) const PRIVATE: &str = "private";
pub(super) const PRIVATE_KEY: &str = "private-key";
pub(super) const SECRET: &str = "secret";
pub(super) const TELEGRAM_TOKEN: &str = "telegram-token";
pub(super) const TEXT: &str = "text";
pub(super) const TOKEN: &str = "token";
pub(super) const URL_PASSWORD: &str = "url-password";
pub(super) const WEBHOOK: &str = "webhook";

const OTHERS: [&str; 18] = [
    AUTHORIZATION,
    AWS_SECRET_KEY,
    COOKIE,
    DISCORD_TOKEN,
    GOOGLE_TOKEN,
    HIGH_ENTROPY,
    JWT,
    KEY,
    PASSWORD,
    PATTERN,
    PRIVATE,
    PRIVATE_KEY,
    SECRET,
    TELEGRAM_TOKEN,
    TEXT,
    TOKEN,
    URL_PASSWORD,
    WEBHOOK,
];

/// Kinds of [`shape`](super::shape), which have no prefix in the table.
pub(super) const AWS_KEY: &str = "aws-access-key";
pub(super) const AZURE_SECRET: &str = "azure-secret";
pub(super) const MAILCHIMP_KEY: &str = "mailchimp-key";
pub(super) const MAILGUN_KEY: &str = "mailgun-key";
pub(super) const NEW_RELIC_KEY: &str = "newrelic-key";
pub(super) const OPENSHIFT_TOKEN: &str = "openshift-token";
pub(super) const TERRAFORM_TOKEN: &str = "terraform-token";
pub(super) const TWILIO_KEY: &str = "twilio-key";

const SHAPES: [&str; 8] = [
    AWS_KEY,
    AZURE_SECRET,
    MAILCHIMP_KEY,
    MAILGUN_KEY,
    NEW_RELIC_KEY,
    OPENSHIFT_TOKEN,
    TERRAFORM_TOKEN,
    TWILIO_KEY,
];

/// Appends the marker of a kind.
pub(super) fn push(text: &mut String, kind: &str) {
    text.push_str(OPEN);
    text.push_str(kind);
    text.push(']');
}

/// Returns where the markers of a text stand. Only a kind that there is makes a marker: a secret
/// between the brackets does not.
pub(super) fn all(text: &str) -> Vec<Range<usize>> {
    memchr::memmem::find_iter(text.as_bytes(), OPEN)
        .filter_map(|start| {
            let rest = &text[start + OPEN.len()..];
            let kind = rest.get(..rest.bytes().take(40).position(|byte| byte == b']')?)?;
            is_kind(kind).then_some(start..start + OPEN.len() + kind.len() + 1)
        })
        .collect()
}

fn is_kind(name: &str) -> bool {
    OTHERS.contains(&name)
        || SHAPES.contains(&name)
        || PROVIDERS.iter().any(|provider| provider.kind == name)
}
