//! Uses of tools and their results.

use super::super::dialect::normal_path;
use super::super::happening::HappeningKind;
use super::super::tools::{self, Action, Deed, Question, ToolUse};
use super::scribe::{Scribe, hash, limit};
use super::state::Pending;
use crate::model::FileAction;

/// How many tools may be at work at once; more are told without their result.
const AT_ONCE: usize = 64;
/// How many steps of the work are remembered.
const STEPS: usize = 256;

/// The use of a tool, as a transcript tells it.
pub(super) struct Call<'a> {
    /// The agent's id of it.
    pub(super) id: &'a str,
    /// Hash of the message that it is in.
    pub(super) message: u64,
    /// Whether a sub-agent made it.
    pub(super) side: bool,
    /// What it is.
    pub(super) used: ToolUse,
}

/// The result of a tool.
#[derive(Default)]
pub(super) struct Answered {
    /// Whether it succeeded, if anything tells.
    pub(super) ok: Option<bool>,
    /// The exit status.
    pub(super) exit: Option<i32>,
    /// The error, if it failed; else what it put out.
    pub(super) output: String,
    /// Whether the user, or a rule, refused it.
    pub(super) refused: bool,
    /// What was written: a new file, or an old one.
    pub(super) written: Option<FileAction>,
    /// Commits that the agent knows of.
    pub(super) commits: Vec<(String, String)>,
    /// Other steps of the work that are done.
    pub(super) progress: Vec<String>,
    /// Files that were changed on the way.
    pub(super) files: Vec<Deed>,
    /// The user's answers, with their questions where those are told.
    pub(super) answers: Vec<(String, String)>,
    /// The plan that was approved.
    pub(super) plan: Option<String>,
    /// Id of the step that was made.
    pub(super) step: Option<String>,
    /// The number of the command, if it goes on in the background.
    pub(super) running: Option<i64>,
}

impl Answered {
    /// Returns the result that an output tells: exit status, refusal.
    pub(super) fn of(ok: Option<bool>, output: &str) -> Self {
        let exit = tools::exit_of(output);
        let refused = ok != Some(true) && tools::refused(output);
        Answered {
            ok: ok
                .filter(|ok| !ok || exit.is_none())
                .or(exit.map(|exit| exit == 0)),
            exit,
            output: output.to_owned(),
            refused,
            ..Answered::default()
        }
    }
}

impl Scribe<'_> {
    /// Notes that a tool is used, and waits for its result.
    pub(super) fn uses(&mut self, call: Call<'_>) {
        self.begin("", None);
        if !call.side {
            self.state.answer = None;
        }
        let used = self.cleaned(call.used);
        if !used.name.is_empty() {
            self.tell(HappeningKind::Tool {
                name: used.name.clone(),
            });
        }
        if self.state.pending.len() >= AT_ONCE {
            let oldest = self.state.pending.remove(0);
            self.unanswered(oldest);
        }
        let key = self.key().map(|key| key ^ hash(&["use", call.id]));
        self.state.pending.push(Pending {
            id: hash(&["id", call.id]),
            key,
            at: self.at(),
            message: call.message,
            side: call.side,
            tool: used.name,
            subject: used.subject,
            deeds: used.deeds,
        });
    }

    /// Returns whether a tool is at work under that id.
    pub(super) fn awaits(&self, id: &str) -> bool {
        let id = hash(&["id", id]);
        self.state.pending.iter().any(|pending| pending.id == id)
    }

    /// Tells what came of a tool. Returns whether anybody waited for it.
    pub(super) fn result(&mut self, id: &str, answered: Answered) -> bool {
        let id = hash(&["id", id]);
        let pending = &mut self.state.pending;
        let Some(at) = pending.iter().position(|pending| pending.id == id) else {
            return false;
        };
        let pending = pending.remove(at);
        self.resolve(pending, answered);
        true
    }

    /// Returns the tool that is at work under that id.
    pub(super) fn tool_of(&self, id: &str) -> Option<&str> {
        let id = hash(&["id", id]);
        let mut pending = self.state.pending.iter();
        let pending = pending.find(|pending| pending.id == id)?;
        Some(&pending.tool)
    }

    /// Tells those tools that have no result although the agent went on with another message.
    pub(super) fn moved_on(&mut self, message: u64) {
        while let Some(at) = self
            .state
            .pending
            .iter()
            .position(|pending| !pending.side && pending.message != message)
        {
            let pending = self.state.pending.remove(at);
            self.unanswered(pending);
        }
    }

    /// Tells a tool of whose result nothing is known.
    pub(super) fn unanswered(&mut self, mut pending: Pending) {
        let told = |deed: &Deed| {
            matches!(
                deed,
                Deed::File { .. } | Deed::Command { .. } | Deed::Done { .. }
            )
        };
        pending.deeds.retain(told);
        let at = std::mem::replace(&mut self.state.at, pending.at);
        self.resolve(pending, Answered::default());
        self.state.at = at;
    }

    /// Tells all that is held back, as if the transcript ended here.
    pub(super) fn finish(&mut self) {
        let pending = std::mem::take(&mut self.state.pending);
        let running = std::mem::take(&mut self.state.running);
        let running = running.into_iter().map(|(_, pending)| pending);
        for pending in running.chain(pending) {
            self.unanswered(pending);
        }
        self.answered();
    }

    fn resolve(&mut self, pending: Pending, answered: Answered) {
        let key = pending.key;
        let at = self.at();
        let tell = |scribe: &mut Self, kind| scribe.tell_at(at, key, kind);
        let commanded = pending.deeds.iter().find_map(|deed| match deed {
            Deed::Command { command } => Some(command.clone()),
            _ => None,
        });
        let asks = |deed: &Deed| matches!(deed, Deed::Ask { .. } | Deed::Plan { .. });
        if pending.deeds.iter().any(asks) && (answered.refused || answered.ok == Some(false)) {
            // A question that is not answered, a plan not approved: in nobody's way.
            return;
        }
        let subject = commanded.as_ref().unwrap_or(&pending.subject);
        let same = hash(&[&pending.tool, subject]);
        if answered.refused {
            let error = self.clean(&self.strip(answered.output.trim()), limit::ERROR);
            self.state.failed.insert(same);
            let (tool, subject) = (pending.tool.clone(), subject.clone());
            tell(
                self,
                HappeningKind::Failure {
                    tool,
                    subject,
                    error,
                    refused: true,
                },
            );
            return;
        }
        if answered.ok == Some(false) && commanded.is_none() {
            if pending
                .deeds
                .iter()
                .any(|deed| matches!(deed, Deed::Wait { .. }))
            {
                self.waited(&pending, &answered);
                return;
            }
            let error = self.clean(&self.strip(answered.output.trim()), limit::ERROR);
            self.state.failed.insert(same);
            let (tool, subject) = (pending.tool.clone(), subject.clone());
            tell(
                self,
                HappeningKind::Failure {
                    tool,
                    subject,
                    error,
                    refused: false,
                },
            );
            return;
        }
        if let (Some(running), true) = (answered.running, commanded.is_some()) {
            if self.state.running.len() >= AT_ONCE {
                let (_, oldest) = self.state.running.remove(0);
                self.unanswered(oldest);
            }
            self.state.running.push((running, pending));
            return;
        }
        for deed in &pending.deeds {
            self.did(deed, &pending, &answered);
        }
        for deed in &answered.files {
            let deed = self.cleaned_deed(deed.clone());
            self.did(&deed, &pending, &answered);
        }
        if answered.ok != Some(false) {
            for text in &answered.progress {
                let text = self.clean(text, limit::LINE);
                tell(self, HappeningKind::Progress { text });
            }
            for (hash, subject) in answered.commits.iter().filter(|(hash, _)| is_hash(hash)) {
                // As it is, and nothing but a hash: a redaction might take it for a key.
                let hash = hash.clone();
                let subject = self.clean(subject, limit::LINE);
                tell(self, HappeningKind::Commit { hash, subject });
            }
            if self.state.failed.remove(same) {
                let (tool, subject) = (pending.tool.clone(), subject.clone());
                tell(self, HappeningKind::Success { tool, subject });
            }
        }
    }

    fn did(&mut self, deed: &Deed, pending: &Pending, answered: &Answered) {
        let (at, key) = (self.at(), pending.key);
        match deed {
            Deed::File { path, action, from } => {
                if own(path) {
                    return;
                }
                let written = answered.written.unwrap_or(FileAction::Modified);
                let action = action.known(written);
                let (path, from) = (path.clone(), from.clone());
                self.tell_at(at, key, HappeningKind::File { path, action, from });
            }
            Deed::Command { command } => {
                let failed = answered.ok == Some(false);
                let output = self.strip(&answered.output).into_owned();
                let error = if failed {
                    self.clean(without_status(&output), limit::ERROR)
                } else {
                    String::new()
                };
                let kind = HappeningKind::Command {
                    command: command.clone(),
                    ok: answered.ok,
                    exit: answered.exit,
                    error,
                };
                self.tell_at(at, key, kind);
                if !failed && answered.commits.is_empty() && commits_by(command) {
                    for (hash, subject) in tools::commits(&output) {
                        let subject = self.clean(&subject, limit::LINE);
                        self.tell_at(at, key, HappeningKind::Commit { hash, subject });
                    }
                }
            }
            Deed::Wait { .. } => self.waited(pending, answered),
            _ if pending.side => {}
            Deed::Done { steps } => {
                for text in steps {
                    if self.state.seen.insert(hash(&["step", text])) {
                        self.tell_at(at, key, HappeningKind::Progress { text: text.clone() });
                    }
                }
            }
            Deed::Step { subject } => {
                if let Some(id) = &answered.step {
                    if self.state.steps.len() >= STEPS {
                        self.state.steps.remove(0);
                    }
                    self.state.steps.push((step_name(id), subject.clone()));
                }
            }
            Deed::StepDone { id } => {
                let mut steps = self.state.steps.iter();
                if let Some((_, text)) = steps.rfind(|(known, _)| known == id) {
                    let text = text.clone();
                    if self.state.seen.insert(hash(&["step", &text])) {
                        self.tell_at(at, key, HappeningKind::Progress { text });
                    }
                }
            }
            Deed::Ask { questions } => self.chosen(questions, pending, answered),
            Deed::Plan { plan } => {
                let told = answered.plan.as_deref().map(title_of).unwrap_or_default();
                let told = self.clean(told, limit::LINE);
                let title = if plan.is_empty() { &told } else { plan };
                if title.is_empty() {
                    return;
                }
                let decision = title.clone();
                let rationale = "approved plan".to_owned();
                self.tell_at(
                    at,
                    key,
                    HappeningKind::Decision {
                        decision,
                        rationale,
                    },
                );
            }
        }
    }

    /// Tells what came of a command that went on in the background.
    fn waited(&mut self, pending: &Pending, answered: &Answered) {
        if answered.exit.is_none() {
            return;
        }
        let number = pending.deeds.iter().find_map(|deed| match deed {
            Deed::Wait { running } => Some(*running),
            _ => None,
        });
        let running = &mut self.state.running;
        let Some(found) = running.iter().position(|(known, _)| Some(*known) == number) else {
            return;
        };
        let (_, mut command) = running.remove(found);
        command
            .deeds
            .retain(|deed| matches!(deed, Deed::Command { .. }));
        let again = Answered {
            ok: answered.ok,
            exit: answered.exit,
            output: answered.output.clone(),
            ..Answered::default()
        };
        self.resolve(command, again);
    }

    fn chosen(&mut self, questions: &[Question], pending: &Pending, answered: &Answered) {
        for (number, question) in questions.iter().enumerate() {
            let named = answered.answers.iter().find(|(asked, _)| {
                !asked.is_empty() && self.clean(asked, limit::LINE) == question.text
            });
            let answer = named.or_else(|| answered.answers.get(number));
            let told = match answer {
                Some((_, answer)) => answer.clone(),
                None => match quoted(&answered.output, &question.text, questions.len()) {
                    Some(answer) => answer,
                    None => continue,
                },
            };
            let answer = self.clean(told.trim(), limit::LINE);
            if answer.is_empty() {
                continue;
            }
            let others: Vec<&str> = question.options.iter().map(String::as_str).collect();
            let others: Vec<&str> = others
                .into_iter()
                .filter(|o| !answer.contains(*o))
                .collect();
            let rationale = match others.as_slice() {
                [] => String::new(),
                others => format!("over: {}", others.join(", ")),
            };
            let decision = format!("{}: {answer}", question.text.trim());
            let kind = HappeningKind::Decision {
                decision,
                rationale,
            };
            self.tell_at(self.at(), pending.key, kind);
        }
    }

    fn cleaned(&self, used: ToolUse) -> ToolUse {
        ToolUse {
            name: self.clean(&used.name, limit::NAME),
            subject: self.clean(&normal_path(&used.subject, false), limit::LINE),
            deeds: used
                .deeds
                .into_iter()
                .map(|deed| self.cleaned_deed(deed))
                .collect(),
        }
    }

    fn cleaned_deed(&self, deed: Deed) -> Deed {
        let clean = |text: String, limit| self.clean(&text, limit);
        match deed {
            Deed::File { path, action, from } => Deed::File {
                path: self.path(&path),
                action,
                from: from.map(|from| self.path(&from)),
            },
            Deed::Command { command } => Deed::Command {
                command: clean(command, limit::COMMAND),
            },
            Deed::Wait { running } => Deed::Wait { running },
            Deed::Done { steps } => {
                let steps = steps.into_iter().take(STEPS);
                Deed::Done {
                    steps: steps.map(|step| clean(step, limit::LINE)).collect(),
                }
            }
            Deed::Step { subject } => Deed::Step {
                subject: clean(subject, limit::LINE),
            },
            Deed::StepDone { id } => Deed::StepDone { id: step_name(&id) },
            Deed::Ask { questions } => {
                let question = |question: Question| Question {
                    text: clean(question.text, limit::LINE),
                    options: (question.options.into_iter().take(8))
                        .map(|option| clean(option, limit::NAME))
                        .collect(),
                };
                Deed::Ask {
                    questions: questions.into_iter().take(8).map(question).collect(),
                }
            }
            Deed::Plan { plan } => Deed::Plan {
                plan: clean(title_of(&plan).to_owned(), limit::LINE),
            },
        }
    }
}

/// Returns by what a step is known, in place of an id that a redaction might take for a key.
fn step_name(id: &str) -> String {
    format!("{:016x}", hash(&["step", id]))
}

fn is_hash(text: &str) -> bool {
    (4..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Returns the title of a plan: its first line that says something.
fn title_of(plan: &str) -> &str {
    let lines = plan.lines().map(|line| line.trim_start_matches('#').trim());
    lines
        .into_iter()
        .find(|line| !line.is_empty())
        .unwrap_or("")
}

/// Returns an answer out of `"question"="answer"`, or the whole of an answer to the only question.
fn quoted(output: &str, question: &str, questions: usize) -> Option<String> {
    let mark = format!("\"{question}\"=\"");
    if let Some(at) = output.find(&mark) {
        let rest = &output[at + mark.len()..];
        return Some(rest[..rest.find('"')?].to_owned());
    }
    let plain = !output.trim_start().starts_with(['{', '[']) && !output.contains("\"=\"");
    if questions != 1 || !plain || output.trim().is_empty() {
        return None;
    }
    let answer = output.trim();
    let answer = answer.strip_prefix("User selected: ").unwrap_or(answer);
    let answer = answer.strip_prefix("User responded: ").unwrap_or(answer);
    Some(answer.to_owned())
}

/// Returns what a command put out, without the lines that only tell how it ended.
fn without_status(output: &str) -> &str {
    let output = output.trim().trim_start_matches("Error: ");
    match output.split_once('\n') {
        Some((first, rest)) if first.starts_with("Exit code") => rest.trim(),
        _ if output.starts_with("Exit code") && !output.contains('\n') => "",
        _ => match output.find("\nOutput:\n") {
            Some(at) if at < 400 => output[at + 9..].trim(),
            _ => output,
        },
    }
}

/// Returns whether a command may make commits.
fn commits_by(command: &str) -> bool {
    const VERBS: [&str; 5] = ["commit", "merge", "cherry-pick", "revert", "rebase"];
    command.contains("git") && VERBS.iter().any(|verb| command.contains(verb))
}

/// Returns whether a file is the agent's own: a plan, a spilled result, a transcript.
fn own(path: &str) -> bool {
    const PLACES: [&str; 8] = [
        "/.claude/projects/",
        "/.claude/plans/",
        "/.claude/todos/",
        "/.cursor/projects/",
        "/.gemini/tmp/",
        "/.codex/sessions/",
        "/.copilot/session-state/",
        "/.local/share/opencode/",
    ];
    let path = path.replace('\\', "/");
    PLACES.iter().any(|place| path.contains(place))
}

impl Action {
    /// Returns the action that a change in a list of changes is called.
    pub(super) fn of_change(name: &str) -> Action {
        match name {
            "add" | "create" | "created" | "added" => Action::Create,
            "delete" | "deleted" | "remove" | "removed" => Action::Delete,
            _ => Action::Modify,
        }
    }
}
