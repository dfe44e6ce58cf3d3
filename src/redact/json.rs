//! Redaction of JSON, whose structure says more than its text would.

use super::Redactor;
use super::judge::{self, Place};
use super::marker;
use super::name::{self, Name};
use super::value::{Form, Literal};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Hides secrets in every string of a value. `name` is that of the member it belongs to.
pub(super) fn clean(redactor: &Redactor, value: &mut Value, name: Option<&str>) {
    match value {
        Value::String(text) => clean_text(redactor, text, name),
        Value::Array(items) => clean_array(redactor, items, name),
        Value::Object(members) => clean_object(redactor, members),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn clean_text(redactor: &Redactor, text: &mut String, name: Option<&str>) {
    if let Some(hidden) = name.and_then(|name| hidden(name, text)) {
        *text = hidden;
    } else if let Cow::Owned(cleaned) = redactor.clean(text) {
        *text = cleaned;
    }
}

/// Returns what takes the place of a text that belongs to a name, if it is a secret.
fn hidden(name: &str, text: &str) -> Option<String> {
    if is_marker(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let literal = Literal {
        place: 0..bytes.len(),
        form: Form::Quoted,
    };
    let kind = header(name).filter(|_| !judge::is_stand_in(bytes) && bytes.contains(&b'='));
    let named = || {
        let name: Name = name::classify(name.as_bytes())?;
        judge::hides(bytes, name, &literal, Place::Plain).then_some(name.kind)
    };
    let mut marker = String::new();
    marker::push(&mut marker, kind.or_else(named)?);
    Some(marker)
}

fn is_marker(text: &str) -> bool {
    matches!(&marker::all(text)[..], [one] if *one == (0..text.len()))
}

fn header(name: &str) -> Option<&'static str> {
    name.eq_ignore_ascii_case("cookie")
        .then_some(marker::COOKIE)
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
        clean(redactor, item, named);
        flag = next;
    }
}

/// Also hides the value of `{"name": "DB_PASSWORD", "value": "…"}`.
fn clean_object(redactor: &Redactor, members: &mut Map<String, Value>) {
    let told = ["name", "key"]
        .iter()
        .find_map(|label| members.get(*label).and_then(Value::as_str))
        .map(str::to_owned);
    for (name, value) in members {
        let name = match &told {
            Some(told) if name.eq_ignore_ascii_case("value") => told,
            _ => name,
        };
        if let Value::String(text) = value
            && is_authorization(name)
        {
            authorize(redactor, text);
        } else {
            clean(redactor, value, Some(name));
        }
    }
}

fn is_authorization(name: &str) -> bool {
    ["authorization", "proxy-authorization", "set-cookie"]
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

/// Hides the credential of a header as it would be in a text, and keeps its scheme.
fn authorize(redactor: &Redactor, text: &mut String) {
    const FRONT: &str = "Authorization: ";
    let header = format!("{FRONT}{text}");
    let cleaned = redactor.clean(&header);
    *text = cleaned
        .strip_prefix(FRONT)
        .map_or_else(|| redactor.clean(text).into_owned(), str::to_owned);
}
