//! Records to bytes and back: the one place that knows the encoding.
//!
//! A record is one version byte followed by bincode 2 in its standard configuration (variable
//! length integers, little endian). Foreign bytes give an error, never a panic, and never a large
//! allocation: decoding is bounded, and all bytes must be used.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::{BorrowDecode, Encode};

/// Version of the encoding; another one means that the index is rebuilt.
const VERSION: u8 = 1;

/// Room for most records, in bytes.
const ROOM: usize = 500;

/// The most memory that one record may claim: 256 MiB.
const LIMIT: usize = 256 << 20;

const CONFIG: Configuration<LittleEndian, Varint, Limit<LIMIT>> =
    bincode::config::standard().with_limit::<LIMIT>();

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodecError {
    /// Empty, or written by another version.
    #[error("record of version {0:?} where {VERSION} was expected")]
    Version(Option<u8>),
    /// Not what was written.
    #[error("damaged record: {0}")]
    Damaged(String),
}

/// Encodes a record.
pub(crate) fn encode_record<T: Encode>(record: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::with_capacity(ROOM);
    bytes.push(VERSION);
    bincode::encode_into_std_write(record, &mut bytes, CONFIG)
        .map_err(|e| CodecError::Damaged(e.to_string()))?;
    Ok(bytes)
}

/// Decodes a record, which may borrow from the bytes.
pub(crate) fn decode_record<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, CodecError> {
    let Some((&VERSION, rest)) = bytes.split_first() else {
        return Err(CodecError::Version(bytes.first().copied()));
    };
    let (record, used) = bincode::borrow_decode_from_slice(rest, CONFIG)
        .map_err(|e| CodecError::Damaged(e.to_string()))?;
    if used != rest.len() {
        let left = rest.len() - used;
        return Err(CodecError::Damaged(format!("{left} bytes left over")));
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Record = (String, Vec<(u64, i64, Option<String>)>, bool);

    proptest! {
        #[test]
        fn a_record_comes_back_as_it_was(record: Record) {
            let bytes = encode_record(&record).expect("encodes");
            prop_assert_eq!(decode_record::<Record>(&bytes).expect("decodes"), record);
        }

        #[test]
        fn foreign_bytes_are_an_error_or_a_record(bytes: Vec<u8>) {
            let _ = decode_record::<Record>(&bytes);
            let mut versioned = vec![VERSION];
            versioned.extend(&bytes);
            let _ = decode_record::<Record>(&versioned);
        }

        #[test]
        fn a_cut_or_longer_record_is_an_error(record: Record, cut in 1usize..64) {
            let mut bytes = encode_record(&record).expect("encodes");
            let kept = bytes.len().saturating_sub(cut);
            prop_assert!(decode_record::<Record>(&bytes[..kept]).is_err());
            bytes.push(0);
            prop_assert!(decode_record::<Record>(&bytes).is_err());
        }
    }

    #[test]
    fn a_hostile_length_does_not_allocate() {
        let bytes = [VERSION, 253, 255, 255, 255, 255, 255, 255, 255, 127];
        assert!(decode_record::<Vec<u64>>(&bytes).is_err());
        assert!(decode_record::<String>(&bytes).is_err());
    }
}
