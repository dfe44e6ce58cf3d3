//! The text of a section, without what is shown beside it.

/// Returns the text of a section without its heading, and without a line that holds nothing but
/// its tags: they are shown beside it.
pub(super) fn text_below(text: &str) -> &str {
    let body = below_heading(text).trim_start();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let mut words = first.split_whitespace().peekable();
    let is_tags = words.peek().is_some() && words.all(|word| word.starts_with('#'));
    // `# heading` and `##` are no tags.
    let is_heading = first
        .split_whitespace()
        .any(|word| word.trim_matches('#').is_empty());
    if is_tags && !is_heading { rest } else { body }
}

/// Returns the text of a section without its heading: one line, or two where it is underlined.
fn below_heading(text: &str) -> &str {
    let (_, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (second, below) = rest.split_once('\n').unwrap_or((rest, ""));
    let line = second.trim();
    let underline = !line.is_empty() && ['=', '-'].iter().any(|c| line.trim_matches(*c).is_empty());
    if underline && !text.starts_with('#') {
        below
    } else {
        rest
    }
}
