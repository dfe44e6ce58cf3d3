//! The page that says what went wrong.

use super::PageReply;
use super::shell::{PageParts, wrap_page};
use crate::error::{Error, Kind};
use maud::html;

/// Returns the page of a failure, with its status.
pub(super) fn show_failure(error: &Error) -> PageReply {
    let status = match error.kind() {
        Kind::NotFound => 404,
        Kind::Usage => 400,
        Kind::Busy => 503,
        Kind::Failed => 500,
    };
    show_refusal(status, error)
}

/// Returns the page that says why something is refused, or failed.
pub(in crate::serve) fn show_refusal(status: u16, error: &Error) -> PageReply {
    let title = match status {
        401 | 403 => "Not allowed",
        404 => "Not found",
        503 => "Busy",
        400..500 => "Not understood",
        _ => "Failed",
    };
    let hints: Vec<String> = error.hints().iter().map(ToString::to_string).collect();
    let content = html! {
        header.head { h1 { (title) } }
        div.prose {
            p { (error.message()) }
            @if !hints.is_empty() {
                ul { @for hint in &hints { li { (hint) } } }
            }
            p { a href="/" { "To the first page" } }
        }
    };
    let page = PageParts {
        title,
        place: "",
        query: "",
        content,
    };
    PageReply::of_html(status, wrap_page(&page))
}
