//! Secrets of the user's own in the private directory: for no other user, also where a knowledge
//! base is shared. Where it cannot be written, they lie in the user's own directory for it.

use super::Kb;
use super::open::{Access, Link, open_checked};
use super::ownership::belongs_to_user;
use super::private::make_private_directory;
use super::private_place::directory_elsewhere;
use super::swap::{Attributes, Durability, replace_at};
use crate::error::Result;
use std::fs::Metadata;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// How many bytes of a file are looked at; a secret is shorter.
const MOST: u64 = 1024;

impl Kb {
    /// Returns the secret in the file `name` of a directory below the private one, and where it
    /// lies. What `make` returns becomes the secret if there is none that `is_valid`, or others may
    /// have read or written it; it lies nowhere if no place can be written.
    ///
    /// # Errors
    ///
    /// What `make` gives.
    pub(crate) fn keep_secret(
        &self,
        area: &str,
        name: &str,
        is_valid: fn(&str) -> bool,
        make: impl Fn() -> Result<String>,
    ) -> Result<(Option<PathBuf>, String)> {
        let known = |directory: &Path| {
            let path = directory.join(name);
            let secret = read_secret(&path).filter(|secret| is_valid(secret))?;
            Some((Some(path), secret))
        };
        let own = self.private_dir().join(area);
        if let Some(known) = known(&own) {
            return Ok(known);
        }
        let secret = make()?;
        let written = |directory: &Path| write_secret(directory, name, &secret).ok();
        if let Some(path) = self
            .ensure_private_area(area)
            .ok()
            .and_then(|_| written(&own))
        {
            return Ok((Some(path), secret));
        }
        let elsewhere = directory_elsewhere(self.environment(), self.root()).join(area);
        if let Some(known) = known(&elsewhere) {
            return Ok(known);
        }
        let made = make_private_directory(&elsewhere).ok();
        Ok((made.and_then(|()| written(&elsewhere)), secret))
    }
}

/// Reads a secret; `None` if there is none, or none that only the user can know.
fn read_secret(path: &Path) -> Option<String> {
    let (file, found) = open_checked(path, Access::Read, Link::Refuse).ok()?;
    if !belongs_to_user(&found) || !is_for_user_alone(&found) {
        return None;
    }
    let mut text = String::new();
    file.take(MOST).read_to_string(&mut text).ok()?;
    Some(text.trim_end().to_owned())
}

/// Puts a secret in its place, and returns that.
fn write_secret(directory: &Path, name: &str, secret: &str) -> io::Result<PathBuf> {
    let path = directory.join(name);
    let text = format!("{secret}\n");
    // For the user alone from its beginning.
    let mode = Attributes::Mode(0o600);
    replace_at(&path, text.as_bytes(), mode, Durability::Bytes)?;
    Ok(path)
}

#[cfg(unix)]
fn is_for_user_alone(found: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(found) & 0o077 == 0
}

/// Elsewhere the directory is in the user's profile, which others cannot read.
#[cfg(not(unix))]
fn is_for_user_alone(_: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use crate::kb::tests::TestKb;
    use std::fs;

    fn is_word(text: &str) -> bool {
        text.len() == 4
    }

    #[test]
    fn a_secret_is_made_once_and_for_the_user_alone() {
        let kb = TestKb::new();
        let keep = |made: &str| {
            let (path, secret) = kb
                .keep_secret("serve", "token", is_word, || Ok(made.to_owned()))
                .expect("kept");
            (path, secret)
        };
        let (path, secret) = keep("abcd");
        assert_eq!((secret.as_str(), keep("efgh").1.as_str()), ("abcd", "abcd"));
        let path = path.expect("a file");
        fs::write(&path, "damaged").expect("written");
        assert_eq!(keep("ijkl").1, "ijkl");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode));
            let found = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(found & 0o777, 0o600);
            mode(0o644).expect("opened to others");
            assert_eq!(keep("mnop").1, "mnop", "others may know the old one");
        }
    }
}
