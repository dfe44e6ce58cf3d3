//! What a file has beside its text, kept when another takes its place: owner, group, and extended
//! attributes, with them its access control list.

use std::fs::File;

/// Gives a new file the owner, the group and the attributes of an old one, as far as the user and
/// the file system allow. Its permissions are to be set before: they limit an access control list.
#[cfg(unix)]
pub(super) fn keep_attributes(new: &File, old: &File) {
    use rustix::fs::{Gid, Uid, fchown};
    use std::os::unix::fs::MetadataExt;
    let (Ok(made), Ok(found)) = (new.metadata(), old.metadata()) else {
        return;
    };
    if (made.uid(), made.gid()) != (found.uid(), found.gid()) {
        let (owner, group) = (Uid::from_raw(found.uid()), Gid::from_raw(found.gid()));
        // Who may not give files away owns them anyhow.
        let _ = fchown(new, Some(owner), Some(group));
    }
    copy_extended(new, old);
}

#[cfg(not(unix))]
pub(super) fn keep_attributes(_: &File, _: &File) {}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn copy_extended(new: &File, old: &File) {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    // As much as Linux lets all names, or one value, be.
    const LARGEST: usize = 64 << 10;
    let mut names = vec![0; LARGEST];
    let Ok(length) = flistxattr(old, names.as_mut_slice()) else {
        return;
    };
    let mut value = vec![0; LARGEST];
    let names = names[..length].split(|byte| *byte == 0);
    for name in names.filter(|name| !name.is_empty()) {
        if let Ok(length) = fgetxattr(old, name, value.as_mut_slice()) {
            let _ = fsetxattr(new, name, &value[..length], XattrFlags::empty());
        }
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "macos"))))]
fn copy_extended(_: &File, _: &File) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use crate::kb::tests::TestKb;
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    use std::path::Path;

    #[test]
    fn a_replaced_file_keeps_its_attributes() {
        let kb = TestKb::new();
        kb.write("a.md", "one");
        let file = kb.root().join("a.md");
        if setxattr(&file, "user.mark", b"mine", XattrFlags::empty()).is_err() {
            eprintln!("left out: this file system has no attributes");
            return;
        }
        kb.replace(Path::new("a.md"), b"two").expect("replaced");
        let mut value = [0; 16];
        let length = getxattr(&file, "user.mark", &mut value[..]).expect("kept");
        assert_eq!(&value[..length], b"mine");
    }
}
