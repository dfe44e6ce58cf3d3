//! The MCP server into Codex's `config.toml`, and out of it: one table at the end of the file. All
//! else stays byte for byte, and what is ambiguous is refused.

use super::SERVER;
use super::check::Refusal;
use super::codex_config::{find_outside_quotes, split_keys};
use super::json::JsonFault;
use super::own::is_own_call;
use std::ops::Range;

/// The table of all servers.
const SERVERS: &str = "mcp_servers";

/// Variables of ours, which Codex hands on only if they are listed.
const VARIABLES: &str = r#"["MEMEX_KB_ROOT", "MEMEX_INDEX_ROOT"]"#;

/// Between the table and a text whose last line had no end.
const WITHOUT_END: [&str; 2] = ["\r\n \r\n", "\n \n"];

/// Puts the table in, or the program into the one that is there. What was in the file before ends
/// with an empty line, or one with a blank where its last line had no end; nothing is before the table
/// if there was no file.
pub(super) fn put_server(text: Option<&str>, command: &str) -> Result<String, Refusal> {
    let existed = text.is_some();
    let text = text.unwrap_or_default();
    check_toml(text)?;
    let quoted = quote(command);
    let Some(table) = find_table(text, command)? else {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut lines = vec![
            format!("[{SERVERS}.{SERVER}]"),
            format!("command = {quoted}"),
            "args = [\"mcp\"]".to_owned(),
            format!("env_vars = {VARIABLES}"),
        ];
        if existed {
            let has_end = text.is_empty() || text.ends_with('\n');
            let gap = if has_end {
                String::new()
            } else {
                format!("{end} ")
            };
            lines.insert(0, gap);
        }
        return Ok(format!("{text}{}{end}", lines.join(end)));
    };
    if table.program == command {
        return Ok(text.to_owned());
    }
    let (before, after) = (&text[..table.command.start], &text[table.command.end..]);
    Ok(format!("{before}command = {quoted}{after}"))
}

/// Takes the table out, with those below it. `None` if there was no file before.
pub(super) fn take_server(text: &str, command: &str) -> Result<Option<String>, Refusal> {
    if !text.contains(SERVERS) {
        return Ok(Some(text.to_owned()));
    }
    check_toml(text)?;
    // Another one of that name is none of our business.
    let Ok(Some(table)) = find_table(text, command) else {
        return Ok(Some(text.to_owned()));
    };
    let (before, behind) = (&text[..table.whole.start], &text[table.whole.end..]);
    if before.is_empty() && behind.trim().is_empty() {
        return Ok(None);
    }
    let gaps = ["\r\n", "\n"].into_iter();
    let rest = WITHOUT_END
        .into_iter()
        .find_map(|gap| before.strip_suffix(gap))
        .filter(|_| behind.is_empty())
        .or_else(|| {
            gaps.filter_map(|end| before.strip_suffix(end))
                .find(|rest| rest.is_empty() || rest.ends_with('\n'))
        });
    Ok(Some(format!("{}{behind}", rest.unwrap_or(before))))
}

/// Refuses what Codex would refuse to read.
fn check_toml(text: &str) -> Result<(), JsonFault> {
    let body = text.trim_start_matches('\u{feff}');
    let Err(error) = toml_edit::Document::parse(body) else {
        return Ok(());
    };
    let before = error.span().and_then(|span| body.get(..span.start));
    let before = before.unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Err(JsonFault {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        message: error.message().lines().collect::<Vec<_>>().join(", "),
    })
}

/// Returns whether the table is there, whichever program of ours it runs.
pub(super) fn has_server(text: &str, command: &str) -> bool {
    find_table(text, command).is_ok_and(|table| table.is_some())
}

/// Our table.
struct ServerTable {
    /// From its header to the end of its last line, tables below it included.
    whole: Range<usize>,
    /// The line of the program, without its end.
    command: Range<usize>,
    /// The program.
    program: String,
}

/// Finds our table.
///
/// # Errors
///
/// If the server is there in another form, or is another one.
fn find_table(text: &str, command: &str) -> Result<Option<ServerTable>, Refusal> {
    let (mut whole, mut program, mut arguments) = (None::<Range<usize>>, None, Vec::new());
    let mut table: Vec<String> = Vec::new();
    for statement in read_statements(text) {
        let mut path = table.clone();
        if statement.is_header {
            path.clear();
        }
        path.extend(statement.keys.iter().cloned());
        if statement.is_header {
            table.clone_from(&path);
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_ours = path.starts_with(&[SERVERS, SERVER]);
        match &mut whole {
            None if is_ours && statement.is_header && path.len() == 2 => {
                whole = Some(statement.range.clone());
            }
            Some(whole) if is_ours && table.len() >= 2 => whole.end = statement.range.end,
            // In a line of its own, or as the value of a key.
            _ if is_ours || (path == [SERVERS] && !statement.is_header) => {
                let form = format!("`{SERVERS}` is written in a form that cannot be added to");
                return Err(Refusal::Unexpected(form));
            }
            _ => {}
        }
        if path == [SERVERS, SERVER, "command"] {
            let value = read_strings(statement.value(text)).pop();
            program = value.map(|value| (statement.range.clone(), value));
        } else if path == [SERVERS, SERVER, "args"] {
            arguments = read_strings(statement.value(text));
        }
    }
    let Some(whole) = whole else {
        return Ok(None);
    };
    match program {
        Some((range, program)) if is_own_call(&program, &arguments, command) => {
            Ok(Some(ServerTable {
                whole: whole.start..end_of_line(text, whole.end),
                command: range,
                program,
            }))
        }
        _ => {
            let place = format!("`{SERVERS}.{SERVER}` is another server");
            Err(Refusal::Unexpected(place))
        }
    }
}

/// A header of a table, or a key with its value.
struct TomlStatement {
    range: Range<usize>,
    is_header: bool,
    keys: Vec<String>,
}

impl TomlStatement {
    /// Returns what stands behind the equals sign.
    fn value<'a>(&self, text: &'a str) -> &'a str {
        let text = &text[self.range.clone()];
        find_outside_quotes(text, '=').map_or("", |at| &text[at + 1..])
    }
}

fn read_statements(text: &str) -> Vec<TomlStatement> {
    let mut statements = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let line = &text[at..line_end];
        let start = at + (line.len() - line.trim_start().len());
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let header = header.strip_prefix('[').unwrap_or(header);
            let end = find_outside_quotes(header, ']').unwrap_or(header.len());
            statements.push(TomlStatement {
                range: start..start + line.len(),
                is_header: true,
                keys: split_keys(&header[..end]),
            });
        } else if let Some(equals) = find_outside_quotes(line, '=') {
            let value = start + equals + 1;
            let end = end_of_value(text, value);
            statements.push(TomlStatement {
                range: start..value + text[value..end].trim_end().len(),
                is_header: false,
                keys: split_keys(&line[..equals]),
            });
            at = end + 1;
            continue;
        }
        at = line_end + 1;
    }
    statements
}

/// Returns where the line ends in which a value ends: it may have several, if it is a list or a
/// text of several lines.
fn end_of_value(text: &str, start: usize) -> usize {
    let mut rest = &text[start..];
    let mut depth = 0_usize;
    while let Some(c) = rest.chars().next() {
        let quotes = ["\"\"\"", "'''", "\"", "'"];
        if let Some(quote) = quotes.into_iter().find(|quote| rest.starts_with(quote)) {
            rest = &rest[quote.len()..];
            rest = &rest[end_of_string(rest, quote)..];
            continue;
        }
        match c {
            '#' => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => break,
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    text.len() - rest.len()
}

/// Returns where a text ends that began with `quote`, its end included.
fn end_of_string(text: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote.starts_with('"') {
            escaped = true;
        } else if text[at..].starts_with(quote) {
            return at + quote.len();
        } else if c == '\n' && quote.len() == 1 {
            // It has no end: nothing behind it is part of it.
            return at;
        }
    }
    text.len()
}

/// Returns the strings of one line each in a value.
fn read_strings(value: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.find(['"', '\'', '#']) {
        let quote = &rest[at..=at];
        let inner = &rest[at + 1..];
        if quote == "#" {
            rest = &inner[inner.find('\n').unwrap_or(inner.len())..];
            continue;
        }
        let end = end_of_string(inner, quote);
        let text = inner[..end].strip_suffix(quote).unwrap_or(&inner[..end]);
        let escaped = quote == "\"";
        let read = serde_json::from_str(&format!("\"{text}\"")).ok();
        strings.push(read.filter(|_| escaped).unwrap_or_else(|| text.to_owned()));
        rest = &inner[end..];
    }
    strings
}

fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Returns a text in quotes: TOML has the escapes of JSON.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "[mcp_servers.mx]\ncommand = \"mx\"\nargs = [\"mcp\"]\n\
                         env_vars = [\"MEMEX_KB_ROOT\", \"MEMEX_INDEX_ROOT\"]\n";

    fn put(text: &str) -> String {
        put_server(Some(text), "mx").expect("put")
    }

    fn take(text: &str) -> Option<String> {
        take_server(text, "mx").expect("taken")
    }

    #[test]
    fn what_was_there_is_there_again() {
        for text in [
            "",
            "\n",
            "\n\n",
            " \n",
            "\u{feff}",
            "a = 1",
            "a = 1\n ",
            "a = 1\n \n",
            "a = 1\r\nb = 2",
            "# my config\nmodel = \"x\" # keep\n\n# end",
            "model = \"x\"\n",
            "# nothing\n\n",
            "model = \"x\"\n\n[mcp_servers.other]\ncommand = \"o\"\n# end\n",
            "[mcp_servers]\nother = { command = \"o\" }\n",
            "a = [\n  [\"[mcp_servers.mx]\"],\n]\nb = '''\n[mcp_servers.mx]\n'''\n",
            "a = \"\"\"\n[mcp_servers.mx]\\\"\"\"\"\n",
            "model = \"x\"\r\n",
        ] {
            let with = put(text);
            assert!(has_server(&with, "mx"), "{with}");
            assert_eq!(put(&with), with);
            assert_eq!(take(&with).as_deref(), Some(text));
        }
        assert_eq!(put_server(None, "mx").expect("put"), TABLE);
        assert_eq!(take(TABLE), None);
    }

    #[test]
    fn what_somebody_added_goes_with_it_and_what_follows_stays() {
        let text = format!(
            "a = 1\n\n{TABLE}startup_timeout_sec = 20\n\n[mcp_servers.mx.tools.search]\n\
             approval_mode = \"approve\"\n\n# next\n[b]\nc = 2\n"
        );
        assert_eq!(put(&text), text);
        assert_eq!(
            take(&text).as_deref(),
            Some("a = 1\n\n# next\n[b]\nc = 2\n")
        );
    }

    #[test]
    fn another_program_takes_the_place_of_the_old_one() {
        let text = format!("{TABLE}enabled = true\n");
        let moved = put_server(Some(&text), "/opt/my tools/mx").expect("put");
        assert_eq!(moved, text.replace("\"mx\"", "\"/opt/my tools/mx\""));
        assert_eq!(put_server(Some(&moved), "mx").expect("put"), text);
        assert_eq!(take(&moved), None);
    }

    #[test]
    fn what_codex_cannot_read_is_refused_with_its_place() {
        for (text, line, column) in [
            ("bad = [", 1, 8),
            ("a = 1\nä = \n", 2, 1),
            ("a = 1\n\n[b\nc = 2\n", 3, 3),
            ("a = 1\na = 2\n", 2, 1),
            ("[b]\n[b]\n", 2, 2),
            ("a = 1x\n", 1, 5),
            ("a = \"x\nb = 2\n", 1, 7),
        ] {
            let Err(Refusal::Broken(fault)) = put_server(Some(text), "mx") else {
                panic!("{text:?} is read");
            };
            assert_eq!(
                (fault.line, fault.column),
                (line, column),
                "{text:?}: {fault:?}"
            );
            assert!(!fault.message.is_empty());
            // Nothing of ours can be in it.
            assert_eq!(take(text).as_deref(), Some(text));
            assert!(
                take_server(&format!("{TABLE}{text}"), "mx").is_err(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        for text in [
            "mcp_servers = {}\n",
            "mcp_servers.mx.command = \"mx\"\n",
            "[mcp_servers]\nmx = { command = \"mx\", args = [\"mcp\"] }\n",
            "[mcp_servers.mx]\ncommand = \"other\"\nargs = [\"mcp\"]\n",
            "[mcp_servers.\"mx\"]\ncommand = \"mx\"\nargs = [\"search\"]\n",
            "[mcp_servers.mx]\nurl = \"https://a.example\"\n",
        ] {
            assert!(put_server(Some(text), "mx").is_err(), "{text}");
            assert_eq!(take(text).as_deref(), Some(text));
            assert!(!has_server(text, "mx"), "{text}");
        }
        let spelled =
            "[ mcp_servers . 'mx' ]\nargs = [ # here\n 'mcp' ]\ncommand = 'C:\\mx\\mx.exe' # it\n";
        assert!(has_server(spelled, "mx"));
    }
}
