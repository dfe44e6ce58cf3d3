//! Takes out of HTML what could run, load, post or pretend to be part of the page.

use ammonia::Builder;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What Markdown itself makes, and what people write beside it. No image, frame, form or style.
pub(super) const TAGS: &str = "\
    a abbr b blockquote br caption cite code dd del details dfn div dl dt em h1 h2 \
    h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strong sub summary \
    sup table tbody td tfoot th thead tr u ul var";

/// What goes with its content.
const REMOVED: &[&str] = &[
    "script", "style", "template", "noscript", "title", "textarea",
];

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("abbr", &["title"]),
    ("div", &["tabindex"]),
    ("ol", &["start"]),
    ("pre", &["tabindex", "data-language"]),
    ("span", &["id", "title"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "colspan", "rowspan", "scope"]),
    ("h1", &["id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
];

const CLASSES: &[(&str, &[&str])] = &[
    ("a", &["external"]),
    ("div", &["scroll"]),
    ("span", &["missing", "image", "box"]),
];

/// Takes out what is not wanted.
pub(super) struct Sanitizer(Builder<'static>);

impl Sanitizer {
    /// Makes one that keeps only these ids.
    pub(super) fn new(ids: HashSet<String>) -> Self {
        let is_wanted = move |name: &str, value: &str| match name {
            "id" => ids.contains(value),
            // It would be an address on another host.
            "href" => !without_padding(value).starts_with(['/', '\\']) || is_own_path(value),
            "tabindex" => value == "0",
            _ => true,
        };
        let mut builder = Builder::empty();
        builder
            .tags(TAGS.split(' ').collect())
            .clean_content_tags(REMOVED.iter().copied().collect())
            .tag_attributes(to_map(ATTRIBUTES))
            .allowed_classes(to_map(CLASSES))
            .url_schemes(HashSet::from(["http", "https", "mailto"]))
            .link_rel(Some("noopener noreferrer"))
            .attribute_filter(move |_, name, value| {
                is_wanted(name, value).then_some(Cow::Borrowed(value))
            });
        Sanitizer(builder)
    }

    /// Returns HTML without anything that is not wanted.
    pub(super) fn clean_html(&self, html: &str) -> String {
        self.0.clean(html).to_string()
    }
}

/// Returns the text of HTML, which is HTML without any element.
pub(super) fn clean_text(html: &str) -> String {
    Builder::empty().clean(html).to_string()
}

/// Returns an address without what browsers skip before it: spaces and control characters.
fn without_padding(address: &str) -> &str {
    address.trim_start_matches(|c: char| c.is_control() || c.is_whitespace())
}

/// Returns whether an address is a path on this host.
fn is_own_path(address: &str) -> bool {
    address.starts_with('/') && !address[1..].starts_with(['/', '\\', '\t', '\n', '\r'])
}

fn to_map<'a>(lists: &'a [(&'a str, &'a [&'a str])]) -> HashMap<&'a str, HashSet<&'a str>> {
    let sets = lists
        .iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()));
    sets.collect()
}
