//! The MCP server into Codex's `config.toml`, and out of it: one table at the end of the file. All
//! else stays byte for byte, and what is ambiguous is refused.

use crate::agents::install::check::Refusal;
use crate::agents::install::installation::SERVER;
use crate::agents::install::json::JsonFault;
use crate::agents::install::own::is_own_call;
use std::ops::Range;
use toml_edit::{Document, Item, Table, Value};

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
    Ok(format!("{before}{quoted}{after}"))
}

/// Takes the table out, with those below it. `None` if there was no file before.
pub(super) fn take_server(text: &str, command: &str) -> Result<Option<String>, Refusal> {
    if !text.contains(SERVERS) {
        return Ok(Some(text.to_owned()));
    }
    let table = match find_table(text, command) {
        Ok(Some(table)) => table,
        Err(broken @ Refusal::Broken(_)) => return Err(broken),
        // Another one of that name is none of our business.
        Ok(None) | Err(Refusal::Unexpected(_)) => return Ok(Some(text.to_owned())),
    };
    let mut text = text.to_owned();
    for piece in table.pieces[1..].iter().rev() {
        text.replace_range(piece.clone(), "");
    }
    let first = &table.pieces[0];
    let (before, behind) = (&text[..first.start], &text[first.end..]);
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

/// Returns whether the table is there, whichever program of ours it runs.
pub(super) fn has_server(text: &str, command: &str) -> bool {
    find_table(text, command).is_ok_and(|table| table.is_some())
}

/// Our table.
struct ServerTable {
    /// The lines of it and of the tables below it; several pieces where others stand between them.
    pieces: Vec<Range<usize>>,
    /// Where the program stands.
    command: Range<usize>,
    /// The program.
    program: String,
}

/// Finds our table.
///
/// # Errors
///
/// If Codex would refuse to read the text, or if the server is there in another form, or is another
/// one.
fn find_table(text: &str, command: &str) -> Result<Option<ServerTable>, Refusal> {
    let body = text.trim_start_matches('\u{feff}');
    let document = Document::parse(body).map_err(|error| describe_fault(body, &error))?;
    let root = document.as_table();
    let form = || {
        Refusal::Unexpected(format!(
            "`{SERVERS}` is written in a form that cannot be added to"
        ))
    };
    let server = match root.get(SERVERS) {
        None => return Ok(None),
        Some(Item::Table(servers)) => servers.get(SERVER),
        Some(_) => return Err(form()),
    };
    let table = match server {
        None => return Ok(None),
        Some(Item::Table(table)) if !table.is_dotted() => table,
        Some(_) => return Err(form()),
    };
    let arguments = table.get("args").and_then(Item::as_array);
    let arguments = arguments.into_iter().flatten().filter_map(Value::as_str);
    let arguments: Vec<String> = arguments.map(str::to_owned).collect();
    let program = table
        .get("command")
        .and_then(|value| Some((value.as_str()?, value.span()?)));
    let Some((program, place)) =
        program.filter(|(program, _)| is_own_call(program, &arguments, command))
    else {
        let place = format!("`{SERVERS}.{SERVER}` is another server");
        return Err(Refusal::Unexpected(place));
    };
    let offset = text.len() - body.len();
    let moved = |range: Range<usize>| range.start + offset..range.end + offset;
    Ok(Some(ServerTable {
        pieces: find_pieces(body, table).into_iter().map(moved).collect(),
        command: moved(place),
        program: program.to_owned(),
    }))
}

/// Says what Codex would not read, and where.
fn describe_fault(body: &str, error: &toml_edit::TomlError) -> JsonFault {
    let before = error.span().and_then(|span| body.get(..span.start));
    let before = before.unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    JsonFault {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
        message: error.message().lines().collect::<Vec<_>>().join(", "),
    }
}

/// Returns the lines of a table and of those below it, with the blanks and comments between them.
fn find_pieces(text: &str, table: &Table) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    add_spans(table, &mut spans);
    spans.sort_by_key(|span| span.start);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for span in spans {
        let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[span.end..]
            .find('\n')
            .map_or(text.len(), |at| span.end + at + 1);
        let holds_nothing = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
        match pieces.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            Some(last) if text[last.end..start].lines().all(holds_nothing) => last.end = end,
            _ => pieces.push(start..end),
        }
    }
    pieces
}

/// Adds where the headers and the values of a table stand, and of those below it.
fn add_spans(table: &Table, spans: &mut Vec<Range<usize>>) {
    let is_there = |span: &Range<usize>| !span.is_empty();
    spans.extend(table.span().filter(is_there));
    for (_, item) in table {
        match item {
            Item::Table(table) => add_spans(table, spans),
            Item::ArrayOfTables(tables) => tables.iter().for_each(|table| add_spans(table, spans)),
            item => spans.extend(item.span().filter(is_there)),
        }
    }
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
    fn what_stands_between_its_tables_stays() {
        let text = format!(
            "{TABLE}\n[b]\nc = 2 # keep\n\n# ours\n[mcp_servers.mx.tools.search]\n\
             approval_mode = \"approve\"\n# end\n"
        );
        let rest = take(&text).expect("a rest");
        assert_eq!(rest, "\n[b]\nc = 2 # keep\n\n# ours\n# end\n");
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
