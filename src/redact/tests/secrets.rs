//! Secrets that their place gives away.

use super::{BASE64, HEX, LETTERS, LOWER, URL64, clean, hides, random};

/// Places where a password stands; `@` is the password.
const PASSWORDS: &[&str] = &[
    "password=@",
    "password = @",
    "password: @",
    "password:@",
    "Password: @",
    "PASSWORD=@",
    "PASSWORD: \"@\"",
    "passwd=@",
    "pwd=@;",
    "db_password='@'",
    "DB_PASS=@",
    "dbPassword: '@',",
    "\"password\": \"@\"",
    "\"password\":\"@\"",
    "{\"user\":\"me\",\"password\":\"@\"}",
    "{\\\"password\\\":\\\"@\\\"}",
    "{\\\\\\\"password\\\\\\\":\\\\\\\"@\\\\\\\"}",
    "'password' => '@',",
    "password => \"@\"",
    "password := \"@\"",
    "let password = \"@\";",
    "const PASSWORD: &str = \"@\";",
    "password: str = \"@\"",
    "var password string = \"@\"",
    "String password = \"@\";",
    "config[\"password\"] = \"@\"",
    "os.environ['DB_PASSWORD'] = '@'",
    "$env:DB_PASSWORD = \"@\"",
    "set DB_PASSWORD=@",
    "export DB_PASSWORD=@ && run",
    "DB_PASSWORD=@ ./run.sh",
    "env DB_PASSWORD='@' ./run.sh",
    "${DB_PASSWORD:-@}",
    "docker run -e MYSQL_ROOT_PASSWORD=@ mysql",
    "  MYSQL_ROOT_PASSWORD: @\n  OTHER: 1",
    "- name: DB_PASSWORD\n  value: @\n",
    "- name: DB_PASSWORD\n  value: \"@\"\n",
    "password: |\n  @\nother: 1",
    "<password>@</password>",
    "<ns:password>@</ns:password>",
    "<add key=\"Password\" value=\"@\"/>",
    "Server=db;User Id=sa;Password=@;Database=x",
    "jdbc:mysql://host/db?user=me&password=@&ssl=true",
    "jdbc:sqlserver://host;user=sa;password=@",
    "--password @",
    "--password=@",
    "run --db-password '@' --verbose",
    "[\"--password\", \"@\"]",
    "[\\\"--password\\\",\\\"@\\\"]",
    "mysql -u root -p@ db",
    "mysqldump -p'@' db",
    "sshpass -p @ ssh host",
    "sshpass -p '@' ssh host",
    "docker login -u me -p @ registry",
    "curl -u me:@ https://example.com",
    "curl -u 'me:@' https://example.com",
    "curl --user me:@ https://example.com",
    "redis-cli -a @ ping",
    "openssl rsa -passin pass:@",
    "machine example.com login me password @",
    "machine example.com\n  login me\n  password @\n",
    "https://me:@@example.com/path",
    "postgres://me:@@db.example.com:5432/app",
    "redis://:@@localhost:6379",
    "mongodb+srv://me:@@cluster.example.net/?x=1",
    "amqp:\\/\\/me:@@host\\/",
    "git clone https://me:@@example.com/a.git",
    "ALTER USER me WITH PASSWORD '@';",
    "CREATE USER me IDENTIFIED BY '@';",
    "the password is @",
    "the password is @.",
    "the password is `@`",
    "My password: `@`",
    "**Password:** @",
    "**Password**: `@`",
    "- Password: **@**",
    "Passwort: @",
    "senha: @",
    "密码：@",
    "пароль: @",
    "passphrase=@",
    "\"passphrase\": \"@\"",
    "spring.datasource.password=@",
    "password=@\nnext=1",
    "a\\nPASSWORD=@\\nb",
    "//registry.example.com/:_password=@",
    "//registry.example.com/:_auth=@",
    "ansible_ssh_pass=@",
    "if password == \"@\" {",
    "String::from(\"x\"); let password = String::from(\"@\");",
    "requests.get(url, auth=(\"me\", \"@\"))",
    "password=\"@",
    "\"password\": \"@",
];

#[test]
fn a_password_is_hidden_wherever_it_stands() {
    for (place, seed) in PASSWORDS.iter().zip(1..) {
        for password in [
            random(LOWER, 8, seed),
            format!("{}!x", random(LETTERS, 10, seed)),
            format!("hunter{seed}7"),
        ] {
            hides(&fill(place, &password), &password);
        }
    }
}

/// Puts a secret in the place of the first `@`.
fn fill(place: &str, secret: &str) -> String {
    place.replacen('@', secret, 1)
}

/// Places where a random token stands.
const TOKENS: &[&str] = &[
    "token=@",
    "token: @",
    "TOKEN=@",
    "export FOO_TOKEN=@",
    "export FOO_TOKEN=\"@\"",
    "FOO_SECRET: @",
    "api_key => '@'",
    "api_key = \"@\"",
    "apiKey: '@'",
    "API_KEY=@",
    "\"api-key\": \"@\"",
    "\"client_secret\": \"@\"",
    "client_secret=@&grant_type=x",
    "\"access_token\":\"@\",\"token_type\":\"Bearer\"",
    "https://example.com/cb?access_token=@&x=1",
    "https://example.com/blob?sv=1&sig=@",
    "Authorization: Bearer @",
    "authorization: bearer @",
    "-H \"Authorization: Bearer @\" https://example.com",
    "-H 'Authorization: Basic @'",
    "\"Authorization\": \"Bearer @\"",
    "{\\\"Authorization\\\": \\\"Bearer @\\\"}",
    "headers['Authorization'] = 'Token @'",
    "Authorization: token @",
    "Authorization: @",
    "Proxy-Authorization: Basic @",
    "use Bearer @ there",
    "x-api-key: @",
    "X-Api-Key: @",
    "-H 'X-Auth-Token: @'",
    "PRIVATE-TOKEN: @",
    "Cookie: session=@; theme=dark",
    "-H 'Cookie: sid=@'",
    "Set-Cookie: sid=@; Path=/; HttpOnly",
    "curl -b 'sid=@' https://example.com",
    "curl --cookie \"sid=@\" https://example.com",
    "//registry.npmjs.org/:_authToken=@",
    "AccountName=x;AccountKey=@;EndpointSuffix=core.windows.net",
    "Endpoint=sb://x/;SharedAccessKeyName=y;SharedAccessKey=@",
    "aws_secret_access_key = @",
    "AWS_SECRET_ACCESS_KEY=@",
    "\"SecretAccessKey\": \"@\"",
    "SECRET_KEY = '@'",
    "secret: @",
    "API key: @",
    "the API key is @",
    "my access token is `@`",
    "token `@`",
    "JWT_SECRET=@",
    "--token @",
    "--api-key=@",
    "[\"--token\", \"@\"]",
    "https://@@example.com/a.git",
    "https://x-access-token:@@example.com/a.git",
    "<apiKey>@</apiKey>",
    "ENCRYPTION_KEY=@",
    "client-key-data: @",
    "WEBHOOK_SECRET=@",
    "const token: string = '@';",
    "Private-MAC: @",
    "aws configure set aws_secret_access_key @",
    "set OPENAI_API_KEY to @",
    "SECRET_KEY_BASE: @",
    "gh secret set FOO --body \"@\"",
];

#[test]
fn a_token_without_a_form_is_hidden_where_a_name_says_so() {
    for (place, seed) in TOKENS.iter().zip(1..) {
        for token in [
            random(LETTERS, 24, seed),
            random(LOWER, 32, seed),
            random(HEX, 32, seed),
            random(URL64, 44, seed),
        ] {
            let text = fill(place, &token);
            hides(&text, &token);
        }
    }
    let token = format!("{}==", random(BASE64, 86, 3));
    hides(&format!("AccountKey={token};x=y"), &token);
}

fn key(label: &str, lines: usize, newline: &str) -> (String, Vec<String>) {
    let body: Vec<String> = (1..=lines as u64)
        .map(|seed| random(BASE64, 64, seed))
        .collect();
    let dashes = "-".repeat(5);
    let text = format!(
        "{dashes}BEGIN {label}{dashes}{newline}{}{newline}{dashes}END {label}{dashes}",
        body.join(newline)
    );
    (text, body)
}

#[test]
fn private_keys_are_hidden_whole() {
    for kind in ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "] {
        let label = format!("{kind}PRIVATE {}", "KEY");
        for newline in [
            "\n",
            "\r\n",
            "\\n",
            "\\r\\n",
            "\\\\n",
            " ",
            "\n    ",
            "\n> ",
            "\" +\n \"",
        ] {
            let (text, body) = key(&label, 5, newline);
            let whole = clean(&format!("before\n{text}\nafter"));
            assert_eq!(
                whole, "before\n[redacted:private-key]\nafter",
                "{newline:?}"
            );
            // Cut anywhere behind the first line, nothing of it is left.
            for cut in (0..body.len()).map(|line| text.find(&body[line]).unwrap() + 20) {
                let cut = clean(&text[..cut]);
                assert!(
                    body.iter().all(|line| !cut.contains(&line[..12])),
                    "{newline:?}: {cut}"
                );
            }
            let headless = text[..text.find(&body[4]).unwrap()].to_owned();
            let cut = clean(&format!("{headless}\nand the build went on."));
            assert!(body[..4].iter().all(|line| !cut.contains(line)), "{cut}");
            assert!(cut.contains("the build went on"), "{cut}");
        }
    }
}

#[test]
fn keys_of_other_programs_are_hidden() {
    let (text, _) = key(&format!("PGP PRIVATE {} BLOCK", "KEY"), 3, "\n");
    assert_eq!(clean(&text), "[redacted:private-key]");
    let (text, _) = key(&format!("RSA PRIVATE {}", "KEY"), 3, "\n");
    let text = text.replacen(
        '\n',
        "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C3D4E5F\n\n",
        1,
    );
    assert_eq!(clean(&text), "[redacted:private-key]");
    let lines = [
        random(BASE64, 64, 1),
        random(BASE64, 64, 2),
        random(BASE64, 20, 3),
    ];
    let putty = format!(
        "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 3\n{}\nPrivate-MAC: {}\n",
        lines.join("\n"),
        random(HEX, 64, 4)
    );
    let cleaned = clean(&putty);
    assert!(
        lines.iter().all(|line| !cleaned.contains(line)),
        "{cleaned}"
    );
    hides(&putty, &random(HEX, 64, 4));
    let account = format!(
        "{{\"type\":\"service_account\",\"private_key\":\"{}\\n\"}}",
        key(&format!("PRIVATE {}", "KEY"), 3, "\\n").0
    );
    assert!(!clean(&account).contains(&random(BASE64, 64, 2)));
}

#[test]
fn names_users_and_hosts_stay() {
    let password = random(LETTERS, 12, 1);
    for (text, expected) in [
        (
            "postgres://me:@@host:5432/db",
            "postgres://me:[redacted:url-password]@host:5432/db",
        ),
        (
            "DB_PASSWORD=@ ./run",
            "DB_PASSWORD=[redacted:password] ./run",
        ),
        (
            "{\"password\":\"@\",\"a\":1}",
            "{\"password\":\"[redacted:password]\",\"a\":1}",
        ),
        ("curl -u me:@ host", "curl -u me:[redacted:password] host"),
        (
            "Authorization: Bearer @\nx",
            "Authorization: Bearer [redacted:authorization]\nx",
        ),
        (
            "Password=@;Database=x",
            "Password=[redacted:password];Database=x",
        ),
        (
            "f(password=\"@\", x=1)",
            "f(password=\"[redacted:password]\", x=1)",
        ),
        ("a?token=@&b=c", "a?token=[redacted:token]&b=c"),
        (
            "Set-Cookie: sid=@; Path=/",
            "Set-Cookie: sid=[redacted:cookie]; Path=/",
        ),
    ] {
        let text = text.replacen('@', &password, 1);
        assert_eq!(clean(&text), expected);
    }
}

#[test]
fn a_phrase_is_hidden() {
    let words =
        "abandon ability able about above absent absorb abstract absurd abuse access accident";
    hides(&format!("mnemonic: {words}"), words);
    hides(&format!("\"seed_phrase\": \"{words}\""), words);
}

#[test]
fn private_parts_are_removed() {
    for (text, expected) in [
        ("a <private>b</private> c", "a [redacted:private] c"),
        ("a <PRIVATE>b</Private> c", "a [redacted:private] c"),
        ("a <private>b\nc\n</private>\nd", "a [redacted:private]\nd"),
        ("a <private>b", "a [redacted:private]"),
        (
            "a <private>b<private>c</private>d</private> e",
            "a [redacted:private] e",
        ),
        ("a <private>b<private>c</private>d", "a [redacted:private]"),
        ("a < private >b< / private > c", "a [redacted:private] c"),
        (
            "a <private reason=\"x\">b</private> c",
            "a [redacted:private] c",
        ),
        (
            "<private>a</private><private>b</private>",
            "[redacted:private][redacted:private]",
        ),
        (
            "a \\u003cprivate\\u003eb\\u003c/private\\u003e c",
            "a [redacted:private] c",
        ),
        (
            "a &lt;private&gt;b&lt;/private&gt; c",
            "a [redacted:private] c",
        ),
        ("a <private>b<\\/private> c", "a [redacted:private] c"),
        ("a <private/> b", "a <private/> b"),
        ("a </private> b", "a </private> b"),
        ("a private <b> c", "a private <b> c"),
        ("Vec<PrivateKey>", "Vec<PrivateKey>"),
    ] {
        assert_eq!(clean(text), expected);
    }
}
