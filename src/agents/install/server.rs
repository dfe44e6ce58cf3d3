//! The MCP server into the settings of an agent, and out of them.

use super::check::{Refusal, check_object, unexpected_value};
use super::former::FormerContents;
use super::installation::{SERVER, ServerForm};
use super::json::{Json, JsonNode, JsonText, Strictness};
use super::own::is_own_server;

/// Puts the server into the text of a file, which may not be there yet. One that runs the same
/// program stays as it is, whatever was added to it since.
///
/// # Errors
///
/// If the file is not understood, or has another server of that name.
pub(super) fn put_server(
    text: Option<&str>,
    form: &ServerForm,
    command: &str,
) -> Result<Option<String>, Refusal> {
    let (strictness, servers, entry) = match form {
        ServerForm::Json {
            strictness,
            servers,
            entry,
        } => (strictness, servers, entry),
        ServerForm::Other(editor) => return (editor.put)(text, command).map(Some),
    };
    let mut file = ServerFile::parse(text, *strictness, servers)?;
    let wanted = entry(command);
    match file.find_server(command)? {
        Some(found) if file.runs(&found, command) => {}
        Some(found) => found.replace(&wanted),
        None => file.add_server(&wanted, text.is_some()),
    }
    Ok(Some(file.json.text()))
}

/// Takes the server out of the text of a file. `None` if nothing is left of one that was not there
/// before.
///
/// # Errors
///
/// If the file is not understood.
pub(super) fn take_server(
    text: Option<&str>,
    form: &ServerForm,
    command: &str,
) -> Result<Option<String>, Refusal> {
    let Some(text) = text else {
        return Ok(None);
    };
    let (strictness, servers) = match form {
        ServerForm::Json {
            strictness,
            servers,
            ..
        } => (strictness, servers),
        ServerForm::Other(editor) => return (editor.take)(text, command),
    };
    let mut file = ServerFile::parse(Some(text), *strictness, servers)?;
    // Another one of that name is none of our business.
    if !matches!(file.find_server(command), Ok(Some(_))) {
        return Ok(Some(text.to_owned()));
    }
    let former = FormerContents::lift_contents(&mut file.json, &[vec![], vec![servers]]);
    let found = file.find_server(command)?;
    found.into_iter().for_each(JsonNode::remove);
    let list = file.find_list()?.filter(|_| !former.was_there(&[servers]));
    if let Some(list) = list.filter(JsonNode::is_empty) {
        list.remove();
    }
    if !former.was_there(&[]) && file.json.is_empty() {
        return Ok(None);
    }
    former.put_back(&mut file.json);
    Ok(Some(file.json.text()))
}

/// Returns whether the text of a file has the server, whichever program of ours it runs.
pub(super) fn has_server(text: &str, form: &ServerForm, command: &str) -> bool {
    match form {
        ServerForm::Json {
            strictness,
            servers,
            ..
        } => ServerFile::parse(Some(text), *strictness, servers)
            .and_then(|file| file.find_server(command))
            .is_ok_and(|found| found.is_some()),
        ServerForm::Other(editor) => (editor.has)(text, command),
    }
}

/// A file of JSON that lists servers, being edited.
struct ServerFile {
    json: JsonText,
    /// The key of the list.
    servers: &'static str,
}

impl ServerFile {
    fn parse(
        text: Option<&str>,
        strictness: Strictness,
        servers: &'static str,
    ) -> Result<Self, Refusal> {
        let json = JsonText::parse(text.unwrap_or("{}\n"), strictness)?;
        if let Some(root) = json.value() {
            check_object(&root, servers)?;
        }
        Ok(ServerFile { json, servers })
    }

    /// Returns the object that holds the servers, if there is one.
    fn find_list(&self) -> Result<Option<JsonNode>, Refusal> {
        let Some(list) = self.json.value().and_then(|root| root.get(self.servers)) else {
            return Ok(None);
        };
        match list.members() {
            Some(_) => Ok(Some(list)),
            None => Err(unexpected_value(self.servers, "an object", &list)),
        }
    }

    /// Returns our server, if it is there.
    fn find_server(&self, command: &str) -> Result<Option<JsonNode>, Refusal> {
        let found = self.find_list()?.and_then(|list| list.get(SERVER));
        match found {
            Some(found) if !is_own_server(&found, command) => {
                let place = format!("{}.{SERVER}", self.servers);
                Err(Refusal::Unexpected(format!("`{place}` is another server")))
            }
            found => Ok(found),
        }
    }

    fn runs(&self, found: &JsonNode, command: &str) -> bool {
        let program = found.get("command");
        let first = program.as_ref().and_then(JsonNode::elements);
        let first = first.and_then(|words| words.first().and_then(JsonNode::as_text));
        let program = program.and_then(|program| program.as_text()).or(first);
        program.as_deref() == Some(command)
    }

    fn add_server(&mut self, wanted: &Json, existed: bool) {
        let paths = [vec![], vec![self.servers]];
        let first = usize::from(!existed);
        let former = FormerContents::lift_contents(&mut self.json, &paths[first..]);
        let Some(root) = self.json.value() else {
            return;
        };
        match root.get(self.servers) {
            Some(list) => self.json.append(&list, Some(SERVER), wanted),
            None => {
                let list = Json::Object(vec![(SERVER, wanted.clone())]);
                self.json.append(&root, Some(self.servers), &list);
            }
        }
        former.put_back(&mut self.json);
    }
}
