//! The one judge of what follows the name of a password: a value, or the name of something else.
//!
//! A digit among letters is enough for a value, whatever joins its parts; so are signs that words do
//! not have. Paths, names that dots join, versions, algorithms, units are none.

use super::look;

/// How surely a value stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Expectation {
    /// The next word of a sentence: `password X`.
    Beside,
    /// Behind a verb or a word that gives it: `the password is X`.
    Told,
    /// Behind a sign, in quotes: nothing but a value stands there.
    Given,
}

/// Signs that passwords have, and words of sentences have not.
const SIGNS: &[u8] = b"!@#$%^&*+=?~";

/// Returns whether what stands in such a place behind the name of a password is one.
pub(super) fn is_password(value: &[u8], place: Expectation) -> bool {
    if value.len() < 4 || value.iter().any(u8::is_ascii_whitespace) || is_named_thing(value) {
        return false;
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = value.iter().any(|byte| SIGNS.contains(byte));
    let letters = value.iter().any(|byte| byte.is_ascii_alphabetic());
    let mixed = letters && (digits > 0 || signs);
    match place {
        Expectation::Given => mixed || digits >= 6 && is_plain_number(value),
        Expectation::Told if digits == 0 => mixed && has_inner_sign(value),
        Expectation::Told if !letters => digits >= 8 && is_plain_number(value),
        Expectation::Told => mixed && !is_state(value) && !is_technical(value),
        Expectation::Beside => {
            mixed
                && value.len() >= 6
                && (digits >= 2 || has_inner_sign(value) || is_mixed_up(value))
                && !is_technical(value)
                && !is_resource_name(value)
                && !is_attribute(value)
        }
    }
}

/// Returns whether a value is a name with its own value: `minLength={8}`, `is_authenticated=False`.
fn is_attribute(value: &[u8]) -> bool {
    let name = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'_';
    let name = value.iter().take_while(name).count();
    name >= 3 && value.get(name) == Some(&b'=') && name + 1 < value.len()
}

/// Returns whether capitals, small letters and a digit stand together otherwise than in a word with a
/// number behind it.
pub(super) fn is_mixed_up(value: &[u8]) -> bool {
    let word = value.iter().take_while(|byte| byte.is_ascii_alphabetic());
    let behind = &value[word.count()..];
    behind.iter().any(u8::is_ascii_alphabetic)
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
}

/// Returns whether a value is lower-case words and numbers that signs join, as things are named
/// by hand: `postgres-auth-2`.
pub(super) fn is_resource_name(value: &[u8]) -> bool {
    let joined = |byte: &u8| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':');
    let parts = || value.split(joined).filter(|part| !part.is_empty());
    let name = |part: &[u8]| {
        let digits = part.iter().rev().take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        let word = &part[..part.len() - digits];
        word.iter().all(u8::is_ascii_lowercase) && (digits <= 2 || word.is_empty() && digits <= 4)
    };
    parts().count() > 1 && parts().all(name)
}

/// A sign behind which a letter or digit follows, or two signs: one at the end may be that of a
/// sentence.
fn has_inner_sign(value: &[u8]) -> bool {
    let last = value.iter().rposition(|byte| !SIGNS.contains(byte));
    let end = last.map_or(0, |last| last + 1);
    let inner = value[..end].iter().any(|byte| SIGNS.contains(byte));
    let name = value
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || b"@.".contains(byte));
    (inner || value.len() > end + 1) && !name && value[0] != b'$'
}

fn is_plain_number(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit) && !super::one_time::is_calendar_day(value)
}

/// Returns whether a value names something else: a path, a file, a name of words that dots join, a
/// version, a flag.
fn is_named_thing(value: &[u8]) -> bool {
    let setting = value
        .iter()
        .position(|byte| *byte == b'=')
        .is_some_and(|at| {
            let word = |part: &[u8]| part.iter().all(u8::is_ascii_lowercase);
            word(&value[..at]) && word(&value[at + 1..])
        });
    setting
        || is_path(value)
        || is_file(value)
        || is_dotted_name(value)
        || is_version(value)
        || value[0] == b'-'
}

/// Endings of files of programs and texts.
const EXTENSIONS: &[&str] = &[
    "rs", "py", "js", "ts", "tsx", "jsx", "go", "java", "rb", "php", "html", "css", "json", "yaml",
    "yml", "toml", "md", "txt", "sh", "sql", "xml", "cpp", "kt", "swift", "env", "pem", "key",
    "crt", "cfg", "conf", "ini", "log", "vue", "lock", "csv", "pdf", "png", "svg", "zip", "gz",
    "tf", "cs",
];

fn is_file(value: &[u8]) -> bool {
    let line = value.iter().rposition(|byte| *byte == b':');
    let number = |at: &usize| value[at + 1..].iter().all(u8::is_ascii_digit);
    let name = &value[..line.filter(number).unwrap_or(value.len())];
    let name = name.strip_suffix(b"'s").unwrap_or(name);
    let dot = name.iter().rposition(|byte| *byte == b'.');
    dot.is_some_and(|dot| {
        let ending = &name[dot + 1..];
        EXTENSIONS.iter().any(|known| ending == known.as_bytes())
    })
}

/// Returns whether dots join words without digits, or names of hosts do.
pub(super) fn is_dotted_name(value: &[u8]) -> bool {
    let parts = || value.split(|byte| *byte == b'.');
    let word = |part: &[u8]| {
        let letter = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$');
        !part.is_empty() && part.iter().all(letter)
    };
    let host = |part: &[u8]| {
        let sign = |byte: &u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        };
        !part.is_empty() && part.iter().all(sign)
    };
    let count = parts().count();
    count > 1 && parts().all(word)
        || count > 2 && parts().all(host) && parts().next_back().is_some_and(word)
}

/// Returns whether a value is a version, with the name of what has it: `v1.2.3`, `TLS1.3`.
fn is_version(value: &[u8]) -> bool {
    let lead = value.iter().take_while(|byte| byte.is_ascii_alphabetic());
    let (name, rest) = value.split_at(lead.count());
    let same = |test: fn(&u8) -> bool| name.iter().all(test);
    let numbers = rest
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.');
    let (numbers, tail) = rest.split_at(numbers.count());
    let tail =
        tail.is_empty() || matches!(tail[0], b'-' | b'+') && !name.is_empty() || numbers.len() > 4;
    (same(u8::is_ascii_lowercase) || same(u8::is_ascii_uppercase))
        && name.len() <= 6
        && numbers.contains(&b'.')
        && !numbers.starts_with(b".")
        && tail
}

/// Beginnings of names of algorithms, formats and protocols, without their signs.
const TECHNICAL: &[&str] = &[
    "sha1", "sha2", "sha3", "sha5", "md5", "utf8", "utf16", "aes128", "aes192", "aes256",
    "rsa2048", "rsa4096", "base32", "base58", "base62", "base64", "argon2", "pbkdf2", "blake2",
    "blake3", "crc32", "oauth1", "oauth2", "ipv4", "ipv6", "http1", "http2", "http3", "tls1",
    "tlsv1", "uuid4", "uuidv", "ed25519", "x25519", "ed448", "hs256", "hs512", "rs256", "es256",
    "ps256", "int2", "int4", "int8", "int16", "int32", "int64", "uint", "k8s", "wpa2", "wpa3",
    "x509", "x86", "ntlmv", "3des", "2fa", "secp256", "log4j", "iso8859", "rfc", "win32",
    "scramsha", "hmacsha", "latin1", "char16", "varchar", "p256", "bcrypt2",
];
/// Units behind numbers.
const UNITS: &[&str] = &[
    "s",
    "ms",
    "us",
    "ns",
    "m",
    "min",
    "h",
    "d",
    "k",
    "kb",
    "mb",
    "gb",
    "kib",
    "mib",
    "px",
    "v",
    "hz",
    "x",
    "bit",
    "bits",
    "byte",
    "bytes",
    "chars",
    "character",
    "characters",
    "char",
    "th",
    "st",
    "nd",
    "rd",
    "days",
    "day",
    "hours",
    "hour",
    "times",
];

/// Returns whether a value is the name of an algorithm or a format, or a number with its unit.
pub(super) fn is_technical(value: &[u8]) -> bool {
    let plain: Vec<u8> = value
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    let digits = plain
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let unit = digits > 0 && UNITS.iter().any(|unit| &plain[digits..] == unit.as_bytes());
    unit || value.len() <= 32
        && TECHNICAL
            .iter()
            .any(|name| plain.starts_with(name.as_bytes()))
}

/// Returns whether a value says something of a password, with a number behind it: `required2`.
fn is_state(value: &[u8]) -> bool {
    const STATES: &[&str] = &[
        "required",
        "optional",
        "invalid",
        "missing",
        "wrong",
        "set",
        "stored",
        "hashed",
        "encoded",
        "encrypted",
        "checked",
        "valid",
        "default",
        "step",
        "line",
        "version",
        "level",
    ];
    let word = value.iter().take_while(|byte| byte.is_ascii_alphabetic());
    let (word, rest) = value.split_at(word.count());
    rest.iter().all(u8::is_ascii_digit)
        && STATES
            .iter()
            .any(|state| word.eq_ignore_ascii_case(state.as_bytes()))
}

/// Returns whether a value is a path: it begins like one, and what is between its slashes are
/// names.
pub(super) fn is_path(value: &[u8]) -> bool {
    let rooted = ["/", "./", "../", "~/", ".\\", "..\\"];
    let drive = value.len() > 2
        && value[0].is_ascii_alphabetic()
        && value[1] == b':'
        && matches!(value[2], b'\\' | b'/');
    let slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-~: $".contains(byte);
    (drive || rooted.iter().any(|root| value.starts_with(root.as_bytes())))
        && value
            .split(slash)
            .all(|part| !look::is_random(part) && part.iter().all(name))
        && (value.starts_with(b"~/") || value.iter().filter(|byte| slash(byte)).count() >= 2)
}
