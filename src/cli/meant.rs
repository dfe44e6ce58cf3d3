//! Words that are no commands, and what a person who types them is looking for.

/// What words mean below a command.
pub(super) const MEANT: [(&str, &[(&str, &str)]); 3] = [
    ("mx log", LOG_WORDS),
    ("mx next", NEXT_WORDS),
    ("mx", WORDS),
];

const LOG_WORDS: &[(&str, &str)] = &[
    ("add", "mx log event TEXT"),
    ("begin", "mx log start --goal TEXT"),
    (
        "cancel",
        "mx log end; its entry is a file, which can be deleted",
    ),
    ("continue", "mx resume, or mx log start"),
    ("done", DONE),
    ("finish", "mx log end --summary TEXT"),
    ("goal", "mx log start --goal TEXT"),
    ("last", "mx log show"),
    ("resolve", "mx log blocker --resolve HOW"),
    ("resume", "mx resume"),
    ("search", "mx search QUERY"),
    ("step", "mx log next TEXT"),
    ("summary", "mx log end --summary TEXT, or mx report"),
    ("task", "mx log next TEXT"),
    ("todo", "mx log next TEXT, and mx next lists what is open"),
    (
        "undo",
        "any editor: mx log status names the file of the record",
    ),
];

const NEXT_WORDS: &[(&str, &str)] = &[
    ("add", "mx log next TEXT"),
    ("list", "mx next"),
    ("ls", "mx next"),
    ("new", "mx log next TEXT"),
    ("remove", "mx next done ID"),
    ("rm", "mx next done ID"),
    ("show", "mx next"),
];

const DONE: &str = "mx next done ID, or mx log end, which ends the session";

const WORDS: &[(&str, &str)] = &[
    ("amend", "mx log amend"),
    ("backlinks", "mx search '[[PATH]]'"),
    ("begin", "mx log start --goal TEXT"),
    ("blocker", "mx log blocker TEXT"),
    ("checkpoint", "mx log update"),
    (
        "config",
        "mx info, which shows root and context; settings are in .mx/config.yaml below the root",
    ),
    ("continue", "mx resume"),
    ("create", "mx session-log TEXT --entry PATH"),
    ("decide", "mx log decision TEXT --why REASON"),
    (
        "decision",
        "mx log decision TEXT --why REASON, and mx decisions lists them",
    ),
    (
        "delete",
        "any editor or rm: entries are plain files, mx info shows where",
    ),
    ("done", DONE),
    (
        "edit",
        "any editor: entries are plain files, mx info shows where",
    ),
    ("event", "mx log event TEXT"),
    (
        "export",
        "cp or git: entries are plain files, mx info shows where; --json of any command",
    ),
    ("finish", "mx log end --summary TEXT"),
    ("goal", "mx log start --goal TEXT"),
    ("journal", "mx session-log TEXT, and mx recent lists notes"),
    ("links", "mx search '[[PATH]]'"),
    ("load", "mx resume, or mx get PATH"),
    (
        "login",
        "mx info: there are no accounts, everything is in files of yours",
    ),
    (
        "merge",
        "git merge: mx init sets up git to merge notes as wholes",
    ),
    (
        "mv",
        "any editor or mv: entries are plain files; mx project rename renames a project",
    ),
    ("new", "mx session-log TEXT --entry PATH, or mx log start"),
    ("open", "mx get PATH, or any editor"),
    ("recall", "mx search QUERY, or mx resume"),
    ("recap", "mx report, or mx resume"),
    ("remember", "mx session-log TEXT"),
    (
        "remove",
        "any editor or rm: entries are plain files, mx info shows where",
    ),
    ("rename", "mx project rename OLD NEW"),
    (
        "rm",
        "any editor or rm: entries are plain files, mx info shows where",
    ),
    ("save", "mx session-log TEXT, or mx log update"),
    ("sessions", "mx log list"),
    (
        "session",
        "mx log status, mx log list, or mx session-log TEXT",
    ),
    ("stats", "mx info, or mx projects"),
    ("step", "mx log next TEXT, and mx next lists what is open"),
    ("summary", "mx report, or mx log end --summary TEXT"),
    ("task", "mx log next TEXT, and mx next lists what is open"),
    ("today", "mx report --since today, or mx recent"),
    (
        "undo",
        "any editor or git: entries are plain files, mx info shows where",
    ),
    ("write", "mx session-log TEXT --entry PATH"),
    ("yesterday", "mx report --since yesterday"),
];

/// Returns what a word means below the command that a usage begins with.
pub(super) fn find_meaning(usage: &str, word: &str) -> Option<&'static str> {
    let is_above = |above: &str| {
        let rest = usage.strip_prefix(above);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
    };
    let (above, words) = MEANT.iter().find(|(above, _)| is_above(above))?;
    // Below other commands a word may mean anything.
    let rest = usage[above.len()..].trim_start();
    if rest.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let known = words.iter().find(|(name, _)| *name == word);
    known.map(|(_, meaning)| *meaning)
}
