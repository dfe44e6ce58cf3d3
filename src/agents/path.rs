//! Paths as agents write them, on Windows in several ways.

use std::borrow::Cow;

/// Returns a path as it is recorded: on Windows with `/` and the drive in upper case, whether it
/// came as `c:\a`, `/c:/a` or `\\?\C:\a`; all others as they are.
///
/// `windows` says that the path is one of Windows even if it does not look like it, which lets
/// `src\a.rs` and `/c/a` be understood too.
pub fn normal_path(path: &str, windows: bool) -> String {
    let verbatim = path.strip_prefix(r"\\?\").or(path.strip_prefix("//?/"));
    if let Some(rest) = verbatim {
        return match rest.strip_prefix(r"UNC\").or(rest.strip_prefix("UNC/")) {
            Some(share) => format!("//{}", share.replace('\\', "/")),
            None => normal_path(rest, true),
        };
    }
    let unrooted = path.strip_prefix('/').unwrap_or(path);
    if let Some((drive, rest)) = split_drive(unrooted) {
        return format!("{drive}:{}", rest.replace('\\', "/"));
    }
    match unrooted.as_bytes() {
        // As the shell of Git for Windows writes it.
        [letter, b'/', ..] if windows && path.len() > unrooted.len() && is_letter(*letter) => {
            let drive = char::from(letter.to_ascii_uppercase());
            format!("{drive}:{}", unrooted[1..].replace('\\', "/"))
        }
        // What it comes to may be one of the above.
        _ if windows && path.contains('\\') => normal_path(&path.replace('\\', "/"), true),
        _ if windows || path.starts_with(r"\\") => path.replace('\\', "/"),
        _ => path.to_owned(),
    }
}

/// Returns whether a path, normal already, is one of Windows.
pub(crate) fn is_windows(path: &str) -> bool {
    cfg!(windows) || split_drive(path).is_some() || path.starts_with("//")
}

/// Returns a path as it lies below a directory, if it is a relative one.
pub(crate) fn below_directory<'a>(directory: &str, path: &'a str) -> Cow<'a, str> {
    let is_rooted = path.starts_with(['/', '\\', '~']) || split_drive(path).is_some();
    if is_rooted || path.is_empty() || directory.is_empty() {
        return Cow::Borrowed(path);
    }
    let path = path.strip_prefix("./").unwrap_or(path);
    Cow::Owned(format!("{}/{path}", directory.trim_end_matches('/')))
}

/// Splits `c:\a` into the drive, in upper case, and the rest.
fn split_drive(path: &str) -> Option<(char, &str)> {
    match path.as_bytes() {
        [letter, b':', b'/' | b'\\', ..] if is_letter(*letter) => {
            Some((char::from(letter.to_ascii_uppercase()), &path[2..]))
        }
        _ => None,
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_path_of_windows_has_one_form() {
        for path in [r"c:\w\a.rs", r"C:\w/a.rs", "/c:/w/a.rs", r"\\?\C:\w\a.rs"] {
            assert_eq!(normal_path(path, false), "C:/w/a.rs");
        }
        assert_eq!(normal_path("/c/w/a.rs", true), "C:/w/a.rs");
        assert_eq!(normal_path(r"/c\w/a.rs", true), "C:/w/a.rs");
        assert_eq!(normal_path(r"src\a.rs", true), "src/a.rs");
        assert_eq!(normal_path(r"\\srv\share\a", false), "//srv/share/a");
        assert_eq!(normal_path(r"\\?\UNC\srv\share\a", false), "//srv/share/a");
        assert!(is_windows("C:/w"));
    }

    #[test]
    fn a_relative_path_lies_below_its_directory() {
        for (directory, path, expected) in [
            ("/w/web", "a.ts", "/w/web/a.ts"),
            ("/", "./a.ts", "/a.ts"),
            ("/w", "../a.ts", "/w/../a.ts"),
            ("/w", "/a.ts", "/a.ts"),
            ("/w", "~/a.ts", "~/a.ts"),
            ("C:/w", r"D:\a.ts", r"D:\a.ts"),
            ("C:/w", "a.ts", "C:/w/a.ts"),
            ("", "a.ts", "a.ts"),
            ("/w", "", ""),
        ] {
            assert_eq!(below_directory(directory, path), expected);
        }
    }

    #[test]
    fn other_paths_stay() {
        for path in [
            "/c/w/a.rs",
            r"/w/a\b.rs",
            r"a\b",
            "",
            "/",
            "c:",
            "/ü/a",
            "~/x",
        ] {
            assert_eq!(normal_path(path, false), path);
        }
    }
}
