//! Secrets by kind: in every spelling that people use for them. `@` is the secret.

use super::{
    BASE64, DIGITS, HEX, LETTERS, LOWER, UPPER, URL64, clean, hides, leak_of, none, random,
};

fn fill(place: &str, secret: &str) -> String {
    place.replacen('@', secret, 1)
}

/// Sentences and settings with a password, in many languages.
const SENTENCES: &[&str] = &[
    "Das Passwort lautet @",
    "Das Passwort lautet: @",
    "Das Passwort für den Server lautet @.",
    "Das Kennwort ist @",
    "Passwort für die Datenbank: @",
    "Kennwort: @",
    "Melde dich mit dem Passwort @ an",
    "Das neue Passwort ist `@`",
    "le mot de passe est @",
    "Le mot de passe du serveur est : @",
    "mot de passe : @",
    "la contraseña es @",
    "La contraseña del servidor es @",
    "contraseña: @",
    "clave: @",
    "la password è @",
    "a senha é @",
    "senha: @",
    "het wachtwoord is @",
    "wachtwoord: @",
    "lösenordet är @",
    "lösenord: @",
    "hasło: @",
    "heslo je @",
    "пароль: @",
    "密码是@",
    "密码：@",
    "パスワードは@",
    "비밀번호는 @",
    "The password for the staging server is @",
    "The password for staging: @",
    "log in with the password @",
    "password -> @",
    "Password is: @",
    "credentials: admin:@",
    "Credentials: admin / @",
    "login: admin:@",
    "Zugangsdaten: admin / @",
    "Das Passwort lautet „@“",
    "le mot de passe est « @ »",
    "the password is “@”.",
];

#[test]
fn a_password_is_hidden_in_any_language() {
    none(SENTENCES.iter().zip(1..).flat_map(|(place, seed)| {
        [
            random(LOWER, 9, seed),
            format!("Sommer{seed}!x9"),
            format!("hunter{seed}7x2"),
        ]
        .into_iter()
        .filter_map(move |password| leak_of(&fill(place, &password), &password))
    }));
}

/// Assignments in languages and formats.
const ASSIGNMENTS: &[&str] = &[
    "variable \"db_password\" {\n  type    = string\n  default = \"@\"\n}",
    "variable \"db_password\" {\n  type = string\n  sensitive = true\n  default = \"@\"\n}",
    "variable \"api_token\" { default = \"@\" }",
    "resource \"aws_db_instance\" \"x\" {\n  password = \"@\"\n}",
    "DbPassword:\n  Type: String\n  Default: @\n",
    "\"db_password\": {\n  \"type\": \"string\",\n  \"default\": \"@\"\n}",
    "\"password\": {\"value\": \"@\"}",
    "param adminPassword string = '@'",
    "localhost:5432:app:ann:@",
    "*:*:*:postgres:@",
    "db.example.com:5433:*:reader:@\n",
    "machine example.com login ann password @",
    "machine example.com\nlogin ann\npassword @",
    "spring.datasource.password=@",
    "[client]\nuser=root\npassword=@",
    "[db]\npassword : @",
    "val password = \"@\"",
    "val password: String = \"@\"",
    "private const val API_TOKEN = \"@\"",
    "password := \"@\"",
    "const dbPassword = \"@\"",
    "DB_PASSWORD: Final = \"@\"",
    "PASSWORD: Final[str] = '@'",
    "let apiKey = \"@\"",
    "my $password = '@';",
    "Dim password As String = \"@\"",
    "password <- \"@\"",
    "char password[64] = \"@\";",
    "std::string password(\"@\");",
    "static final String PASSWORD = \"@\";",
    "string password = @\"@\";",
    "define('DB_PASSWORD', '@');",
    "define(\"DB_PASSWORD\", \"@\");",
    "#define DB_PASSWORD \"@\"",
    "System.setProperty(\"db.password\", \"@\");",
    "props.put(\"password\", \"@\");",
    "os.Setenv(\"API_TOKEN\", \"@\")",
    "builder.setPassword(\"@\")",
    ".password(\"@\")",
    "storePassword \"@\"",
    "keyPassword '@'",
    "set(DB_PASSWORD \"@\")",
    "(setq db-password \"@\")",
    "ENV DB_PASSWORD @",
    "ENV DB_PASSWORD=@",
    "setenv DB_PASSWORD @",
    "set -x DB_PASSWORD @",
    "set -gx API_TOKEN @",
    "setx DB_PASSWORD @",
    "git config --global user.password @",
    "requirepass @",
    "masterauth @",
    "bindpw @",
    "enable secret 5 @",
    "username ann password 7 @",
    "auth_pass @",
    "stats auth admin:@",
    "| password | @ |",
    "| **Password** | `@` |",
    "password\t@",
    "<key>password</key>\n<string>@</string>",
    "<entry key=\"password\">@</entry>",
    "<property name=\"password\" value=\"@\"/>",
    "<add key=\"ClearTextPassword\" value=\"@\" />",
    "\"Password\"=\"@\"",
    "password: >-\n  @\n",
    "password: !!str @",
    "CREATE USER ann IDENTIFIED BY '@'",
    "CREATE USER ann IDENTIFIED BY @;",
    "CREATE USER ann IDENTIFIED WITH mysql_native_password BY '@'",
    "CREATE LOGIN ann WITH PASSWORD = '@'",
    "ALTER ROLE ann PASSWORD '@'",
];

#[test]
fn a_password_is_hidden_in_any_format() {
    none(ASSIGNMENTS.iter().zip(1..).flat_map(|(place, seed)| {
        [random(LETTERS, 14, seed), format!("Winter{seed}!x9z")]
            .into_iter()
            .filter_map(move |password| leak_of(&fill(place, &password), &password))
    }));
}

/// Connection strings and what drivers are given.
const CONNECTIONS: &[&str] = &[
    "jdbc:oracle:thin:scott/@@//db.example.com:1521/orcl",
    "jdbc:oracle:thin:scott/@@db.example.com:1521:orcl",
    "jdbc:oracle:oci:scott/@@orcl",
    "jdbc:mysql://ann:@@db/app",
    "jdbc:postgresql://db/app?user=ann&password=@",
    "jdbc:sqlserver://db;user=sa;password=@;encrypt=true",
    "jdbc:db2://db:50000/app:user=ann;password=@;",
    "Server=db;Database=app;User Id=sa;Password=@;",
    "Data Source=db;User ID=sa;Pwd=@;",
    "Driver={ODBC Driver 18};Server=db;UID=sa;PWD=@;Encrypt=yes",
    "DSN=app;UID=ann;PWD=@",
    "amqp://ann:@@mq:5672/vhost",
    "amqps://ann:@@mq/vhost",
    "mqtt://ann:@@broker:1883",
    "redis://:@@cache:6379/0",
    "rediss://default:@@cache:6380",
    "cache.example.com:6380,password=@,ssl=True",
    "mongodb://ann:@@a,b,c/app?replicaSet=x",
    "postgresql+asyncpg://ann:@@db/app",
    "mssql+pyodbc://ann:@@db/app?driver=x",
    "snowflake://ann:@@account/db",
    "ldap://cn=admin:@@ldap",
    "smtp://ann:@@mail.example.com:587",
    "sftp://ann:@@files.example.com",
    "socks5://ann:@@proxy:1080",
    "cloudinary://123456789012345:@@cloud",
    "host=db port=5432 user=ann password=@ dbname=app",
    "ann:@@tcp(db:3306)/app",
    "new NetworkCredential(\"ann\", \"@\")",
    "HTTPBasicAuth('ann', '@')",
    "DriverManager.getConnection(url, \"ann\", \"@\")",
    "WIFI:S:home;T:WPA;P:@;;",
];

#[test]
fn a_password_is_hidden_in_connection_strings() {
    none(CONNECTIONS.iter().zip(1..).flat_map(|(place, seed)| {
        [random(LETTERS, 12, seed), format!("tiger{seed}77")]
            .into_iter()
            .filter_map(move |password| leak_of(&fill(place, &password), &password))
    }));
}

#[test]
fn codes_in_urls_are_hidden() {
    for seed in 1..6 {
        for code in [
            random(URL64, 22, seed),
            random(HEX, 20, seed),
            random(LETTERS, 43, seed),
        ] {
            for place in [
                "https://app.example.com/callback?code=@&state=x",
                "https://app.example.com/cb?state=x&code=@",
                "GET /callback?code=@ HTTP/1.1",
                "grant_type=authorization_code&code=@&redirect_uri=x",
                "https://app.example.com/cas?ticket=@",
                "https://app.example.com/#code=@",
                "https://app.example.com/cb?a=b&amp;code=@",
                "https://x.example.com/?device_code=@",
                "https://x.example.com/a?X-Amz-Signature=@&x=y",
            ] {
                hides(&fill(place, &code), &code);
            }
        }
    }
    for text in [
        "https://example.com/errors?code=E0502",
        "https://example.com/?code=404&x=y",
        "https://example.com/?country_code=DE",
        "exit code=1",
        "https://example.com/lang?code=de-CH-1996",
    ] {
        assert_eq!(clean(text), text);
    }
}

fn uuid(seed: u64) -> String {
    let digits = random(HEX, 32, seed);
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}

#[test]
fn secrets_of_vault_are_hidden() {
    for place in [
        "vault write auth/approle/login role_id=x secret_id=@",
        "secret_id: @",
        "\"secret_id\": \"@\"",
        "VAULT_SECRET_ID=@",
        "export SECRET_ID=\"@\"",
    ] {
        hides(&fill(place, &uuid(7)), &uuid(7));
    }
    let password = random(LETTERS, 12, 3);
    hides(&format!("vault kv put secret/app db={password}"), &password);
}

#[test]
fn keys_of_vendors_are_told_by_name_and_length() {
    for (vendor, alphabet, length) in [
        ("algolia", LOWER, 32),
        ("datadog", HEX, 40),
        ("travis", LETTERS, 22),
        ("twitch", LOWER, 30),
        ("okta", URL64, 42),
        ("zendesk", LOWER, 40),
        ("fastly", URL64, 32),
        ("mattermost", LOWER, 26),
        ("linkedin", LETTERS, 16),
        ("plaid", LOWER, 30),
        ("launchdarkly", URL64, 40),
        ("confluent", LETTERS, 64),
        ("finnhub", LOWER, 20),
    ] {
        let key = random(alphabet, length, 9);
        for text in [
            format!("{vendor} = \"{key}\""),
            format!("{}: {key}", vendor.to_uppercase()),
            format!("\"{vendor}_key\": \"{key}\""),
            format!("const {vendor}Auth = '{key}';"),
        ] {
            hides(&text, &key);
        }
    }
    for vendor in ["heroku", "snyk", "sendbird", "squarespace"] {
        hides(&format!("{vendor}_auth={}", uuid(4)), &uuid(4));
    }
    for text in [
        format!("sentry_release = {}", random(HEX, 40, 3)),
        format!("heroku_app_id: {}", uuid(3)),
        format!("datadog_trace_id={}", random(HEX, 32, 3)),
        "twitter: @somebody_with_a_long_name1".to_owned(),
    ] {
        assert_eq!(clean(&text), text);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn tokens_without_context_are_told_by_their_form() {
    for (kind, token) in [
        (
            "azure-devops-token",
            random("abcdefghijklmnopqrstuvwxyz234567", 52, 3),
        ),
        (
            "artifactory-key",
            format!("AK{}{}", "Cp", random(LETTERS, 60, 3)),
        ),
        (
            "mapbox-token",
            format!(
                "sk.{}{}.{}",
                "eyJ",
                random(LETTERS, 60, 3),
                random(URL64, 22, 4)
            ),
        ),
        (
            "twitter-token",
            format!("{}{}", "A".repeat(22), random(LETTERS, 84, 3)),
        ),
        (
            "twitter-token",
            format!(
                "{}{}%2F{}%3D",
                "A".repeat(21),
                random(LETTERS, 30, 3),
                random(LETTERS, 50, 4)
            ),
        ),
        (
            "paypal-token",
            format!("access_{}${}$", "token$production", random(LOWER, 16, 3))
                + &random(HEX, 32, 4),
        ),
        (
            "1password-key",
            format!(
                "A3-{}-{}-{}-{}-{}",
                &random(UPPER, 6, 1),
                &random(UPPER, 11, 2),
                &random(UPPER, 5, 3),
                &random(UPPER, 5, 4),
                &random(UPPER, 5, 5)
            ),
        ),
        ("octopus-key", format!("API{}{}", "-", random(UPPER, 26, 3))),
        (
            "harness-token",
            format!(
                "pat{}{}.{}.{}",
                ".",
                random(URL64, 22, 2),
                random(LETTERS, 24, 3),
                random(LETTERS, 20, 4)
            ),
        ),
        (
            "clickhouse-key",
            format!("4b{}{}", "1d", random(LETTERS, 38, 3)),
        ),
        (
            "maxmind-key",
            format!("{}_{}_mmk", random(LETTERS, 6, 1), random(LETTERS, 29, 2)),
        ),
        (
            "scalingo-token",
            format!("tk-{}{}", "us-", random(URL64, 48, 3)),
        ),
        (
            "infracost-key",
            format!("ico{}{}", "-", random(LETTERS, 32, 3)),
        ),
        (
            "adobe-secret",
            format!("p8e{}{}", "-", random(LOWER, 32, 3)),
        ),
        (
            "docker-token",
            format!("SWM{}{}", "TKN-1-", random(LOWER, 50, 3)),
        ),
        (
            "stripe-key",
            format!("sk_{}{}", "prod_", random(LETTERS, 30, 3)),
        ),
        (
            "settlemint-token",
            format!("sm_{}{}", "pat_", random(LETTERS, 16, 3)),
        ),
        ("amazon-mws-token", format!("amzn{}{}", ".mws.", uuid(3))),
        (
            "recovery-key",
            (1..=8)
                .map(|group| format!("{:06}", group * 11 * 6007 % 720_885 / 11 * 11))
                .collect::<Vec<_>>()
                .join("-"),
        ),
    ] {
        assert_eq!(
            clean(&format!("use {token} now")),
            format!("use [redacted:{kind}] now"),
            "{token}"
        );
        hides(&format!("{{\"text\":\"{token}\"}}"), &token);
    }
    let app = format!("{}|{}", random(DIGITS, 16, 2), random(LETTERS, 27, 3));
    hides(&format!("token {app}"), &app);
    let code = format!("4/0A{}", random(URL64, 60, 3));
    hides(&format!("paste the code {code}"), &code);
}

#[test]
fn key_material_is_hidden_without_its_first_line() {
    let dashes = "-".repeat(5);
    let body: Vec<String> = (1..=5).map(|seed| random(BASE64, 64, seed)).collect();
    for label in ["RSA PRIVATE", "PRIVATE", "OPENSSH PRIVATE"] {
        for newline in ["\n", "\r\n", "\\n", "\n    "] {
            let text = format!(
                "{}{newline}{dashes}END {label} {}{dashes}",
                body.join(newline),
                "KEY"
            );
            let cleaned = clean(&format!("the key ends with\n{text}\nand that is it"));
            assert!(
                body.iter().all(|line| !cleaned.contains(line)),
                "{newline:?} {cleaned}"
            );
            assert!(cleaned.starts_with("the key ends with\n"), "{cleaned}");
            assert!(cleaned.ends_with("\nand that is it"), "{cleaned}");
        }
    }
    for front in [
        ["MIIEow", "IBAAKCAQEA"],
        ["MIIEvQ", "IBADANBgkqhkiG9w0BAQEFAASC"],
        ["MIGHAgEAMB", "MGByqGSM49AgEGCCqGSM49AwEHBG0w"],
        ["b3BlbnNzaC1r", "ZXktdjEAAAAABG5vbmU"],
    ] {
        let first = format!(
            "{}{}",
            front.concat(),
            random(BASE64, 64 - front.concat().len(), 9)
        );
        let text = format!("{first}\n{}", body.join("\n"));
        let cleaned = clean(&text);
        assert!(
            body.iter()
                .chain([&first])
                .all(|line| !cleaned.contains(&line[..40])),
            "{cleaned}"
        );
    }
    let member = random(URL64, 86, 3);
    hides(
        &format!("{{\"kty\":\"RSA\",\"n\":\"x\",\"e\":\"AQAB\",\"d\":\"{member}\"}}"),
        &member,
    );
}

#[test]
fn mnemonics_are_hidden() {
    let all: Vec<&str> = include_str!("../mnemonic-english.txt").lines().collect();
    for seed in 1..8usize {
        for count in [12, 15, 18, 21, 24] {
            let words: Vec<&str> = (0..count)
                .map(|at| all[(at * 389 + seed * 131) % all.len()])
                .collect();
            let numbered: Vec<String> = words
                .iter()
                .zip(1..)
                .map(|(word, at)| format!("{at}. {word}"))
                .collect();
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            for phrase in [
                words.join(" "),
                words.join("\n"),
                words.join(", "),
                numbered.join(" "),
                numbered.join("\n"),
                quoted.join(", "),
            ] {
                for place in [
                    "@",
                    "the wallet mnemonic is @",
                    "Write these down: @.",
                    "restore with: @\nthen sync",
                ] {
                    let cleaned = clean(&fill(place, &phrase));
                    let left = words
                        .iter()
                        .filter(|word| word.len() > 5 && cleaned.contains(**word))
                        .count();
                    assert_eq!(left, 0, "{cleaned}\nof {phrase}");
                }
            }
        }
    }
}

#[test]
fn secrets_of_kubernetes_are_hidden() {
    let (first, second) = (random(LETTERS, 16, 1), random(LETTERS, 20, 2));
    for text in [
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  user: {first}==\n  other: {second}\n"
        ),
        format!(
            "apiVersion: v1\ndata:\n  user: {first}\n  other: {second}\nkind: Secret\nmetadata:\n  name: x\n"
        ),
        format!(
            "kind: Secret\nstringData:\n  a.conf: |\n    {first}\n  b: \"{second}\"\ntype: Opaque\n"
        ),
    ] {
        let cleaned = clean(&text);
        assert!(
            !cleaned.contains(&first) && !cleaned.contains(&second),
            "{cleaned}"
        );
        assert!(cleaned.contains("kind: Secret"), "{cleaned}");
    }
    let map = format!("kind: ConfigMap\ndata:\n  user: abc{}\n", "def");
    assert_eq!(clean(&map), map);
}

#[test]
fn a_passphrase_may_be_words() {
    let words = "correct horse battery staple";
    for place in [
        "passphrase: @",
        "the passphrase is \"@\"",
        "Passphrase: @\nnext",
    ] {
        hides(&fill(place, words), words);
    }
    for text in [
        "passphrase: it must be at least ten characters",
        "the passphrase is \"not set for this key\"",
        "Enter passphrase for key",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn logins_in_base64_are_hidden() {
    // Base64 of `admin:secret` and of `ann:tiger` with letters only.
    for encoded in [
        ["YWRtaW46", "c2VjcmV0"].concat(),
        ["YW5uOnRp", "Z2Vy"].concat(),
    ] {
        hides(&format!("use Basic {encoded} there"), &encoded);
        hides(
            &format!("\"auths\":{{\"x\":{{\"auth\":\"{encoded}\"}}}}"),
            &encoded,
        );
    }
}
