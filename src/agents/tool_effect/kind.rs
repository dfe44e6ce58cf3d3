//! What a tool does, by its name: agents call the same tools by similar names.

use crate::agents::json::JsonFields as _;
use serde_json::Value;

/// What a tool does, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToolKind {
    Shell,
    /// Waits for a command that runs, or writes to it.
    Wait,
    Read,
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
    Question,
    Plan,
    /// Nothing that is recorded but its use.
    Other,
    /// Not known at all.
    Unknown,
}

/// Returns what the tool does. Some names stand for several tools, distinguished by their input.
pub(crate) fn tool_kind(name: &str, input: &Value) -> ToolKind {
    if is_mcp_tool(name) {
        return ToolKind::Other;
    }
    let key = name_key(name.strip_prefix("functions.").unwrap_or(name));
    match key.as_str() {
        "bash" | "powershell" | "shell" | "sh" | "pwsh" | "shellcommand" | "execcommand"
        | "containerexec" | "localshell" | "localshellcall" | "runshellcommand"
        | "runterminalcmd" | "runterminalcommand" | "runinterminal" | "terminal" => ToolKind::Shell,
        "writestdin" | "taskoutput" | "bashoutput" | "readbash" | "writebash"
        | "readpowershell" | "writepowershell" | "getterminaloutput" => ToolKind::Wait,
        "read" | "readfile" | "readmanyfiles" | "readnotebook" | "view" | "viewimage"
        | "viewfile" => ToolKind::Read,
        "write" | "writefile" => ToolKind::Write,
        "create" | "createfile" => ToolKind::Create,
        "edit"
        | "multiedit"
        | "strreplace"
        | "replace"
        | "searchreplace"
        | "editfile"
        | "notebookedit"
        | "editnotebook"
        | "insert"
        | "replacestringinfile"
        | "multireplacestringinfile"
        | "inserteditintofile" => ToolKind::Edit,
        "strreplaceeditor" | "strreplacebasededittool" => match input.text(&["command"]) {
            Some("view") => ToolKind::Read,
            Some("create") => ToolKind::Create,
            _ => ToolKind::Edit,
        },
        "delete" | "deletefile" | "remove" => ToolKind::Delete,
        "applypatch" | "patch" => ToolKind::Patch,
        "todowrite" | "writetodos" | "updatetodo" | "updateplan" => ToolKind::Steps,
        "taskcreate" => ToolKind::NewStep,
        "taskupdate" => ToolKind::UpdateStep,
        "askuserquestion" | "askuser" | "askquestion" | "question" | "requestuserinput" => {
            ToolKind::Question
        }
        "exitplanmode" | "planexit" | "createplan" => ToolKind::Plan,
        key if OTHERS.contains(&key) => ToolKind::Other,
        _ => ToolKind::Unknown,
    }
}

/// Returns a name without its case and its separators.
pub(crate) fn name_key(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).take(64).collect()
}

/// Returns whether the tool is one of an MCP server: `mcp__server__tool`, `MCP:server:tool`.
fn is_mcp_tool(name: &str) -> bool {
    let prefix = name.get(..4).unwrap_or_default();
    name.contains("__") || prefix.eq_ignore_ascii_case("mcp:") || prefix == "mcp_"
}

/// Tools that are known and only counted.
const OTHERS: [&str; 69] = [
    "activateskill",
    "advisor",
    "agent",
    "artifact",
    "cancelagent",
    "clonerepo",
    "closeagent",
    "codebasesearch",
    "collaborationcloseagent",
    "collaborationfollowupagent",
    "collaborationsendinput",
    "collaborationspawnagent",
    "collaborationwait",
    "collaborationwaitagent",
    "croncreate",
    "crondelete",
    "cronlist",
    "enterplanmode",
    "enterworktree",
    "exec",
    "exitworktree",
    "fetch",
    "filesearch",
    "glob",
    "googlewebsearch",
    "grep",
    "grepsearch",
    "imagegeneration",
    "killbash",
    "killshell",
    "list",
    "listagents",
    "listdir",
    "listdirectory",
    "listmcpresources",
    "listmcpresourcestool",
    "ls",
    "lsp",
    "monitor",
    "readlints",
    "readmcpresource",
    "readmcpresourcetool",
    "reportintent",
    "rg",
    "savememory",
    "searchfilecontent",
    "semanticsearch",
    "sendinput",
    "sendmessage",
    "skill",
    "slashcommand",
    "sleep",
    "spawnagent",
    "stopagent",
    "stopbash",
    "structuredoutput",
    "task",
    "taskget",
    "tasklist",
    "taskstop",
    "teamcreate",
    "todoread",
    "toolsearch",
    "updatetopic",
    "wait",
    "waitagent",
    "webfetch",
    "websearch",
    "websearchcall",
];

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
            ("mcp__files__write", ToolKind::Other),
            ("MCP:files:write", ToolKind::Other),
            ("WebFetch", ToolKind::Other),
            ("Teleport", ToolKind::Unknown),
            ("", ToolKind::Unknown),
            ("\u{1f980}\u{1f980}", ToolKind::Unknown),
        ] {
            assert_eq!(tool_kind(name, &none), expected, "{name}");
        }
        let view = json!({"command": "view", "path": "a"});
        assert_eq!(tool_kind("str_replace_editor", &view), ToolKind::Read);
    }
}
