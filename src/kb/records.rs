//! Growing a private file of records that all have the same length.

use super::Kb;
use super::open::Access;
use super::private::open_private;
use crate::error::{Error, Result};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

impl Kb {
    /// Appends records of `unit` bytes each to a private file, which is made if it is missing, and
    /// syncs it. Part of a record, which a killed writer left, is overwritten. The caller holds
    /// the lock that is for this file.
    ///
    /// # Errors
    ///
    /// If it cannot be written: then it holds what it held.
    pub(crate) fn append_records(&self, path: &Path, records: &[u8], unit: usize) -> Result<()> {
        let failed = |cause| Error::io("append to", path, cause);
        let mut file = match open_private(path, Access::Write) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return self.replace(path, records),
            opened => opened.map_err(failed)?,
        };
        let length = file.metadata().map_err(failed)?.len();
        let whole = length - length % unit as u64;
        let written = file
            .seek(SeekFrom::Start(whole))
            .and_then(|_| file.write_all(records))
            .and_then(|()| file.sync_data());
        written.map_err(|cause| {
            let _ = file.set_len(whole);
            failed(cause)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::kb::tests::TestKb;
    use std::fs;

    #[test]
    fn half_a_record_is_overwritten() {
        let kb = TestKb::new();
        let path = kb.private_dir().join("import/keys");
        kb.append_records(&path, b"aaaa", 4).expect("made");
        kb.append_records(&path, b"bbbbcccc", 4).expect("appended");
        fs::write(&path, "aaaabbbbccccdd").expect("written");
        kb.append_records(&path, b"eeee", 4).expect("appended");
        assert_eq!(fs::read(&path).expect("a file"), b"aaaabbbbcccceeee");
    }
}
