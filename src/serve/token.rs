//! The token: who has it may write. It lies in a file that only the user can read, or in memory alone
//! where there is no place for one; programs read it there, browsers get what is derived of it by a
//! link that is good once.

use crate::error::{Error, Result};
use crate::kb::Kb;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// Directory and file below the private directory.
const AREA: &str = "serve";
const FILE: &str = "token";

/// 256 random bits, as hexadecimal digits.
pub(super) struct Token {
    text: String,
    cookie: String,
    nonce: String,
}

impl Token {
    /// Returns the token of a knowledge base, which is made if there is none, and its file; `None` if
    /// it can be kept in none.
    pub(super) fn keep(kb: &Kb) -> Result<(Token, Option<PathBuf>)> {
        let (path, text) = kb.keep_secret(AREA, FILE, is_token, random_text)?;
        Ok((Token::new(text), path))
    }

    fn new(text: String) -> Self {
        // Neither gives away the token, nor one the other.
        let derive = |purpose| {
            let key = blake3::derive_key(purpose, text.as_bytes());
            blake3::Hash::from(key).to_hex().to_string()
        };
        Token {
            cookie: derive("mx serve 2026 cookie"),
            nonce: derive("mx serve 2026 form"),
            text,
        }
    }

    /// Returns whether this is the token, in a time that does not depend on where it differs.
    pub(super) fn is_token(&self, offered: &str) -> bool {
        is_same(&self.text, offered)
    }

    /// Returns whether this is the value of the cookie.
    pub(super) fn is_cookie(&self, offered: &str) -> bool {
        is_same(&self.cookie, offered)
    }

    /// Returns whether this is the value that forms send back.
    pub(super) fn is_nonce(&self, offered: &str) -> bool {
        is_same(&self.nonce, offered)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }
}

/// The key of the next link to sign in with.
pub(super) struct SignInKey {
    next: Mutex<String>,
}

impl SignInKey {
    pub(super) fn new() -> Result<Self> {
        Ok(SignInKey {
            next: Mutex::new(random_text()?),
        })
    }

    pub(super) fn next(&self) -> String {
        self.next
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns whether this is the key, which is none any more then.
    pub(super) fn use_up(&self, offered: &str) -> Result<bool> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_same(&next, offered) {
            return Ok(false);
        }
        *next = random_text()?;
        Ok(true)
    }
}

fn is_same(known: &str, offered: &str) -> bool {
    known.as_bytes().ct_eq(offered.as_bytes()).into()
}

fn is_token(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(is_digit)
}

fn random_text() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|cause| Error::failed(format!("the system gives no random numbers: {cause}")))?;
    Ok(blake3::Hash::from(bytes).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_is_neither_the_token_nor_each_other() {
        let token = Token::new(random_text().expect("random"));
        let known = [&token.text, &token.cookie, &token.nonce].map(String::as_str);
        let matches = known.map(|text| {
            [
                token.is_token(text),
                token.is_cookie(text),
                token.is_nonce(text),
            ]
        });
        let one = |at| [0, 1, 2].map(|place| place == at);
        assert_eq!(matches, [one(0), one(1), one(2)]);
        assert!(known.iter().all(|text| is_token(text)));
        assert!(!token.is_token("") && !token.is_token(&token.text[1..]));
    }

    #[test]
    fn a_key_is_good_once() {
        let key = SignInKey::new().expect("random");
        let first = key.next();
        assert!(!key.use_up("").expect("compared"));
        assert!(key.use_up(&first).expect("compared"));
        assert!(!key.use_up(&first).expect("compared"));
        assert_ne!(key.next(), first);
    }
}
