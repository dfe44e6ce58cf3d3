//! What kind of place a directory is.

use std::io;
use std::path::Path;

/// File systems whose every change is made on this machine, by the number that Linux gives them.
const LOCAL: [u64; 11] = [
    0xEF53,      // ext2, ext3, ext4
    0x5846_5342, // XFS
    0x9123_683E, // Btrfs
    0x0102_1994, // tmpfs
    0x8584_58F6, // ramfs
    0x794C_7630, // overlayfs
    0xF2F5_2010, // F2FS
    0x2FC1_2FC1, // ZFS
    0xCA45_1A4E, // bcachefs
    0x3153_464A, // JFS
    0x3434,      // NILFS
];

/// Returns whether every change in a directory is made on this machine.
pub(super) fn is_local(directory: &Path) -> bool {
    let kind = rustix::fs::statfs(directory).map(|found| found.f_type);
    // The number has 32 bits, whatever the type.
    kind.is_ok_and(|kind| LOCAL.contains(&(kind as u64 & 0xFFFF_FFFF)))
}

/// Returns what distinguishes a directory from another in its place.
pub(super) fn identity(directory: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::metadata(directory)?;
    Ok((found.dev(), found.ino()))
}
