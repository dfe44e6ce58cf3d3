//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};

/// A page, without what all have around them.
pub(super) struct PageParts<'a> {
    /// What the window is called.
    pub(super) title: &'a str,
    /// The path of the page in the navigation that it belongs to.
    pub(super) place: &'a str,
    /// What is searched for.
    pub(super) query: &'a str,
    /// The content.
    pub(super) content: Markup,
}

const PLACES: [(&str, &str); 3] = [("/", "Today"), ("/search", "Search"), ("/health", "Health")];

/// Returns the page.
pub(super) fn wrap_page(page: &PageParts<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) " · mx" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/style.css";
                script src="/assets/script.js" defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (show_top(page))
                main #main tabindex="-1" { (page.content) }
                p #notice role="status" {}
                p #trouble role="alert" {}
            }
        }
    }
}

fn show_top(page: &PageParts<'_>) -> Markup {
    html! {
        header.top {
            a.brand href="/" aria-label="mx, to the first page" { "mx" }
            form.find role="search" action="/search" {
                input #q type="search" name="q" value=(page.query) placeholder="Search your memory"
                    aria-label="Search your memory" autocomplete="off" autocapitalize="off"
                    spellcheck="false" aria-keyshortcuts="/";
                kbd aria-hidden="true" { "/" }
            }
            nav aria-label="Pages" {
                @for (path, name) in PLACES {
                    a href=(path) aria-current=[(page.place == path).then_some("page")] { (name) }
                }
            }
        }
    }
}
