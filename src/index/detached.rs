//! The records of sessions in progress that lie outside of the KB, laid over what is indexed.

use super::apply::Sink as _;
use super::overlay::Overlay;
use super::prepare::prepare_entry;
use super::view::View;
use super::{Index, damage_error};
use crate::error::Result;
use crate::kb::RunningEntry;
use crate::kb::walk::state_of;
use crate::markdown;
use crate::model::Entry;

impl Index<'_> {
    /// Adds the records to a view. One that cannot be read any more is left out: its session has
    /// ended at this moment.
    pub(super) fn add_detached(&self, view: &mut View) -> Result<()> {
        let mut detached = self.kb.detached().peekable();
        if detached.peek().is_none() {
            return Ok(());
        }
        let overlay = Overlay::new()?;
        for entry in detached {
            if let Some(read) = self.add_record(&overlay, entry)? {
                view.entries.detached.push(read);
            }
        }
        let (searcher, _) = overlay.finish()?;
        view.add(&searcher, Vec::new());
        Ok(())
    }

    fn add_record(&self, overlay: &Overlay, entry: &RunningEntry) -> Result<Option<Entry>> {
        let Ok(state) = std::fs::metadata(&entry.file).map(|data| state_of(&data)) else {
            return Ok(None);
        };
        let Ok(bytes) = self.kb.read(&entry.path) else {
            return Ok(None);
        };
        let text = markdown::decode_text(&bytes);
        let document = markdown::parse_entry(&entry.path, &text, self.kb.zone());
        let modified = state.modified.div_euclid(1_000_000_000);
        let prepared = prepare_entry(&entry.path, &text, &document, modified);
        for section in &prepared.sections {
            overlay
                .add(&prepared.shared, section)
                .map_err(|error| damage_error(error.message()))?;
        }
        let known = prepared.record.to_entry(entry.path.clone(), state.into());
        Ok(Some(known))
    }
}
