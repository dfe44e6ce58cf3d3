//! The kinds of secrets that the table of providers does not name, as in `[redacted:KIND]`.

pub(super) const ACCESS_CODE: &str = "access-code";
pub(super) const AUTHORIZATION: &str = "authorization";
pub(super) const AUTHRESS_KEY: &str = "authress-key";
pub(super) const AWS_KEY: &str = "aws-access-key";
pub(super) const AWS_SECRET_KEY: &str = "aws-secret-key";
pub(super) const AZURE_DEVOPS_TOKEN: &str = "azure-devops-token";
pub(super) const AZURE_SECRET: &str = "azure-secret";
pub(super) const CARD_CODE: &str = "card-code";
pub(super) const CARD_NUMBER: &str = "card-number";
pub(super) const CLICKHOUSE_KEY: &str = "clickhouse-key";
pub(super) const COOKIE: &str = "cookie";
pub(super) const DISCORD_TOKEN: &str = "discord-token";
pub(super) const FACEBOOK_TOKEN: &str = "facebook-token";
pub(super) const FIREBASE_KEY: &str = "firebase-key";
pub(super) const GOOGLE_TOKEN: &str = "google-token";
pub(super) const HIGH_ENTROPY: &str = "high-entropy";
pub(super) const IBAN: &str = "iban";
pub(super) const JWT: &str = "jwt";
pub(super) const K3S_TOKEN: &str = "k3s-token";
pub(super) const KEY: &str = "key";
pub(super) const MAILCHIMP_KEY: &str = "mailchimp-key";
pub(super) const MAILGUN_KEY: &str = "mailgun-key";
pub(super) const MAXMIND_KEY: &str = "maxmind-key";
pub(super) const MNEMONIC: &str = "mnemonic";
pub(super) const NEW_RELIC_KEY: &str = "newrelic-key";
pub(super) const ONE_TIME_CODE: &str = "one-time-code";
pub(super) const ONEPASSWORD_KEY: &str = "1password-key";
pub(super) const OPENSHIFT_TOKEN: &str = "openshift-token";
pub(super) const PASSWORD: &str = "password";
pub(super) const PATTERN: &str = "pattern";
pub(super) const PAYPAL_TOKEN: &str = "paypal-token";
pub(super) const PIN: &str = "pin";
pub(super) const PRIVATE: &str = "private";
pub(super) const PRIVATE_KEY: &str = "private-key";
pub(super) const RECOVERY_KEY: &str = "recovery-key";
pub(super) const SECRET: &str = "secret";
pub(super) const SOCIAL_SECURITY: &str = "social-security-number";
pub(super) const TELEGRAM_TOKEN: &str = "telegram-token";
pub(super) const TERRAFORM_TOKEN: &str = "terraform-token";
pub(super) const TEXT: &str = "text";
pub(super) const TOKEN: &str = "token";
pub(super) const TWILIO_KEY: &str = "twilio-key";
pub(super) const TWITTER_TOKEN: &str = "twitter-token";
pub(super) const URL_PASSWORD: &str = "url-password";
pub(super) const WEBHOOK: &str = "webhook";

/// All of them.
pub(super) const KINDS: [&str; 45] = [
    ACCESS_CODE,
    AUTHORIZATION,
    AUTHRESS_KEY,
    AWS_KEY,
    AWS_SECRET_KEY,
    AZURE_DEVOPS_TOKEN,
    AZURE_SECRET,
    CARD_CODE,
    CARD_NUMBER,
    CLICKHOUSE_KEY,
    COOKIE,
    DISCORD_TOKEN,
    FACEBOOK_TOKEN,
    FIREBASE_KEY,
    GOOGLE_TOKEN,
    HIGH_ENTROPY,
    IBAN,
    JWT,
    K3S_TOKEN,
    KEY,
    MAILCHIMP_KEY,
    MAILGUN_KEY,
    MAXMIND_KEY,
    MNEMONIC,
    NEW_RELIC_KEY,
    ONE_TIME_CODE,
    ONEPASSWORD_KEY,
    OPENSHIFT_TOKEN,
    PASSWORD,
    PATTERN,
    PAYPAL_TOKEN,
    PIN,
    PRIVATE,
    PRIVATE_KEY,
    RECOVERY_KEY,
    SECRET,
    SOCIAL_SECURITY,
    TELEGRAM_TOKEN,
    TERRAFORM_TOKEN,
    TEXT,
    TOKEN,
    TWILIO_KEY,
    TWITTER_TOKEN,
    URL_PASSWORD,
    WEBHOOK,
];
