//! The kinds of secrets that the table of providers does not name, as in `[redacted:KIND]`.

/// Defines a constant for each kind, and the list of all.
macro_rules! kinds {
    ($($name:ident = $kind:literal,)+) => {
        $(pub(super) const $name: &str = $kind;)+

        /// All of them.
        pub(super) const KINDS: &[&str] = &[$($name),+];
    };
}

kinds! {
    ACCESS_CODE = "access-code",
    AUTHORIZATION = "authorization",
    AUTHRESS_KEY = "authress-key",
    AWS_KEY = "aws-access-key",
    AWS_SECRET_KEY = "aws-secret-key",
    AZURE_DEVOPS_TOKEN = "azure-devops-token",
    AZURE_SECRET = "azure-secret",
    CARD_CODE = "card-code",
    CARD_NUMBER = "card-number",
    CLICKHOUSE_KEY = "clickhouse-key",
    COOKIE = "cookie",
    DISCORD_TOKEN = "discord-token",
    FACEBOOK_TOKEN = "facebook-token",
    FIREBASE_KEY = "firebase-key",
    GOOGLE_TOKEN = "google-token",
    HIGH_ENTROPY = "high-entropy",
    IBAN = "iban",
    JWT = "jwt",
    K3S_TOKEN = "k3s-token",
    KEY = "key",
    MAILCHIMP_KEY = "mailchimp-key",
    MAILGUN_KEY = "mailgun-key",
    MAXMIND_KEY = "maxmind-key",
    MNEMONIC = "mnemonic",
    NEW_RELIC_KEY = "newrelic-key",
    ONE_TIME_CODE = "one-time-code",
    ONEPASSWORD_KEY = "1password-key",
    OPENSHIFT_TOKEN = "openshift-token",
    PASSWORD = "password",
    PATTERN = "pattern",
    PAYPAL_TOKEN = "paypal-token",
    PIN = "pin",
    PRIVATE = "private",
    PRIVATE_KEY = "private-key",
    RECOVERY_KEY = "recovery-key",
    SECRET = "secret",
    SOCIAL_SECURITY = "social-security-number",
    TELEGRAM_TOKEN = "telegram-token",
    TERRAFORM_TOKEN = "terraform-token",
    TEXT = "text",
    TOKEN = "token",
    TWILIO_KEY = "twilio-key",
    TWITTER_TOKEN = "twitter-token",
    URL_PASSWORD = "url-password",
    WEBHOOK = "webhook",
}
