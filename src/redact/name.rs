//! Names of settings, headers, fields and flags: which of them name a secret.

use super::bytes::{NAME, before, byte, skip_blanks_back, start_of};
use super::marker::{KEY, PASSWORD, SECRET, TOKEN};
use std::ops::Range;

/// How surely a name names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Force {
    /// Only a sentence of many words is one: `mnemonic`.
    Phrase,
    /// Only a random value is one: `key`, `auth`.
    Faint,
    /// A value that is no word is one: `token`, `secret`.
    Likely,
    /// Every literal value is one: `password`, `client_secret`.
    Firm,
}

/// A name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    /// What its value is, as in `[redacted:KIND]`.
    pub(super) kind: &'static str,
    pub(super) force: Force,
    /// Written like a variable of the environment, `DB_PASSWORD`.
    pub(super) shouted: bool,
}

/// A word that a name of a secret ends with, in small letters without signs.
struct Ending {
    word: &'static str,
    kind: &'static str,
    force: Force,
    /// Words before it that make it [`Force::Firm`].
    firm: &'static [&'static str],
    /// Words before it that make it no secret at all.
    never: &'static [&'static str],
    /// It must begin a part of the name: `db_pass`, not `bypass`.
    part: bool,
}

const fn ending(word: &'static str, kind: &'static str, force: Force) -> Ending {
    Ending {
        word,
        kind,
        force,
        firm: &[],
        never: &[],
        part: false,
    }
}

impl Ending {
    const fn part(mut self) -> Ending {
        self.part = true;
        self
    }

    const fn firm(mut self, words: &'static [&'static str]) -> Ending {
        self.firm = words;
        self
    }

    const fn never(mut self, words: &'static [&'static str]) -> Ending {
        self.never = words;
        self
    }
}

/// The endings, longer ones before those that they end with.
const ENDINGS: &[Ending] = &[
    ending("password", PASSWORD, Force::Firm),
    ending("passwords", PASSWORD, Force::Firm),
    ending("passwd", PASSWORD, Force::Firm),
    ending("passwort", PASSWORD, Force::Firm),
    ending("kennwort", PASSWORD, Force::Firm),
    ending("passphrase", PASSWORD, Force::Firm),
    ending("passcode", PASSWORD, Force::Firm).never(&["zip"]),
    ending("contrasena", PASSWORD, Force::Firm),
    ending("contraseña", PASSWORD, Force::Firm),
    ending("пароль", PASSWORD, Force::Firm),
    ending("Пароль", PASSWORD, Force::Firm),
    ending("密码", PASSWORD, Force::Firm),
    ending("密碼", PASSWORD, Force::Firm),
    ending("口令", PASSWORD, Force::Firm),
    ending("パスワード", PASSWORD, Force::Firm),
    ending("비밀번호", PASSWORD, Force::Firm),
    ending("senha", PASSWORD, Force::Firm),
    ending("pwd", PASSWORD, Force::Firm).part().never(&["old"]),
    ending("storepass", PASSWORD, Force::Firm),
    ending("keypass", PASSWORD, Force::Firm),
    ending("pass", PASSWORD, Force::Likely).part().firm(&[
        "db", "user", "root", "admin", "smtp", "mail", "mysql", "pg", "postgres", "redis", "ftp",
        "ssh", "login", "my", "proxy", "http", "rabbitmq", "mongo", "ldap", "vault", "sudo",
    ]),
    ending("pw", PASSWORD, Force::Likely).part(),
    ending("mnemonic", SECRET, Force::Phrase),
    ending("seedphrase", SECRET, Force::Phrase),
    ending("recoveryphrase", SECRET, Force::Phrase),
    ending("secretkeybase", KEY, Force::Firm),
    ending("clientkeydata", KEY, Force::Firm),
    ending("privatemac", KEY, Force::Firm),
    ending("secretaccesskey", KEY, Force::Firm),
    ending("accesskeysecret", KEY, Force::Firm),
    ending("secrets", SECRET, Force::Likely),
    ending("secret", SECRET, Force::Likely).firm(&[
        "client",
        "app",
        "api",
        "consumer",
        "webhook",
        "signing",
        "jwt",
        "shared",
        "auth",
        "session",
        "cookie",
        "oauth",
        "account",
        "bot",
        "application",
    ]),
    ending("tokens", TOKEN, Force::Faint),
    ending("token", TOKEN, Force::Likely)
        .firm(&[
            "access",
            "auth",
            "authentication",
            "refresh",
            "session",
            "security",
            "bearer",
            "personalaccess",
            "oauth",
            "bot",
            "private",
            "deploy",
            "api",
            "github",
            "gitlab",
            "npm",
            "slack",
            "vault",
            "service",
            "admin",
            "bearer",
            "runner",
            "registry",
        ])
        .never(&[
            "page",
            "next",
            "continuation",
            "cancellation",
            "cancel",
            "eos",
            "bos",
            "pad",
            "unk",
            "sep",
            "cls",
            "mask",
            "stop",
            "special",
            "sync",
            "design",
            "lookahead",
            "previous",
            "current",
        ]),
    ending("credentials", SECRET, Force::Faint),
    ending("credential", SECRET, Force::Faint),
    ending("accesskeyid", KEY, Force::Faint),
    ending("keys", KEY, Force::Faint),
    ending("key", KEY, Force::Faint)
        .firm(&[
            "api",
            "secret",
            "private",
            "signing",
            "encryption",
            "encrypt",
            "decryption",
            "master",
            "sharedaccess",
            "shared",
            "account",
            "auth",
            "subscription",
            "secretaccess",
            "app",
            "server",
            "preshared",
            "service",
        ])
        .never(&[
            "public",
            "primary",
            "foreign",
            "partition",
            "sort",
            "cache",
            "unique",
            "map",
        ]),
    ending("auth", SECRET, Force::Faint).part(),
    ending("sig", SECRET, Force::Faint).part(),
    ending("signature", SECRET, Force::Faint),
    ending("salt", SECRET, Force::Faint),
    ending("cookie", SECRET, Force::Faint),
    ending("sessionid", SECRET, Force::Faint),
    ending("sid", SECRET, Force::Faint).part(),
    ending("session", SECRET, Force::Faint),
    ending("jwt", TOKEN, Force::Likely),
    ending("bearer", TOKEN, Force::Likely),
    ending("otp", TOKEN, Force::Faint).part(),
    ending("pat", TOKEN, Force::Faint).part(),
];

/// The longest name that is read.
const LONGEST: usize = 64;

/// Which endings have a last byte; made by the compiler.
struct Index {
    heads: [u8; 256],
    next: [u8; ENDINGS.len()],
}

const NONE: u8 = u8::MAX;
static INDEX: Index = Index::new();

impl Index {
    const fn new() -> Index {
        assert!(ENDINGS.len() < NONE as usize);
        let mut index = Index {
            heads: [NONE; 256],
            next: [NONE; ENDINGS.len()],
        };
        let mut at = ENDINGS.len();
        while at > 0 {
            at -= 1;
            let word = ENDINGS[at].word.as_bytes();
            let last = word[word.len() - 1] as usize;
            index.next[at] = index.heads[last];
            index.heads[last] = at as u8;
        }
        index
    }
}

/// Tells what a name names, if it is a secret.
pub(super) fn classify(name: &[u8]) -> Option<Name> {
    let last = name.last()?.to_ascii_lowercase();
    let mut next = INDEX.heads[last as usize];
    if next == NONE {
        return None;
    }
    let plain = Plain::of(name);
    while let Some(ending) = ENDINGS.get(next as usize) {
        if let Some(front) = plain.text().strip_suffix(ending.word.as_bytes())
            && (!ending.part || plain.begins_part(front.len()))
        {
            return plain.judge(ending, front);
        }
        next = INDEX.next[next as usize];
    }
    None
}

/// A name in small letters without signs.
struct Plain {
    bytes: [u8; LONGEST],
    length: usize,
    /// Where parts begin, a bit for each byte: behind a sign, and at a capital behind a small letter.
    parts: u64,
    shouted: bool,
    /// The name is `_auth`, or ends with it: of `.npmrc`, where it is a password.
    npm: bool,
}

impl Plain {
    fn of(name: &[u8]) -> Plain {
        let name = &name[name.len().saturating_sub(LONGEST)..];
        let mut plain = Plain {
            bytes: [0; LONGEST],
            length: 0,
            parts: 1,
            shouted: name.iter().any(u8::is_ascii_uppercase)
                && !name.iter().any(u8::is_ascii_lowercase),
            npm: name == b"_auth",
        };
        let mut last = 0;
        for byte in name {
            if matches!(byte, b'_' | b'-' | b'.' | b' ') {
                last = b'_';
                continue;
            }
            let begins = last == b'_' || (byte.is_ascii_uppercase() && last.is_ascii_lowercase());
            plain.parts |= u64::from(begins) << plain.length;
            plain.bytes[plain.length] = byte.to_ascii_lowercase();
            plain.length += 1;
            last = *byte;
        }
        plain
    }

    fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn begins_part(&self, at: usize) -> bool {
        at < LONGEST && self.parts >> at & 1 == 1
    }

    fn judge(&self, ending: &Ending, front: &[u8]) -> Option<Name> {
        let follows = |words: &[&str]| words.iter().any(|word| front.ends_with(word.as_bytes()));
        let directory = ending.word == "pwd" && front.is_empty() && self.shouted;
        if follows(ending.never) || directory {
            return None;
        }
        let force = if self.npm || follows(ending.firm) {
            Force::Firm
        } else {
            ending.force
        };
        Some(Name {
            kind: ending.kind,
            force,
            shouted: self.shouted,
        })
    }
}

/// Returns the name in front of the sign at `at`: `NAME =`, `"NAME":`, `x["NAME"] =`, `**NAME**:`.
pub(super) fn in_front(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let mut end = skip_blanks_back(bytes, at, 24);
    while matches!(
        before(bytes, end),
        b':' | b'?' | b'+' | b'|' | b'!' | b'=' | b'*'
    ) && at - end < 32
    {
        end -= 1;
    }
    end = skip_blanks_back(bytes, end, 24);
    if before(bytes, end) == b']' {
        end -= 1;
    }
    if matches!(before(bytes, end), b'"' | b'\'' | b'`') {
        end -= 1;
        let mut slashes = 0;
        while before(bytes, end) == b'\\' && slashes < 8 {
            end -= 1;
            slashes += 1;
        }
    }
    let start = start_of(bytes, end, &NAME, LONGEST);
    let start = without_escape(bytes, start);
    (start < end).then(|| with_word_before(bytes, start..end))
}

/// An escaped line break in front is no part of the name.
fn without_escape(bytes: &[u8], start: usize) -> usize {
    let escaped = before(bytes, start) == b'\\' && matches!(byte(bytes, start), b'n' | b'r' | b't');
    start + usize::from(escaped)
}

/// Adds the words before `key`, `token`, `phrase` and `code`: `API key`, `secret access key`.
fn with_word_before(bytes: &[u8], name: Range<usize>) -> Range<usize> {
    let compound = ["key", "token", "phrase", "secret"];
    let last = &bytes[name.clone()];
    let one = compound
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word.as_bytes()));
    if !one || before(bytes, name.start) != b' ' {
        return name;
    }
    let mut start = name.start;
    for _ in 0..2 {
        if before(bytes, start) != b' ' {
            break;
        }
        let word = start_of(bytes, start - 1, &NAME, 24);
        if word == start - 1 || name.end - word > LONGEST {
            break;
        }
        start = word;
    }
    start..name.end
}
