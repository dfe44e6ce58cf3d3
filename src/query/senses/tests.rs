use super::pieces::{LONGEST_PIECE, for_each_piece};
use super::table::{PieceHash, ROWS, SLOTS, VOCABULARY, add_row};
use super::*;

fn rows(text: &str) -> Vec<usize> {
    let mut rows = Vec::new();
    for_each_piece(text, |row| rows.push(row));
    rows
}

fn sense(text: &str) -> Sense {
    Sense::of_texts(&[text]).expect("a sense")
}

/// Makes `vocab.index` from the vocabulary.
fn index() -> Vec<u8> {
    let lines: Vec<&[u8]> = VOCABULARY.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines.len(), ROWS);
    let pieces = lines.iter().map(|line| line.trim_ascii_end());
    let lengths = pieces.map(|piece| piece.strip_prefix(b"##").unwrap_or(piece).len());
    assert_eq!(lengths.max(), Some(LONGEST_PIECE));
    let mut offset = 0u32;
    let mut bytes = offset.to_le_bytes().to_vec();
    let mut slots = vec![0u16; SLOTS];
    for (row, line) in lines.iter().enumerate() {
        offset += line.len() as u32;
        bytes.extend(offset.to_le_bytes());
        let piece = line.strip_suffix(b"\n").expect("a line feed");
        let hash = piece
            .iter()
            .fold(PieceHash::new(false), |hash, byte| hash.push(*byte));
        let mut slot = hash.slot();
        while slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = row as u16 + 1;
    }
    bytes.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
    bytes
}

/// `UPDATE_SENSES=1` writes it anew.
#[test]
fn the_index_belongs_to_the_vocabulary() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/query/senses/data/vocab.index"
    );
    let made = index();
    if std::env::var_os("UPDATE_SENSES").is_some() {
        std::fs::write(file, &made).expect("written");
    }
    assert!(std::fs::read(file).expect("read") == made);
}

#[test]
fn text_is_cut_as_the_reference_cuts_it() {
    for (text, expected) in [
        (
            "How do I compress a folder into an archive?",
            &[
                2129, 2079, 1045, 4012, 20110, 1037, 19622, 2046, 2019, 8756, 1029,
            ][..],
        ),
        (
            "Café déjà-vu: naïve Größe",
            &[
                7668, 2139, 3900, 1011, 24728, 1024, 15743, 24665, 2080, 17499,
            ],
        ),
        (
            "src/auth/rate-limiter.ts",
            &[
                5034, 2278, 1013, 8740, 2705, 1013, 3446, 1011, 5787, 2121, 1012, 24529,
            ],
        ),
        ("🎉🎉", &[]),
        ("", &[]),
    ] {
        assert_eq!(rows(text), expected, "{text}");
    }
}

#[test]
fn vectors_are_those_of_the_reference() {
    let close = |sense: Sense, expected: [f32; 4]| {
        let pairs = sense.0.iter().zip(expected);
        pairs.clone().count() == 4 && pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-4)
    };
    for (text, expected) in [
        (
            "Café déjà-vu: naïve Größe",
            [0.0105, -0.0191, -0.0494, 0.057],
        ),
        ("日本語 text 混在", [-0.0273, 0.0476, 0.0235, 0.1677]),
        ("don't stop; can't", [0.0282, 0.2419, 0.141, -0.1212]),
        ("HTTP/1.1 404 Not Found", [-0.067, 0.2832, -0.175, 0.0951]),
    ] {
        assert!(close(sense(text), expected), "{text}");
    }
    assert_eq!(Sense::of_texts(&["🎉"]), None);
}

#[test]
fn texts_about_the_same_are_near_each_other() {
    let question = sense("How do I compress a folder into an archive?");
    let same = question.likeness(&sense("Create a gzipped tar archive from a directory"));
    let other = question.likeness(&sense("the user was logged out after the refresh"));
    assert!((same - 0.67).abs() < 1e-3, "{same}");
    assert!(other < 0.1, "{other}");
}

#[test]
fn a_row_can_be_added_twice() {
    let (mut once, mut twice) = ([0.0; DIMENSIONS], [0.0; DIMENSIONS]);
    add_row(2129, &mut once);
    (0..2).for_each(|_| add_row(2129, &mut twice));
    assert!(
        once.iter()
            .zip(twice)
            .all(|(a, b)| (a * 2.0 - b).abs() < f32::EPSILON)
    );
}
