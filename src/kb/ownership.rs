//! Whose a file or directory is, and with whom it is shared.

use super::open::is_absent;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// Returns whether there may be a file of the user at a path that the system did not let be read.
/// Who looks for something that may be in it must not conclude that it is nowhere. What another
/// user keeps to himself is not looked for, nor what is no regular file.
pub(crate) fn may_hide_own(path: &Path, cause: &io::Error) -> bool {
    let by_system = cause.raw_os_error().is_some() && !is_absent(cause);
    by_system && fs::symlink_metadata(path).map_or(true, |found| is_of_this_user(&found))
}

#[cfg(unix)]
fn is_of_this_user(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_of_this_user(_: &Metadata) -> bool {
    true
}

/// Returns whether what was looked at belongs to the user of this process, or to root, who can
/// do everything anyhow.
#[cfg(unix)]
pub(super) fn belongs_to_user(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == 0 || found.uid() == rustix::process::geteuid().as_raw()
}

/// Returns whether another user shares it with this one: a group of both may write to it.
#[cfg(unix)]
pub(super) fn is_shared_with_user(found: &Metadata) -> bool {
    use rustix::process::{getegid, getgroups};
    use std::os::unix::fs::MetadataExt;
    let in_group = || {
        let groups = getgroups().unwrap_or_default();
        found.gid() == getegid().as_raw() || groups.iter().any(|gid| gid.as_raw() == found.gid())
    };
    found.mode() & 0o020 != 0 && in_group()
}

/// Returns whether this user may rely on it: it is the user's, root's, or shared with the user.
pub(super) fn is_usable(found: &Metadata) -> bool {
    belongs_to_user(found) || is_shared_with_user(found)
}

/// Returns whether what lies in or above a directory may decide for it: it is the user's or root's, or
/// both have one owner.
pub(super) fn may_decide_for(path: &Path, directory: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| {
        let of_one_owner =
            || fs::metadata(directory).is_ok_and(|here| is_same_owner(&found, &here));
        belongs_to_user(&found) || of_one_owner()
    })
}

#[cfg(unix)]
fn is_same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn is_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Returns whether other users have a part in a directory of this user's group: it is another
/// user's, or of another group than what the user makes. No archive that the user unpacks makes
/// such a one.
#[cfg(unix)]
pub(super) fn is_of_several(found: &Metadata) -> bool {
    use rustix::process::{getegid, geteuid};
    use std::os::unix::fs::MetadataExt;
    let of_others = found.uid() != geteuid().as_raw() || found.gid() != getegid().as_raw();
    of_others && is_shared_with_user(found)
}

/// Returns `false`: elsewhere than on Unix it is unknown.
#[cfg(not(unix))]
pub(super) fn is_of_several(_: &Metadata) -> bool {
    false
}

/// Returns whether a directory is meant for several users: all may write to it, or a group that
/// is not only the user's own. One in which everybody has files of their own (`/tmp`) is not.
#[cfg(unix)]
pub(super) fn is_shared_directory(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mode = found.mode();
    let of_others = || found.gid() != rustix::process::getegid().as_raw();
    let sticky = mode & 0o1000 != 0;
    !sticky && (mode & 0o002 != 0 || mode & 0o020 != 0 && (mode & 0o2000 != 0 || of_others()))
}

/// Returns the mode of a new private file in a directory, which the mask narrows.
pub(super) fn mode_of_new_file(directory: &Path) -> u32 {
    if is_shared(directory) { 0o666 } else { 0o600 }
}

/// Returns whether what lies in a directory is meant for several users.
pub(super) fn is_shared(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|found| is_shared_directory(&found))
}

/// Returns the name of the user's own directory in one that all users share.
#[cfg(unix)]
pub(super) fn name_of_user_directory() -> String {
    format!("memex-{}", rustix::process::geteuid().as_raw())
}

/// Returns the name of the user's own directory: elsewhere than on Unix, each user has a directory
/// for temporary files.
#[cfg(not(unix))]
pub(super) fn name_of_user_directory() -> String {
    "memex".to_owned()
}

/// Returns whether it belongs to the user: elsewhere than on Unix, what the user may open does.
#[cfg(not(unix))]
pub(super) fn belongs_to_user(_: &Metadata) -> bool {
    true
}

/// Returns whether it is shared: elsewhere than on Unix, access lists say so, to the system only.
#[cfg(not(unix))]
pub(super) fn is_shared_with_user(_: &Metadata) -> bool {
    true
}

/// Returns whether a directory is shared: elsewhere than on Unix, what is made in it takes over who
/// may use it.
#[cfg(not(unix))]
pub(super) fn is_shared_directory(_: &Metadata) -> bool {
    true
}
