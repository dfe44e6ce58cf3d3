//! Holds the sources to the floor plan of `ARCHITECTURE.md`: a module names only those above it,
//! each dependency has one home, no files import each other in a circle, names can be searched
//! for, no text spells what is for a front door to spell, and comments are in the field's words.
//! Inside one crate the compiler does not see to that.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]

mod circles;
mod floors;
mod names;
mod source;
mod spelling;
mod wording;

use source::Source;

#[test]
fn the_sources_keep_to_the_floor_plan() {
    let violations: Vec<String> = source::read_sources()
        .iter()
        // Tests in a file of their own see a module as those below it do.
        .filter(|source| !source.is_test_file())
        .flat_map(floors::find_violations)
        .collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles::find_circles(&source::read_sources());
    println!("{}", circles.join("\n"));
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn files_for_tests_alone_are_called_so() {
    let strays: Vec<String> = source::read_sources()
        .iter()
        .flat_map(Source::stray_test_modules)
        .collect();
    println!("{}", strays.join("\n"));
    assert!(strays.is_empty(), "\n{}", strays.join("\n"));
}

#[test]
fn no_text_names_what_only_the_command_line_has() {
    let sources = source::read_sources();
    let spelled = spelling::find_spelled(&sources);
    assert!(spelled.is_empty(), "\n{}", spelled.join("\n"));
    let needless = spelling::find_needless_exceptions(&sources);
    assert!(needless.is_empty(), "not needed: {needless:?}");
}

#[test]
fn names_can_be_searched_for() {
    let census = names::count_names(&source::read_sources());
    println!("{census}");
    assert!(census.one_word_functions() < 0.35, "{census}");
    assert!(census.unique_types() > 0.85, "{census}");
}

#[test]
fn comments_are_in_the_words_of_the_field() {
    let found = wording::find_private_words(&source::read_sources());
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
