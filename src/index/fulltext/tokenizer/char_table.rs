//! What was found out of characters, kept: whole texts consist of a few hundred of them.

use std::sync::OnceLock;

/// How many neighbours are found out together.
const BLOCK: usize = 128;
/// The characters below 0x10000, where all living scripts lie.
const BLOCKS: usize = 0x1_0000 / BLOCK;

/// A value for each character, found out when the first of its block is asked for.
pub(super) struct CharTable<T: 'static> {
    blocks: [OnceLock<Box<[T]>>; BLOCKS],
}

impl<T> CharTable<T> {
    pub(super) const fn new() -> Self {
        CharTable {
            blocks: [const { OnceLock::new() }; BLOCKS],
        }
    }

    /// Hands over the value of a character. `find` gives the same for it each time.
    pub(super) fn with<R>(
        &self,
        c: char,
        find: impl Fn(char) -> T,
        take: impl FnOnce(&T) -> R,
    ) -> R {
        let code = c as usize;
        let Some(block) = self.blocks.get(code / BLOCK) else {
            return take(&find(c));
        };
        let values = block.get_or_init(|| {
            let first = (code - code % BLOCK) as u32;
            let codes = first..first + BLOCK as u32;
            // Halves of surrogate pairs are no characters, and never asked for.
            let chars = codes.map(|code| char::from_u32(code).unwrap_or(c));
            chars.map(find).collect()
        });
        take(&values[code % BLOCK])
    }
}
