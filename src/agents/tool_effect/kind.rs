//! What a tool does, by its name: agents call the same tools by similar names. All rules about names
//! of tools are here.

use crate::agents::json::JsonFields as _;
use serde_json::Value;

/// What a tool does, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToolKind {
    Shell,
    /// Waits for a command that runs, or writes to it.
    Wait,
    Read,
    /// Looks for something; nothing is recorded but its use.
    Lookup,
    /// Writes a file whole.
    Write,
    /// Makes a file that was not there before.
    Create,
    Edit,
    Delete,
    Patch,
    /// A list of steps, some of which may be done.
    Steps,
    NewStep,
    UpdateStep,
    /// Looks something up in what the agent keeps for itself: its steps, its tools.
    OwnLookup,
    Question,
    Plan,
    /// Lets something run whose own calls are not reported here: another agent, a command in the
    /// background.
    Delegate,
    /// Of an MCP server; nothing is recorded but its use.
    Foreign,
    /// Nothing that is recorded but its use.
    Other,
    /// Not known at all.
    Unknown,
}

/// The kinds of tools with their names, as [`name_key`] returns them.
const NAMES: [(ToolKind, &str); 17] = [
    (
        ToolKind::Shell,
        "bash powershell shell sh pwsh shellcommand execcommand containerexec localshell \
         localshellcall runshellcommand runterminalcmd runterminalcommand runinterminal terminal",
    ),
    (
        ToolKind::Wait,
        "writestdin taskoutput bashoutput readbash writebash readpowershell writepowershell \
         getterminaloutput",
    ),
    (
        ToolKind::Read,
        "read readfile readmanyfiles readnotebook view viewimage viewfile",
    ),
    (
        ToolKind::Lookup,
        "codebasesearch fetch filesearch find glob googlewebsearch grep grepsearch list listdir \
         listdirectory listmcpresources listmcpresourcestool ls lsp readlints readmcpresource \
         readmcpresourcetool rg search searchfilecontent semanticsearch todoread webfetch websearch \
         websearchcall",
    ),
    (ToolKind::Write, "write writefile"),
    (ToolKind::Create, "create createfile"),
    (
        ToolKind::Edit,
        "edit multiedit strreplace replace searchreplace editfile notebookedit editnotebook insert \
         replacestringinfile multireplacestringinfile inserteditintofile strreplaceeditor \
         strreplacebasededittool",
    ),
    (ToolKind::Delete, "delete deletefile remove"),
    (ToolKind::Patch, "applypatch patch"),
    (
        ToolKind::Steps,
        "todowrite writetodos updatetodo updateplan",
    ),
    (ToolKind::NewStep, "taskcreate"),
    (ToolKind::UpdateStep, "taskupdate"),
    (ToolKind::OwnLookup, "taskget tasklist toolsearch"),
    (
        ToolKind::Question,
        "askuserquestion askuser askquestion question requestuserinput",
    ),
    (ToolKind::Plan, "exitplanmode planexit createplan"),
    (
        ToolKind::Delegate,
        "agent collaborationspawnagent collaborationwait collaborationwaitagent exec killbash \
         killshell monitor spawnagent stopbash task waitagent",
    ),
    (
        ToolKind::Other,
        "activateskill advisor artifact cancelagent clonerepo closeagent collaborationcloseagent \
         collaborationfollowupagent collaborationsendinput croncreate crondelete cronlist \
         enterplanmode enterworktree exitworktree imagegeneration listagents reportintent savememory \
         sendinput sendmessage skill slashcommand sleep stopagent structuredoutput taskstop \
         teamcreate updatetopic wait",
    ),
];

/// Returns what the tool does. Some names stand for several tools, distinguished by their input.
pub(crate) fn tool_kind(name: &str, input: &Value) -> ToolKind {
    if is_mcp_tool(name) {
        return ToolKind::Foreign;
    }
    let key = name_key(without_namespace(name));
    let holds = |names: &str| names.split(' ').any(|one| one == key);
    let found = NAMES.iter().find(|(_, names)| holds(names));
    let kind = found.map_or(ToolKind::Unknown, |(kind, _)| *kind);
    if !key.starts_with("strreplaceeditor") && !key.starts_with("strreplacebased") {
        return kind;
    }
    match input.text(&["command"]) {
        Some("view") => ToolKind::Read,
        Some("create") => ToolKind::Create,
        _ => kind,
    }
}

/// Returns the name of a tool without what Codex puts before some.
pub(crate) fn without_namespace(name: &str) -> &str {
    name.strip_prefix("functions.").unwrap_or(name)
}

/// Returns whether a tool only looks for something, so that it is an answer that there is nothing.
pub(crate) fn only_looks(name: &str) -> bool {
    match tool_kind(name, &Value::Null) {
        ToolKind::Read | ToolKind::Lookup | ToolKind::OwnLookup => true,
        ToolKind::Foreign | ToolKind::Unknown => {
            let name = name.to_ascii_lowercase();
            name.starts_with("read_") || name.contains("search")
        }
        _ => false,
    }
}

/// Returns whether a tool changes files by itself.
pub(crate) fn writes_files(name: &str) -> bool {
    matches!(
        tool_kind(name, &Value::Null),
        ToolKind::Write | ToolKind::Create | ToolKind::Edit | ToolKind::Delete | ToolKind::Patch
    )
}

/// Returns whether an agent keeps its own order by a tool: that it was used says nothing of the work.
pub(crate) fn keeps_order(name: &str) -> bool {
    matches!(
        tool_kind(name, &Value::Null),
        ToolKind::NewStep | ToolKind::UpdateStep | ToolKind::OwnLookup
    )
}

/// Returns a name without its case and its separators.
pub(crate) fn name_key(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).take(64).collect()
}

/// Returns whether the tool is one of an MCP server: `mcp__server__tool`, `MCP:server:tool`.
fn is_mcp_tool(name: &str) -> bool {
    let prefix = name.get(..4).unwrap_or_default();
    let is_prefix = |known: &str| prefix.eq_ignore_ascii_case(known);
    name.contains("__") || is_prefix("mcp:") || is_prefix("mcp_")
}

/// Returns whether the tool is one of this program's own MCP server, however the agent calls it:
/// `mcp__mx__note`, `mcp_mx_note`, `mx_note`, `mx-note`, `MCP:mx:note`.
pub(crate) fn is_own_tool(name: &str) -> bool {
    const OWN: [&str; 5] = ["search", "get", "resume", "log", "note"];
    own_name(name).is_some_and(|tool| OWN.contains(&tool.as_str()))
}

/// Returns whether the tool is the one of that server that begins a session.
pub(crate) fn begins_sessions(name: &str) -> bool {
    own_name(name).is_some_and(|tool| tool == "log")
}

/// Returns the name that a tool of that server would have in it.
fn own_name(name: &str) -> Option<String> {
    let key = name_key(without_namespace(name));
    let tool = key.strip_prefix("mcp").unwrap_or(&key).strip_prefix("mx")?;
    Some(tool.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tools_are_known_by_the_names_of_all_agents() {
        let none = json!({});
        for (name, expected) in [
            ("Bash", ToolKind::Shell),
            ("run_shell_command", ToolKind::Shell),
            ("functions.exec_command", ToolKind::Shell),
            ("container.exec", ToolKind::Shell),
            ("StrReplace", ToolKind::Edit),
            ("apply_patch", ToolKind::Patch),
            ("multi_replace_string_in_file", ToolKind::Edit),
            ("insert_edit_into_file", ToolKind::Edit),
            ("read_bash", ToolKind::Wait),
            ("TaskOutput", ToolKind::Wait),
            ("write_todos", ToolKind::Steps),
            ("mcp__files__write", ToolKind::Foreign),
            ("MCP:files:write", ToolKind::Foreign),
            ("WebFetch", ToolKind::Lookup),
            ("Agent", ToolKind::Delegate),
            ("slash_command", ToolKind::Other),
            ("Teleport", ToolKind::Unknown),
            ("", ToolKind::Unknown),
            ("\u{1f980}\u{1f980}", ToolKind::Unknown),
        ] {
            assert_eq!(tool_kind(name, &none), expected, "{name}");
        }
        let view = json!({"command": "view", "path": "a"});
        assert_eq!(tool_kind("str_replace_editor", &view), ToolKind::Read);
    }

    #[test]
    fn own_tools_are_known_by_the_names_of_all_agents() {
        for name in [
            "mcp__mx__note",
            "mcp_mx_note",
            "mx_search",
            "mx-log",
            "MCP:mx:get",
            "functions.mcp__mx__resume",
        ] {
            assert!(is_own_tool(name), "{name}");
        }
        for name in [
            "note",
            "mcp__docs__note",
            "mx",
            "mcp__mx__deploy",
            "log",
            "mux_log",
        ] {
            assert!(!is_own_tool(name), "{name}");
        }
    }

    #[test]
    fn what_a_tool_is_for_is_known_by_all_of_its_names() {
        for name in [
            "Read",
            "view_image",
            "ReadFile",
            "list_dir",
            "ReadLints",
            "LS",
            "rg",
            "ToolSearch",
        ] {
            assert!(only_looks(name), "{name}");
        }
        for name in ["mcp__docs__search", "read_manual"] {
            assert!(only_looks(name), "{name}");
        }
        for name in [
            "search_replace",
            "edit_file",
            "Bash",
            "Teleport",
            "ReadBash",
        ] {
            assert!(!only_looks(name), "{name}");
        }
        for name in [
            "Write",
            "search_replace",
            "multi_replace_string_in_file",
            "insert",
            "patch",
        ] {
            assert!(writes_files(name), "{name}");
        }
        assert!(!writes_files("mcp__files__write") && !writes_files("Bash"));
        assert!(keeps_order("task_update") && keeps_order("TaskGet") && !keeps_order("TodoWrite"));
    }
}
