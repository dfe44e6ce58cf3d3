//! What a tool does, by its name: agents call the same tools by similar names.

use super::base::key;
use super::wire::Fields as _;
use serde_json::Value;

/// What a tool does, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Shell,
    Read,
    Write,
    Edit,
    Delete,
    Patch,
    /// A list of steps, some of which may be done.
    Steps,
    Question,
    Plan,
    /// Nothing that is recorded but its use.
    Other,
    /// Not known at all.
    Unknown,
}

/// Returns what the tool does. Some names stand for several tools, told apart by their input.
pub(super) fn kind(name: &str, input: &Value) -> Kind {
    if is_mcp(name) {
        return Kind::Other;
    }
    let key = key(name.strip_prefix("functions.").unwrap_or(name));
    match key.as_str() {
        "bash" | "powershell" | "shell" | "sh" | "pwsh" | "shellcommand" | "execcommand"
        | "localshell" | "localshellcall" | "runshellcommand" | "runterminalcmd"
        | "runterminalcommand" | "runinterminal" | "terminal" => Kind::Shell,
        "read" | "readfile" | "view" | "viewimage" | "viewfile" => Kind::Read,
        "write" | "writefile" | "create" | "createfile" => Kind::Write,
        "edit"
        | "multiedit"
        | "strreplace"
        | "replace"
        | "searchreplace"
        | "editfile"
        | "notebookedit"
        | "editnotebook"
        | "insert"
        | "replacestringinfile" => Kind::Edit,
        "strreplaceeditor" | "strreplacebasededittool" => match input.text(&["command"]) {
            Some("view") => Kind::Read,
            Some("create") => Kind::Write,
            _ => Kind::Edit,
        },
        "delete" | "deletefile" | "remove" => Kind::Delete,
        "applypatch" | "patch" => Kind::Patch,
        "todowrite" | "writetodos" | "updatetodo" | "updateplan" | "taskupdate" => Kind::Steps,
        "askuserquestion" | "askuser" | "askquestion" | "requestuserinput" => Kind::Question,
        "exitplanmode" => Kind::Plan,
        _ if OTHERS.contains(&key.as_str()) => Kind::Other,
        _ => Kind::Unknown,
    }
}

/// Returns the name under which the use of a tool is counted: as the agent calls it, for skills
/// with the name of the skill, and for sub-agents with their type: `Skill: log`.
pub fn shown_tool_name(name: &str, input: &Value) -> String {
    let detail = match key(name).as_str() {
        "skill" | "activateskill" => input.text(&["skill", "name", "command", "skill_name"]),
        "agent" | "task" | "spawnagent" | "subagent" => input.text(&[
            "subagent_type",
            "subagentType",
            "agent_type",
            "agentType",
            "agent",
        ]),
        _ => None,
    };
    match detail {
        Some(detail) => format!("{name}: {detail}"),
        None => name.to_owned(),
    }
}

/// Returns whether the tool is one of an MCP server: `mcp__server__tool`, `MCP:server:tool`.
fn is_mcp(name: &str) -> bool {
    let prefix = name.get(..4).unwrap_or_default();
    name.contains("__") || prefix.eq_ignore_ascii_case("mcp:") || prefix == "mcp_"
}

/// Tools that are known and only counted.
const OTHERS: [&str; 60] = [
    "activateskill",
    "agent",
    "artifact",
    "bashoutput",
    "clonerepo",
    "closeagent",
    "codebasesearch",
    "croncreate",
    "crondelete",
    "cronlist",
    "enterplanmode",
    "enterworktree",
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
    "listdir",
    "listdirectory",
    "listmcpresources",
    "listmcpresourcestool",
    "ls",
    "lsp",
    "monitor",
    "readbash",
    "readlints",
    "readmanyfiles",
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
    "spawnagent",
    "stopbash",
    "task",
    "taskcreate",
    "taskget",
    "tasklist",
    "taskoutput",
    "taskstop",
    "teamcreate",
    "todoread",
    "toolsearch",
    "waitagent",
    "webfetch",
    "websearch",
    "writebash",
    "writestdin",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tools_are_known_by_the_names_of_all_agents() {
        let none = json!({});
        for (name, expected) in [
            ("Bash", Kind::Shell),
            ("run_shell_command", Kind::Shell),
            ("functions.exec_command", Kind::Shell),
            ("StrReplace", Kind::Edit),
            ("apply_patch", Kind::Patch),
            ("write_todos", Kind::Steps),
            ("mcp__files__write", Kind::Other),
            ("MCP:files:write", Kind::Other),
            ("WebFetch", Kind::Other),
            ("Teleport", Kind::Unknown),
            ("", Kind::Unknown),
            ("\u{1f980}\u{1f980}", Kind::Unknown),
        ] {
            assert_eq!(kind(name, &none), expected, "{name}");
        }
        let view = json!({"command": "view", "path": "a"});
        assert_eq!(kind("str_replace_editor", &view), Kind::Read);
        assert_eq!(
            shown_tool_name("Skill", &json!({"skill": "log"})),
            "Skill: log"
        );
        assert_eq!(shown_tool_name("Task", &none), "Task");
    }
}
