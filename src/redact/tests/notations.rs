//! Notations, commands, calls and tables in which a password stands.

use super::{changed_texts, clean, hides_all};

const PLACES: &[&str] = &[
    "curl --user=admin:@ https://example.com",
    "curl -sSuadmin:@ https://example.com",
    "xh --auth joe:@ get example.com",
    "cypher-shell -u neo4j -p @ x",
    "mycli -u root -p @ d",
    "swaks --to a@b -au joe -ap @",
    "ssh-keygen -t ed25519 -N @ -f k",
    "gh secret set DB_PASS -b\"@\"",
    "cf set-env app DB_PASSWORD @",
    "smbpasswd -a joe @",
    "chamber write svc key @",
    "mc alias set minio https://h minioadmin @",
    "composer config http-basic.repo.example.com joe @",
    "dotnet user-secrets set \"Db:Pw\" \"@\"",
    "echo -n @ | gcloud secrets create db --data-file=-",
    "echo @ | pass insert -e x",
    "cryptsetup open --key-file <(echo -n @) d x",
    "mysqlsh root:@@h:33060",
    "root:@@10.0.0.5 works",
    "sip:joe:@@h",
    "{\"value\":\"@\",\"name\":\"DB_PASSWORD\"}",
    "<add value=\"@\" key=\"DbPassword\"/>",
    "ParameterKey=DbPassword,ParameterValue=@",
    "{\"passwords\":[\"@\",\"x\"]}",
    "{\n  \"password\":\n    \"@\"\n}",
    "password:\n  @\n",
    "password = <<EOT\n@\nEOT",
    "db.password=\\\n  @",
    "<ns:Password xsi:type=\"xsd:string\">@</ns:Password>",
    "<password><![CDATA[@]]></password>",
    "<property name=\"password\"><value>@</value></property>",
    "<AdministratorPassword><Value>@</Value></AdministratorPassword>",
    "{ password:: '@' }",
    "{password, \"@\"}",
    "password = f\"@\"",
    "const pw = process.env.PW || \"@\"",
    "new mysqli(\"h\", \"root\", \"@\", \"d\")",
    "DBI->connect($dsn, \"root\", \"@\")",
    "server.login(\"a@b.c\", \"@\")",
    "conn.simple_bind_s('cn=a', '@')",
    "driver.find_element(By.ID, \"password\").send_keys(\"@\")",
    "expect(user.password).toBe(\"@\")",
    "INSERT INTO users (name, password) VALUES ('joe', '@');",
    "user,password\njoe,@",
    "Benutzer;Passwort\njoe;@",
    "user\tpassword\njoe\t@",
    "| user | password |\n|---|---|\n| joe | @ |",
    "DB_PASSWORD is @",
    "set DB_PASSWORD to @",
    "user joe pass @",
    "db pass @",
    "كلمة المرور: @",
    "הסיסמה היא @",
    "κωδικός: @",
    "mật khẩu là @",
    "paswd: @",
    "Geheimnis: @",
];

#[test]
fn a_password_is_hidden_in_every_notation() {
    for joint in ["", "-", "_"] {
        let places: Vec<String> = PLACES.iter().map(|place| mark_last(place)).collect();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        hides_all(&places, &["Hu", "go77", joint, "xyz3"].concat());
    }
}

/// Texts with an address have the place of the secret first or last.
fn mark_last(place: &str) -> String {
    match place.rfind("\"@\"") {
        Some(at) if place.contains("a@b.c") => place[..at].replace('@', "(at)") + &place[at..],
        _ if place.contains("a@b") => place.replacen('@', "(at)", 1),
        _ => place.to_owned(),
    }
}

#[test]
fn stored_passwords_are_hidden() {
    let hash = "$6$tzOvb3PU$iQGbpa.BVXnD6rwFpVtJrOdMr5oQEswUehzUXOJJtRZvYEVrQdxpv1DUh86bcIWPNOgy9MIn8GdxH9";
    let cleaned = clean(&format!("root:{hash}:19000:0"));
    assert!(!cleaned.contains(&hash[12..30]), "{cleaned}");
}

#[test]
fn other_columns_calls_and_addresses_stay() {
    let changed = changed_texts(&[
        "user,password,role",
        "INSERT INTO t (user, password) VALUES ($1, $2)",
        "connect(\"db1.example.com\", 5432, \"app\")",
        "login(\"admin\", callback2)",
        "npm:es6-promise@4.2.8",
        "node:22.11-alpine@sha256:9e38d3d4117da74a643f67041c83914480b335c3bd44d37ccf5b5ad86cd715ad",
        "type(password2)",
        "cat <(echo one2) <(echo two2)",
        "bundle exec rake db:seed2",
        "password:\n  min: 8\n  max: 72",
        "ssh-keygen -t ed25519 -N \"\" -f k2",
    ]);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
