//! HTML that people write beside Markdown: what a page may hold is passed on, everything else is shown
//! as it is written, so that nothing behind it is swallowed.

use super::escape::escape_into;
use super::sanitize::TAGS;

/// Elements that say how something looks, or load it. They are left out; what is in them stays.
const DECORATION: &[&str] = &[
    "big",
    "center",
    "col",
    "colgroup",
    "figcaption",
    "figure",
    "font",
    "img",
    "picture",
    "source",
    "strike",
    "tt",
    "wbr",
];

/// Those of them that do nothing without an attribute: then the text speaks of them.
const NEEDS_ATTRIBUTES: &[&str] = &["font", "img", "source"];

/// Elements whose attributes mean something on a page. Those of others would only make them differ,
/// and a browser opens each different one that was left open again in every paragraph.
const WITH_ATTRIBUTES: &[&str] = &["a", "abbr", "ol", "span", "td", "th"];

/// Elements that are not closed, or need not be: they do not lie in each other.
const UNNESTED: &[&str] = &[
    "br", "caption", "dd", "dt", "hr", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr",
];

/// How deep elements are nested at most; what lies deeper is shown at this depth. To open one takes
/// the longer the more are open.
const DEEPEST: usize = 64;

/// With what a block begins that goes on to the end of the text unless it is closed, and what closes
/// it (CommonMark, section 4.6, kinds 1 to 5).
const ENDLESS: &[(&str, &str)] = &[
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
    ("<!--", "-->"),
    ("<?", "?>"),
    ("<![cdata[", "]]>"),
    ("<!", ">"),
];

/// What a block of HTML is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HtmlBlock {
    /// Markup around text.
    Markup,
    /// Something that is no text of a page, such as a script.
    Foreign,
    /// Something that was not closed, and holds the rest of the text.
    Unclosed,
}

/// Returns what a block of HTML is.
pub(super) fn classify_html_block(block: &str) -> HtmlBlock {
    let lower = block.trim_start().to_ascii_lowercase();
    let kind = ENDLESS.iter().find(|(start, _)| lower.starts_with(start));
    match kind {
        None => HtmlBlock::Markup,
        // `<!-->` is a whole one.
        Some((start, end)) if !lower[start.len().min(2)..].contains(end) => HtmlBlock::Unclosed,
        Some(("<!--", _)) => HtmlBlock::Markup,
        Some(_) => HtmlBlock::Foreign,
    }
}

/// Takes the HTML of one section, piece by piece.
#[derive(Debug, Default)]
pub(super) struct RawHtml {
    /// How many elements are open.
    depth: usize,
    /// End tags of `details` that are still to come: one that is never closed would hide the rest.
    details: usize,
}

impl RawHtml {
    pub(super) fn new(source: &str) -> Self {
        const END: &[u8] = b"</details";
        let windows = source.as_bytes().windows(END.len());
        let ends = windows.filter(|bytes| bytes.eq_ignore_ascii_case(END));
        RawHtml {
            depth: 0,
            details: ends.count(),
        }
    }

    /// Appends a piece of HTML, without its comments.
    pub(super) fn append_piece(&mut self, piece: &str, html: &mut String) {
        let mut rest = piece;
        while let Some(found) = rest.find('<') {
            html.push_str(&rest[..found]);
            rest = &rest[found..];
            let comment = rest
                .strip_prefix("<!--")
                .and_then(|_| rest[2..].find("-->"));
            let length = if let Some(end) = comment {
                2 + end + "-->".len()
            } else if let Some(tag) = RawTag::read(rest) {
                self.append_tag(&tag, &rest[..tag.length], html);
                tag.length
            } else {
                html.push_str("&lt;");
                1
            };
            rest = &rest[length..];
        }
        html.push_str(rest);
    }

    fn append_tag(&mut self, tag: &RawTag, source: &str, html: &mut String) {
        let name = tag.name.as_str();
        let is_spoken_of = tag.is_bare && !tag.closes && NEEDS_ATTRIBUTES.contains(&name);
        if DECORATION.contains(&name) && !is_spoken_of {
            return;
        }
        let is_unclosed = name == "details" && !tag.closes && self.details == 0;
        if is_unclosed || TAGS.split(' ').all(|tag| tag != name) {
            return escape_into(source, html);
        }
        if name == "details" && !tag.closes {
            self.details -= 1;
        }
        if !UNNESTED.contains(&name) {
            let before = self.depth;
            self.depth = if tag.closes {
                before.saturating_sub(1)
            } else {
                before + 1
            };
            if before.max(self.depth) > DEEPEST {
                return;
            }
        }
        if tag.closes {
            html.push_str(&format!("</{name}>"));
        } else if WITH_ATTRIBUTES.contains(&name) {
            html.push_str(source);
        } else {
            html.push_str(&format!("<{name}>"));
        }
    }
}

/// A start or end tag.
#[derive(Debug, PartialEq, Eq)]
struct RawTag {
    /// In lower case.
    name: String,
    closes: bool,
    is_bare: bool,
    /// Of the whole tag, in bytes.
    length: usize,
}

impl RawTag {
    /// Reads the tag with which a text begins (CommonMark, section 6.6). `None` if it is none: then a
    /// browser could take it for a longer one.
    fn read(text: &str) -> Option<RawTag> {
        let inside = text.strip_prefix('<')?;
        let (closes, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (name, mut rest) = split_while(inside, |c| c.is_ascii_alphanumeric() || c == '-');
        let mut is_bare = true;
        while !closes && let Some(behind) = skip_attribute(rest) {
            (rest, is_bare) = (behind, false);
        }
        let rest = rest.trim_ascii_start();
        let rest = if closes {
            rest
        } else {
            rest.strip_prefix('/').unwrap_or(rest)
        };
        let rest = rest.strip_prefix('>')?;
        Some(RawTag {
            name: name.to_ascii_lowercase(),
            closes,
            is_bare,
            length: text.len() - rest.len(),
        })
    }
}

/// Returns what follows an attribute. `None` if there is none.
fn skip_attribute(text: &str) -> Option<&str> {
    let name = text.trim_ascii_start();
    if name.len() == text.len() {
        return None;
    }
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':');
    if !name.starts_with(begins) {
        return None;
    }
    let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-');
    let (_, behind) = split_while(name, goes_on);
    let Some(value) = behind.trim_ascii_start().strip_prefix('=') else {
        return Some(behind);
    };
    let value = value.trim_ascii_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => Some(value[1..].split_once(quote)?.1),
        _ => {
            let ends = |c: char| c.is_ascii_whitespace() || "\"'=<>`".contains(c);
            let (value, behind) = split_while(value, |c| !ends(c));
            (!value.is_empty()).then_some(behind)
        }
    }
}

fn split_while(text: &str, goes_on: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !goes_on(c)).unwrap_or(text.len());
    text.split_at(end)
}
