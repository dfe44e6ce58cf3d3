//! Secrets that only the words around them give away: PINs, check numbers, passwords in passing,
//! tokens of hexadecimal digits, phrases of wallets in other languages, keystores.

use super::{HEX, clean, hides, hides_all, random};

#[test]
fn a_pin_is_hidden_behind_its_word() {
    let places = [
        "PIN: @",
        "my PIN is @",
        "Die PIN lautet @.",
        "die PIN ist @",
        "SIM-PIN: @",
        "PIN-Code: @",
        "pin code is @",
        "pin=@",
        "PIN=@;",
        "PIN @",
        "PUK: @",
        "code PIN : @",
        "le code PIN est @",
        "el PIN es @",
        "PIN `@`",
        "\"pin\": \"@\"",
        "{\\\"pin\\\":\\\"@\\\"}",
        "pin: '@'",
        "**PIN:** @",
    ];
    for pin in ["4711", "200831", "00491234"] {
        hides_all(&places, pin);
    }
}

#[test]
fn check_numbers_of_cards_are_hidden_behind_their_word() {
    let places = [
        "CVV: @",
        "cvv @",
        "CVC @",
        "cvv=@",
        "cvc2: @",
        "\"cvv\": \"@\"",
        "security code: @",
        "the security code is @",
        "Prüfziffer: @",
        "Kartenprüfnummer: @",
        "CVV is @",
        "exp 12/27 cvv @, thanks",
    ];
    hides_all(&places, "417");
    hides_all(&places, "4170");
}

#[test]
fn social_security_numbers_are_hidden() {
    let places = [
        "SSN @",
        "SSN: @",
        "ssn=@",
        "social security number @",
        "\"ssn\": \"@\"",
        "(@)",
        "patient @ admitted.",
    ];
    hides_all(&places, "523-45-6789");
    hides_all(
        &[
            "SSN: @",
            "ssn=@",
            "\"ssn\": \"@\"",
            "social security number: @",
        ],
        "523456789",
    );
    let kept = super::Redactor::plain().keeping_payment();
    assert_eq!(kept.clean("patient 523-45-6789"), "patient 523-45-6789");
}

#[test]
fn a_password_is_hidden_where_it_is_told_in_passing() {
    let places = [
        "Pw ist @",
        "das pw war @",
        "pw is @",
        "pwd is: @",
        "the pass is @",
        "le mdp est @",
        "the secret is @",
        "Benutzer admin, Passwort @",
        "altes Passwort @",
        "WLAN Passwort @",
        "пароль @",
        "WLAN-Schlüssel: @",
        "parool: @",
        "Passwort geändert auf @",
        "password was changed to @",
        "user root password @",
    ];
    hides_all(&places, &["Zk7!", "mwQ2x"].concat());
}

#[test]
fn a_token_of_hexadecimal_digits_is_hidden_where_it_is_called_one() {
    let places = [
        "sonar token @",
        "use the token @ for CI",
        "gh auth login with token @",
        "token: @",
        "my GitHub token is @",
        "Authorization: token @",
        "git clone https://@@example.com/a.git",
        "https://oauth2:@@example.com/a.git",
        "?access_token=@",
        "personal access token @",
    ];
    for seed in 1..9 {
        hides_all(&places, &random(HEX, 40, seed));
    }
}

#[test]
fn a_phrase_of_any_language_is_hidden_where_it_is_called_one() {
    let phrases = [
        "abaisser abandon abdiquer abeille abolir aborder aboutir aboyer abrasif abreuver abriter abroger",
        "ábaco abdomen abeja abierto abogado abono aborto abrazo abrir abuelo abuso acabar",
        "あいこくしん あいさつ あいだ あおぞら あかちゃん あきる あけがた あける あこがれる あさい あさひ あしあと",
    ];
    let places = [
        "seed phrase: @",
        "recovery phrase: @",
        "MNEMONIC=\"@\"",
        "frase semilla: @",
    ];
    for phrase in phrases {
        hides_all(&places, phrase);
    }
}

/// Returns base64 as lines, of which the first begins so.
fn lines(begin: &str, width: usize) -> (String, Vec<String>) {
    let text = begin.to_owned() + &random(super::BASE64, 900, 5);
    let lines: Vec<String> = text
        .as_bytes()
        .chunks(width)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    (lines.join("\n"), lines)
}

#[test]
fn a_keystore_in_text_is_hidden_whole() {
    let begins = [
        ["MIIKEQ", "IBAzCCCdcGCSqGSIb3DQEHAaCC"],
        ["/u3+", "7QAAAAIAAAABAAAAAQAGc2Vydm"],
        ["zs7Oz", "gAAAAIAAAABAAAAAQAGc2Vydm"],
    ];
    for begin in begins {
        for width in [64, 76] {
            let (text, lines) = lines(&begin.concat(), width);
            for line in &lines[1..] {
                hides(&format!("keystore:\n{text}\n\nand so on"), line);
            }
        }
    }
    let hex = ["30820a11", "0201033082"].concat() + &random(HEX, 400, 3);
    hides(&hex, &hex[100..140]);
}

#[test]
fn words_that_only_sound_so_stay() {
    let texts = [
        "pin 12 of the connector",
        "GPIO pin 13 drives the LED",
        "pin the version to 1.2.3",
        "pins: 4096",
        "PIN entry takes 4 digits",
        "the PIN is wrong",
        "a PIN of 4 digits",
        "the pin is 3.3V",
        "pin = 13",
        "please pin this to 2024",
        "pin 4711",
        "ping 1234",
        "PINs 1234",
        "PIN: 12.5",
        "PINE64 board",
        "pin_memory=True",
        "pinout: 1234",
        "spin: 1234",
        "security code review of 123 files",
        "the security code 200 lines",
        "security code: 3 findings",
        "CVC4 is an SMT solver",
        "cvc5: 1.0.2",
        "CVV is checked",
        "cvv: required",
        "CVV: 3 digits",
        "ssn: string",
        "SSN has 9 digits",
        "555-12-3456-7",
        "order 123-45-6789-0",
        "http://a/123-45-6789",
        "123-45-678",
        "000-12-3456",
        "666-12-3456",
        "912-12-3456",
        "2024-01-1234",
        "phone 555-12-345",
        "pw: string",
        "pw = input()",
        "pw is None",
        "pw is hashed with bcrypt",
        "Pw ist falsch",
        "Pw ist hier egal",
        "das pw ist abgelaufen",
        "pass: true",
        "pass is 3 of 4",
        "tests pass 100",
        "the pass is over",
        "pwd is /home/me",
        "pwd: /home/me/src",
        "the secret is simple",
        "the secret is to wait",
        "secret is rotated every 90 days",
        "the secret is base64 encoded",
        "le mdp est oublié",
        "password Reset2024",
        "password SHA256",
        "Passwort Manager 2.0",
        "Password Safe 3.62",
        "password changed to a longer one",
        "password was set to expire",
        "set to 5 minutes",
        "token count 40",
        "the token budget 128000",
        "token commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "cache key 3f786850e387550fdab836ed7e6dc881de23001b",
        "actions/checkout@3f786850e387550fdab836ed7e6dc881de23001b",
        "feedface00000001",
        "phrase: eins zwei drei",
        "mnemonic: ADD r1, r2",
        "zip code: 12345",
        "exit code: 137",
    ];
    let changed = texts.iter().filter(|text| clean(text) != **text);
    assert_eq!(changed.collect::<Vec<_>>(), Vec::<&&str>::new());
}
