//! Secrets among the arguments of commands that take them without telling: `htpasswd -b FILE USER
//! SECRET`, `mysql -pSECRET`, `net use … SECRET`, `echo SECRET | sudo -S`.

mod arguments;
mod calls;
mod flags;
mod rules;
mod stdin;

pub(super) use calls::{
    find_call, find_called_pair, find_encoded_pair, find_only_argument, find_typed,
};
pub(super) use flags::find_behind_short_flag;
pub(super) use stdin::{find_here_string, find_piped, find_user_list};

use super::bytes::{byte_at, byte_before, ends_in_any_case, skip_blanks, starts_in_any_case};
use super::connection;
use super::finding::{FindingRank, Findings};
use super::header;
use super::judge::{self, ValuePlace};
use super::kind::{COOKIE, PASSWORD, SECRET};
use super::likely::{self, Expectation};
use super::name;
use super::value;
use arguments::ShellArguments;
use std::ops::Range;

/// A secret has at least so many bytes.
const LEAST: usize = 3;

/// Hides a whole argument, if it is no stand-in.
fn add_secret(bytes: &[u8], place: Range<usize>, kind: &'static str, findings: &mut Findings) {
    let value = &bytes[place.clone()];
    if value.len() >= LEAST && value[0] != b'-' && !judge::is_stand_in(value) {
        findings.add(place, kind, FindingRank::Place);
    }
}

/// Hides what follows `sign` in an argument: `user:SECRET`.
fn add_behind_sign(bytes: &[u8], place: Range<usize>, sign: u8, findings: &mut Findings) {
    let value = &bytes[place.clone()];
    let Some(at) = value.iter().position(|byte| *byte == sign) else {
        return;
    };
    let secret = &value[at + 1..];
    let url = secret.starts_with(b"//");
    if !url && secret.len() >= 2 && !judge::is_stand_in(secret) && !judge::is_stand_in(value) {
        findings.add(
            place.start + at + 1..place.end,
            PASSWORD,
            FindingRank::Place,
        );
    }
}

/// Hides cookies, if the first has a value.
pub(super) fn add_cookies(bytes: &[u8], place: Range<usize>, findings: &mut Findings) {
    let value = &bytes[place.clone()];
    if let Some(at) = value.iter().position(|byte| *byte == b'=')
        && !judge::is_stand_in(&value[at + 1..])
        && header::is_session(value)
    {
        findings.add(place, COOKIE, FindingRank::Place);
    }
}

/// Returns whether a command stands at the place before `at`: not in the middle of prose.
fn is_command(bytes: &[u8], end: usize) -> bool {
    matches!(byte_at(bytes, end), b' ' | b'\t')
}

fn find_argument(bytes: &[u8], end: usize, number: usize, findings: &mut Findings) {
    // `mkpasswd -m sha-512 SECRET`
    let other = |place: &Range<usize>| likely::is_technical(&bytes[place.clone()]);
    let mut arguments = ShellArguments::new(bytes, end)
        .positional()
        .skip_while(other);
    if is_command(bytes, end)
        && let Some(place) = arguments.nth(number)
    {
        add_secret(bytes, place, PASSWORD, findings);
    }
}

/// `mkpasswd SECRET`, but not `vault login role=NAME`.
pub(super) fn find_first_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    let first = ShellArguments::new(bytes, end).positional().next();
    let setting = first.is_some_and(|place| {
        let name = |byte: &&u8| byte.is_ascii_lowercase() || **byte == b'_';
        let length = bytes[place.clone()].iter().take_while(name).count();
        byte_at(bytes, place.start + length) == b'=' && length < place.len()
    });
    if !setting {
        find_argument(bytes, end, 0, findings);
    }
}

/// `wpa_passphrase NAME SECRET`
pub(super) fn find_second_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    // `net user NAME /delete`
    let second = ShellArguments::new(bytes, end).positional().nth(1);
    if second.is_some_and(|place| byte_at(bytes, place.start) != b'/') {
        find_argument(bytes, end, 1, findings);
    }
}

/// `mc alias set NAME URL KEY SECRET`
pub(super) fn find_fourth_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    find_argument(bytes, end, 3, findings);
}

/// `xdotool type SECRET`, `tmux send-keys SECRET Enter`
pub(super) fn find_typed_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    add_typed(bytes, end, false, findings);
}

/// `send "SECRET\r"` of Expect
pub(super) fn find_sent(bytes: &[u8], end: usize, findings: &mut Findings) {
    add_typed(bytes, end, true, findings);
}

/// Hides arguments that look like a password; if they have to be entered, before an escaped return.
fn add_typed(bytes: &[u8], end: usize, entered: bool, findings: &mut Findings) {
    if !is_command(bytes, end) {
        return;
    }
    for place in ShellArguments::new(bytes, end).positional().take(4) {
        let text = &bytes[place.clone()];
        let entry = [&b"\\r"[..], b"\\n"]
            .iter()
            .any(|entry| text.ends_with(entry));
        let typed = &text[..text.len() - 2 * usize::from(entry)];
        if (entry || !entered) && likely::is_password(typed, Expectation::Beside) {
            add_secret(
                bytes,
                place.start..place.start + typed.len(),
                PASSWORD,
                findings,
            );
        }
    }
}

/// `bundle config HOST user:SECRET`
pub(super) fn find_login_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    for place in ShellArguments::new(bytes, end).positional().take(4) {
        let text = &bytes[place.clone()];
        let sign = text.iter().position(|byte| *byte == b':');
        if sign.is_some_and(|at| likely::is_password(&text[at + 1..], Expectation::Told)) {
            add_behind_sign(bytes, place, b':', findings);
        }
    }
}

/// `isql SOURCE USER SECRET`
pub(super) fn find_third_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    find_argument(bytes, end, 2, findings);
}

/// `ansible-vault encrypt_string SECRET --name NAME`, in any order.
pub(super) fn find_encrypted(bytes: &[u8], end: usize, findings: &mut Findings) {
    let mut flag = false;
    for place in ShellArguments::new(bytes, end).take(12) {
        let given = flag;
        flag = byte_at(bytes, place.start) == b'-';
        if !given && !flag {
            add_secret(bytes, place, PASSWORD, findings);
        }
    }
}

/// `net use Z: \\host\share SECRET /user:NAME`, in any order.
pub(super) fn find_share_password(bytes: &[u8], end: usize, findings: &mut Findings) {
    let mut share = false;
    for place in ShellArguments::new(bytes, end).take(8) {
        let argument = &bytes[place.clone()];
        let drive = argument.len() == 2 && argument[1] == b':' || argument == b"*";
        if argument.starts_with(b"\\\\") || argument.starts_with(b"//") {
            share = true;
        } else if argument.starts_with(b"-") {
            return;
        } else if share && !drive && argument[0] != b'/' {
            add_secret(bytes, place, PASSWORD, findings);
            return;
        }
    }
}

/// `sqlplus user/SECRET@database`, `sqlldr userid=user/SECRET`, `sqlplus "user/SECRET as sysdba"`.
pub(super) fn find_slash_login(bytes: &[u8], end: usize, findings: &mut Findings) {
    find_logins(bytes, end, false, findings);
}

/// `connect user/SECRET@database`, a word of prose too.
pub(super) fn find_connection(bytes: &[u8], end: usize, findings: &mut Findings) {
    find_logins(bytes, end, true, findings);
}

fn find_logins(bytes: &[u8], end: usize, with_database: bool, findings: &mut Findings) {
    if !is_command(bytes, end) {
        return;
    }
    for place in ShellArguments::new(bytes, end).take(8) {
        let named = bytes[place.clone()].iter().position(|byte| *byte == b'=');
        let login = place.start + named.map_or(0, |at| at + 1)..place.end;
        if let Some(place) = connection::slash_password(bytes, login, with_database) {
            findings.add(place, PASSWORD, FindingRank::Place);
        }
    }
}

/// Words of commands behind which a secret stands, and how many arguments lie between.
const BEFORE_SECRETS: &[(&str, usize)] = &[
    ("add_user", 1),
    ("change_password", 1),
    ("authenticate_user", 1),
    ("password", 0),
    ("psk", 0),
    ("wifi-sec.psk", 0),
    ("802-11-wireless-security.psk", 0),
    ("key", 0),
    ("user_pw", 0),
    ("input_pw", 0),
    ("owner_pw", 0),
    ("--encrypt", 0),
    ("/p", 0),
    ("/rp", 0),
    ("+login", 1),
    ("-passwd", 1),
    ("pass", 0),
];

/// Hides the argument behind a word that says so: `rabbitmqctl add_user NAME SECRET`.
pub(super) fn find_behind_words(bytes: &[u8], end: usize, findings: &mut Findings) {
    let mut between = None;
    for place in ShellArguments::new(bytes, end).take(24) {
        let argument = &bytes[place.clone()];
        if between == Some(0) {
            // `ipmitool user set password 2 SECRET`
            let number = argument.len() <= 2 && argument.iter().all(u8::is_ascii_digit);
            // `steamcmd +login anonymous +quit`
            let next = argument.starts_with(b"+");
            if !number && !next {
                add_secret(bytes, place.clone(), PASSWORD, findings);
                between = None;
                continue;
            }
        }
        let told = BEFORE_SECRETS
            .iter()
            .find(|(word, _)| argument.eq_ignore_ascii_case(word.as_bytes()));
        between = match (told, between) {
            (Some((_, count)), _) => Some(*count),
            (None, _) if argument.starts_with(b"+") => None,
            (None, _) if argument.starts_with(b"http-basic.") => Some(1),
            (None, _) if argument.starts_with(b"github-oauth.") => Some(0),
            (None, Some(count)) => Some(count.saturating_sub(1)),
            (None, None) => None,
        };
    }
}

/// `vault kv put PATH name=SECRET`, `fly secrets set NAME=SECRET`.
pub(super) fn find_values(bytes: &[u8], end: usize, findings: &mut Findings) {
    for place in ShellArguments::new(bytes, end).take(24) {
        if byte_at(bytes, place.start) != b'-' {
            add_named_value(bytes, place, findings);
        }
    }
}

/// `kubectl create secret generic NAME --from-literal=name=SECRET`
pub(super) fn find_literal(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(place) = ShellArguments::new(bytes, end + 1).next() {
        add_named_value(bytes, place, findings);
    }
}

/// Hides the value of `name=SECRET`.
fn add_named_value(bytes: &[u8], place: Range<usize>, findings: &mut Findings) {
    if let Some(at) = bytes[place.clone()].iter().position(|byte| *byte == b'=') {
        let start = place.start + at + 1;
        let value =
            value::read_quoted(bytes, start).map_or(start..place.end, |quoted| quoted.place);
        add_secret(bytes, value, SECRET, findings);
    }
}

/// `ENV NAME SECRET`, `#define NAME "SECRET"`, `set -x NAME SECRET`, `config set NAME SECRET`,
/// `(setq name "SECRET")`.
pub(super) fn find_assigned(bytes: &[u8], end: usize, findings: &mut Findings) {
    if !is_command(bytes, end) {
        return;
    }
    let mut arguments = ShellArguments::new(bytes, end);
    for _ in 0..4 {
        let Some(place) = arguments.next() else {
            return;
        };
        let argument = &bytes[place.clone()];
        if argument.starts_with(b"-") || argument == b"set" || argument == b"add" {
            continue;
        }
        let sign = [b'=', b':'].iter().any(|sign| argument.contains(sign));
        let npm = argument.ends_with(b"_authToken") || argument.ends_with(b"_password");
        if sign && !npm {
            return;
        }
        let from = skip_blanks(bytes, arguments.end(), 16);
        let literal = value::read_literal(bytes, from);
        if let Some(name) = name::classify_name(argument)
            && from > arguments.end()
            && !starts_in_any_case(bytes, from, "=")
            && judge::is_secret(bytes, name, &literal, ValuePlace::Plain)
            && is_assigned(bytes, &literal)
        {
            findings.add(literal.place, name.kind, FindingRank::Place);
        }
        return;
    }
}

/// Returns whether what follows a name is a value and not the next word of a sentence.
fn is_assigned(bytes: &[u8], literal: &value::Literal) -> bool {
    let value = &bytes[literal.place.clone()];
    literal.form == value::LiteralForm::Quoted
        || super::look::is_no_word(value)
        || !value.iter().all(u8::is_ascii_alphabetic)
}

/// `requirepass SECRET`, a line in a file of settings.
pub(super) fn find_directive(bytes: &[u8], end: usize, findings: &mut Findings) {
    if !is_command(bytes, end) {
        return;
    }
    // The number of the form in which a router keeps it.
    let number =
        |place: &Range<usize>| place.len() == 1 && byte_at(bytes, place.start).is_ascii_digit();
    let mut arguments = ShellArguments::new(bytes, end);
    let flag = |place: &Range<usize>| byte_at(bytes, place.start) == b'-';
    let Some(place) = arguments.find(|place| !number(place) && !flag(place)) else {
        return;
    };
    let last = matches!(
        byte_at(bytes, skip_blanks(bytes, arguments.end(), 8)),
        0 | b'\n' | b'\r' | b'#' | b'"' | b'\'' | b'`' | b'\\' | b'&' | b';'
    );
    let numbered = byte_before(bytes, place.start) == b' '
        && byte_before(bytes, place.start - 1).is_ascii_digit();
    let value = &bytes[place.clone()];
    // A plain word may be the next one of a sentence.
    let secret = ends_in_any_case(bytes, end, " secret");
    let word = secret && value.iter().all(u8::is_ascii_lowercase);
    let place_of = if secret {
        Expectation::Beside
    } else {
        Expectation::Given
    };
    let told = likely::is_password(value, place_of) || numbered || last && !word;
    if told {
        add_secret(bytes, place, PASSWORD, findings);
    }
}

/// `stats auth user:SECRET`
pub(super) fn find_pair(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(place) = ShellArguments::new(bytes, end).next() {
        add_behind_sign(bytes, place, b':', findings);
    }
}
