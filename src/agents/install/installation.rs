//! How hooks get into the configuration of an agent: what each agent's module says.

use super::check::Refusal;
use super::guard::{HookShell, guard_command};
use super::json::{Json, Strictness};
use crate::agents::homes::AgentHomes;
use std::path::{Path, PathBuf};

/// How long an agent waits for a hook, in seconds. It takes milliseconds; this is for a machine
/// on its knees.
pub(crate) const TIMEOUT: u32 = 5;

/// Where an agent keeps its configuration, and what goes into it.
pub(crate) struct Installation {
    /// Returns the directory of the user's configuration.
    pub(crate) user_directory: fn(&AgentHomes) -> PathBuf,
    /// The directory of a project's configuration, below that of the project.
    pub(crate) project_directory: &'static str,
    /// The file that holds the hooks, below these directories.
    pub(crate) hooks_file: &'static str,
    /// Whether it looks for skills below these directories; all others share theirs.
    pub(crate) own_skills: bool,
    /// What the hooks are.
    pub(crate) hooks: HooksForm,
    /// Where MCP servers are registered with it.
    pub(crate) server: ServerSettings,
    /// How the user makes it trust hooks, if it runs them only then.
    pub(crate) trust: Option<Trust>,
    /// What else the user has to do, if anything: in their own configuration, and in a project's.
    pub(crate) steps: NextSteps,
    /// Returns which setting makes it run no hooks, or not ours, if so; `None` if no way is known
    /// to switch them off.
    pub(crate) find_switch: Option<SwitchFinder>,
    /// Asks its program for its version, if hooks depend on that.
    pub(crate) find_version: Option<fn(program: &Path) -> Option<AgentVersion>>,
}

impl Installation {
    /// Returns how the file of hooks is made. `None` if they are a program.
    pub(crate) fn hooks_format(&self) -> Option<&HooksFormat> {
        match &self.hooks {
            HooksForm::Settings(format) => Some(format),
            HooksForm::Plugin(_) => None,
        }
    }
}

/// The name of the server in every configuration.
pub(crate) const SERVER: &str = "mx";

/// A version of an agent.
pub(crate) type AgentVersion = (u32, u32, u32);

/// What the hooks of an agent are.
pub(crate) enum HooksForm {
    /// Entries in a settings file.
    Settings(HooksFormat),
    /// A program of ours, which the agent loads: its text, with `{{command}}` where it says what to
    /// run.
    Plugin(&'static str),
}

/// How the user makes an agent trust hooks.
pub(crate) struct Trust {
    /// What the user does.
    pub(crate) step: &'static str,
    /// Returns whether these entries of a file of hooks are trusted. The file may have two names.
    pub(crate) is_given: fn(&[PathBuf; 2], &[OwnEntry]) -> bool,
}

/// An entry of ours in a file of hooks.
#[derive(Debug)]
pub(crate) struct OwnEntry {
    pub(crate) event: String,
    /// The number of its group in the list of the event.
    pub(crate) group: usize,
    /// Its number in the group.
    pub(crate) handler: usize,
}

/// Finds what switches the hooks that run a program off.
pub(crate) type SwitchFinder = fn(&ConfigFiles, command: &str) -> Option<String>;

/// Where MCP servers are registered with an agent.
pub(crate) struct ServerSettings {
    /// Returns the user's file.
    pub(crate) user_file: fn(&AgentHomes) -> PathBuf,
    /// Returns the file of the project in this directory.
    pub(crate) project_file: fn(&Path) -> PathBuf,
    /// How the file is made.
    pub(crate) form: ServerForm,
    /// What the user has to do, if anything, after the server was installed.
    pub(crate) step: &'static str,
}

/// How servers are written.
pub(crate) enum ServerForm {
    /// As members of an object.
    Json {
        /// What the reader of the file accepts.
        strictness: Strictness,
        /// The key of the object.
        servers: &'static str,
        /// Returns the server that runs this program.
        entry: fn(&str) -> Json,
    },
    /// In a form that the agent's module edits itself.
    Other(ServerEditor),
}

/// Edits a file that lists servers. Each is given the text of the file and the program.
pub(crate) struct ServerEditor {
    /// Puts the server into the text of a file, which may not be there yet.
    pub(crate) put: fn(Option<&str>, &str) -> Result<String, Refusal>,
    /// Takes it out. Returns `None` if nothing is left of a file that was not there before.
    pub(crate) take: fn(&str, &str) -> Result<Option<String>, Refusal>,
    /// Returns whether it is there.
    pub(crate) has: fn(&str, &str) -> bool,
}

/// Returns a program with its arguments, as most agents want them.
pub(crate) fn server_call(command: &str) -> Vec<(&'static str, Json)> {
    vec![
        ("command", Json::text(command)),
        ("args", Json::Array(vec![Json::text("mcp")])),
    ]
}

/// What is left to do for the user after an installation.
pub(crate) struct NextSteps {
    /// In the user's own configuration.
    pub(crate) user: &'static str,
    /// In a project's.
    pub(crate) project: &'static str,
    /// How the user calls the skill.
    pub(crate) skill: &'static str,
}

/// How a file of hooks is made, and the hooks.
pub(crate) struct HooksFormat {
    /// What its reader accepts.
    pub(crate) strictness: Strictness,
    /// Whether entries are in groups, each with a matcher.
    pub(crate) grouped: bool,
    /// Whether the file says its version.
    pub(crate) versioned: bool,
    /// Returns the hooks that the agent gets.
    pub(crate) hooks: fn(&HookProgram<'_>) -> Vec<WantedHook>,
}

/// The program that hooks run, and where.
pub(crate) struct HookProgram<'a> {
    /// The call, as a line for any shell.
    pub(crate) call: &'a str,
    /// Whether the file is shared by people with other systems.
    pub(crate) shared: bool,
    /// Whether this is Windows.
    pub(crate) windows: bool,
    /// The version of the agent, if it is known.
    pub(crate) agent_version: Option<AgentVersion>,
}

impl HookProgram<'_> {
    /// Returns the line for an agent that takes one line on every system; `on_windows` is what
    /// runs it there.
    pub(crate) fn guarded_line(&self, on_windows: HookShell) -> String {
        let shell = match (self.shared, self.windows) {
            (true, _) => HookShell::PosixOrPowerShell,
            (false, true) => on_windows,
            (false, false) => HookShell::Posix,
        };
        guard_command(self.call, shell)
    }
}

/// A hook as it should be: the element of the event's list.
#[derive(Debug)]
pub(crate) struct WantedHook {
    pub(crate) event: &'static str,
    pub(crate) element: Json,
}

/// The directories and files of an agent's configuration that may say that hooks are off.
pub(crate) struct ConfigFiles {
    /// The directories of the user's configuration and of the project's.
    pub(crate) directories: [PathBuf; 2],
    /// The files of hooks in them.
    pub(crate) hooks: [PathBuf; 2],
}

impl ConfigFiles {
    pub(super) fn new(installation: &Installation, homes: &AgentHomes, project: &Path) -> Self {
        let user = (installation.user_directory)(homes);
        let directories = [user, project.join(installation.project_directory)];
        ConfigFiles {
            hooks: [
                directories[0].join(installation.hooks_file),
                directories[1].join(installation.hooks_file),
            ],
            directories,
        }
    }
}

/// Returns the element of a hook in a group.
pub(crate) fn group_hook(matcher: Option<&str>, entry: Json) -> Json {
    let mut members = Vec::new();
    if let Some(matcher) = matcher {
        members.push(("matcher", Json::text(matcher)));
    }
    members.push(("hooks", Json::Array(vec![entry])));
    Json::Object(members)
}

/// Returns the hooks of these events, each with what `element` makes of its event.
pub(crate) fn hooks_of(
    events: &[&'static str],
    element: impl Fn(&'static str) -> Json,
) -> Vec<WantedHook> {
    let hook = |event: &&'static str| WantedHook {
        event,
        element: element(event),
    };
    events.iter().map(hook).collect()
}
