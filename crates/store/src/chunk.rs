//! Chunks: an hour of one series, compressed.
//!
//! Values are whole steps of the series' unit. All equal (most of what a quiet machine tells): one
//! number. A few: differences as variable-length integers. Otherwise pcodec (M. Loncaric et al.,
//! "Pcodec: better compression for numerical sequences", 2025; the crate's standalone format), which
//! finds common factors such as the size of a page, and packs differences at any number of bits.
//! Times are offsets in the window, packed the same way.

use pco::{
    ChunkConfig,
    standalone::{simple_compress, simple_decompress_into},
};

use crate::frame::{fold, push_varint, take_varint, unfold};

/// Length of a window, which is what a chunk covers.
pub(crate) const WINDOW_MS: i64 = 3_600_000;

/// The window that a time is in.
pub(crate) fn window_of(at_ms: i64) -> i64 {
    at_ms.div_euclid(WINDOW_MS)
}

/// Id of what has this number (a series, a clock) in a window.
pub(crate) fn id_in(window: i64, number: u32) -> i64 {
    (window << 32) | i64::from(number)
}

/// The window of an id.
pub(crate) fn window_of_id(id: i64) -> i64 {
    id >> 32
}

/// The series of a chunk's id.
pub(crate) fn series_of_id(id: i64) -> u32 {
    u32::try_from(id & i64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// First byte of what is packed.
const EQUAL: u8 = 0;
const FEW: u8 = 1;
const MANY: u8 = 2;

/// Up to here differences may be shorter than what pcodec says about itself.
const MAX_FEW: usize = 64;

/// Packs values or times, of which there is at least one.
pub(crate) fn pack(values: &[i64]) -> Vec<u8> {
    let mut few = Vec::new();
    if values.iter().all(|value| Some(value) == values.first()) {
        few.push(EQUAL);
        push_varint(&mut few, fold(values.first().copied().unwrap_or_default()));
        return few;
    }
    if values.len() <= MAX_FEW {
        few.push(FEW);
        let mut before = 0_i64;
        for &value in values {
            push_varint(&mut few, fold(value.wrapping_sub(before)));
            before = value;
        }
    }
    let many = compress(values);
    if few.is_empty() || many.len() < few.len() { many } else { few }
}

fn compress(values: &[i64]) -> Vec<u8> {
    let packed = simple_compress(values, &ChunkConfig::default())
        .expect("the default configuration is valid and memory can be written");
    let mut tagged = Vec::with_capacity(packed.len() + 1);
    tagged.push(MANY);
    tagged.extend_from_slice(&packed);
    tagged
}

/// Unpacks `count` values into `values`, replacing what is there. `None` when it is no such chunk.
pub(crate) fn unpack(packed: &[u8], count: usize, values: &mut Vec<i64>) -> Option<()> {
    values.clear();
    // A sample a millisecond is the most that a window has; a larger count is damage.
    if i64::try_from(count).ok()? > WINDOW_MS {
        return None;
    }
    let (tag, mut rest) = packed.split_first()?;
    match *tag {
        EQUAL => values.resize(count, unfold(take_varint(&mut rest)?)),
        FEW => {
            let mut value = 0_i64;
            for _ in 0..count {
                value = value.wrapping_add(unfold(take_varint(&mut rest)?));
                values.push(value);
            }
        }
        MANY => {
            values.resize(count, 0);
            let progress = simple_decompress_into(rest, values).ok()?;
            return (progress.finished && progress.n_processed == count).then_some(());
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(values: &[i64]) -> usize {
        let packed = pack(values);
        let mut unpacked = Vec::new();
        unpack(&packed, values.len(), &mut unpacked).unwrap();
        assert_eq!(unpacked, values);
        packed.len()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn values_come_back(values in prop::collection::vec(any::<i64>(), 1..200)) {
            check(&values);
        }

        #[test]
        fn nonsense_is_no_chunk(mut bytes in prop::collection::vec(any::<u8>(), 0..200), tag in 0..4_u8) {
            bytes.insert(0, tag);
            let mut values = Vec::new();
            // Ends, with or without values; what matters is that it does.
            let read = unpack(&bytes, 100, &mut values);
            prop_assert!(read.is_none() || values.len() == 100);
            prop_assert!(unpack(&bytes, usize::MAX, &mut values).is_none());
        }
    }

    #[test]
    fn a_quiet_series_takes_next_to_nothing() {
        assert!(check(&vec![0; 3_600]) <= 2);
        assert!(check(&vec![16_384_000_000; 3_600]) <= 7);
    }

    #[test]
    fn a_cut_chunk_is_none() {
        let values: Vec<i64> = (0..1_000).map(|n| n * n % 977).collect();
        let packed = pack(&values);
        let mut unpacked = Vec::new();
        assert!(unpack(&packed[..packed.len() / 2], 1_000, &mut unpacked).is_none());
        assert!(unpack(&packed, 999, &mut unpacked).is_none());
        assert!(unpack(&packed, 1_001, &mut unpacked).is_none());
    }

    #[test]
    fn steady_times_take_bits() {
        let steady: Vec<i64> = (0..3_600).map(|n| n * 1_000 + 17).collect();
        assert!(check(&steady) < 100);
        let jitter: Vec<i64> = (0..3_600).map(|n| n * 1_000 + n * 7_919 % 5).collect();
        assert!(check(&jitter) < 3_600 / 2);
    }
}
