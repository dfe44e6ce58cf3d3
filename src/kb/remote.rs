//! The name of a repository in the URL of a git remote.

use crate::model::decode_url;

/// Returns the last component of a remote's URL or path, without `.git`.
///
/// Understands URLs (`https://host/a/b.git`), scp-like addresses (`git@host:a/b`), and paths of
/// Unix and Windows. `None` where there is no such component. User, password, host and query never
/// get into the name: one that holds `@` is refused, since it may be a piece of a password.
pub(super) fn repository_name(url: &str) -> Option<String> {
    let path = path_of(url.trim())?;
    let path = path.replace('\\', "/");
    let mut rest = path.as_str();
    loop {
        rest = rest.trim_end_matches('/').trim_end();
        match rest.strip_suffix(".git") {
            // `dir/.git` is the repository in `dir`.
            Some(stripped) if stripped.ends_with('/') => rest = stripped,
            Some(stripped) => {
                rest = stripped;
                break;
            }
            None => break,
        }
    }
    let name = rest.rsplit('/').next()?.trim();
    let useless = matches!(name, "" | "." | ".." | "~") || name.contains(['@', ':']);
    (!useless && !name.contains(char::is_control)).then(|| name.to_owned())
}

/// Returns a remote's URL in a form in which two spellings of one address are equal: without
/// scheme, user and `.git`, in lower case.
pub(super) fn remote_address(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let (scheme, rest) = match url.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, url),
    };
    let rest = rest
        .strip_suffix(".git")
        .unwrap_or(rest)
        .trim_end_matches('/');
    let end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
    let rest = &rest[host..];
    let address = if scheme {
        rest.to_owned()
    } else {
        // `host:path`
        rest.replacen(':', "/", 1)
    };
    address.to_lowercase()
}

/// Returns the path in a URL, percent-decoded, or in a scp-like address; a path is itself.
fn path_of(url: &str) -> Option<String> {
    if let Some((_, rest)) = url.split_once("://") {
        let rest = rest.split(['?', '#']).next()?;
        let (_, path) = rest.split_once('/')?;
        return Some(decode_url(path).into_owned());
    }
    if is_windows_path(url) {
        let path = url.get(2..)?;
        return Some(path.to_owned());
    }
    // An address has its colon before the first slash, and outside of `[…]` around the host.
    let host_end = url.find(']').map_or(0, |at| at + 1);
    let host = url.split('/').next()?;
    match host.get(host_end..).and_then(|rest| rest.find(':')) {
        Some(colon) => url.get(host_end + colon + 1..).map(str::to_owned),
        None => Some(url.to_owned()),
    }
}

fn is_windows_path(url: &str) -> bool {
    let bytes = url.as_bytes();
    let drive = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'\\' | b'/');
    drive || url.starts_with("\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names() {
        for (url, name) in [
            ("https://github.com/owner/repo.git", Some("repo")),
            ("https://github.com/owner/repo", Some("repo")),
            ("https://github.com/owner/repo.git/", Some("repo")),
            ("https://github.com/owner/repo//", Some("repo")),
            ("https://user:secret@host:8443/a/b/repo.git", Some("repo")),
            ("https://host/repo.git?token=secret#x", Some("repo")),
            ("https://host/my%20repo.git", Some("my repo")),
            ("https://host/group%2Frepo", Some("repo")),
            ("https://host/100%/50%zz", Some("50%zz")),
            ("https://host/%ff", Some("%ff")),
            ("https://dev.azure.com/org/project/_git/repo", Some("repo")),
            ("https://host/repo.wiki.git", Some("repo.wiki")),
            ("ssh://git@host:22/~user/repo.git", Some("repo")),
            ("ssh://git@[::1]:22/repo", Some("repo")),
            ("git://host/repo.git", Some("repo")),
            ("git@github.com:owner/repo.git", Some("repo")),
            ("git@host:repo", Some("repo")),
            ("host:repo.git", Some("repo")),
            ("host:/srv/git/repo.git/", Some("repo")),
            ("git@[::1]:repo.git", Some("repo")),
            ("[host:22]:a/repo", Some("repo")),
            ("file:///srv/git/repo.git", Some("repo")),
            ("file:///C:/dev/repo.git", Some("repo")),
            ("/srv/git/repo.git", Some("repo")),
            ("/home/me/repo/.git", Some("repo")),
            ("/home/me/repo/.git/", Some("repo")),
            ("../repo.git", Some("repo")),
            ("./a:b/repo", Some("repo")),
            ("C:\\work\\repo.git", Some("repo")),
            ("C:/dev/repo", Some("repo")),
            ("\\\\server\\share\\repo\\", Some("repo")),
            (" git@h:o/日本.git ", Some("日本")),
            ("repo", Some("repo")),
        ] {
            assert_eq!(repository_name(url).as_deref(), name, "{url}");
        }
    }

    #[test]
    fn what_names_no_repository_gives_no_name_and_no_secret() {
        for url in [
            "",
            ".",
            "..",
            "../..",
            "/",
            ".git",
            "https://",
            "https://host",
            "https://host/",
            "https://user:secret@host",
            "https://user:secret@host/",
            "https://user:sec/ret@host",
            "secret@host",
            "user:secret@host",
            "git@host:",
            "host:~/",
            "C:\\",
            "https://h/%40x",
            "https://h/a%0Ab",
            "https://h/..",
            "//",
            ":",
        ] {
            assert_eq!(repository_name(url), None, "{url}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics_and_no_password_leaks(url in ".*", password in "[a-z/:]{6,9}") {
            let _ = repository_name(&url);
            let name = repository_name(&format!("https://user:{password}@host/")).unwrap_or_default();
            prop_assert!(name != password);
        }
    }
}
