//! Names of settings that are words of a sentence: `the API key is X`, `DB_PASSWORD is X`; and words
//! of scripts without blanks.

use super::super::bytes::{
    BASE64, NAME, byte_at, byte_before, end_of, ends_at, ends_in_any_case, is_any_of,
    skip_blanks_back, start_of, starts_in_any_case,
};
use super::super::finding::{FindingRank, Findings};
use super::super::judge;
use super::super::kind::{KEY, PASSWORD};
use super::super::likely::{self, Expectation};
use super::super::look;
use super::super::name::{self, NameStrength, SecretName};
use super::super::value;
use super::find_short_password;
use super::verbs::verb_behind;
use std::ops::Range;

/// Looks behind a run that is the name of a setting and a word of a sentence: `DB_PASSWORD is X`.
pub(in super::super) fn find_said_setting(
    bytes: &[u8],
    run: Range<usize>,
    findings: &mut Findings,
) {
    let shouted = bytes[run.end - 1].is_ascii_uppercase() && byte_at(bytes, run.end) == b' ';
    let name = name::classify_name(&bytes[run.clone()]).filter(|_| shouted);
    if name.is_some_and(|name| name.kind == PASSWORD && name.shouted) {
        let verbs = [
            "is ",
            "was ",
            "to ",
            "as ",
            "should be ",
            "must be ",
            "with ",
        ];
        let from = run.end + 1;
        let verb = verbs
            .iter()
            .find(|verb| starts_in_any_case(bytes, from, verb));
        if let Some(verb) = verb {
            find_short_password(bytes, from + verb.len() - 1, findings);
        }
    }
}

/// Words for a password, and what follows them, in scripts without blanks between words.
const UNSPACED: [&str; 5] = ["密码", "密碼", "口令", "パスワード", "비밀번호"];
const PARTICLES: [&str; 9] = ["是", "为", "為", "は", "는 ", "는", "：", "를 ", "은 "];

/// Looks at the word that begins at `start` behind another script: `密码是X`.
pub(in super::super) fn find_unspaced(bytes: &[u8], start: usize, findings: &mut Findings) {
    let Some(particle) = PARTICLES
        .iter()
        .find(|particle| ends_at(bytes, start, particle))
    else {
        return;
    };
    let front = start - particle.len();
    let literal = value::read_literal(bytes, start);
    let value = &bytes[literal.place.clone()];
    if UNSPACED.iter().any(|word| ends_at(bytes, front, word))
        && likely::is_password(value, Expectation::Told)
    {
        let ascii = value.iter().take_while(|byte| byte.is_ascii()).count();
        findings.add(start..start + ascii, PASSWORD, FindingRank::Place);
    }
}

/// Looks behind words like `key for`, which end at `end`: `the key for the map service: X`.
pub(in super::super) fn find_told_key(bytes: &[u8], end: usize, findings: &mut Findings) {
    let Some((place, _)) = verb_behind(bytes, end + 1) else {
        return;
    };
    let literal = value::read_literal(bytes, place);
    let value = &bytes[literal.place.clone()];
    let random = look::is_random(value) || look::is_token_like(value) && !look::is_hex(value);
    if value.len() >= 16 && random && !likely::is_path(value) && !judge::is_stand_in(value) {
        findings.add(literal.place, KEY, FindingRank::Place);
    }
}

/// Words between a name and its value.
const LINKS: [&str; 14] = [
    " is now", " sera", " is", " was", " is:", " ->", " =>", " →", " to", " as", " lautet", " ist",
    " est", " es",
];

/// Looks at a run behind a name: `the API key is abc…`, ``token `abc…` ``.
pub(in super::super) fn find_adjacent(bytes: &[u8], run: Range<usize>, findings: &mut Findings) {
    let quoted = matches!(byte_before(bytes, run.start), b'`' | b'"' | b'\'');
    let front = run.start - usize::from(quoted);
    let end = skip_blanks_back(bytes, front, 4);
    if end == front {
        return;
    }
    let verb = LINKS.into_iter().find(|verb| ends_at(bytes, end, verb));
    let Some(name) = name_before(bytes, end - verb.map_or(0, str::len)) else {
        return;
    };
    let stop = end_of(bytes, run.start, &BASE64);
    let value = &bytes[run.start..stop];
    let hash = look::is_hex(value) && matches!(value.len(), 36 | 40 | 64);
    // `token 3f78…`, but neither `token commit 3f78…` nor `cache key 3f78…`.
    let hash = hash && !(value.len() > 36 && ends_in_any_case(bytes, end, "token"));
    let telling = match name.strength {
        NameStrength::Firm => look::is_token_like(value),
        NameStrength::Likely => {
            let path = value.contains(&b'/');
            look::is_token_like(value) && !path && !(hash && verb.is_none())
        }
        NameStrength::Faint => value.len() >= 20 && look::is_random(value),
        NameStrength::Phrase | NameStrength::Number => false,
    };
    let said = verb.is_some_and(|verb| !matches!(verb, " to" | " as"));
    let least = if said && value.iter().any(u8::is_ascii_uppercase) {
        12
    } else {
        16
    };
    if telling && value.len() >= least && !judge::is_stand_in(value) {
        findings.add(run.start..stop, name.kind, FindingRank::Place);
    }
}

/// Returns the name that ends at `end`, with the words before it that it needs.
fn name_before(bytes: &[u8], end: usize) -> Option<SecretName> {
    let start = start_of(bytes, end, &NAME, 64);
    let last = &bytes[start..end];
    if is_any_of(last, &["key", "token", "secret"]) {
        return name::classify_name(&bytes[name::in_front(bytes, end)?]);
    }
    name::classify_name(last)
}
