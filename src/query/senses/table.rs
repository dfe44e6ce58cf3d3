//! The table of vectors, and the vocabulary that names its rows.
//!
//! | file in `data/` | holds |
//! |---|---|
//! | `senses-128.bin` | `MXSENSE1`, rows and dimensions (u32), a scale for each row (f16), then the rows: one i8 a dimension; little endian |
//! | `vocab.txt` | line i is the piece of row i; a piece that continues a word begins with `##` |
//! | `vocab.index` | where each line begins and where the last ends (u32), then an open hash table of rows (u16, row + 1, 0 for none), probed linearly; made from `vocab.txt` by a test |

/// Dimensions of the space.
pub(super) const DIMENSIONS: usize = 128;
/// Rows of the table.
pub(super) const ROWS: usize = 30_522;
/// Slots of the hash table.
pub(super) const SLOTS: usize = 1 << 16;

const HEADER: usize = 16;
const VALUES: usize = HEADER + 2 * ROWS;

static TABLE: &[u8; VALUES + ROWS * DIMENSIONS] = include_bytes!("data/senses-128.bin");
pub(super) static VOCABULARY: &[u8] = include_bytes!("data/vocab.txt");
static INDEX: &[u8; 4 * (ROWS + 1) + 2 * SLOTS] = include_bytes!("data/vocab.index");

/// Adds the vector of a row to a sum.
pub(super) fn add_row(row: usize, sum: &mut [f32; DIMENSIONS]) {
    let at = HEADER + 2 * row;
    let scale = half_to_single(u16::from_le_bytes([TABLE[at], TABLE[at + 1]]));
    let values = &TABLE[VALUES + row * DIMENSIONS..][..DIMENSIONS];
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += scale * f32::from(value.cast_signed());
    }
}

/// Returns the row of a piece whose [`PieceHash`] is known.
pub(super) fn find_row(hash: PieceHash, continues: bool, piece: &[u8]) -> Option<usize> {
    let mut slot = hash.slot();
    loop {
        let at = 4 * (ROWS + 1) + 2 * slot;
        let row = usize::from(u16::from_le_bytes([INDEX[at], INDEX[at + 1]])).checked_sub(1)?;
        let word = word_line(row);
        let word = if continues {
            word.strip_prefix(b"##")
        } else {
            Some(word)
        };
        if word == Some(piece) {
            return Some(row);
        }
        slot = (slot + 1) % SLOTS;
    }
}

fn word_line(row: usize) -> &'static [u8] {
    let offset = |row: usize| {
        let bytes = [0, 1, 2, 3].map(|byte| INDEX[4 * row + byte]);
        u32::from_le_bytes(bytes) as usize
    };
    // Each line ends with a line feed.
    &VOCABULARY[offset(row)..offset(row + 1) - 1]
}

/// FNV-1a, which grows with each byte, so that the hashes of all beginnings of a word cost one
/// pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct PieceHash(u32);

impl PieceHash {
    /// The hash of nothing; of the mark `##` for a piece that continues a word.
    pub fn new(continues: bool) -> Self {
        let empty = PieceHash(0x811c_9dc5);
        if continues {
            empty.push(b'#').push(b'#')
        } else {
            empty
        }
    }

    /// Returns the hash with one more byte.
    pub fn push(self, byte: u8) -> Self {
        PieceHash((self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }

    /// Returns where the search for the piece begins.
    pub fn slot(self) -> usize {
        (self.0 ^ (self.0 >> 16)) as usize % SLOTS
    }
}

/// IEEE 754 half precision; the table holds neither infinities nor NaN.
fn half_to_single(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 31);
    let fraction = f32::from(bits & 1023);
    let size = if exponent == 0 {
        fraction * 2f32.powi(-24)
    } else {
        (1024.0 + fraction) * 2f32.powi(exponent - 25)
    };
    sign * size
}
