//! Hooks into the text of a settings file, and out of it.

use super::check::{Refusal, check, unexpected};
use super::installation::{HooksFormat, WantedHook};
use super::json::{self, Emptied, Item, Json, Node, Style};
use super::own::is_own;

/// A settings file of one agent, being edited.
pub(super) struct Settings<'a> {
    text: String,
    /// Whether there is a file already, even an empty one.
    exists: bool,
    format: &'a HooksFormat,
    command: &'a str,
}

/// A list of hooks, and where our entries are in it.
pub(super) struct Own {
    /// Elements of the event's list that hold nothing but ours.
    pub(super) whole: Vec<usize>,
    /// Entries of ours among others of a group: element, entry.
    pub(super) within: Vec<(usize, usize)>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(text: Option<&str>, format: &'a HooksFormat, command: &'a str) -> Self {
        Settings {
            text: text.unwrap_or_default().to_owned(),
            exists: text.is_some(),
            format,
            command,
        }
    }

    /// Returns the value of the file, if it holds one.
    pub(super) fn root(&self) -> Result<Option<Node>, Refusal> {
        Ok(json::parse(&self.text, self.format.strictness)?)
    }

    /// Puts the wanted hooks in; entries of ours that are not wanted any more are taken out.
    pub(super) fn install(mut self, wanted: &[WantedHook]) -> Result<String, Refusal> {
        let Some(root) = self.root()? else {
            return Ok(self.fill(wanted));
        };
        check(&root)?;
        for event in self.own_events(&root) {
            if wanted.iter().all(|hook| hook.event != event) {
                self.take_event(&event)?;
            }
        }
        for hook in wanted {
            self.put(hook)?;
        }
        if self.format.versioned && root.members().is_some_and(<[_]>::is_empty) {
            let root = self.need_root()?;
            let (style, version) = (Style::of(&self.text, &root), Json::Number(1));
            json::insert(
                &mut self.text,
                &root,
                &style,
                Item::Member("version", &version),
            );
        }
        Ok(self.text)
    }

    /// Takes all of ours out. `None` if nothing is left that anybody else wrote.
    pub(super) fn uninstall(mut self) -> Result<Option<String>, Refusal> {
        let Some(root) = self.root()? else {
            return Ok(Some(self.text));
        };
        check(&root)?;
        for event in self.own_events(&root).into_iter().rev() {
            if self.take_event(&event)? {
                return Ok(self.without_root());
            }
        }
        Ok(Some(self.text))
    }

    /// Fills a file that holds no value. Text that was there gets a line of its own, by which
    /// [`without_root`](Self::without_root) knows that the file was there.
    fn fill(self, wanted: &[WantedHook]) -> String {
        let hooks = wanted
            .iter()
            .map(|hook| (hook.event, Json::Array(vec![hook.element.clone()])));
        let mut root = vec![("hooks", Json::Object(hooks.collect()))];
        if self.format.versioned {
            root.push(("version", Json::Number(1)));
        }
        let new = json::pretty(&Json::Object(root));
        if self.exists {
            format!("{}\n{new}", self.text)
        } else {
            new
        }
    }

    fn without_root(self) -> Option<String> {
        let root = json::parse(&self.text, self.format.strictness).ok()??;
        let (before, after) = (&self.text[..root.span.start], &self.text[root.span.end..]);
        let after = after
            .strip_prefix("\r\n")
            .or(after.strip_prefix('\n'))
            .unwrap_or(after);
        let before = before.strip_suffix('\n')?;
        Some(format!("{before}{after}"))
    }

    /// Returns the events that have entries of ours, in the order of the file.
    pub(super) fn own_events(&self, root: &Node) -> Vec<String> {
        let members = root
            .get("hooks")
            .and_then(Node::members)
            .unwrap_or_default();
        let has_own = |list: &Node| {
            let own = self.own(list);
            !own.whole.is_empty() || !own.within.is_empty()
        };
        members
            .iter()
            .filter(|member| has_own(&member.value))
            .map(|member| member.key.clone())
            .collect()
    }

    /// Finds our entries in the list of an event.
    pub(super) fn own(&self, list: &Node) -> Own {
        let mut own = Own {
            whole: Vec::new(),
            within: Vec::new(),
        };
        for (n, element) in list.elements().unwrap_or_default().iter().enumerate() {
            if !self.format.grouped {
                if is_own(element, self.command) {
                    own.whole.push(n);
                }
                continue;
            }
            let entries = element
                .get("hooks")
                .and_then(Node::elements)
                .unwrap_or_default();
            let ours = (0..entries.len()).filter(|at| is_own(&entries[*at], self.command));
            let ours: Vec<usize> = ours.collect();
            match ours.len() {
                0 => {}
                all if all == entries.len() => own.whole.push(n),
                _ => own.within.extend(ours.into_iter().map(|at| (n, at))),
            }
        }
        own
    }

    /// Puts one hook in: in the place of an old one of ours, else at the end of the list.
    fn put(&mut self, hook: &WantedHook) -> Result<(), Refusal> {
        let root = self.need_root()?;
        let style = Style::of(&self.text, &root);
        let Some(hooks) = root.get("hooks") else {
            let list = Json::Array(vec![hook.element.clone()]);
            let hooks = Json::Object(vec![(hook.event, list)]);
            json::insert(&mut self.text, &root, &style, Item::Member("hooks", &hooks));
            return Ok(());
        };
        let Some(list) = hooks.get(hook.event) else {
            let list = Json::Array(vec![hook.element.clone()]);
            json::insert(
                &mut self.text,
                hooks,
                &style,
                Item::Member(hook.event, &list),
            );
            return Ok(());
        };
        let Some(elements) = list.elements() else {
            return Err(unexpected(&format!("hooks.{}", hook.event), "a list", list));
        };
        let own = self.own(list);
        let place = own
            .whole
            .iter()
            .find(|at| elements[**at].says(&self.text, &hook.element));
        let place = place.or(own.whole.first()).copied();
        match place {
            Some(at) if elements[at].says(&self.text, &hook.element) => {}
            Some(at) => json::replace(&mut self.text, &elements[at], &style, &hook.element),
            None => json::insert(&mut self.text, list, &style, Item::Element(&hook.element)),
        }
        self.take_others(hook.event, place)
    }

    /// Takes out of an event all of ours but the element `keep` (`None`: but the last).
    fn take_others(&mut self, event: &str, mut keep: Option<usize>) -> Result<(), Refusal> {
        loop {
            let root = self.need_root()?;
            let Some(list) = root.get("hooks").and_then(|hooks| hooks.get(event)) else {
                return Ok(());
            };
            let own = self.own(list);
            keep = keep.or(own.whole.last().copied());
            if let Some((group, entry)) = own.within.last() {
                self.take_entry(list, *group, *entry);
            } else if let Some(at) = own.whole.iter().rev().find(|at| Some(**at) != keep) {
                json::remove(&mut self.text, list, *at);
                keep = keep.map(|keep| keep - usize::from(*at < keep));
            } else {
                return Ok(());
            }
        }
    }

    fn take_entry(&mut self, list: &Node, group: usize, entry: usize) {
        let group = list.elements().and_then(|elements| elements.get(group));
        if let Some(entries) = group.and_then(|group| group.get("hooks")) {
            json::remove(&mut self.text, entries, entry);
        }
    }

    /// Takes all of ours out of an event, and the event with it if it was made for us. Returns
    /// whether the root was made for us too, and holds nothing else.
    fn take_event(&mut self, event: &str) -> Result<bool, Refusal> {
        loop {
            let root = self.need_root()?;
            let Some(hooks) = root.get("hooks") else {
                return Ok(false);
            };
            let Some(at) = position(hooks, event) else {
                return Ok(false);
            };
            let list = &hooks.members().unwrap_or_default()[at].value;
            let own = self.own(list);
            if let Some((group, entry)) = own.within.last() {
                self.take_entry(list, *group, *entry);
            } else if let Some(element) = own.whole.last() {
                let mut trial = self.text.clone();
                match json::remove(&mut trial, list, *element) {
                    Emptied::Useless => return Ok(self.take_member(&root, hooks, at)),
                    _ => self.text = trial,
                }
            } else {
                return Ok(false);
            }
        }
    }

    /// Takes an event out, and what was made to hold it. Returns whether that was everything.
    fn take_member(&mut self, root: &Node, hooks: &Node, event: usize) -> bool {
        let mut trial = self.text.clone();
        if json::remove(&mut trial, hooks, event) != Emptied::Useless {
            self.text = trial;
            return false;
        }
        let Some(at) = position(root, "hooks") else {
            return false;
        };
        let members = root.members().unwrap_or_default();
        // Only a file that we made has its version behind the hooks, and nothing else.
        let version = self.format.versioned && at == 0 && members.len() == 2 && {
            members[1].key == "version" && members[1].value.says(&self.text, &Json::Number(1))
        };
        if version {
            json::remove(&mut self.text, root, 1);
            return self.take_hooks_of_ours();
        }
        json::remove(&mut self.text, root, at) == Emptied::Useless
    }

    fn take_hooks_of_ours(&mut self) -> bool {
        match self.root() {
            Ok(Some(root)) => json::remove(&mut self.text, &root, 0) == Emptied::Useless,
            _ => false,
        }
    }

    fn need_root(&self) -> Result<Node, Refusal> {
        let none = || Refusal::Unexpected("the file holds no value".to_owned());
        self.root()?.ok_or_else(none)
    }
}

fn position(object: &Node, key: &str) -> Option<usize> {
    object
        .members()?
        .iter()
        .position(|member| member.key == key)
}
