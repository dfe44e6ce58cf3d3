//! Looking up fields of a JSON object, each under several names.

use super::bounded;
use serde_json::Value;

static NULL: Value = Value::Null;

/// The fields of a JSON object. Of several spellings the first that is there counts.
pub(crate) trait JsonFields {
    /// Returns the value of the first of these fields that is neither absent nor null.
    fn at(&self, names: &[&str]) -> &Value;

    /// Returns the first of these fields that is a text with something in it.
    fn text(&self, names: &[&str]) -> Option<&str>;

    /// Returns the first of these fields that is a truth value.
    fn flag(&self, names: &[&str]) -> Option<bool>;

    /// Returns the first of these fields that is a whole number, or a text that says one.
    fn number(&self, names: &[&str]) -> Option<i32>;

    /// Returns the elements of the first of these fields that is a list.
    fn items(&self, names: &[&str]) -> &[Value];

    /// Returns whether one of these fields is there.
    fn has(&self, names: &[&str]) -> bool;
}

impl JsonFields for Value {
    fn at(&self, names: &[&str]) -> &Value {
        let there = |name: &&str| self.get(*name).filter(|value| !value.is_null());
        names.iter().find_map(there).unwrap_or(&NULL)
    }

    fn text(&self, names: &[&str]) -> Option<&str> {
        let text = |name: &&str| self.get(*name)?.as_str().filter(|text| !text.is_empty());
        names.iter().find_map(text)
    }

    fn flag(&self, names: &[&str]) -> Option<bool> {
        names.iter().find_map(|name| self.get(*name)?.as_bool())
    }

    fn number(&self, names: &[&str]) -> Option<i32> {
        let number = |name: &&str| match self.get(*name)? {
            Value::Number(number) => i32::try_from(number.as_i64()?).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        names.iter().find_map(number)
    }

    fn items(&self, names: &[&str]) -> &[Value] {
        let items = |name: &&str| self.get(*name)?.as_array();
        names.iter().find_map(items).map_or(&[], Vec::as_slice)
    }

    fn has(&self, names: &[&str]) -> bool {
        !self.at(names).is_null()
    }
}

/// Returns the object that a text holds: some agents send JSON within JSON.
pub(crate) fn read_embedded_object(text: &str) -> Option<Value> {
    let text = text.trim();
    let object = text.starts_with('{') && text.ends_with('}');
    let value = object.then(|| bounded::read_value(&mut text.as_bytes()).ok());
    value.flatten().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_type_is_as_good_as_absent() {
        let json = json!({"a": 1, "b": "", "c": "text", "n": "7", "l": {}, "t": "true", "x": null});
        assert_eq!(json.text(&["a", "b", "c"]), Some("text"));
        assert_eq!(json.number(&["c", "n"]), Some(7));
        assert_eq!(json.flag(&["t"]), None);
        assert!(json.items(&["l", "c"]).is_empty());
        assert!(!json.has(&["x", "y"]));
        assert_eq!(json.at(&["x", "a"]), &json!(1));
        assert_eq!(json!([1]).text(&["a"]), None);
        assert_eq!(read_embedded_object(" {\"a\": 1} "), Some(json!({"a": 1})));
        assert_eq!(read_embedded_object("{not}"), None);
    }
}
