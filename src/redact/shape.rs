//! Tokens that their form gives away, where a prefix alone would not.

use super::bytes::{
    ALNUM, BASE64, DIGIT, DOLLAR, DOTTED, HEX, PLAIN64, UPPER36, URL64, byte_at, byte_before,
    end_of, end_within, ends_at, ends_with_any, is_cut, start_of, starts_at,
};
use super::finding::{FindingRank, Findings};
use super::kind::{
    AUTHORIZATION, AUTHRESS_KEY, AWS_KEY, AWS_SECRET_KEY, AZURE_DEVOPS_TOKEN, AZURE_SECRET,
    CLICKHOUSE_KEY, DISCORD_TOKEN, FACEBOOK_TOKEN, FIREBASE_KEY, GOOGLE_TOKEN, JWT, K3S_TOKEN,
    MAILCHIMP_KEY, MAILGUN_KEY, MAXMIND_KEY, NEW_RELIC_KEY, ONEPASSWORD_KEY, OPENSHIFT_TOKEN,
    PASSWORD, PAYPAL_TOKEN, PRIVATE_KEY, RECOVERY_KEY, SECRET, TELEGRAM_TOKEN, TERRAFORM_TOKEN,
    TOKEN, TWILIO_KEY, TWITTER_TOKEN,
};
use super::look;
use super::pem;
use super::provider::dotted_end;
use super::vendor;
use std::ops::Range;

/// Returns where the token ends that begins at `at`, and its kind. `at` must be where a word begins.
pub(super) fn match_shape(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    match byte_at(bytes, at) {
        b'e' if starts_at(bytes, at, "eyJ") => match_jwt(bytes, at).map(|end| (end, JWT)),
        b'A' => aws_key(bytes, at)
            .map(|end| (end, AWS_KEY))
            .or_else(|| match_twilio(bytes, at, "AC"))
            .or_else(|| one_password_key(bytes, at).map(|end| (end, ONEPASSWORD_KEY)))
            .or_else(|| twitter_token(bytes, at).map(|end| (end, TWITTER_TOKEN))),
        b'S' => match_twilio(bytes, at, "SK")
            .or_else(|| stellar_seed(bytes, at).map(|end| (end, SECRET))),
        b's' | b'a' => launch_key(bytes, at)
            .map(|end| (end, TOKEN))
            .or_else(|| match_hexadecimal(bytes, at)),
        b'0' if matches!(byte_at(bytes, at + 1), b'0' | b'.') => identified_token(bytes, at)
            .map(|end| (end, TOKEN))
            .or_else(|| match_hexadecimal(bytes, at)),
        b'M' => match_discord(bytes, at)
            .map(|end| (end, DISCORD_TOKEN))
            .or_else(|| pem::match_material(bytes, at).map(|end| (end, PRIVATE_KEY))),
        b'N' | b'O' => match_discord(bytes, at).map(|end| (end, DISCORD_TOKEN)),
        b'4' if starts_at(bytes, at, "4b1d") => clickhouse_key(bytes, at)
            .map(|end| (end, CLICKHOUSE_KEY))
            .or_else(|| match_hexadecimal(bytes, at)),
        b'b' if starts_at(bytes, at, "b3Bl") => {
            pem::match_material(bytes, at).map(|end| (end, PRIVATE_KEY))
        }
        b'3' | b'7' | b'f' | b'z' if pem::may_be_keystore(bytes, at) => {
            let keystore = pem::match_material(bytes, at).map(|end| (end, PRIVATE_KEY));
            keystore.or_else(|| match_hexadecimal(bytes, at))
        }
        b'0'..=b'9' | b'a'..=b'f' => match_hexadecimal(bytes, at),
        _ => None,
    }
}

/// The seed of an account of Stellar: `S` and 55 signs of base32.
fn stellar_seed(bytes: &[u8], at: usize) -> Option<usize> {
    let end = alphanumeric_of(bytes, at, 56)?;
    let seed = &bytes[at..end];
    let base32 = |byte: &u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(byte);
    let digits = seed.iter().filter(|byte| byte.is_ascii_digit()).count();
    (seed.iter().all(base32) && digits >= 3).then_some(end)
}

/// Keys of LaunchDarkly: `sdk-` or `api-` and an identifier.
fn launch_key(bytes: &[u8], at: usize) -> Option<usize> {
    let lead = starts_at(bytes, at, "sdk-") || starts_at(bytes, at, "api-");
    let end = end_within(bytes, at + 4, &URL64, 40);
    (lead && vendor::is_uuid(&bytes[(at + 4).min(end)..end])).then_some(end)
}

/// Sessions of Salesforce, `00D…!…`, and tokens of Bitwarden, `0.IDENTIFIER.SECRET:KEY`.
fn identified_token(bytes: &[u8], at: usize) -> Option<usize> {
    let id = end_within(bytes, at, &ALNUM, 19);
    if starts_at(bytes, at, "00D") && byte_at(bytes, id) == b'!' {
        let end = dotted_end(bytes, id + 1);
        return (end - id > 60).then_some(end);
    }
    let end = end_within(bytes, at + 2, &URL64, 37);
    let known = starts_at(bytes, at, "0.") && vendor::is_uuid(&bytes[(at + 2).min(end)..end]);
    let secret = end_within(bytes, end + 1, &ALNUM, 60);
    let long = secret.saturating_sub(end + 1) >= 20 && byte_at(bytes, secret) == b':';
    (known && long).then(|| end_of(bytes, secret + 1, &BASE64))
}

/// Returns where exactly `count` letters and digits end.
fn alphanumeric_of(bytes: &[u8], from: usize, count: usize) -> Option<usize> {
    let end = end_within(bytes, from, &ALNUM, count + 1);
    (end - from == count).then_some(end)
}

fn clickhouse_key(bytes: &[u8], at: usize) -> Option<usize> {
    let end = alphanumeric_of(bytes, at, 42)?;
    look::is_random(&bytes[at..end]).then_some(end)
}

/// The secret key of 1Password: `A3-` and groups of capitals and digits.
fn one_password_key(bytes: &[u8], at: usize) -> Option<usize> {
    let dashed = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'-';
    let rest = &bytes[at..bytes.len().min(at + 50)];
    let length = rest.iter().take_while(dashed).count();
    let key = &rest[..length];
    let mut groups = key.split(|byte| *byte == b'-').map(<[u8]>::len);
    let sized = groups.next() == Some(2)
        && groups.next() == Some(6)
        && groups.all(|length| (5..=11).contains(&length));
    (key.starts_with(b"A3-") && sized && length >= 33).then_some(at + length)
}

/// The bearer token of an application of Twitter: many `A`, then random signs, some escaped.
fn twitter_token(bytes: &[u8], at: usize) -> Option<usize> {
    const LEAD: usize = 19;
    let lead = bytes[at..]
        .iter()
        .take(LEAD)
        .take_while(|byte| **byte == b'A')
        .count();
    if lead < LEAD || matches!(byte_before(bytes, at), b'+' | b'/') {
        return None;
    }
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'%';
    let length = bytes[at..].iter().take(200).take_while(part).count();
    let body = &bytes[at + LEAD..at + length];
    let data = matches!(byte_at(bytes, at + length), b'+' | b'/' | b'=');
    ((80..=140).contains(&length) && !data && look::is_random(body)).then_some(at + length)
}

/// What the header of a token begins with in base64: `{"alg":`, `{"typ":`, `{"kid":`, `{"enc":`,
/// `{"jku":`, `{"cty":`, `{"x5`, `{"zip":`.
const HEADERS: [&str; 8] = [
    "eyJhbGci", "eyJ0eXAi", "eyJraWQi", "eyJlbmMi", "eyJqa3Ui", "eyJjdHki", "eyJ4N", "eyJ6aXAi",
];

fn match_jwt(bytes: &[u8], at: usize) -> Option<usize> {
    let head = end_of(bytes, at, &URL64);
    if head - at < 12 {
        return None;
    }
    let known = HEADERS.iter().any(|header| starts_at(bytes, at, header));
    (known || starts_at(bytes, head, ".eyJ")).then(|| dotted_end(bytes, at))
}

/// Amazon's access key ids: four letters and 16 letters and digits.
fn aws_key(bytes: &[u8], at: usize) -> Option<usize> {
    let known = ["AKIA", "ASIA", "ABIA", "ACCA", "A3T"];
    if !known.iter().any(|lead| starts_at(bytes, at, lead)) {
        return None;
    }
    let end = end_of(bytes, at, &UPPER36);
    // As the manuals have it.
    if bytes[at..end].ends_with(b"EXAMPLE") {
        return None;
    }
    let whole = end - at == 20 && !ALNUM.has(byte_at(bytes, end));
    let digit = bytes[at + 4..end].iter().any(u8::is_ascii_digit);
    let cut = end - at >= 10 && end - at < 20 && is_cut(bytes, end) && digit;
    (whole || cut).then_some(end)
}

/// Hides the secret that stands beside the id of an access key: 40 characters of base64.
fn aws_secret_beside(bytes: &[u8], id_end: usize, findings: &mut Findings) {
    let limit = bytes.len().min(id_end + 160);
    let mut from = id_end;
    while from < limit {
        let end = end_within(bytes, from, &PLAIN64, 80);
        let body = bytes[from..end].rsplit(|byte| *byte == b'=').next();
        let body = body.unwrap_or_default();
        if body.len() == 40 && look::is_token_like(body) {
            findings.add(end - 40..end, AWS_SECRET_KEY, FindingRank::Form);
            return;
        }
        from = end + 1;
    }
}

fn match_twilio(bytes: &[u8], at: usize, lead: &str) -> Option<(usize, &'static str)> {
    if !starts_at(bytes, at, lead) {
        return None;
    }
    let end = hex_of(bytes, at + 2, 32)?;
    let digit = bytes[at + 2..end].iter().any(u8::is_ascii_digit);
    digit.then_some((end, TWILIO_KEY))
}

/// Returns where exactly `count` hexadecimal digits end.
fn hex_of(bytes: &[u8], from: usize, count: usize) -> Option<usize> {
    let end = end_within(bytes, from, &HEX, count + 1);
    (end - from == count && !ALNUM.has(byte_at(bytes, end))).then_some(end)
}

/// `ID.TIME.SIGNATURE`, each base64; the id is that of a number, so it begins with M, N or O.
fn match_discord(bytes: &[u8], at: usize) -> Option<usize> {
    let id = end_within(bytes, at, &URL64, 40);
    let time = end_within(bytes, id + 1, &URL64, 12);
    let signature = end_within(bytes, time + 1, &URL64, 80);
    let dots = byte_at(bytes, id) == b'.' && byte_at(bytes, time) == b'.';
    let sized = (22..=30).contains(&(id - at))
        && (5..=8).contains(&time.saturating_sub(id + 1))
        && (20..=60).contains(&signature.saturating_sub(time + 1));
    (dots && sized && look::is_no_word(&bytes[at..id])).then_some(signature)
}

/// Keys of hexadecimal digits with a telling end: `…-us12`, `…-1234abcd-1234abcd`, `…NRAL`.
fn match_hexadecimal(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    let end = end_within(bytes, at, &HEX, 41);
    match end - at {
        32 if starts_at(bytes, end, "-us") && DIGIT.has(byte_at(bytes, end + 3)) => {
            Some((end_within(bytes, end + 3, &DIGIT, 2), MAILCHIMP_KEY))
        }
        32 if byte_at(bytes, end) == b'-' => {
            let middle = hex_of(bytes, end + 1, 8)?;
            let end = (byte_at(bytes, middle) == b'-').then(|| hex_of(bytes, middle + 1, 8))??;
            Some((end, MAILGUN_KEY))
        }
        36 if starts_at(bytes, end, "NRAL") => Some((end + 4, NEW_RELIC_KEY)),
        _ => None,
    }
}

/// Finds what stands before or within a run of letters, digits, `_`, `-` and `.`.
pub(super) fn find_around_run(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    find_led(bytes, &run, findings);
    find_scheme(bytes, run.start, findings);
    find_within(bytes, &run, findings);
}

/// Adds the secret beside an access key, if `kind` is one.
pub(super) fn find_beside(bytes: &[u8], end: usize, kind: &str, findings: &mut Findings) {
    if kind == AWS_KEY {
        aws_secret_beside(bytes, end, findings);
    }
}

/// Tokens with a sign in their front that a run does not hold.
fn find_led(bytes: &[u8], run: &Range<usize>, findings: &mut Findings) {
    let Range { start, end } = *run;
    let token = &bytes[start..end];
    match byte_before(bytes, start) {
        b'~' if ends_at(bytes, start, "Q~") && token.len() >= 28 => {
            let front = start_of(bytes, start - 2, &DOTTED, 4);
            if start - 2 - front >= 3 && look::is_no_word(token) {
                findings.add(front..end, AZURE_SECRET, FindingRank::Form);
            }
        }
        b'~' if ends_at(bytes, start, "sha256~") && token.len() >= 30 => {
            findings.add(start - 7..end, OPENSHIFT_TOKEN, FindingRank::Form);
        }
        b'/' if ends_at(bytes, start, "4/") && token.starts_with(b"0A") && token.len() >= 30 => {
            findings.add(start - 2..end, GOOGLE_TOKEN, FindingRank::Form);
        }
        b'$' if ends_at(bytes, start, "access_token$production$")
            || ends_at(bytes, start, "access_token$sandbox$") =>
        {
            let front = start_of(bytes, start, &DOLLAR, 32);
            findings.add(
                front..end_of(bytes, start, &DOLLAR),
                PAYPAL_TOKEN,
                FindingRank::Form,
            );
        }
        b'$' => find_stored_hash(bytes, start, findings),
        b'|' if token.len() >= 27 && look::is_token_like(token) => {
            let app = start_of(bytes, start - 1, &DIGIT, 17);
            if (15..=16).contains(&(start - 1 - app)) {
                findings.add(app..end, FACEBOOK_TOKEN, FindingRank::Form);
            }
        }
        b':' if token.starts_with(b"APA91b") && token.len() >= 100 => {
            findings.add(start..end, FIREBASE_KEY, FindingRank::Form);
        }
        b':' if (ends_at(bytes, start, "::server:") || ends_at(bytes, start, "::node:"))
            && token.len() >= 16
            && look::is_token_like(token) =>
        {
            findings.add(start..end, K3S_TOKEN, FindingRank::Form);
        }
        b'/' if ends_at(bytes, start, "1//") && token[0] == b'0' && token.len() >= 30 => {
            findings.add(start - 3..end, GOOGLE_TOKEN, FindingRank::Form);
        }
        b':' if token.starts_with(b"AA") => {
            let bot = start_of(bytes, start - 1, &DIGIT, 11);
            let long = token.len() >= 30 || (token.len() >= 8 && is_cut(bytes, end));
            if (6..=10).contains(&(start - 1 - bot)) && long {
                findings.add(
                    bot..end_of(bytes, start, &URL64),
                    TELEGRAM_TOKEN,
                    FindingRank::Form,
                );
            }
        }
        _ => {}
    }
}

/// Hides a password as `crypt` stores it, of which a part begins at `start`: `$6$SALT$HASH`.
fn find_stored_hash(bytes: &[u8], start: usize, findings: &mut Findings) {
    const FORMS: [&[u8]; 9] = [
        b"$1$", b"$5$", b"$6$", b"$y$", b"$2a$", b"$2b$", b"$2y$", b"$apr1$", b"$argon2",
    ];
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"./$+=,-".contains(byte);
    let floor = start.saturating_sub(80);
    let front = bytes[floor..start]
        .iter()
        .rev()
        .take_while(|byte| part(byte));
    let begin = start - front.count();
    let lead = &bytes[begin..start];
    let form = FORMS
        .iter()
        .filter_map(|form| memchr::memmem::find(lead, form))
        .min();
    if let Some(at) = form {
        let rest = bytes[start..]
            .iter()
            .take(160)
            .take_while(|byte| part(byte));
        let end = start + rest.count();
        if end - start >= 20 {
            findings.add(begin + at..end, PASSWORD, FindingRank::Form);
        }
    }
}

const SCHEMES: [&str; 4] = ["bearer ", "basic ", "apikey ", "bearer: "];

/// `Bearer TOKEN` and the like, without the name of the header.
fn find_scheme(bytes: &[u8], start: usize, findings: &mut Findings) {
    if byte_before(bytes, start) != b' ' || !ends_with_any(bytes, start, &SCHEMES) {
        return;
    }
    let end = end_of(bytes, start, &BASE64).max(dotted_end(bytes, start));
    let token = &bytes[start..end];
    if token.len() >= 10
        && (look::is_token_like(token) || look::is_random(token) || look::is_encoded_login(token))
    {
        findings.add(start..end, AUTHORIZATION, FindingRank::Place);
    }
}

/// Tokens with a telling middle.
fn find_within(bytes: &[u8], run: &Range<usize>, findings: &mut Findings) {
    let token = &bytes[run.clone()];
    match token.len() {
        40 if token.ends_with(b"_mmk") && token[6] == b'_' => {
            findings.add(run.clone(), MAXMIND_KEY, FindingRank::Form);
        }
        52 if is_devops_token(token) => {
            findings.add(run.clone(), AZURE_DEVOPS_TOKEN, FindingRank::Form);
        }
        55 if is_recovery_key(token) => {
            findings.add(run.clone(), RECOVERY_KEY, FindingRank::Form);
        }
        ..50 => return,
        _ => {}
    }
    let authress = [".acc-", ".acc_"]
        .iter()
        .any(|part| memchr::memmem::find(token, part.as_bytes()).is_some());
    if authress
        && ["sc_", "ext_", "scauth_", "authress_"]
            .iter()
            .any(|lead| token.starts_with(lead.as_bytes()))
    {
        findings.add(
            run.start..end_of(bytes, run.start, &DOTTED).max(end_of(bytes, run.end, &BASE64)),
            AUTHRESS_KEY,
            FindingRank::Form,
        );
    }
    if let Some(at) = memchr::memmem::find(token, b".atlasv1.") {
        let start = run.start + start_of(token, at, &ALNUM, 20);
        findings.add(start..run.end, TERRAFORM_TOKEN, FindingRank::Form);
    }
    if memchr::memmem::find(token, b"JQQJ99").is_some() && token.len() >= 60 {
        findings.add(run.clone(), AZURE_SECRET, FindingRank::Form);
    }
}

/// A personal access token of Azure DevOps: 52 small letters and digits of base32.
fn is_devops_token(token: &[u8]) -> bool {
    let base32 = |byte: &u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(byte);
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    token.iter().all(base32) && (3..=26).contains(&digits) && look::is_token_like(token)
}

/// A recovery key of BitLocker: eight groups of six digits, each a multiple of 11.
fn is_recovery_key(token: &[u8]) -> bool {
    let number = |digits: &[u8]| {
        digits
            .iter()
            .fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let is_group = |group: &[u8]| {
        group.len() == 6 && group.iter().all(u8::is_ascii_digit) && number(group).is_multiple_of(11)
    };
    let mut groups = token.split(|byte| *byte == b'-');
    groups.by_ref().take(8).all(is_group) && groups.next().is_none()
}
