//! Values to text.

use super::style::Style;

/// A value to be written; members keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Object(Vec<(&'static str, Json)>),
    Array(Vec<Json>),
    Text(String),
    Number(u32),
    Bool(bool),
}

impl Json {
    /// Makes a string.
    pub(crate) fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    /// Writes it on one line.
    pub(crate) fn inline(&self, style: &Style, to: &mut String) {
        let space = if style.spaced { " " } else { "" };
        match self {
            Json::Object(members) => {
                to.push('{');
                for (n, (key, value)) in members.iter().enumerate() {
                    separate(n, space, to);
                    to.push_str(&format!("{}:{space}", quoted(key)));
                    value.inline(style, to);
                }
                to.push('}');
            }
            Json::Array(elements) => {
                to.push('[');
                for (n, element) in elements.iter().enumerate() {
                    separate(n, space, to);
                    element.inline(style, to);
                }
                to.push(']');
            }
            scalar => to.push_str(&scalar.scalar()),
        }
    }

    /// Writes it on many lines, which are indented by `indent` and more.
    pub(crate) fn pretty(&self, style: &Style, indent: &str, to: &mut String) {
        let deeper = format!("{indent}{}", style.indent);
        let line = |n: usize, to: &mut String| {
            to.push_str(if n == 0 { "" } else { "," });
            to.push_str(&format!("{}{deeper}", style.newline));
        };
        match self {
            Json::Object(members) if !members.is_empty() => {
                to.push('{');
                for (n, (key, value)) in members.iter().enumerate() {
                    line(n, to);
                    to.push_str(&format!("{}: ", quoted(key)));
                    value.pretty(style, &deeper, to);
                }
                to.push_str(&format!("{}{indent}}}", style.newline));
            }
            Json::Array(elements) if !elements.is_empty() => {
                to.push('[');
                for (n, element) in elements.iter().enumerate() {
                    line(n, to);
                    element.pretty(style, &deeper, to);
                }
                to.push_str(&format!("{}{indent}]", style.newline));
            }
            other => other.inline(style, to),
        }
    }

    fn scalar(&self) -> String {
        match self {
            Json::Text(text) => quoted(text),
            Json::Number(number) => number.to_string(),
            Json::Bool(value) => value.to_string(),
            Json::Object(_) | Json::Array(_) => String::new(),
        }
    }
}

fn separate(n: usize, space: &str, to: &mut String) {
    if n > 0 {
        to.push(',');
        to.push_str(space);
    }
}

/// Returns a string in quotes.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns the text of a whole new file.
pub(crate) fn pretty(value: &Json) -> String {
    let mut text = String::new();
    value.pretty(&Style::default(), "", &mut text);
    text.push('\n');
    text
}
