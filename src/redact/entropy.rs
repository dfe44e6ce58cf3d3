//! What looks random, as opposed to words, names, paths, hashes and identifiers.

use super::bytes::{
    BASE64, PLAIN64, behind_escape, byte_at, byte_before, end_of, ends_at, ends_with_any,
    line_before, start_of, starts_at,
};
use super::finding::{FindingRank, Findings};
use super::kind::HIGH_ENTROPY;
use super::look;
use super::placeholder::contains_word;
use std::ops::Range;

/// What random text without any name or prefix must have at least, and may have at most: less is
/// an identifier, more is data.
const LEAST: usize = 32;
/// A part of it between `+` and `/` is at least this long.
pub(super) const NOTABLE: usize = 12;
const MOST: usize = 120;

/// Finds a random string around `run` that no name and no prefix gives away. Returns where the
/// string ends, so that it is not looked at again.
pub(super) fn find_random(bytes: &[u8], run: Range<usize>, findings: &mut Findings) -> usize {
    // The run is made of another alphabet: what it begins with may have begun before it.
    let start = start_of(bytes, run.start, &BASE64, MOST);
    let end = end_of(bytes, run.start, &BASE64);
    let mut place = start..end;
    // Neither an assignment nor padding in front belongs to it.
    if let Some(sign) = bytes[start..end].iter().rposition(|byte| *byte == b'=') {
        let padding = bytes[start + sign..end].len() <= 2 || end - start == sign + 1;
        if !padding {
            place.start = start + sign + 1;
        }
    }
    while matches!(byte_at(bytes, place.start), b'/' | b'-' | b'+' | b'=')
        && place.start < place.end
    {
        place.start += 1;
    }
    place.start = behind_escape(bytes, place.start).min(place.end);
    let text = &bytes[place.clone()];
    let sized = (LEAST..=MOST).contains(&text.len());
    if sized && look::is_random(text) && is_dense(text) && !is_harmless(bytes, &place) {
        findings.add(place, HIGH_ENTROPY, FindingRank::Look);
    }
    end.max(run.end)
}

/// So many small letters in a row are a word.
const LONG_WORD: usize = 9;

/// Returns whether no part between signs is a path's name or a word: paths and identifiers have
/// many signs, random text few.
fn is_dense(text: &[u8]) -> bool {
    let signs = text
        .iter()
        .filter(|byte| !byte.is_ascii_alphanumeric())
        .count();
    let word = |part: &[u8]| part.iter().all(u8::is_ascii_lowercase);
    signs * 8 <= text.len() && !text.windows(LONG_WORD).any(word)
}

/// What random text may follow that is no secret: hashes that lock files hold, images, identifiers.
const LEADS: [&str; 14] = [
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "h1:",
    "base64,",
    "SHA256:",
    "sha256:",
    "MD5:",
    "md5:",
    "ssh-rsa ",
    "ssh-ed25519 ",
    "nonce-",
    "0x",
];
/// What identifiers and public things begin with.
const PUBLIC: &[&str] = &[
    "0x",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "AAAA",
    "toolu_",
    "srvtoolu_",
    "msg_",
    "req_",
    "call_",
    "chatcmpl-",
    "resp_",
    "thread_",
    "run_",
    "asst_",
    "file-",
    "ses_",
    "prt_",
    "pk_",
    "pk-",
    "nonce-",
    // Names that compilers made, public keys of wallets.
    "_ZN",
    "_ZS",
    "_RN",
    "_RI",
    "ZN",
    "RN",
    "RI",
    "xpub",
    "ypub",
    "zpub",
    "z6Mk",
    "npub1",
    // Images, sounds, documents, archives, fonts, programs in base64.
    "iVBORw0KGgo",
    "R0lGOD",
    "9j/",
    "UklGR",
    "SUQz",
    "uQx",
    "JVBERi",
    "UEsDB",
    "H4sI",
    "d09G",
    "AGFzbQ",
    "PHN2Z",
    "PD94",
    "PCFET",
    "f0VMR",
];

fn is_harmless(bytes: &[u8], place: &Range<usize>) -> bool {
    LEADS.iter().any(|lead| ends_at(bytes, place.start, lead))
        || PUBLIC
            .iter()
            .any(|lead| starts_at(bytes, place.start, lead))
        || is_in_path(bytes, place.start)
        || is_in_block(bytes, place)
        || look::is_hex(&bytes[place.clone()])
        || is_plain_text(&bytes[place.clone()])
        || is_address(&bytes[place.clone()])
        || is_named_public(bytes, place.start)
}

/// Returns whether this is base64 of text that says nothing of secrets and holds nothing random.
fn is_plain_text(text: &[u8]) -> bool {
    const WORDS: [&str; 9] = [
        "pass", "pwd", "secret", "token", "key", "auth", "cred", "bearer", "://",
    ];
    let Some(decoded) = look::decode_text(text) else {
        return false;
    };
    let random = |part: &[u8]| look::is_random(part) || part.len() > 40;
    !WORDS.iter().any(|word| contains_word(&decoded, word))
        && !look::is_login(&decoded)
        && !decoded
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(random)
}

/// Returns whether this is an address of a chain or a content: base58 with a telling beginning and
/// length.
fn is_address(text: &[u8]) -> bool {
    let base58 = |byte: &u8| byte.is_ascii_alphanumeric() && !b"0OIl".contains(byte);
    let coin = text.len() <= 35 && b"123LMDTXrtn".contains(&text[0]);
    let content = text.len() == 46 && text.starts_with(b"Qm");
    (coin || content) && text.iter().all(base58)
}

/// Words before what is random and public.
const PUBLIC_WORDS: [&str; 20] = [
    "address",
    "addr",
    "wallet",
    "txid",
    "cid",
    "pubkey",
    "fingerprint",
    "checksum",
    "digest",
    "hash",
    "etag",
    "integrity",
    "adresse",
    "prüfsumme",
    "spreadsheet",
    "document",
    "folder",
    "public key",
    "public_key",
    "publickey",
];

/// Returns whether the word before `start` says that it is public: `address: …`.
fn is_named_public(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start, 64);
    let sign = |byte: &u8| byte.is_ascii_whitespace() || b":=\"'`<([".contains(byte);
    let end = line
        .iter()
        .rposition(|byte| !sign(byte))
        .map_or(0, |at| at + 1);
    ends_with_any(line, end, &PUBLIC_WORDS) || names_identifier(&line[..end])
}

/// Returns whether text ends with a name for an identifier: `version-id`, `documentId`, `the id`.
fn names_identifier(line: &[u8]) -> bool {
    let Some(front) = line.len().checked_sub(2).map(|at| &line[..at]) else {
        return false;
    };
    let parted = front
        .last()
        .is_none_or(|byte| !byte.is_ascii_alphanumeric());
    match &line[front.len()..] {
        b"id" | b"ID" => parted,
        b"Id" => true,
        _ => false,
    }
}

/// Returns whether this belongs to a URL or a path.
fn is_in_path(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start, 512);
    let word = line
        .iter()
        .rposition(|byte| byte.is_ascii_whitespace() || b"\"'`<(".contains(byte))
        .map_or(line, |at| &line[at + 1..]);
    matches!(byte_before(bytes, start), b'.' | b'\\' | b'~')
        || memchr::memmem::find(word, b"://").is_some()
        || word.contains(&b'/')
}

/// Returns whether the line above or below is of the same sort, as in blocks of base64 data.
fn is_in_block(bytes: &[u8], place: &Range<usize>) -> bool {
    let data = |from: usize| {
        let end = end_of(bytes, from, &PLAIN64);
        end - from >= LEAST && matches!(byte_at(bytes, end), b'\n' | b'\r' | 0)
    };
    let line = line_before(bytes, place.start, 64);
    let margin = line.len();
    let above = place.start - margin;
    let below = match (byte_at(bytes, place.end), byte_at(bytes, place.end + 1)) {
        (b'\n', _) => place.end + 1,
        (b'\r', b'\n') => place.end + 2,
        _ => return false,
    };
    let text_above = skip_newline_back(bytes, above);
    let start_above = start_of(bytes, text_above, &PLAIN64, MOST);
    text_above - start_above >= LEAST || data(below + margin)
}

fn skip_newline_back(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while matches!(byte_before(bytes, at), b'\n' | b'\r') {
        at -= 1;
    }
    at
}
