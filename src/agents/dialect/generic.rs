//! The [generic form](super#the-generic-form), for agents that have no dialect here.

use super::HookEvent;
use super::base::Base;
use super::lifecycle;
use super::shell;
use super::sink::Sink;
use super::tools::{Outcome, Use, path, used};
use super::wire::Fields as _;
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let json = base.json;
    let text = |names: &[&str]| json.text(names).unwrap_or_default();
    let said = text(&["text", "message", "summary"]);
    let key = base.event_key();
    match key.as_str() {
        "start" => {
            sink.start(text(&["reason", "source"]), base.cwd());
            HookEvent::Start
        }
        "prompt" => {
            sink.prompt(json.text(&["text", "prompt"]).unwrap_or_default());
            HookEvent::Prompt
        }
        "tool" => {
            tool(json, sink);
            HookEvent::Tool
        }
        "file" => {
            let path = path(json).unwrap_or_default();
            sink.file_from(path, action(text(&["action"])), text(&["from"]));
            HookEvent::Tool
        }
        "command" => {
            let (command, outcome) = (shell::command(json), outcome(json));
            sink.command(&command, outcome.ok, outcome.exit, outcome.error);
            if outcome.ok != Some(false) {
                shell::milestones(&command, outcome.output, &Value::Null, sink);
            }
            HookEvent::Tool
        }
        "commit" => {
            sink.commit(text(&["hash", "sha"]), text(&["subject", "text"]));
            HookEvent::Note
        }
        "decision" => {
            let decision = text(&["decision", "text"]);
            sink.decision(decision, text(&["why", "rationale"]));
            HookEvent::Note
        }
        "blocker" => {
            sink.blocker(text(&["blocker", "text"]), text(&["resolution"]));
            HookEvent::Note
        }
        "progress" => {
            sink.progress(said);
            HookEvent::Note
        }
        "compact" | "compaction" => {
            sink.compaction(said);
            HookEvent::Compaction
        }
        "answer" => {
            sink.answer(said);
            HookEvent::Stop
        }
        "directory" => {
            sink.directory(json.text(&["path"]).unwrap_or(base.cwd()));
            HookEvent::Directory
        }
        "end" => {
            sink.ended(text(&["reason"]));
            HookEvent::End
        }
        key => lifecycle::read(key, base, sink),
    }
}

fn action(name: &str) -> FileAction {
    FileAction::from_name(name).unwrap_or(FileAction::Modified)
}

fn tool(json: &Value, sink: &mut Sink<'_>) {
    let input = match json.at(&["input", "args"]) {
        Value::Null => json,
        input => input,
    };
    let tool = Use {
        name: json.text(&["name", "tool"]).unwrap_or_default(),
        input,
        response: json,
        outcome: outcome(json),
    };
    used(&tool, sink);
}

fn outcome(json: &Value) -> Outcome<'_> {
    let exit = json.number(&["exit", "exit_code"]);
    let error = json.text(&["error"]).unwrap_or_default();
    let ok = json.flag(&["ok", "success"]).or(exit.map(|exit| exit == 0));
    Outcome {
        ok: ok.or((!error.is_empty()).then_some(false)),
        exit,
        error,
        refused: json.flag(&["refused"]) == Some(true),
        interrupted: json.flag(&["interrupted"]) == Some(true),
        output: json.text(&["output"]).unwrap_or_default(),
        created: json.flag(&["created"]),
    }
}
