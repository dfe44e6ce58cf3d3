//! JSON with comments that people keep by hand, edited in place: comments and what is not ours
//! stay, the style is that of the file.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstContainerNode, CstInputValue, CstLeafNode, CstNode, CstRootNode};
use jsonc_parser::errors::ParseError;

/// What a reader of the file accepts beyond JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Nothing.
    Json,
    /// Comments and trailing commas.
    Comments,
}

/// Why a text is not JSON, and where: line and column from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct JsonFault {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text of JSON that can be edited.
pub(super) struct JsonText {
    marked: bool,
    root: CstRootNode,
}

impl JsonText {
    /// Parses a text, which may hold no value: nothing, or comments only.
    pub(super) fn parse(text: &str, strictness: Strictness) -> Result<JsonText, JsonFault> {
        let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let lenient = strictness == Strictness::Comments;
        // With comments in any case: the parser would take one for something else.
        let root = CstRootNode::parse(body, &parse_options(lenient)).map_err(JsonFault::from)?;
        refuse_unreadable(&root, strictness)?;
        Ok(JsonText {
            marked: body.len() < text.len(),
            root,
        })
    }

    /// Returns the value of the text, if it holds one.
    pub(super) fn value(&self) -> Option<JsonNode> {
        self.root.value().map(JsonNode)
    }

    /// Puts a value at the end of a list, or with its key at the end of an object. What lies on
    /// one line stays there. Nodes from before are not of this text any more.
    pub(super) fn append(&mut self, container: &JsonNode, key: Option<&str>, value: &Json) {
        let lines = container.children().iter().any(CstNode::is_newline);
        match (&container.0, key) {
            _ if !lines && container.last_item().is_some() => {
                self.append_on_line(container, key, value);
            }
            (CstNode::Container(CstContainerNode::Object(object)), Some(key)) => {
                object.append(key, value.to_input());
            }
            (CstNode::Container(CstContainerNode::Array(list)), None) => {
                list.append(value.to_input());
            }
            _ => {}
        }
    }

    /// Puts a value behind the last one of its line, which the parser's own way would break.
    fn append_on_line(&mut self, container: &JsonNode, key: Option<&str>, value: &Json) {
        let Some(split) = self.split_around(container) else {
            return;
        };
        let front = split.inside.trim_end();
        let blank = &split.inside[front.len()..];
        let comma = container.last_item().and_then(|last| last.trailing_comma());
        let separator = if comma.is_some() { " " } else { ", " };
        let key = key
            .map(|key| format!("{}: ", quote_json(key)))
            .unwrap_or_default();
        let inside = format!("{front}{separator}{key}{}{blank}", value.to_line());
        self.reparse(&split.with_inside(&inside));
    }

    /// Replaces the blanks and comments with which the inside of a container begins. Nodes from
    /// before are not of this text any more.
    pub(super) fn replace_beginning(&mut self, container: &JsonNode, beginning: &str) {
        if let Some(split) = self.split_around(container) {
            let rest = &split.inside[container.beginning().len()..];
            self.reparse(&split.with_inside(&format!("{beginning}{rest}")));
        }
    }

    /// Puts an empty object before all else, where there is no value yet.
    pub(super) fn add_root(&mut self) {
        self.reparse(&format!("{{}}{}", self.root));
    }

    /// Takes the value out, and leaves what is around it.
    pub(super) fn remove_root(&mut self) {
        let split = self.value().and_then(|root| self.split_around(&root));
        if let Some(split) = split {
            self.reparse(&format!("{}{}", split.before, split.behind));
        }
    }

    /// Splits the text at the brackets of a container.
    fn split_around(&self, container: &JsonNode) -> Option<SplitText> {
        let text = self.root.to_string();
        let mark = ('\u{e000}'..'\u{f8ff}').find(|mark| !text.contains(*mark))?;
        let children = container.children();
        let open = children.first()?.as_token()?;
        let close = children.last()?.as_token()?;
        let brackets = [open.value(), close.value()];
        open.set_value(mark);
        close.set_value(mark);
        let text = self.root.to_string();
        open.set_value(brackets[0]);
        close.set_value(brackets[1]);
        let mut parts = text.splitn(3, mark).map(str::to_owned);
        Some(SplitText {
            before: parts.next()?,
            inside: parts.next()?,
            behind: parts.next()?,
            brackets,
        })
    }

    fn reparse(&mut self, text: &str) {
        if let Ok(root) = CstRootNode::parse(text, &ParseOptions::default()) {
            self.root = root;
        }
    }

    /// Returns whether it holds nothing but an empty object, and no comment.
    pub(super) fn is_empty(&self) -> bool {
        let empty = |value: JsonNode| value.members().is_some_and(|members| members.is_empty());
        self.value().is_none_or(empty) && !has_comment(&self.root.clone().into())
    }

    /// Returns the text.
    pub(super) fn text(&self) -> String {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{}", self.root)
    }
}

fn parse_options(allow_trailing_commas: bool) -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// A text, split at the brackets of a container.
struct SplitText {
    before: String,
    inside: String,
    behind: String,
    brackets: [char; 2],
}

impl SplitText {
    fn with_inside(&self, inside: &str) -> String {
        let [open, close] = self.brackets;
        format!("{}{open}{inside}{close}{}", self.before, self.behind)
    }
}

impl From<ParseError> for JsonFault {
    fn from(error: ParseError) -> Self {
        let message = error.kind().to_string();
        let mut chars = message.chars();
        let first = chars.next().map(|first| first.to_ascii_lowercase());
        JsonFault {
            line: error.line_display(),
            column: error.column_display(),
            message: first.into_iter().chain(chars).collect(),
        }
    }
}

/// Refuses what the parser lets through and an agent would not read: control characters in
/// strings, and comments where there may be none.
fn refuse_unreadable(root: &CstRootNode, strictness: Strictness) -> Result<(), JsonFault> {
    let mut before = String::new();
    for leaf in leaf_nodes(&root.clone().into()) {
        let text = leaf.to_string();
        let (at, message) = match &leaf {
            CstLeafNode::StringLit(_) => (
                text.find(|c: char| c < ' '),
                "line break or control character in a string",
            ),
            CstLeafNode::Comment(_) if strictness == Strictness::Json => (Some(0), "comment"),
            _ => (None, ""),
        };
        if let Some(at) = at {
            before.push_str(&text[..at]);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            return Err(JsonFault {
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                message: message.to_owned(),
            });
        }
        before.push_str(&text);
    }
    Ok(())
}

fn leaf_nodes(container: &CstContainerNode) -> Vec<CstLeafNode> {
    let children = container.children().into_iter();
    children
        .flat_map(|child| match child {
            CstNode::Container(container) => leaf_nodes(&container),
            CstNode::Leaf(leaf) => vec![leaf],
        })
        .collect()
}

/// Returns whether a comment stands anywhere in a container.
fn has_comment(container: &CstContainerNode) -> bool {
    let mut leaves = leaf_nodes(container).into_iter();
    leaves.any(|leaf| matches!(leaf, CstLeafNode::Comment(_)))
}

/// A value of a text.
#[derive(Debug, Clone)]
pub(crate) struct JsonNode(pub(super) CstNode);

impl JsonNode {
    /// Returns the members, if it is an object.
    pub(crate) fn members(&self) -> Option<Vec<(String, JsonNode)>> {
        let properties = self.0.as_object()?.properties().into_iter();
        let member = properties.filter_map(|property| {
            let key = property.name()?.decoded_value().ok()?;
            Some((key, JsonNode(property.value()?)))
        });
        Some(member.collect())
    }

    /// Returns the elements, if it is an array.
    pub(crate) fn elements(&self) -> Option<Vec<JsonNode>> {
        let elements = self.0.as_array()?.elements().into_iter();
        Some(elements.map(JsonNode).collect())
    }

    /// Returns the string, if it is one.
    pub(crate) fn as_text(&self) -> Option<String> {
        self.0.as_string_lit()?.decoded_value().ok()
    }

    /// Returns the value of a member, if it is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<JsonNode> {
        let mut members = self.members()?.into_iter();
        members.find_map(|(name, value)| (name == key).then_some(value))
    }

    /// Returns whether it is a number, `true`, `false` or `null` that is written so.
    pub(crate) fn is_literal(&self, literal: &str) -> bool {
        matches!(self.0, CstNode::Leaf(_)) && self.0.to_string() == literal
    }

    /// Returns what it is, for an error message.
    pub(super) fn describe(&self) -> &'static str {
        if self.0.as_object().is_some() {
            "an object"
        } else if self.0.as_array().is_some() {
            "a list"
        } else if self.0.as_string_lit().is_some() {
            "a string"
        } else {
            "a number, true, false or null"
        }
    }

    /// Returns whether it says the same as `wanted`; the order of members does not count.
    pub(super) fn says(&self, wanted: &Json) -> bool {
        match wanted {
            Json::Object(want) => self.members().is_some_and(|have| {
                let said = |(key, value): &(&str, Json)| {
                    self.get(key).is_some_and(|have| have.says(value))
                };
                have.len() == want.len() && want.iter().all(said)
            }),
            Json::Array(want) => self.elements().is_some_and(|have| {
                let mut pairs = have.iter().zip(want);
                have.len() == want.len() && pairs.all(|(have, want)| have.says(want))
            }),
            Json::Text(want) => self.as_text().is_some_and(|have| have == *want),
            Json::Number(want) => self.0.to_string().parse::<f64>() == Ok(f64::from(*want)),
            Json::Bool(want) => self.is_literal(&want.to_string()),
        }
    }

    /// Returns whether it is an empty object or list without a comment.
    pub(super) fn is_empty(&self) -> bool {
        let CstNode::Container(container) = &self.0 else {
            return false;
        };
        container.children_exclude_trivia_and_tokens().is_empty() && !has_comment(container)
    }

    /// Puts a value in its place.
    pub(super) fn replace(&self, value: &Json) {
        match &self.0 {
            CstNode::Container(CstContainerNode::Object(object)) => {
                object.clone().replace_with(value.to_input());
            }
            CstNode::Container(CstContainerNode::Array(array)) => {
                array.clone().replace_with(value.to_input());
            }
            _ => {}
        }
    }

    /// Returns the blanks and comments between the opening bracket of a container and its first item,
    /// or its end.
    pub(super) fn beginning(&self) -> String {
        let inside = self.children().into_iter().skip(1);
        let beginning = inside.take_while(CstNode::is_trivia);
        beginning.map(|node| node.to_string()).collect()
    }

    /// Returns whether it is an object or list without an item, though maybe with comments.
    pub(super) fn is_hollow(&self) -> bool {
        matches!(self.0, CstNode::Container(_)) && self.last_item().is_none()
    }

    fn children(&self) -> Vec<CstNode> {
        match &self.0 {
            CstNode::Container(container) => container.children(),
            CstNode::Leaf(_) => Vec::new(),
        }
    }

    /// Returns the last element or member.
    fn last_item(&self) -> Option<CstNode> {
        self.0.children_exclude_trivia_and_tokens().pop()
    }

    /// Takes an element out of its list, or a member with this value out of its object. Comments
    /// stay: an element leaves alone those on its line, and a member with one beside it stays.
    pub(super) fn remove(self) {
        let member = self.0.parent().and_then(|parent| parent.as_object_prop());
        match member {
            Some(member) => {
                if !has_comment_beside(&member.clone().into()) {
                    member.remove();
                }
            }
            None if has_comment_beside(&self.0) => blank_out(self.0),
            None => self.0.remove(),
        }
    }
}

/// Returns whether a comment shares its line with a node.
fn has_comment_beside(node: &CstNode) -> bool {
    let before = node
        .previous_siblings()
        .take_while(|node| node.is_trivia() && !node.is_newline());
    let behind = node
        .next_siblings()
        .take_while(|node| (node.is_trivia() || node.is_comma()) && !node.is_newline());
    before.chain(behind).any(|node| node.is_comment())
}

/// Leaves nothing of an element but what surrounds it.
fn blank_out(element: CstNode) {
    let comma = element.trailing_comma().or_else(|| {
        let mut before = element.previous_siblings();
        before.find_map(|node| node.as_token().filter(|token| token.value() == ','))
    });
    if let Some(comma) = comma {
        comma.remove();
    }
    let replaced = match element {
        CstNode::Container(CstContainerNode::Object(object)) => {
            object.replace_with(CstInputValue::from(""))
        }
        CstNode::Container(CstContainerNode::Array(array)) => {
            array.replace_with(CstInputValue::from(""))
        }
        other => Some(other),
    };
    if let Some(literal) = replaced.and_then(|node| node.as_string_lit()) {
        literal.set_raw_value(String::new());
    }
}

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

    /// Returns its text on one line.
    fn to_line(&self) -> String {
        match self {
            Json::Object(members) => {
                let members = members.iter();
                let members =
                    members.map(|(key, value)| format!("{}: {}", quote_json(key), value.to_line()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Json::Array(elements) => {
                let elements: Vec<String> = elements.iter().map(Json::to_line).collect();
                format!("[{}]", elements.join(", "))
            }
            Json::Text(text) => quote_json(text),
            Json::Number(number) => number.to_string(),
            Json::Bool(value) => value.to_string(),
        }
    }

    /// Returns it as what is put into a text.
    pub(super) fn to_input(&self) -> CstInputValue {
        match self {
            Json::Object(members) => {
                let members = members.iter();
                CstInputValue::Object(
                    members
                        .map(|(key, value)| ((*key).to_owned(), value.to_input()))
                        .collect(),
                )
            }
            Json::Array(elements) => {
                CstInputValue::Array(elements.iter().map(Json::to_input).collect())
            }
            Json::Text(text) => CstInputValue::String(text.clone()),
            Json::Number(number) => CstInputValue::Number(number.to_string()),
            Json::Bool(value) => CstInputValue::Bool(*value),
        }
    }
}

/// Returns a string in quotes.
fn quote_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
