//! Secrets that a command reads from standard input or from the output of another.

use super::super::bytes::{byte_at, ends_with_any, find_byte, line_before, skip_blanks};
use super::super::finding::Findings;
use super::super::kind::PASSWORD;
use super::super::likely::{self, Expectation};
use super::super::look;
use super::super::placeholder::contains_word;
use super::arguments::ShellArguments;
use super::{add_behind_sign, add_secret, is_command};
use std::ops::Range;

/// Commands that read a secret from standard input, and the flag that says so.
const READERS: &[&str] = &[
    "sudo -S",
    "--password-stdin",
    "passwd --stdin",
    "chpasswd",
    "--with-token",
    "smbpasswd",
    "cryptsetup",
    "--passphrase-fd",
    "kinit",
    "vncpasswd",
    "htpasswd",
    "secret put",
    "secret set",
    "secret create",
    "passphrase-stdin",
    "su -c",
    "doas",
    "passwd",
    "gcloud secrets",
    "pass insert",
    "gopass insert",
    "p4 login",
    "lpass login",
    "load-key",
    "anydesk",
    "secret-tool",
    "keystore add",
    "pw usermod",
    "pw useradd",
    "runas",
];

/// `echo SECRET | sudo -S …`, `printf 'user:SECRET' | chpasswd`
pub(in super::super) fn find_piped(bytes: &[u8], end: usize, findings: &mut Findings) {
    if !is_command(bytes, end) {
        return;
    }
    let mut arguments = ShellArguments::new(bytes, end);
    let places: Vec<Range<usize>> = arguments.by_ref().take(8).collect();
    let pipe = skip_blanks(bytes, arguments.end(), 8);
    if is_substituted(
        line_before(bytes, end, 160),
        byte_at(bytes, arguments.end()),
    ) {
        let flag = |place: &&Range<usize>| matches!(byte_at(bytes, place.start), b'-' | b'%');
        if let Some(place) = places.iter().find(|place| !flag(place)) {
            add_told(bytes, place.clone(), findings);
        }
        return;
    }
    let redirected = places
        .iter()
        .position(|place| byte_at(bytes, place.start) == b'>');
    if let Some(at) = redirected {
        let target =
            &bytes[places[at].start..find_byte(bytes, places[at].end, 120, |byte| byte == b'\n')];
        let keeps = [
            "passw",
            "secret",
            "vault_pass",
            "pgpass",
            "netrc",
            "htpasswd",
        ];
        if keeps.iter().any(|word| contains_word(target, word)) {
            add_written(bytes, &places[..at], findings);
        }
        return;
    }
    if byte_at(bytes, pipe) != b'|' || byte_at(bytes, pipe + 1) == b'|' {
        return;
    }
    let reader = &bytes[pipe..find_byte(bytes, pipe, 160, |byte| byte == b'\n')];
    let reads = |words: &str| memchr::memmem::find(reader, words.as_bytes()).is_some();
    let told = READERS.iter().any(|words| reads(words));
    for place in places {
        // `echo -n user:SECRET | base64`
        if told || reads("base64") && look::is_login(&bytes[place.clone()]) {
            add_told(bytes, place, findings);
        }
    }
}

/// Returns whether a secret is what the command puts out that stands behind this: `--key-file <(`,
/// `--password-command '`.
fn is_substituted(line: &[u8], stop: u8) -> bool {
    let front = |sign: &[u8]| {
        let at = memchr::memmem::rfind(line, sign)?;
        (line.len() - at < 16).then_some(&line[..at])
    };
    let file = front(b"<(").is_some_and(|front| {
        let about = ["key", "pass", "secret", "token"];
        about.iter().any(|word| contains_word(front, word))
    });
    let named = |front: &[u8]| {
        let front = front.strip_suffix(b"c").unwrap_or(front);
        let joint = usize::from(front.ends_with(b"-") || front.ends_with(b"_"));
        ends_with_any(
            front,
            front.len() - joint,
            &["pass", "password", "phrase", "secret", "token"],
        )
    };
    file && stop == b')' || front(b"cmd").is_some_and(named) || front(b"ommand").is_some_and(named)
}

/// Hides what is written to a file of secrets: a login, or the last word.
fn add_written(bytes: &[u8], places: &[Range<usize>], findings: &mut Findings) {
    for place in places {
        let text = &bytes[place.clone()];
        let blank = text.iter().rposition(|byte| *byte == b' ');
        let last = place.start + blank.map_or(0, |at| at + 1)..place.end;
        if blank.is_none() && look::is_login(text) {
            add_told(bytes, place.clone(), findings);
        } else if likely::is_password(&bytes[last.clone()], Expectation::Beside) {
            add_secret(bytes, last, PASSWORD, findings);
        }
    }
}

/// Hides what a command reads: a secret, or `user:SECRET`.
fn add_told(bytes: &[u8], place: Range<usize>, findings: &mut Findings) {
    let format = byte_at(bytes, place.start) == b'%';
    if bytes[place.clone()].contains(&b':') {
        add_behind_sign(bytes, place, b':', findings);
    } else if !format {
        add_secret(bytes, place, PASSWORD, findings);
    }
}

/// `chpasswd <<EOF`, `chpasswd: list: |`, and below it lines of `user:SECRET`
pub(in super::super) fn find_user_list(bytes: &[u8], end: usize, findings: &mut Findings) {
    find_here_string(bytes, end, findings);
    let mut at = end;
    for _ in 0..LINES {
        let start = skip_blanks(
            bytes,
            find_byte(bytes, at, 200, |byte| byte == b'\n') + 1,
            32,
        );
        at = find_byte(bytes, start, 200, |byte| byte.is_ascii_whitespace());
        let line = bytes.get(start..at).unwrap_or_default();
        let sign = line.iter().position(|byte| *byte == b':');
        if sign.is_some_and(|sign| likely::is_password(&line[sign + 1..], Expectation::Told)) {
            add_behind_sign(bytes, start..at, b':', findings);
        }
    }
}

/// So many lines below a command are read.
const LINES: usize = 8;

/// `docker login --password-stdin <<< SECRET`
pub(in super::super) fn find_here_string(bytes: &[u8], end: usize, findings: &mut Findings) {
    let line = &bytes[end..find_byte(bytes, end, 200, |byte| byte == b'\n')];
    if let Some(at) = memchr::memmem::find(line, b"<<<")
        && let Some(place) = ShellArguments::new(bytes, end + at + 3).next()
    {
        add_told(bytes, place, findings);
    }
}
