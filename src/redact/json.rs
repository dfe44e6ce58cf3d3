//! Redaction of JSON, whose structure says more than its text would.

use super::Redactor;
use super::bytes::is_any_of;
use super::judge::{self, ValuePlace};
use super::kind;
use super::marker;
use super::name::{self, SecretName};
use super::value::{Literal, LiteralForm};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Hides secrets in every string of a value. `name` is that of the member it belongs to.
pub(super) fn clean_value(redactor: &Redactor, value: &mut Value, name: Option<&str>) {
    match value {
        Value::String(text) => clean_text(redactor, text, name),
        Value::Array(items) => clean_array(redactor, items, name),
        Value::Object(members) => clean_object(redactor, members, name),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clean_text(redactor: &Redactor, text: &mut String, name: Option<&str>) {
    let hide = |text: &str| name.and_then(|name| hidden_text(name, text));
    if let Some(hidden) = hide(text) {
        *text = hidden;
    } else if let Cow::Owned(cleaned) = redactor.clean(text) {
        // What is left may look like a value where the whole did not.
        *text = hide(&cleaned).unwrap_or(cleaned);
    }
}

/// Returns what takes the place of a text that belongs to a name, if it is a secret.
fn hidden_text(name: &str, text: &str) -> Option<String> {
    if is_marker(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let literal = Literal {
        place: 0..bytes.len(),
        form: LiteralForm::Quoted,
    };
    let kind = header_kind(name).filter(|_| !judge::is_stand_in(bytes) && bytes.contains(&b'='));
    let named = || {
        let name: SecretName = name::classify_name(name.as_bytes())?;
        judge::is_secret(bytes, name, &literal, ValuePlace::Plain).then_some(name.kind)
    };
    let mut marker = String::new();
    marker::push_marker(&mut marker, kind.or_else(named)?);
    Some(marker)
}

fn is_marker(text: &str) -> bool {
    matches!(&marker::find_markers(text)[..], [one] if *one == (0..text.len()))
}

fn header_kind(name: &str) -> Option<&'static str> {
    name.eq_ignore_ascii_case("cookie").then_some(kind::COOKIE)
}

/// Also hides what follows a flag: `["--password", "…"]`.
fn clean_array(redactor: &Redactor, items: &mut [Value], name: Option<&str>) {
    let mut flag: Option<String> = None;
    for item in items {
        let next = item
            .as_str()
            .filter(|text| text.starts_with('-') && !text.contains('='))
            .map(str::to_owned);
        let named = flag.as_deref().or(name);
        clean_value(redactor, item, named);
        flag = next;
    }
}

/// Also hides the value of `{"name": "DB_PASSWORD", "value": "…"}` and of
/// `"db_password": {"default": "…"}`, where `outer` is the name.
fn clean_object(redactor: &Redactor, members: &mut Map<String, Value>, outer: Option<&str>) {
    let told = ["name", "key"]
        .iter()
        .find_map(|label| members.get(*label).and_then(Value::as_str))
        .map(str::to_owned);
    let secret = members.get("kind").and_then(Value::as_str) == Some("Secret");
    for (name, value) in members {
        let given = name.eq_ignore_ascii_case("value") || name.eq_ignore_ascii_case("default");
        let name = match (given, told.as_deref().or(outer)) {
            (true, Some(told)) => told,
            _ => name,
        };
        match value {
            Value::String(text) if is_authorization(name) => clean_header(redactor, text),
            Value::Object(data) if secret && matches!(name, "data" | "stringData") => {
                hide_all(data)
            }
            value => clean_value(redactor, value, Some(name)),
        }
    }
}

/// Hides every text of the data of a secret of Kubernetes.
fn hide_all(data: &mut Map<String, Value>) {
    let texts = data.values_mut().filter_map(|value| match value {
        Value::String(text) => Some(text),
        _ => None,
    });
    for text in texts.filter(|text| !text.is_empty() && !is_marker(text)) {
        text.clear();
        marker::push_marker(text, kind::SECRET);
    }
}

fn is_authorization(name: &str) -> bool {
    let headers = ["authorization", "proxy-authorization", "set-cookie"];
    is_any_of(name.as_bytes(), &headers)
}

/// Hides the credential of a header as it would be in a text, and keeps its scheme.
fn clean_header(redactor: &Redactor, text: &mut String) {
    const FRONT: &str = "Authorization: ";
    let header = format!("{FRONT}{text}");
    let cleaned = redactor.clean(&header);
    *text = cleaned
        .strip_prefix(FRONT)
        .map_or_else(|| redactor.clean(text).into_owned(), str::to_owned);
}
