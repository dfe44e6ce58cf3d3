//! Short flags that take a secret.

use super::super::bytes::{NAME, byte_at, end_within, find_byte, line_before};
use super::super::finding::Findings;
use super::super::kind::PASSWORD;
use super::super::likely::{self, Expectation};
use super::super::look;
use super::arguments::ShellArguments;
use super::rules::{FlagRule, FlagValue, RULES};
use super::{add_behind_sign, add_cookies, add_secret};
use std::ops::Range;

/// The last letters of the flags of the rules, as bits; made by the compiler.
const LETTERS: u64 = find_letters();

const fn find_letters() -> u64 {
    let (mut letters, mut at) = (0, 0);
    while at < RULES.len() {
        let flag = RULES[at].flag.as_bytes();
        letters |= 1 << (flag[flag.len() - 1] & 63);
        at += 1;
    }
    letters
}

/// No command is read further back.
const LONGEST: usize = 512;

/// Looks at the short flags whose letters begin at `start`, behind their dash. Returns whether a
/// rule says what they take.
pub(in super::super) fn find_behind_short_flag(
    bytes: &[u8],
    start: usize,
    findings: &mut Findings,
) -> bool {
    let flags = start..end_within(bytes, start, &NAME, 64);
    let known = |letter: &u8| LETTERS >> (letter & 63) & 1 == 1;
    if !bytes[flags.clone()].iter().take(4).any(known) {
        return false;
    }
    let mut command = None;
    for rule in RULES {
        let Some(from) = value_start(bytes, rule, &flags) else {
            continue;
        };
        let words = command.get_or_insert_with(|| command_words(bytes, start));
        if rule.commands.iter().any(|known| is_called(words, known)) {
            take_value(bytes, rule, &flags, from, findings);
            return true;
        }
    }
    find_beside_user(bytes, &flags, findings)
}

/// Flags that take a password where another takes the user, in any command.
const PASSWORD_FLAGS: [&[u8]; 4] = [b"p", b"P", b"pw", b"ap"];
/// Flags and words that take the user.
const USER_FLAGS: [&[u8]; 9] = [
    b" -u ",
    b" -U ",
    b" -au ",
    b" -user ",
    b" --user",
    b" --username ",
    b" login ",
    b" -l ",
    b" -D ",
];

/// `anything -u joe -p SECRET`
fn find_beside_user(bytes: &[u8], flags: &Range<usize>, findings: &mut Findings) -> bool {
    if !PASSWORD_FLAGS.contains(&&bytes[flags.clone()]) || byte_at(bytes, flags.end) != b' ' {
        return false;
    }
    let line = line_before(bytes, flags.start, LONGEST);
    let user = |flag: &&[u8]| memchr::memmem::find(line, flag).is_some();
    let place = next_value(bytes, flags.end).filter(|_| USER_FLAGS.iter().any(user));
    let Some(place) = place else {
        return false;
    };
    let password = likely::is_password(&bytes[place.clone()], Expectation::Beside);
    if password {
        add_secret(bytes, place, PASSWORD, findings);
    }
    password
}

/// Returns where the value begins, if the flags at a place are of this rule.
fn value_start(bytes: &[u8], rule: &FlagRule, flags: &Range<usize>) -> Option<usize> {
    let word = &bytes[flags.clone()];
    let flag = rule.flag.as_bytes();
    let from = flags.start + flag.len();
    let joined = word.starts_with(flag);
    let cluster = word.len() <= 4 && word.iter().all(u8::is_ascii_alphabetic);
    let quoted = matches!(byte_at(bytes, from), b'"' | b'\'');
    let alone = matches!(
        byte_at(bytes, from),
        b' ' | b'\t' | b',' | 0 | b'\n' | b'|' | b')'
    );
    let fits = match rule.value {
        FlagValue::Positional(_) => cluster && word.contains(&flag[0]),
        FlagValue::Attached => joined && !alone,
        // The last of several letters takes the value.
        FlagValue::Secret if cluster && word.ends_with(flag) => return Some(flags.end),
        FlagValue::Secret => {
            let told = quoted || byte_at(bytes, from) == b'=';
            // `-wAnk#2`
            let end = find_byte(bytes, flags.end, 64, |byte| byte.is_ascii_whitespace());
            joined && (told || alone || look::is_no_word(&bytes[from..end]))
        }
        // `-suUSER:SECRET`
        FlagValue::Pair(b':')
            if cluster_before(word, flag) && byte_at(bytes, flags.end) == b':' =>
        {
            let at = word.iter().position(|byte| *byte == flag[0]);
            return at.map(|at| flags.start + at + 1);
        }
        FlagValue::Pair(_) | FlagValue::Cookies => joined,
    };
    fits.then_some(from)
}

/// Returns whether flags without a value stand before this one: `-sS`.
fn cluster_before(word: &[u8], flag: &[u8]) -> bool {
    let at = word.iter().position(|byte| *byte == flag[0]);
    flag.len() == 1
        && at.is_some_and(|at| at < 6 && word[..at].iter().all(|byte| b"sSkLfgivN".contains(byte)))
}

fn take_value(
    bytes: &[u8],
    rule: &FlagRule,
    flags: &Range<usize>,
    from: usize,
    findings: &mut Findings,
) {
    if let FlagValue::Positional(number) = rule.value {
        // `-n` writes to standard output: there is no file.
        let number = number - usize::from(bytes[flags.clone()].contains(&b'n'));
        let mut arguments = ShellArguments::new(bytes, flags.end).positional();
        if let Some(place) = arguments.nth(number) {
            add_secret(bytes, place, PASSWORD, findings);
        }
        return;
    }
    let from = from + usize::from(matches!(byte_at(bytes, from), b'=' | b':'));
    let Some(place) = next_value(bytes, from) else {
        return;
    };
    match rule.value {
        FlagValue::Pair(sign) => add_behind_sign(bytes, place, sign, findings),
        FlagValue::Cookies => add_cookies(bytes, place, findings),
        _ => add_secret(bytes, place, PASSWORD, findings),
    }
}

/// Returns the next argument; in a list of strings it stands behind `", "`.
fn next_value(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let between = |byte: &u8| matches!(byte, b'"' | b'\'' | b'\\' | b',' | b' ');
    let rest = &bytes[from.min(bytes.len())..bytes.len().min(from + 12)];
    let gap = rest.iter().take_while(|byte| between(byte)).count();
    let quotes = rest[..gap]
        .iter()
        .filter(|byte| matches!(byte, b'"' | b'\''))
        .count();
    if quotes >= 2 && rest[..gap].contains(&b',') {
        let start = from + gap;
        let stop = |byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n');
        return Some(start..find_byte(bytes, start, usize::MAX, stop));
    }
    ShellArguments::new(bytes, from).next()
}

/// So many words at the beginning of a command, and before a flag, may name its program.
const FIRST: usize = 6;
const LAST: usize = 10;

/// Returns words before `at`, back to the last sign that ends a command: those in which the
/// program may be.
fn command_words(bytes: &[u8], at: usize) -> Vec<&[u8]> {
    let line = line_before(bytes, at, LONGEST);
    let start = line
        .iter()
        .rposition(|byte| matches!(byte, b'|' | b';' | b'&'));
    let command = &line[start.map_or(0, |at| at + 1)..];
    let outside = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,([$\\".contains(byte);
    let words = || command.split(outside).filter(|word| !word.is_empty());
    let mut last: Vec<&[u8]> = command
        .rsplit(outside)
        .filter(|word| !word.is_empty())
        .take(LAST)
        .collect();
    last.reverse();
    words().take(FIRST).chain(last).map(base_name).collect()
}

/// Returns whether a command is called by these words.
fn is_called(words: &[&[u8]], command: &str) -> bool {
    let mut words = words.iter();
    command
        .split(' ')
        .all(|wanted| words.any(|word| word.eq_ignore_ascii_case(wanted.as_bytes())))
}

/// Returns the name of a program without its directory and `.exe`.
fn base_name(word: &[u8]) -> &[u8] {
    let start = word.iter().rposition(|byte| *byte == b'/');
    let name = &word[start.map_or(0, |at| at + 1)..];
    name.strip_suffix(b".exe").unwrap_or(name)
}
