//! The files that belong to the pages. They are part of the program.

use super::PageReply;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
const ICON: &str = include_str!("icon.svg");

/// Returns the file at a path.
pub(super) fn find_file(path: &str) -> Option<PageReply> {
    let (content_type, text) = match path {
        "/assets/style.css" => ("text/css; charset=utf-8", STYLE),
        "/assets/script.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "/assets/icon.svg" => ("image/svg+xml", ICON),
        _ => return None,
    };
    Some(PageReply {
        status: 200,
        content_type,
        headers: Vec::new(),
        body: text.as_bytes().to_vec(),
    })
}
