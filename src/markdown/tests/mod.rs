//! Tests of the parts, and properties that hold for every text.

mod dates;
mod fences;
mod front_matter;
mod inline;
mod properties;
mod sections;
mod session_entry;
mod tags;
