//! Keys without a form, told by the vendor in the name of the setting and by their length:
//! `algolia = "…"`, `HEROKU=…`. Vendors and lengths are those of gitleaks' public rules.

use super::bytes::{ALNUM, URL64, is_any_of};
use super::kind::KEY;
use super::look;
use super::name::SecretName;

/// How the key of a vendor looks.
#[derive(Clone, Copy)]
enum KeyForm {
    /// Letters and digits, of one of these lengths.
    Letters(&'static [usize]),
    /// Also `_`, `-` and `=`.
    Dashed(&'static [usize]),
    /// An identifier in groups of hexadecimal digits.
    Uuid,
}

const VENDORS: &[(&str, KeyForm)] = &[
    ("adafruit", KeyForm::Dashed(&[32])),
    ("adobe", KeyForm::Letters(&[32])),
    ("airtable", KeyForm::Letters(&[17])),
    ("algolia", KeyForm::Letters(&[32])),
    ("alibaba", KeyForm::Letters(&[30])),
    ("asana", KeyForm::Letters(&[32])),
    ("atlassian", KeyForm::Letters(&[24])),
    ("confluence", KeyForm::Letters(&[24])),
    ("jira", KeyForm::Letters(&[24])),
    ("beamer", KeyForm::Dashed(&[46])),
    ("bitbucket", KeyForm::Dashed(&[32, 64])),
    ("bittrex", KeyForm::Letters(&[32])),
    ("meraki", KeyForm::Letters(&[40])),
    ("cloudflare", KeyForm::Dashed(&[37, 40])),
    ("codecov", KeyForm::Letters(&[32])),
    ("cohere", KeyForm::Letters(&[40])),
    ("coinbase", KeyForm::Dashed(&[64])),
    ("confluent", KeyForm::Letters(&[16, 64])),
    ("contentful", KeyForm::Dashed(&[43])),
    ("datadog", KeyForm::Letters(&[32, 40])),
    ("discord", KeyForm::Dashed(&[32, 64])),
    ("droneci", KeyForm::Letters(&[32])),
    ("dropbox", KeyForm::Dashed(&[15, 64])),
    ("etsy", KeyForm::Letters(&[24])),
    ("facebook", KeyForm::Letters(&[32])),
    ("fastly", KeyForm::Dashed(&[32])),
    ("finicity", KeyForm::Letters(&[20, 32])),
    ("finnhub", KeyForm::Letters(&[20])),
    ("flickr", KeyForm::Letters(&[32])),
    ("freshbooks", KeyForm::Letters(&[64])),
    ("gitter", KeyForm::Dashed(&[40])),
    ("gocardless", KeyForm::Dashed(&[45])),
    ("heroku", KeyForm::Uuid),
    ("hubspot", KeyForm::Uuid),
    ("intercom", KeyForm::Dashed(&[60])),
    ("jfrog", KeyForm::Letters(&[64, 73])),
    ("artifactory", KeyForm::Letters(&[64, 73])),
    ("bintray", KeyForm::Letters(&[64, 73])),
    (
        "kraken",
        KeyForm::Dashed(&[80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90]),
    ),
    ("kucoin", KeyForm::Letters(&[24])),
    ("kucoin", KeyForm::Uuid),
    ("launchdarkly", KeyForm::Dashed(&[40])),
    ("linear", KeyForm::Letters(&[32])),
    ("linkedin", KeyForm::Letters(&[14, 16])),
    ("looker", KeyForm::Letters(&[20, 24])),
    ("mattermost", KeyForm::Letters(&[26])),
    ("messagebird", KeyForm::Letters(&[25])),
    ("messagebird", KeyForm::Uuid),
    ("netlify", KeyForm::Dashed(&[40, 41, 42, 43, 44, 45, 46])),
    ("newrelic", KeyForm::Letters(&[64])),
    ("nytimes", KeyForm::Dashed(&[32])),
    ("okta", KeyForm::Dashed(&[42])),
    ("plaid", KeyForm::Letters(&[24, 30])),
    ("privateai", KeyForm::Letters(&[32])),
    ("rapidapi", KeyForm::Dashed(&[50])),
    ("sendbird", KeyForm::Letters(&[40])),
    ("sendbird", KeyForm::Uuid),
    ("sentry", KeyForm::Letters(&[64])),
    ("snyk", KeyForm::Uuid),
    ("sonar", KeyForm::Dashed(&[40])),
    ("squarespace", KeyForm::Uuid),
    ("sumo", KeyForm::Letters(&[14, 64])),
    ("travis", KeyForm::Letters(&[22])),
    ("twitch", KeyForm::Letters(&[30])),
    ("twitter", KeyForm::Letters(&[25, 35, 45, 50])),
    ("yandex", KeyForm::Dashed(&[40])),
    ("zendesk", KeyForm::Letters(&[40])),
    ("gitlabsession", KeyForm::Letters(&[32])),
];

/// Words that end the name of what is no key.
const HARMLESS: [&str; 28] = [
    "id", "ids", "url", "uri", "host", "version", "commit", "sha", "hash", "release", "digest",
    "checksum", "user", "username", "org", "project", "region", "channel", "image", "tag", "trace",
    "span", "request", "event", "build", "name", "site", "revision",
];

/// Returns what a setting holds by the vendor in its name and the form of its value.
pub(super) fn classify_setting(name: &[u8], value: &[u8]) -> Option<SecretName> {
    if value.len() < 14 || value.len() > 90 {
        return None;
    }
    let plain: Vec<u8> = name
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    let last = name.rsplit(|byte| !byte.is_ascii_alphanumeric()).next();
    let harmless = last.is_some_and(|last| {
        let id = last.strip_suffix(b"Id");
        is_any_of(last, &HARMLESS) || id.is_some_and(|front| !front.is_empty())
    });
    let known = VENDORS.iter().any(|(vendor, form)| {
        memchr::memmem::find(&plain, vendor.as_bytes()).is_some() && has_form(value, *form)
    });
    (known && !harmless).then_some(SecretName::firm(KEY))
}

fn has_form(value: &[u8], form: KeyForm) -> bool {
    let key = |lengths: &[usize]| lengths.contains(&value.len()) && look::is_token_like(value);
    match form {
        KeyForm::Letters(lengths) => ALNUM.has_all(value) && key(lengths),
        KeyForm::Dashed(lengths) => {
            let sign = |byte: &u8| URL64.has(*byte) || *byte == b'=';
            value.iter().all(sign) && key(lengths)
        }
        KeyForm::Uuid => is_uuid(value),
    }
}

/// Returns whether a value is hexadecimal digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    let mut groups = value.split(|byte| *byte == b'-').map(<[u8]>::len);
    look::is_hex(value) && groups.by_ref().take(5).eq([8, 4, 4, 4, 12]) && groups.next().is_none()
}
