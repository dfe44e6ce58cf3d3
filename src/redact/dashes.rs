//! What dashes begin: private keys, and flags of commands with a secret behind them.

use super::bytes::{NAME, before, byte, end_within, line_before, skip_blanks, starts};
use super::finding::{Findings, Rank};
use super::judge::{self, Place};
use super::marker::{COOKIE, PASSWORD};
use super::value::{self, Form, Literal};
use super::{name, pem};

/// Looks at the dashes that begin at `start`. Returns where to go on.
pub(super) fn find(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let rest = &bytes[start..];
    let count = rest.iter().take_while(|byte| **byte == b'-').count();
    let end = start + count;
    let first = matches!(
        before(bytes, start),
        0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'(' | b'`'
    );
    match count {
        1 if first => short_flag(bytes, end, findings),
        2 if first => long_flag(bytes, end, findings),
        4.. => return pem::find(bytes, start, end, findings),
        _ => {}
    }
    end
}

/// `--password hunter2`, `"--password", "hunter2"`. What `=` joins is an assignment.
fn long_flag(bytes: &[u8], start: usize, findings: &mut Findings) {
    let end = end_within(bytes, start, &NAME, 64);
    let flag = &bytes[start..end];
    let Some(literal) = argument(bytes, end) else {
        return;
    };
    if matches!(flag, b"user" | b"proxy-user") {
        user(bytes, start, literal, findings);
    } else if flag == b"body" {
        let line = line_before(bytes, start, 256);
        if memchr::memmem::find(line, b"secret set").is_some() {
            password(bytes, literal, findings);
        }
    } else if flag == b"cookie" {
        cookie(bytes, literal, findings);
    } else if let Some(name) = name::classify(flag)
        && judge::hides(bytes, name, &literal, Place::Plain)
    {
        findings.add(literal.place, name.kind, Rank::Place);
    }
}

/// Returns what follows a flag that ends at `end`.
fn argument(bytes: &[u8], end: usize) -> Option<Literal> {
    let mut from = skip_blanks(bytes, end, 16);
    if from == end {
        // An element of an array: skips the quote, the comma, and the quote of the next.
        let between = |byte: u8| b"\\\"', ".contains(&byte);
        while between(byte(bytes, from)) && from < end + 12 {
            from += 1;
        }
        let quotes = bytes[end..from]
            .iter()
            .filter(|byte| matches!(byte, b'"' | b'\''));
        if quotes.count() < 2 {
            return None;
        }
        let rest = &bytes[from..];
        let stop = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n'));
        return Some(Literal {
            place: from..from + stop.unwrap_or(rest.len()),
            form: Form::Bare,
        });
    }
    let flag = byte(bytes, from) == b'-';
    (!flag).then(|| value::literal(bytes, from))
}

/// `curl -u user:PASSWORD`, `mysql -pPASSWORD`, `sshpass -p PASSWORD` and a few more; which flag
/// means what depends on the program.
fn short_flag(bytes: &[u8], start: usize, findings: &mut Findings) {
    let letter = byte(bytes, start);
    if !matches!(letter, b'p' | b'u' | b'a' | b'w' | b'b' | b'U') {
        return;
    }
    let line = line_before(bytes, start, 512);
    let has = |programs: &[&str]| {
        programs
            .iter()
            .any(|program| memchr::memmem::find(line, program.as_bytes()).is_some())
    };
    let attached = !matches!(byte(bytes, start + 1), b' ' | b'\t' | b'"' | b'\'' | 0);
    match letter {
        b'p' if has(&["mysql", "mariadb"]) && (attached || quoted(bytes, start + 1)) => {
            password(bytes, value::literal(bytes, start + 1), findings);
        }
        b'p' if has(&[
            "sshpass",
            "docker login",
            "podman login",
            "mongo",
            "az login",
            "helm registry login",
            "oc login",
            "cf login",
        ]) =>
        {
            password(bytes, value::literal(bytes, start + 1), findings);
        }
        b'u' if has(&["curl", "wget", "http"]) => {
            user(bytes, start, value::literal(bytes, start + 1), findings)
        }
        b'a' if has(&["redis-cli"]) => password(bytes, value::literal(bytes, start + 1), findings),
        b'a' if has(&["http ", "xh "]) => {
            user(bytes, start, value::literal(bytes, start + 1), findings)
        }
        b'w' if has(&["ldap"]) => password(bytes, value::literal(bytes, start + 1), findings),
        b'b' if has(&["curl"]) => cookie(bytes, value::literal(bytes, start + 1), findings),
        b'U' if has(&["smbclient", "rpcclient"]) => {
            after(bytes, value::literal(bytes, start + 1), b'%', findings)
        }
        _ => {}
    }
}

fn quoted(bytes: &[u8], at: usize) -> bool {
    matches!(byte(bytes, at), b'"' | b'\'')
}

fn password(bytes: &[u8], literal: Literal, findings: &mut Findings) {
    let value = &bytes[literal.place.clone()];
    if value.len() >= 3 && value[0] != b'-' && !judge::is_stand_in(value) {
        findings.add(literal.place, PASSWORD, Rank::Place);
    }
}

/// `user:PASSWORD` of a program that speaks HTTP.
fn user(bytes: &[u8], flag: usize, literal: Literal, findings: &mut Findings) {
    let line = line_before(bytes, flag, 512);
    let http = ["curl", "wget", "http", "xh "]
        .iter()
        .any(|program| memchr::memmem::find(line, program.as_bytes()).is_some());
    if http {
        after(bytes, literal, b':', findings);
    }
}

fn after(bytes: &[u8], literal: Literal, sign: u8, findings: &mut Findings) {
    let value = &bytes[literal.place.clone()];
    let Some(at) = value.iter().position(|byte| *byte == sign) else {
        return;
    };
    let url = starts(value, at, "://");
    if !url && !judge::is_stand_in(&value[at + 1..]) && !judge::is_stand_in(value) {
        findings.add(
            literal.place.start + at + 1..literal.place.end,
            PASSWORD,
            Rank::Place,
        );
    }
}

fn cookie(bytes: &[u8], literal: Literal, findings: &mut Findings) {
    let value = &bytes[literal.place.clone()];
    if let Some(at) = value.iter().position(|byte| *byte == b'=')
        && !judge::is_stand_in(&value[at + 1..])
    {
        findings.add(literal.place, COOKIE, Rank::Place);
    }
}
