//! What to do next is data (`Hint`), which each front door spells for those who use it. So no text
//! names a command or an option of the command line, but where that is what it is about.

use crate::source::Source;

/// Where texts name commands or options, and why.
const EXCEPTIONS: [(&str, &str); 14] = [
    (
        "agents/codex/installation.rs",
        "an option of another program",
    ),
    ("agents/copilot/installation.rs", "the call of a hook"),
    ("agents/hook_call.rs", "the call of a hook"),
    ("agents/install/hooks.rs", "the call of a hook"),
    ("agents/install/own.rs", "the call of a hook"),
    ("agents/install/version.rs", "an option of another program"),
    (
        "agents/tool_effect/own_commands.rs",
        "what agents have typed",
    ),
    ("cli/", "the command line"),
    ("kb/merge_driver.rs", "what git runs"),
    ("redact/", "command lines that hold secrets"),
    (
        "serve/",
        "printed for the one who started the server on the command line",
    ),
    (
        "session/derived/seal.rs",
        "a line of files that older versions have written",
    ),
    ("session/observe/", "options of git"),
    (
        "session/resume/verification/",
        "checks that agents have run",
    ),
];

const COMMANDS: [&str; 24] = [
    "completions",
    "context",
    "decisions",
    "doctor",
    "get",
    "hook",
    "import",
    "index",
    "info",
    "init",
    "install",
    "list",
    "log",
    "mcp",
    "next",
    "prime",
    "project",
    "projects",
    "recent",
    "report",
    "resume",
    "search",
    "session-log",
    "uninstall",
];

/// Returns the texts that name a command or an option where none may.
pub fn find_spelled(sources: &[Source]) -> Vec<String> {
    let code = sources.iter().filter(|source| !source.is_test_file());
    let spelled = code.flat_map(|source| {
        let texts = source.texts.iter().filter(|text| is_spelled(text));
        texts.map(|text| (source.place.as_str(), text))
    });
    let is_allowed = |place: &str| EXCEPTIONS.iter().any(|(home, _)| place.starts_with(home));
    let refused = spelled.filter(|(place, _)| !is_allowed(place));
    refused
        .map(|(place, text)| format!("src/{place}: {text:?}"))
        .collect()
}

/// Returns the exceptions that nothing needs.
pub fn find_needless_exceptions(sources: &[Source]) -> Vec<&'static str> {
    let needs = |home: &str| {
        let own = sources
            .iter()
            .filter(|source| source.place.starts_with(home));
        own.flat_map(|source| &source.texts)
            .any(|text| is_spelled(text))
    };
    let homes = EXCEPTIONS.iter().map(|(home, _)| *home);
    homes.filter(|home| !needs(home)).collect()
}

fn is_spelled(text: &str) -> bool {
    names_command(text) || names_option(text)
}

fn names_command(text: &str) -> bool {
    text.match_indices("mx ").any(|(at, name)| {
        let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let rest = &text[at + name.len()..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
        let word = &rest[..end.unwrap_or(rest.len())];
        begins && COMMANDS.contains(&word)
    })
}

fn names_option(text: &str) -> bool {
    text.match_indices("--").any(|(at, dashes)| {
        let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "-!<".contains(c));
        let rest = &text[at + dashes.len()..];
        begins && rest.starts_with(|c: char| c.is_ascii_lowercase())
    })
}

#[test]
fn commands_and_options_are_found_in_texts_alone() {
    let texts = |code: &str| {
        let source = Source::parse("ops/a.rs", code);
        find_spelled(&[source]).len()
    };
    for code in [
        "const A: &str = \"run mx doctor\";",
        "fn f() { format!(\"{}: mx log end\", 1); }",
        "fn f() { error.with_hint(\"with --force\"); }",
        "const A: [&str; 1] = [\"`mx session-log`\"];",
    ] {
        assert_eq!(texts(code), 1, "{code}");
    }
    for code in [
        "/// Runs `mx doctor --fix`.\nfn f() {}",
        "fn f() { Hint::command(\"doctor\").with_flag(\"fix\"); }",
        "const A: &str = \"a newer mx wrote\";",
        "const A: &str = \"<!-- mx:recall -->\";",
        "#[cfg(test)] mod tests { const A: &str = \"mx doctor\"; }",
    ] {
        assert_eq!(texts(code), 0, "{code}");
    }
}
