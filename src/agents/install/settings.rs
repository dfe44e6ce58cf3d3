//! Hooks into the text of a settings file, and out of it.

use super::check::{Refusal, check_settings, unexpected_value};
use super::former::FormerContents;
use super::installation::{HooksFormat, WantedHook};
use super::json::{Json, JsonNode, JsonText};
use super::own::is_own;

/// A settings file of one agent, being edited.
pub(super) struct Settings<'a> {
    json: JsonText,
    /// Whether there is no such file yet.
    is_new: bool,
    format: &'a HooksFormat,
    command: &'a str,
}

/// Where our entries are in a list of hooks.
pub(super) struct OwnEntries {
    /// Elements of the event's list that hold nothing but ours.
    pub(super) whole: Vec<usize>,
    /// Entries of ours among others of a group: element, entry.
    pub(super) within: Vec<(usize, usize)>,
}

impl OwnEntries {
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.within.is_empty()
    }
}

impl<'a> Settings<'a> {
    /// Parses a file, which may not be there yet.
    ///
    /// # Errors
    ///
    /// If it is not JSON, or not as settings are.
    pub(super) fn parse(
        text: Option<&str>,
        format: &'a HooksFormat,
        command: &'a str,
    ) -> Result<Self, Refusal> {
        let json = JsonText::parse(text.unwrap_or("{}\n"), format.strictness)?;
        if let Some(root) = json.value() {
            check_settings(&root)?;
        }
        Ok(Settings {
            json,
            is_new: text.is_none(),
            format,
            command,
        })
    }

    /// Returns the events with their lists of hooks, if there are any.
    pub(super) fn hooks(&self) -> Option<JsonNode> {
        self.json.value()?.get("hooks")
    }

    /// Puts the wanted hooks in; entries of ours that are not wanted any more are taken out.
    pub(super) fn install(mut self, wanted: &[WantedHook]) -> Result<String, Refusal> {
        let had_hooks = self.hooks().is_some_and(|hooks| !hooks.is_hollow());
        let events = self.own_events();
        let all = events.iter().map(String::as_str);
        let mut former = self.lift_former(all.chain(wanted.iter().map(|hook| hook.event)));
        for event in &events {
            if wanted.iter().all(|hook| hook.event != event) {
                self.take_event(event, &former);
            }
        }
        for hook in wanted {
            self.put_hook(hook)?;
        }
        let root = self
            .json
            .value()
            .filter(|_| self.format.versioned && !had_hooks);
        if let Some(root) = root.filter(|root| root.members().is_some_and(|all| all.len() == 1)) {
            self.json.append(&root, Some("version"), &Json::Number(1));
            former.note_added(&["hooks"]);
        }
        former.put_back(&mut self.json);
        Ok(self.json.text())
    }

    /// Takes all of ours out, and the containers that came with it. `None` if nothing is left of a
    /// file that was not there before.
    pub(super) fn uninstall(mut self) -> Option<String> {
        let events = self.own_events();
        if events.is_empty() {
            return Some(self.json.text());
        }
        let former = self.lift_former(events.iter().map(String::as_str));
        let has_own_version = self.has_own_version(&former);
        for event in &events {
            self.take_event(event, &former);
        }
        if has_own_version && self.hooks().is_none_or(|hooks| hooks.is_hollow()) {
            let version = self.json.value().and_then(|root| root.get("version"));
            version.into_iter().for_each(JsonNode::remove);
        }
        if !former.was_there(&[]) && self.json.is_empty() {
            return None;
        }
        former.put_back(&mut self.json);
        Some(self.json.text())
    }

    fn lift_former<'b>(&mut self, events: impl Iterator<Item = &'b str>) -> FormerContents {
        let mut paths: Vec<Vec<&str>> = vec![vec!["hooks"]];
        if !self.is_new {
            paths.push(Vec::new());
        }
        paths.extend(events.map(|event| vec!["hooks", event]));
        paths.sort_unstable();
        paths.dedup();
        FormerContents::lift_contents(&mut self.json, &paths)
    }

    /// Returns the events that have entries of ours, in the order of the file.
    pub(super) fn own_events(&self) -> Vec<String> {
        let events = self.hooks().and_then(|hooks| hooks.members());
        let events = events.unwrap_or_default().into_iter();
        events
            .filter(|(_, list)| !self.find_own(list).is_empty())
            .map(|(event, _)| event)
            .collect()
    }

    /// Finds our entries in the list of an event.
    pub(super) fn find_own(&self, list: &JsonNode) -> OwnEntries {
        let (mut whole, mut within) = (Vec::new(), Vec::new());
        let elements = list.elements().unwrap_or_default();
        for (at, element) in elements.iter().enumerate() {
            let entries = self.entries_of(element);
            let ours: Vec<usize> = (0..entries.len())
                .filter(|entry| is_own(&entries[*entry], self.command))
                .collect();
            if !ours.is_empty() && ours.len() == entries.len() {
                whole.push(at);
            } else {
                within.extend(ours.into_iter().map(|entry| (at, entry)));
            }
        }
        OwnEntries { whole, within }
    }

    /// Returns the entries of an element: those of a group, or itself.
    pub(super) fn entries_of(&self, element: &JsonNode) -> Vec<JsonNode> {
        if self.format.grouped {
            let entries = element.get("hooks").and_then(|hooks| hooks.elements());
            entries.unwrap_or_default()
        } else {
            vec![element.clone()]
        }
    }

    /// Puts one hook in: in the place of an old one of ours, else at the end of the list.
    fn put_hook(&mut self, hook: &WantedHook) -> Result<(), Refusal> {
        let Some(root) = self.json.value() else {
            return Ok(());
        };
        let list = Json::Array(vec![hook.element.clone()]);
        let Some(hooks) = root.get("hooks") else {
            let hooks = Json::Object(vec![(hook.event, list)]);
            self.json.append(&root, Some("hooks"), &hooks);
            return Ok(());
        };
        let Some(found) = hooks.get(hook.event) else {
            self.json.append(&hooks, Some(hook.event), &list);
            return Ok(());
        };
        let Some(elements) = found.elements() else {
            let place = format!("hooks.{}", hook.event);
            return Err(unexpected_value(&place, "a list", &found));
        };
        let own = self.find_own(&found);
        let same = own
            .whole
            .iter()
            .find(|at| elements[**at].says(&hook.element));
        let place = same.or(own.whole.first()).copied();
        self.take_entries(&elements, &own, place);
        match place {
            Some(at) if elements[at].says(&hook.element) => {}
            Some(at) => elements[at].replace(&hook.element),
            None => self.json.append(&found, None, &hook.element),
        }
        Ok(())
    }

    /// Takes all of ours out of a list but the element number `kept`.
    fn take_entries(&self, elements: &[JsonNode], own: &OwnEntries, kept: Option<usize>) {
        for (group, entry) in own.within.iter().rev() {
            self.entries_of(&elements[*group])
                .swap_remove(*entry)
                .remove();
        }
        for at in own.whole.iter().rev().filter(|at| Some(**at) != kept) {
            elements[*at].clone().remove();
        }
    }

    /// Takes all of ours out of an event, and what is empty then and was not there before.
    fn take_event(&self, event: &str, former: &FormerContents) {
        let Some(list) = self.hooks().and_then(|hooks| hooks.get(event)) else {
            return;
        };
        let own = self.find_own(&list);
        self.take_entries(&list.elements().unwrap_or_default(), &own, None);
        if list.is_empty() && !former.was_there(&["hooks", event]) {
            list.remove();
        }
        let hooks = self.hooks().filter(|_| !former.was_there(&["hooks"]));
        if let Some(hooks) = hooks.filter(JsonNode::is_empty) {
            hooks.remove();
        }
    }

    /// Returns whether the version of the file is ours: it stands behind the hooks, which are ours
    /// or say so, and there is nothing else.
    fn has_own_version(&self, former: &FormerContents) -> bool {
        let members = self.json.value().and_then(|root| root.members());
        let is_ours = match members.as_deref() {
            Some([(hooks, _), (version, number)]) => {
                hooks == "hooks" && version == "version" && number.is_literal("1")
            }
            _ => false,
        };
        let hooks = &["hooks"];
        let is_added = !former.was_there(hooks) || former.is_added_to(hooks);
        is_ours && is_added && self.format.versioned
    }
}
