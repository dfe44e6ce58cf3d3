//! Prompts: to go on, and to hand over.

use super::ask::{Asker, OR_PROJECT};
use super::budget::cut_line;
use super::resources::cut_content;
use crate::error::{Error, Kind, Result};
use crate::kb::project::UNKNOWN_PROJECT;
use crate::ops::{LogRequest, LogShowRequest, Request, Response, ResumeRequest};
use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::Value;

/// Most characters of what is recorded, in a prompt.
const BUDGET: usize = 6000;

const RESUME: &str = "resume";
const HANDOFF: &str = "handoff";

/// The arguments: of [`RESUME`] both, of [`HANDOFF`] the second.
const PROJECT: &str = "project";
const DIRECTORY: &str = "directory";

/// The prompt for a directory such as the root of all.
const NO_PROJECT: &str = "There is no project in this directory. Say so, and ask which one is meant: \
    the tools take its `directory`.";

/// Longest name of a project that is repeated, in characters.
const LONGEST_NAME: usize = 200;

/// Returns the prompts as they are listed.
pub(super) fn list_prompts() -> Vec<Prompt> {
    let project = PromptArgument::new(PROJECT)
        .with_description("Name of the project, if it is not the current one")
        .with_required(false);
    let directory = PromptArgument::new(DIRECTORY)
        .with_description(
            "Absolute path of the project's directory, if it is not the one you work in",
        )
        .with_required(false);
    let resume = "Go on where the last session of this project stopped";
    let handoff = "End this session so that the next one can go on from it";
    vec![
        Prompt::new(RESUME, Some(resume), Some(vec![project, directory.clone()]))
            .with_title("Resume the work"),
        Prompt::new(HANDOFF, Some(handoff), Some(vec![directory])).with_title("Hand over"),
    ]
}

/// Returns a prompt; `None` if there is none of that name.
pub(super) fn write_prompt(
    asker: &Asker<'_>,
    name: &str,
    arguments: Option<&JsonObject>,
) -> Option<Result<GetPromptResult>> {
    let text = match name {
        RESUME => refuse_unknown(arguments, &[PROJECT, DIRECTORY]).and_then(|()| {
            let project = read_text(arguments, PROJECT)?;
            let asker = asker.within(read_text(arguments, DIRECTORY)?)?;
            write_resume(&asker, project)
        }),
        HANDOFF => refuse_unknown(arguments, &[DIRECTORY]).and_then(|()| {
            let asker = asker.within(read_text(arguments, DIRECTORY)?)?;
            write_handoff(&asker)
        }),
        _ => return None,
    };
    let message = |text| PromptMessage::new_text(Role::User, text);
    Some(text.map(|text: String| GetPromptResult::new(vec![message(text)])))
}

/// Refuses arguments that a prompt does not have.
fn refuse_unknown(arguments: Option<&JsonObject>, known: &[&str]) -> Result<()> {
    let mut names = arguments.into_iter().flat_map(JsonObject::keys);
    match names.find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let shown = cut_line(&name.escape_debug().to_string(), LONGEST_NAME);
            let known = format!("known is {}", known.join(", "));
            Err(Error::usage(format!("unknown argument: {shown}")).with_hint(known))
        }
    }
}

/// Reads an argument; an empty one is as good as none.
fn read_text<'a>(arguments: Option<&'a JsonObject>, name: &str) -> Result<Option<&'a str>> {
    match arguments.and_then(|arguments| arguments.get(name)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(_) => Err(Error::usage(format!("{name} is a text"))),
    }
}

fn write_resume(asker: &Asker<'_>, project: Option<&str>) -> Result<String> {
    let request = Request::Resume(ResumeRequest {
        project: project.map(str::to_owned),
        session: None,
        budget: BUDGET,
    });
    let reply = match project {
        Some(_) => asker.ask(request)?,
        None => asker.ask_here_or(OR_PROJECT, request)?,
    };
    let Response::Resume(mut resume) = reply.response else {
        return Err(Error::failed("internal error: no answer to resume"));
    };
    resume.project = cut_line(&resume.project, LONGEST_NAME);
    if resume.text.is_empty() && project.is_none() && resume.project == UNKNOWN_PROJECT {
        return Ok(NO_PROJECT.to_owned());
    }
    if resume.text.is_empty() {
        return Ok(format!(
            "Nothing is recorded of the project {} yet. Say so, and ask what to begin with.",
            resume.project
        ));
    }
    Ok(format!(
        "Go on with the work on {}. This is where it stands:\n\n{}\n\nSay in two or three sentences \
         where we are, and begin with what is next unless something is unclear.",
        resume.project, resume.text
    ))
}

fn write_handoff(asker: &Asker<'_>) -> Result<String> {
    let record = match find_record(asker)? {
        Some(record) => format!("This is recorded so far:\n\n{record}"),
        None if is_outside_projects(asker)? => return Ok(NO_PROJECT.to_owned()),
        None => "Nothing of this session is recorded so far.".to_owned(),
    };
    Ok(format!(
        "Hand this work over to the next session, which knows nothing of this conversation. With the \
         tool `log`, in this order: a `decision` with `why` for each decision that is not recorded \
         yet; a `blocker` for what is in the way; a `next` for each step that stays open, so exact \
         that another agent or person can begin with it; then `end` with a summary as `text`, the `state` of \
         the work (what runs, what fails, what is not committed) and what is `next`. With `note`, \
         keep what was learned that is of use beyond this task.\n\n{record}"
    ))
}

/// Returns whether the caller works in a directory of no project.
fn is_outside_projects(asker: &Asker<'_>) -> Result<bool> {
    let context = asker.ask_here(Request::ContextShow)?.response;
    Ok(matches!(context, Response::ContextShow(shown) if shown.project == UNKNOWN_PROJECT))
}

/// Returns the record of the running session, as much of it as fits.
fn find_record(asker: &Asker<'_>) -> Result<Option<String>> {
    let request = Request::Log(LogRequest::Show(LogShowRequest::default()));
    let shown = match asker.ask_here(request) {
        // Nothing is recorded yet.
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        shown => shown?.response,
    };
    let Response::LogShow(shown) = shown else {
        return Ok(None);
    };
    let running = shown.session.filter(|session| session.status == "active");
    Ok(running.map(|session| {
        let arguments = format!("session: {}, project: {}", session.id, session.project);
        cut_content(shown.content, BUDGET, &arguments)
    }))
}
