//! The page that says what went wrong.

use super::shell::{PageParts, wrap_page};
use super::{PageReply, PageRequest};
use crate::error::{Error, Kind};
use maud::html;

/// Returns the page of a failure, with its status.
pub(super) fn show_failure(error: &Error, request: &PageRequest) -> PageReply {
    let (status, title) = match error.kind() {
        Kind::NotFound => (404, "Not found"),
        Kind::Usage => (400, "Not understood"),
        Kind::Busy => (503, "Busy"),
        Kind::Failed => (500, "Failed"),
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
        query: request.parameter("q"),
        content,
    };
    PageReply::of_html(status, wrap_page(&page))
}
