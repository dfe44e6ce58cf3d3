//! The values of a YAML mapping.

/// A key and its value.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::markdown) struct MappingField {
    pub(in crate::markdown) key: String,
    /// Line of the key in the text, from 1.
    pub(in crate::markdown) line: u32,
    pub(in crate::markdown) value: Value,
}

/// A value, with as much of its type as front matter needs.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::markdown) enum Value {
    Null,
    /// Text, a number, or a boolean, as spelled.
    Scalar(String),
    List(Vec<Value>),
    Mapping,
}
