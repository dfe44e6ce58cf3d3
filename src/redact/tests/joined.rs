//! Passwords whose parts are joined, everywhere where a name says that one stands; what only looks
//! like them; tokens and numbers that lines, colours and other signs part.

use super::{LETTERS, changed_texts, clean, hides, hides_all, random};

const PLACES: &[&str] = &[
    "the password is @",
    "password for the staging db is @",
    "das Passwort lautet @",
    "das Passwort für den Server ist @, bitte merken",
    "le mot de passe est @",
    "la contraseña es @",
    "la password è @",
    "a senha é @",
    "пароль: @",
    "密码是@",
    "use @ as the password",
    "use @ as the password now",
    "nimm @ als Passwort now",
    "creds: joe:@",
    "pw=@",
    "db_pw=@",
    "psk=@",
    "secret=@",
    "pass=@",
    "mount -t cifs //h/s /m -o user=joe,pass=@",
    "mount error(13): pw=@",
    "ansible_become_pass=@",
    "setPassword(\"@\")",
    "define('DB_PASSWORD', '@');",
    "curl -F pass=@ https://example.com",
    "cmdkey /add:h /user:a /pass:@",
    "TF_VAR_master_pass=@",
    "please requirepass @ now",
    "please masterauth @ now",
    "please bindpw @ now",
    "please rootpw @ now",
    "please enable secret 0 @ now",
    "please username admin privilege 15 password 0 @ now",
    "please db.example.com:5432:*:app:@ now",
    "the password is now @",
    "the password might be @",
    "@ is the wrong password",
    "put @ into the password field",
    "**password** @",
    "the \"password\" is \"@\"",
    "\u{1b}[32mpassword\u{1b}[0m: \u{1b}[33m@\u{1b}[0m",
    "\u{1b}[1mDB_PASSWORD\u{1b}[0m=@",
];

#[test]
fn a_digit_is_enough_whatever_joins_the_parts() {
    for joint in ["", "-", ".", "_", "/", ":"] {
        hides_all(PLACES, &["Som", "mer24", joint, "Ber", "lin"].concat());
    }
}

#[test]
fn names_of_other_things_are_no_passwords() {
    let changed = changed_texts(&[
        "the password is utf8mb4 encoded",
        "password is required2 in schema v2",
        "the password is SHA-256 hashed",
        "the password is base64-encoded",
        "the password is user.password",
        "the password is config.db.password",
        "the password is src/auth/password.rs's job",
        "the password is sent over TLS1.3",
        "the password is 12 characters long",
        "the secret is base64url",
        "password Reset2024",
        "Contraseña: obligatorio",
        "密码：必填",
        "パスワード：8文字以上",
        "PASSWORD=`cat /run/secrets/db`",
        "existingSecret: postgres-auth-2",
        "enable secret sauce",
        "vault login -method=oidc role=dev1",
        "cookie: SameSite=Lax; Secure",
        "Set-Cookie: theme=dark; Path=/",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "curl -d '{\"password\":\"<password>\"}' https://x",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIyNCI+",
        "SGVsbG8gV29ybGQsIHRoaXMgaXMgYSB0ZXN0",
        "_ZN4core3fmt9Formatter9write_str17h2b7a1f0c9d8e7f6aE",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "word list: apple river stone cloud forest bridge garden window table orange silver metal",
    ]);
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn a_token_is_hidden_over_the_end_of_its_line() {
    let token = ["gh", "p_"].concat() + &random(LETTERS, 36, 7);
    for between in ["\n", "\\\n", "\n  ", "\u{1b}[1m"] {
        let (front, rest) = token.split_at(20);
        let cleaned = clean(&format!("TOKEN={front}{between}{rest}"));
        assert!(
            !cleaned.contains(rest) && !cleaned.contains(front),
            "{cleaned}"
        );
    }
}

#[test]
fn a_number_beside_other_numbers_is_hidden() {
    for text in [
        "order 985 5412991188568043",
        "item 7 4539 9689 1776 7360",
        "card 4539.9689.1776.7360",
        "card 4539\u{a0}9689\u{a0}1776\u{a0}7360",
        "card:\n4539\n9689\n1776\n7360",
        "ref 12 DE92370400441230574742",
        "ref de92370400441230574742",
    ] {
        assert!(clean(text).contains("[redacted:"), "{text}");
    }
    hides("7 224-69-5698", "224-69-5698");
    hides("social security number 243 33 4877", "243 33 4877");
}
