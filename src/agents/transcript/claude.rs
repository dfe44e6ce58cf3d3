//! Transcripts of Claude Code: `projects/SLUG/SESSION.jsonl`, those of sub-agents below
//! `SESSION/subagents`.
//!
//! A line is an object with a `type`; those of a conversation carry `uuid`, `sessionId`, `cwd` and
//! a `message`. The use of a tool and its result are lines of their own. A session that was
//! resumed or forked may begin with copies of the lines of the one before.

use super::super::happening::HappeningKind;
use super::super::tools::{self, Action, Deed};
use super::super::wire::{self, Raw};
use super::Heard;
use super::calls::{Answered, Call};
use super::reading::name;
use super::scribe::{LOOK, Scribe, hash, limit};
use crate::model::FileAction;
use serde::Deserialize;
use std::path::Path;

/// Types that are known and say nothing that is wanted.
const WITHOUT_INTEREST: [&str; 18] = [
    "agent-color",
    "agent-name",
    "agent-setting",
    "attachment",
    "content-replacement",
    "file-history-snapshot",
    "last-prompt",
    "marble-origami-commit",
    "mode",
    "permission-mode",
    "progress",
    "queue-operation",
    "speculation-accept",
    "started",
    "summary",
    "system",
    "tag",
    "worktree-state",
];

/// Tools whose results tell more than that they succeeded; others are long, and left alone.
const TOLD_BY_RESULT: [&str; 6] = [
    "Write",
    "Bash",
    "PowerShell",
    "AskUserQuestion",
    "ExitPlanMode",
    "TaskCreate",
];

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    uuid: Raw<'a>,
    #[serde(borrow)]
    session_id: Raw<'a>,
    #[serde(borrow)]
    forked_from: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    cwd: Raw<'a>,
    #[serde(borrow)]
    git_branch: Raw<'a>,
    #[serde(borrow)]
    is_sidechain: Raw<'a>,
    #[serde(borrow)]
    is_meta: Raw<'a>,
    #[serde(borrow)]
    is_compact_summary: Raw<'a>,
    #[serde(borrow)]
    is_api_error_message: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    tool_use_result: Raw<'a>,
    #[serde(borrow)]
    custom_title: Raw<'a>,
    #[serde(borrow)]
    ai_title: Raw<'a>,
    #[serde(borrow)]
    pr_number: Raw<'a>,
    #[serde(borrow)]
    pr_url: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    model: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    stop_reason: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    text: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    tool_use_id: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    is_error: Raw<'a>,
}

/// What a tool gave back, as the program keeps it beside the text for the model.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    original_file: Raw<'a>,
    #[serde(borrow)]
    stdout: Raw<'a>,
    #[serde(borrow)]
    interrupted: Raw<'a>,
    #[serde(borrow)]
    background_task_id: Raw<'a>,
    #[serde(borrow)]
    git_operation: Raw<'a>,
    #[serde(borrow)]
    bash_edit_diff: Raw<'a>,
    #[serde(borrow)]
    answers: Raw<'a>,
    #[serde(borrow)]
    plan: Raw<'a>,
    #[serde(borrow)]
    task: Raw<'a>,
}

/// What the place of the file tells: the name of the file is the id of the session, but that of a
/// sub-agent belongs to the session in whose directory it lies.
pub(super) fn place(path: &Path, scribe: &mut Scribe<'_>) {
    let stem = name(path.file_stem());
    let above = path.parent();
    let is_side = stem.starts_with("agent-")
        || path
            .components()
            .any(|part| part.as_os_str() == "subagents");
    let session = &mut scribe.state.session;
    session.sub_agent = is_side;
    let subagents = path.ancestors().find(|at| at.ends_with("subagents"));
    let owner = subagents
        .and_then(Path::parent)
        .map(|owner| name(owner.file_name()));
    let id = if is_side {
        owner.unwrap_or_default()
    } else {
        stem
    };
    if is_uuid(&id) {
        session.id = id.into_owned();
    }
    let project = above
        .map(|above| name(above.file_name()))
        .unwrap_or_default();
    if !is_side && project.starts_with('-') {
        let project = scribe.clean(&project, limit::PATH);
        scribe.state.session.project = Some(project);
    }
}

pub(super) fn is_uuid(text: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(shape)
}

/// Reads a line.
pub(super) fn line(line: &str, path: &Path, scribe: &mut Scribe<'_>) -> Heard {
    let Ok(line) = serde_json::from_str::<Line<'_>>(line) else {
        return Heard::Malformed;
    };
    let kind = wire::text(line.kind).unwrap_or_default();
    match kind.as_ref() {
        "user" | "assistant" => {}
        "custom-title" => return titled(line.custom_title, true, scribe),
        "ai-title" => return titled(line.ai_title, false, scribe),
        "pr-link" => return pull_request(&line, scribe),
        known if WITHOUT_INTEREST.contains(&known) => return Heard::Ignored,
        unknown => return Heard::Unknown(unknown.to_owned()),
    }
    let uuid = wire::text(line.uuid);
    let key = uuid
        .filter(|uuid| !uuid.is_empty())
        .map(|uuid| hash(&["claude", &uuid]));
    if is_copy(&line, path, scribe) {
        return Heard::Ignored;
    }
    scribe.line(wire::time(line.timestamp), key);
    let Some(message) = wire::object::<Message<'_>>(line.message) else {
        return Heard::Malformed;
    };
    if scribe.state.session.branch.is_none() {
        let branch = wire::text(line.git_branch).filter(|branch| !branch.is_empty());
        scribe.state.session.branch = branch.map(|branch| scribe.clean(&branch, limit::NAME));
    }
    let side = wire::is_true(line.is_sidechain) || scribe.state.session.sub_agent;
    if !side || !scribe.state.begun {
        scribe.begin("", wire::text(line.cwd).as_deref());
    }
    match kind.as_ref() {
        "user" => user(&line, &message, side, scribe),
        _ => assistant(&line, &message, side, scribe),
    }
}

/// Notes whose line it is. Returns whether it is a copy of a line that another file here holds.
fn is_copy(line: &Line<'_>, path: &Path, scribe: &mut Scribe<'_>) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Fork<'a> {
        #[serde(borrow)]
        session_id: Raw<'a>,
    }
    let fork = wire::object::<Fork<'_>>(line.forked_from);
    let fork = fork.and_then(|fork| wire::text(fork.session_id));
    let told = wire::text(line.session_id).filter(|id| !id.is_empty() && id.len() <= 200);
    let session = &mut scribe.state.session;
    if session.id.is_empty() {
        session.id = told.as_deref().unwrap_or_default().to_owned();
    }
    if session.sub_agent {
        return false;
    }
    let other = fork
        .or(told)
        .filter(|id| *id != session.id && !id.is_empty());
    let Some(other) = other.filter(|id| id.len() <= 200) else {
        return false;
    };
    if session.parent.as_deref() != Some(&*other) {
        session.parent = Some(other.clone().into_owned());
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        scribe.state.copying =
            other.chars().all(plain) && path.with_file_name(format!("{other}.jsonl")).is_file();
    }
    scribe.state.copying
}

fn titled(title: Raw<'_>, by_user: bool, scribe: &mut Scribe<'_>) -> Heard {
    let title = wire::text(title).filter(|title| !title.trim().is_empty());
    let Some(title) = title else {
        return Heard::Ignored;
    };
    // What the user called it stays.
    let named = hash(&["titled by the user"]);
    if by_user || !scribe.state.seen.contains(named) {
        scribe.state.session.title = Some(scribe.clean(title.trim(), limit::LINE));
    }
    if by_user {
        scribe.state.seen.insert(named);
    }
    Heard::Understood
}

fn pull_request(line: &Line<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let url = wire::text(line.pr_url).unwrap_or_default();
    let Some(number) = wire::number(line.pr_number) else {
        return Heard::Ignored;
    };
    if scribe
        .state
        .seen
        .insert(hash(&["pr", &number.to_string(), &url]))
    {
        let key = hash(&[
            "claude",
            &scribe.state.session.id,
            "pr",
            &number.to_string(),
            &url,
        ]);
        scribe.line(wire::time(line.timestamp), Some(key));
        let text = format!("Pull request #{number} opened {url}");
        let text = scribe.clean(text.trim_end(), limit::LINE);
        scribe.tell(HappeningKind::Progress { text });
    }
    Heard::Understood
}

fn user(line: &Line<'_>, message: &Message<'_>, side: bool, scribe: &mut Scribe<'_>) -> Heard {
    let mut said = wire::head(message.content, LOOK).map(|text| text.into_owned());
    let mut heard = false;
    for block in wire::list(message.content) {
        let Some(block) = wire::object::<Block<'_>>(Some(block)) else {
            continue;
        };
        match wire::text(block.kind).as_deref() {
            Some("tool_result") => heard |= tool_result(line, &block, scribe),
            Some("text") => {
                let text = wire::head(block.text, LOOK).unwrap_or_default();
                let said = said.get_or_insert_default();
                if !said.is_empty() {
                    said.push('\n');
                }
                said.push_str(&text);
            }
            _ => {}
        }
    }
    let text = said.unwrap_or_default();
    if wire::is_true(line.is_compact_summary) {
        scribe.compacted(&text);
        heard = true;
    } else if !side && !wire::is_true(line.is_meta) && !text.is_empty() {
        heard |= scribe.prompt(&text);
    }
    if heard {
        Heard::Understood
    } else {
        Heard::Ignored
    }
}

fn assistant(line: &Line<'_>, message: &Message<'_>, side: bool, scribe: &mut Scribe<'_>) -> Heard {
    let synthetic = wire::text(message.model).is_some_and(|model| model == "<synthetic>");
    if synthetic || wire::is_true(line.is_api_error_message) {
        return Heard::Ignored;
    }
    let id = wire::text(message.id).unwrap_or_default();
    let id = hash(&["message", &id]);
    if !side {
        scribe.moved_on(id);
    }
    let mut heard = false;
    if let Some(text) = wire::head(message.content, LOOK).filter(|_| !side) {
        scribe.says(id, &text);
        heard = true;
    }
    for block in wire::list(message.content) {
        let Some(block) = wire::object::<Block<'_>>(Some(block)) else {
            continue;
        };
        match wire::text(block.kind).as_deref() {
            Some("text") if !side => {
                scribe.says(id, &wire::head(block.text, LOOK).unwrap_or_default());
                heard = true;
            }
            Some("tool_use") => heard |= tool_use(&block, id, side, scribe),
            _ => {}
        }
    }
    let ends = wire::text(message.stop_reason);
    if !side && ends.is_some_and(|reason| matches!(&*reason, "end_turn" | "stop_sequence")) {
        scribe.answered();
    }
    if heard {
        Heard::Understood
    } else {
        Heard::Ignored
    }
}

fn tool_use(block: &Block<'_>, message: u64, side: bool, scribe: &mut Scribe<'_>) -> bool {
    let id = wire::text(block.id).unwrap_or_default();
    if !id.is_empty() && !scribe.state.seen.insert(hash(&["use", &id])) {
        return false;
    }
    let name = wire::text(block.name).unwrap_or_default();
    let used = tools::tool_use(&name, block.input);
    scribe.uses(Call {
        id: &id,
        message,
        side,
        used,
    });
    true
}

fn tool_result(line: &Line<'_>, block: &Block<'_>, scribe: &mut Scribe<'_>) -> bool {
    let id = wire::text(block.tool_use_id).unwrap_or_default();
    let Some(tool) = scribe.tool_of(&id).map(str::to_owned) else {
        return false;
    };
    let failed = wire::is_true(block.is_error);
    let wanted = failed || TOLD_BY_RESULT.contains(&tool.as_str());
    let text = if wanted {
        result_text(block.content)
    } else {
        String::new()
    };
    let text = text.trim().trim_start_matches("<tool_use_error>");
    let text = text.trim_end_matches("</tool_use_error>");
    let mut answered = if failed {
        Answered::of(Some(false), text)
    } else {
        Answered {
            ok: Some(true),
            output: text.to_owned(),
            ..Answered::default()
        }
    };
    if !failed {
        // The same for all results of a line; a line has one result.
        response(&tool, line.tool_use_result, &mut answered);
    }
    scribe.result(&id, answered)
}

fn result_text(content: Raw<'_>) -> String {
    if let Some(text) = wire::head(content, LOOK) {
        return text.into_owned();
    }
    let texts = wire::list(content).into_iter().filter_map(|block| {
        let block: Block<'_> = wire::object(Some(block))?;
        wire::head(block.text, LOOK).map(|text| text.into_owned())
    });
    texts.take(8).collect::<Vec<_>>().join("\n")
}

fn response(tool: &str, raw: Raw<'_>, answered: &mut Answered) {
    if !TOLD_BY_RESULT.contains(&tool) {
        return;
    }
    if tool == "TaskCreate" {
        answered.step = number_in(&answered.output);
    }
    let Some(response) = wire::object::<Response<'_>>(raw) else {
        return;
    };
    answered.written = match wire::text(response.kind).as_deref() {
        Some("create") => Some(FileAction::Created),
        Some("update") => Some(FileAction::Modified),
        _ => None,
    };
    if response
        .original_file
        .is_some_and(|raw| raw.get() == "null")
        && tool == "Write"
    {
        answered.written = Some(FileAction::Created);
    }
    match tool {
        "Bash" | "PowerShell" => shell(&response, answered),
        "AskUserQuestion" => answered.answers = answers(response.answers),
        "ExitPlanMode" => {
            answered.plan = wire::head(response.plan, LOOK).map(|plan| plan.into_owned());
        }
        "TaskCreate" => {
            #[derive(Deserialize, Default)]
            #[serde(default)]
            struct Task<'a> {
                #[serde(borrow)]
                id: Raw<'a>,
            }
            let task = wire::object::<Task<'_>>(response.task).unwrap_or_default();
            let id = wire::text(task.id).map(|id| id.into_owned());
            answered.step = id.or(answered.step.take());
        }
        _ => {}
    }
}

/// Returns the number behind the first `#`: `Task #3 created`.
fn number_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('#')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

fn shell(response: &Response<'_>, answered: &mut Answered) {
    if wire::is_true(response.interrupted) || wire::text(response.background_task_id).is_some() {
        answered.ok = None;
    }
    if let Some(stdout) = wire::head(response.stdout, LOOK) {
        answered.output = stdout.into_owned();
    }
    git(response.git_operation, answered);
    files(response.bash_edit_diff, answered);
}

fn git(raw: Raw<'_>, answered: &mut Answered) {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Operation<'a> {
        #[serde(borrow)]
        commit: Raw<'a>,
        #[serde(borrow)]
        push: Raw<'a>,
        #[serde(borrow)]
        pr: Raw<'a>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Part<'a> {
        #[serde(borrow)]
        sha: Raw<'a>,
        #[serde(borrow)]
        branch: Raw<'a>,
        #[serde(borrow)]
        number: Raw<'a>,
        #[serde(borrow)]
        url: Raw<'a>,
        #[serde(borrow)]
        action: Raw<'a>,
    }
    let Some(operation) = wire::object::<Operation<'_>>(raw) else {
        return;
    };
    let part = |raw| wire::object::<Part<'_>>(raw).unwrap_or_default();
    if let Some(sha) = wire::text(part(operation.commit).sha) {
        let printed = tools::commits(&answered.output);
        // The agent knows the hash in full, and git printed the beginning of it.
        answered.commits = printed;
        let same = |(short, _): &&mut (String, String)| {
            sha.starts_with(short.as_str()) || short.starts_with(&*sha)
        };
        match answered.commits.iter_mut().find(same) {
            Some((hash, _)) => *hash = sha.into_owned(),
            None => answered.commits.push((sha.into_owned(), String::new())),
        }
    }
    if let Some(branch) = wire::text(part(operation.push).branch) {
        answered.progress.push(format!("Pushed {branch}"));
    }
    let pr = part(operation.pr);
    if let Some(number) = wire::number(pr.number) {
        let action = wire::text(pr.action).unwrap_or("opened".into());
        let url = wire::text(pr.url).unwrap_or_default();
        let text = format!("Pull request #{number} {action} {url}");
        answered.progress.push(text.trim_end().to_owned());
    }
}

/// Files that a command changed, as the agent saw it (since version 2.1.269).
fn files(raw: Raw<'_>, answered: &mut Answered) {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Diff<'a> {
        #[serde(borrow)]
        files: Raw<'a>,
        #[serde(borrow)]
        changed_files: Raw<'a>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Changed<'a> {
        #[serde(borrow)]
        file_path: Raw<'a>,
        #[serde(borrow)]
        created: Raw<'a>,
        #[serde(borrow)]
        deleted: Raw<'a>,
    }
    let diff = wire::object::<Diff<'_>>(raw).unwrap_or_default();
    let mut told: Vec<String> = Vec::new();
    for file in wire::list(diff.files).into_iter().take(500) {
        let file = wire::object::<Changed<'_>>(Some(file)).unwrap_or_default();
        let Some(path) = wire::text(file.file_path) else {
            continue;
        };
        let action = match (wire::is_true(file.deleted), wire::is_true(file.created)) {
            (true, _) => Action::Delete,
            (false, true) => Action::Create,
            (false, false) => Action::Modify,
        };
        told.push(path.clone().into_owned());
        let path = path.into_owned();
        answered.files.push(Deed::File {
            path,
            action,
            from: None,
        });
    }
    for path in wire::texts(diff.changed_files).into_iter().take(500) {
        if !told.contains(&path) {
            answered.files.push(Deed::File {
                path,
                action: Action::Modify,
                from: None,
            });
        }
    }
}

/// Returns answers, an object from questions to labels.
fn answers(raw: Raw<'_>) -> Vec<(String, String)> {
    let answers: Option<std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>> =
        wire::object(raw);
    let answers = answers.unwrap_or_default().into_iter();
    answers
        .filter_map(|(question, raw)| {
            let text = wire::text(Some(&raw)).map(|text| text.into_owned());
            let text = text.or_else(|| Some(wire::texts(Some(&raw)).join(", ")))?;
            (!text.is_empty()).then_some((question, text))
        })
        .collect()
}
