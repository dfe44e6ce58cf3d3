//! Numbers of cards and accounts, made here: no one was ever issued.

use super::{clean, hides};
use crate::redact::Redactor;

/// Returns a number of this length with its check digit.
fn card(lead: &str, length: usize, seed: u64) -> String {
    let mut digits: Vec<u32> = lead
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let mut state = seed;
    while digits.len() + 1 < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        digits.push((state >> 33) as u32 % 10);
    }
    let check = (0..10).find(|check| luhn(&digits, *check)).unwrap();
    digits.push(check);
    digits.iter().map(u32::to_string).collect()
}

fn luhn(front: &[u32], last: u32) -> bool {
    let digits = front.iter().chain([&last]).rev().enumerate();
    let doubled = |(at, digit): (usize, &u32)| match (at % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) => double / 10 + double % 10,
    };
    digits.map(doubled).sum::<u32>() % 10 == 0
}

fn grouped(digits: &str, groups: &[usize], sign: &str) -> String {
    let mut rest = digits;
    let mut parts = Vec::new();
    for length in groups {
        let (part, behind) = rest.split_at(*length);
        parts.push(part);
        rest = behind;
    }
    parts.join(sign)
}

fn cards() -> Vec<String> {
    let mut cards = Vec::new();
    for seed in 1..12 {
        for (lead, length, groups) in [
            ("4", 16, &[4, 4, 4, 4][..]),
            ("51", 16, &[4, 4, 4, 4]),
            ("2221", 16, &[4, 4, 4, 4]),
            ("6011", 16, &[4, 4, 4, 4]),
            ("3530", 16, &[4, 4, 4, 4]),
            ("62", 16, &[4, 4, 4, 4]),
            ("37", 15, &[4, 6, 5]),
            ("36", 14, &[4, 6, 4]),
        ] {
            let digits = card(lead, length, seed);
            cards.push(grouped(&digits, groups, " "));
            cards.push(grouped(&digits, groups, "-"));
            cards.push(digits);
        }
    }
    cards
}

const PLACES: [&str; 12] = [
    "@",
    "card @",
    "Card number: @",
    "paid with @.",
    "card=@",
    "{\"number\":\"@\"}",
    "{\"number\":@}",
    "Kreditkarte @, gültig bis 12/29",
    "card @ exp 12/29 cvv 123",
    "(@)",
    "line\n@\nline",
    "| card | @ |",
];

#[test]
fn card_numbers_are_hidden() {
    for card in cards() {
        for place in PLACES {
            hides(&place.replace('@', &card), &card);
        }
    }
}

/// Countries and accounts; the check digits are reckoned.
const ACCOUNTS: [(&str, &str); 8] = [
    ("DE", "370400440532013000"),
    ("GB", "NWBK60161331926819"),
    ("FR", "20041010050500013M02606"),
    ("ES", "21000418450200051332"),
    ("CH", "00762011623852957"),
    ("AT", "1904300234573201"),
    ("NL", "ABNA0417164300"),
    ("NO", "86011117947"),
];

fn iban(country: &str, account: &str) -> String {
    let rest = |check: u32| {
        let signs = format!("{account}{country}{check:02}");
        signs.chars().fold(0u32, |rest, sign| {
            let value = sign.to_digit(36).unwrap();
            let shift = if value > 9 { 100 } else { 10 };
            (rest * shift + value) % 97
        })
    };
    let check = (2..=98).find(|check| rest(*check) == 1).unwrap();
    format!("{country}{check:02}{account}")
}

#[test]
fn account_numbers_are_hidden() {
    for (country, account) in ACCOUNTS {
        let plain = iban(country, account);
        let chunks: Vec<&str> = (0..plain.len())
            .step_by(4)
            .map(|at| &plain[at..plain.len().min(at + 4)])
            .collect();
        for number in [plain.clone(), chunks.join(" "), chunks.join("-")] {
            for place in PLACES {
                hides(&place.replace('@', &number), &number);
            }
        }
        hides(
            &format!("IBAN {} BIC X", chunks.join(" ")),
            &chunks.join(" "),
        );
    }
}

#[test]
fn numbers_with_wrong_digits_stay() {
    for card in cards() {
        let last = card
            .chars()
            .last()
            .and_then(|digit| digit.to_digit(10))
            .unwrap();
        let wrong = format!("{}{}", &card[..card.len() - 1], (last + 1) % 10);
        assert_eq!(
            clean(&format!("order {wrong} came")),
            format!("order {wrong} came")
        );
    }
    for (country, account) in ACCOUNTS {
        let plain = iban(country, account);
        let check: u32 = plain[2..4].parse().unwrap();
        let wrong = format!("{country}{:02}{account}", (check + 1) % 97);
        assert_eq!(
            clean(&format!("account {wrong}")),
            format!("account {wrong}")
        );
    }
}

#[test]
fn what_only_contains_such_a_number_stays() {
    let digits = card("4", 16, 5);
    for text in [
        format!("0.{digits}"),
        format!("{digits}.5"),
        format!("id_{digits}"),
        format!("{digits}7"),
        format!("/orders/{digits}/"),
        format!("#{digits}"),
        format!("v{digits}"),
        "0000 0000 0000 0000".to_owned(),
        "4444444444444448".replace('8', "4"),
        "1700000000000".to_owned(),
        "1700000000000000".to_owned(),
    ] {
        assert_eq!(clean(&text), text);
    }
}

#[test]
fn the_setting_turns_it_off() {
    let redactor = Redactor::plain().keeping_payment();
    for text in [card("4", 16, 3), iban("DE", "370400440532013000")] {
        assert_eq!(redactor.clean(&text), text);
    }
}
