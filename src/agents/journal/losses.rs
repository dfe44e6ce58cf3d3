//! What hooks could not write, or did not understand: counted in a small file elsewhere, for a
//! hook has no output for it.

use crate::error::{Error, Result};
use crate::kb::{Access, make_private_directory, open_or_create_private, read_private};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How large the file gets: beyond, what is lost is not counted any more.
const MAX_SIZE: u64 = 64 * 1024;

/// How much is kept of a reason, in characters.
const MAX_REASON: usize = 200;

/// How a reason begins by which nothing was lost.
pub const KEPT: &str = "noted all the same: ";

const NAME: &str = "hook-losses";

/// What was lost for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Why, empty if there was no room to say.
    pub reason: String,
    /// How often, at least.
    pub count: u64,
    /// When last, in milliseconds since 1970-01-01 UTC.
    pub last: i64,
}

/// Counts a loss, in a file in `dir`, which is made where it is missing. Returns whether that
/// succeeded; on a full disk there is often room for an empty file still, by
/// which [`read_losses`] knows.
///
/// `reason` is a text without anything private: an error of the system, the name of an event.
pub fn record_loss(dir: &Path, at: i64, reason: &str) -> bool {
    record(dir, at, reason).is_ok()
}

fn record(dir: &Path, at: i64, reason: &str) -> io::Result<()> {
    let path = loss_file(dir);
    make_private_directory(dir)?;
    let mut file = open_or_create_private(&path, Access::Journal)?;
    if file.metadata()?.len() > MAX_SIZE {
        return Ok(());
    }
    let line = |c: char| if c.is_control() { ' ' } else { c };
    let reason: String = reason.chars().map(line).take(MAX_REASON).collect();
    file.write_all(format!("\n{at} {reason}\n").as_bytes())
}

/// Returns the file in `dir` in which losses are counted.
pub fn loss_file(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

/// Returns what was lost, by reason, the latest first; nothing if nothing was.
///
/// # Errors
///
/// If there is such a file and it cannot be read.
pub fn read_losses(dir: &Path) -> Result<Vec<Loss>> {
    let path = loss_file(dir);
    let text = match read_private(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|cause| Error::io("read", &path, cause))?,
    };
    let mut found: Vec<Loss> = Vec::new();
    for line in String::from_utf8_lossy(&text).lines() {
        let (at, reason) = line.split_once(' ').unwrap_or((line, ""));
        let Ok(at) = at.parse() else { continue };
        match found.iter_mut().find(|loss| loss.reason == reason) {
            Some(loss) => {
                loss.count += 1;
                loss.last = loss.last.max(at);
            }
            None => found.push(Loss {
                reason: reason.to_owned(),
                count: 1,
                last: at,
            }),
        }
    }
    if found.is_empty() {
        found.push(Loss {
            reason: String::new(),
            count: 1,
            last: 0,
        });
    }
    found.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.reason.cmp(&b.reason)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn losses_are_counted_by_reason_and_bounded() {
        let home = tempfile::tempdir().expect("temporary directory");
        let dir = home.path().join("a/b");
        assert_eq!(read_losses(&dir).expect("none"), []);
        record_loss(&dir, 5, "disk\nfull");
        record_loss(&dir, 7, "event Dream");
        record_loss(&dir, 6, "disk\nfull");
        let found = read_losses(&dir).expect("read");
        let told: Vec<_> = found
            .iter()
            .map(|l| (l.reason.as_str(), l.count, l.last))
            .collect();
        assert_eq!(told, [("event Dream", 1, 7), ("disk full", 2, 6)]);
        for at in 0..1000 {
            record_loss(&dir, at, &"ü".repeat(500));
        }
        let size = fs::metadata(dir.join(NAME)).expect("a file").len();
        assert!(size < MAX_SIZE + 1000, "{size}");
    }

    #[test]
    fn an_empty_file_is_a_loss_and_a_missing_place_is_no_error() {
        let home = tempfile::tempdir().expect("temporary directory");
        fs::write(home.path().join(NAME), "").expect("write");
        assert_eq!(read_losses(home.path()).expect("read").len(), 1);
        record_loss(&home.path().join(NAME).join("below"), 1, "x");
    }
}
