//! `mx` under faults: each writing command is run again and again, and each time another of its
//! system calls fails, is cut short, or is its last.
//!
//! A sample of the cases is tried; `MX_TEST_FAULTS=all` tries all, `MX_TEST_FAULTS=100` so many of
//! each command, and `MX_TEST_FAULT_CLASSES=t` those of one class of calls. Everything here needs
//! Linux on x86-64, a C compiler, and the right to trace.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]
#![warn(clippy::match_bool)]
#![cfg(unix)]

mod clones;
#[allow(dead_code)]
#[path = "../cli/common.rs"]
mod common;
mod delayed;
mod driver;
mod findings;
mod full_disk;
mod homes;
mod injector;
mod invariants;
mod lab;
#[allow(dead_code)]
#[path = "../stress/support.rs"]
mod support;
mod users;

use invariants::Effect::{Adds, Answers, Converges, Indexes, TakesIn};
use lab::{hook, mx};

/// Makes a test of each command: in which home it is run, and what it does there.
macro_rules! faults {
    ($($name:ident: $home:ident, $call:expr, $effect:expr;)*) => {$(
        #[test]
        fn $name() {
            driver::strike_everywhere(stringify!($name), homes::$home, &$call, $effect);
        }
    )*};
}

const ENTRY: &str = "projects/shop/sessions.md";

faults! {
    append: notes, mx(&["session-log", "-e", ENTRY, "-m", "addedx"]), Adds("addedx");
    append_pages: notes_and_message, mx(&["session-log", "-e", ENTRY, "-f", "HOME/message"]), Adds("addedx");
    first_note: empty, mx(&["session-log", "-e", ENTRY, "-m", "addedx"]), Adds("addedx");
    append_in_clone: clone_of_repository, mx(&["session-log", "-e", ENTRY, "-m", "addedx"]), Adds("addedx");
    append_to_default_entry: default_entry, mx(&["session-log", "-m", "addedx"]), Adds("addedx");
    new_entry: notes, mx(&["session-log", "-e", "new/e.md", "-m", "addedx"]), Adds("addedx");
    search_after_changes: changed_notes, mx(&["search", "lamp"]), Answers;
    first_search: unindexed, mx(&["search", "ackfirst"]), Answers;
    index: changed_notes, mx(&["index"]), Indexes;
    rebuild: changed_notes, mx(&["index", "--rebuild"]), Indexes;
    init: repository, mx(&["init"]), Converges;
    context_init: empty, mx(&["context", "init"]), Converges;
    context_trust: cloned_kb, mx(&["--kb", "SHOP", "context", "trust"]), Converges;
    merge_driver: two_versions, mx(&["merge-driver", "HOME/base", "HOME/ours", "HOME/theirs", "a.md"]), Converges;
    project_rename: project, mx(&["project", "rename", "shop", "store"]), Converges;
    doctor: ended_journal, mx(&["doctor"]), Converges;
    doctor_fix: damaged, mx(&["doctor", "--fix"]), Converges;
    log_start: sessions, mx(&["log", "start", "--goal", "A lamp"]), Converges;
    log_event: running, mx(&["log", "event", "addedx"]), Adds("addedx");
    log_event_in_kb: running_in_kb, mx(&["log", "event", "addedx"]), Adds("addedx");
    log_decision: running, mx(&["log", "decision", "addedx", "--why", "y"]), Adds("addedx");
    log_file: running, mx(&["log", "file", "src/addedx.rs"]), Adds("addedx");
    log_blocker: running, mx(&["log", "blocker", "addedx"]), Adds("addedx");
    log_resolution: running, mx(&["log", "blocker", "addedx", "--resolve", "mended"]), Adds("addedx");
    log_next: running, mx(&["log", "next", "addedx"]), Adds("addedx");
    next_done: open_step, mx(&["next", "done", "a table"]), Converges;
    log_tool: running, mx(&["log", "tool", "addedx"]), Adds("addedx");
    log_update: running, mx(&["log", "update"]), Converges;
    log_end: running, mx(&["log", "end", "--state", "green"]), Converges;
    log_end_in_kb: running_in_kb, mx(&["log", "end", "--state", "green"]), Converges;
    log_end_joined: joined_journal, mx(&["log", "end", "--state", "green"]), Converges;
    log_amend: sessions, mx(&["log", "amend", "--next", "a table"]), Converges;
    log_index: sessions, mx(&["log", "index"]), Converges;
    reconstruct: work, mx(&["log", "end"]), Converges;
    hook_first: sessions, hook("s-1", "prompt", r#""text":"addedx""#), TakesIn("addedx");
    hook_again: live_journal, hook("s-1", "prompt", r#""text":"addedx""#), TakesIn("addedx");
    hook_end: live_journal, hook("s-1", "end", ""), Converges;
    hook_start: ended_journal, hook("s-2", "start", ""), Converges;
    hook_stop_with_transcript: live_transcript, homes::hook_of_codex("Stop", ""), Converges;
    fold_live: live_journal, mx(&["log", "list"]), Converges;
    fold_ended: ended_journal, mx(&["log", "list"]), Converges;
    fold_joined: joined_journal, mx(&["log", "list"]), Converges;
    fold_two: two_journals, mx(&["log", "list"]), Converges;
    fold_resumed: resumed_journal, mx(&["log", "list"]), Converges;
    import: transcripts, mx(&["import", "claude"]), Converges;
    import_grown: grown_transcripts, mx(&["import", "claude"]), Converges;
    install: agents, mx(&["install", "all"]), Converges;
    uninstall: installed, mx(&["uninstall", "all"]), Converges;
}
