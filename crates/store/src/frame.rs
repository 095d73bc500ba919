//! Frames: what was measured at one moment, and how it lies in a row of the head.
//!
//! A row holds (series id, value) in the order of ids: the difference to the id before it, then the
//! value in steps of its unit, both as LEB128 variable-length integers, the value folded (zigzag) so
//! that small negative ones stay short. About four bytes a sample; the head is short-lived.

use bellwether_signal::Timestamp;

/// What was measured at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// When, on the server's clock.
    pub at: Timestamp,
    /// When the next one is due: how far apart samples are when nothing is missing.
    pub interval_ms: u32,
    /// Names of series and their values. Of a name that comes twice, the last one counts.
    pub samples: Vec<(Box<str>, f64)>,
}

/// A sample by the id of its series, its value in steps of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantum {
    pub(crate) series: u32,
    pub(crate) value: i64,
}

/// Packs samples for the head. Sorts them; of one series the last one stays.
pub(crate) fn pack(samples: &mut Vec<Quantum>) -> Vec<u8> {
    samples.sort_by_key(|sample| sample.series);
    samples.dedup_by(|later, kept| {
        let same = later.series == kept.series;
        if same {
            *kept = *later;
        }
        same
    });
    let mut packed = Vec::with_capacity(samples.len() * 4);
    let mut before = 0;
    for sample in samples {
        push_varint(&mut packed, u64::from(sample.series - before));
        push_varint(&mut packed, fold(sample.value));
        before = sample.series;
    }
    packed
}

/// Reads a row of the head, in the order of series. Ends early at bytes that are no such row.
pub(crate) struct Unpack<'a> {
    rest: &'a [u8],
    series: u32,
}

impl<'a> Unpack<'a> {
    pub(crate) fn new(packed: &'a [u8]) -> Self {
        Self { rest: packed, series: 0 }
    }
}

impl Iterator for Unpack<'_> {
    type Item = Quantum;

    fn next(&mut self) -> Option<Quantum> {
        let distance = take_varint(&mut self.rest)?;
        self.series = self.series.checked_add(u32::try_from(distance).ok()?)?;
        Some(Quantum { series: self.series, value: unfold(take_varint(&mut self.rest)?) })
    }
}

/// Zigzag: 0, -1, 1, -2, … become 0, 1, 2, 3, …
pub(crate) fn fold(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

pub(crate) fn unfold(folded: u64) -> i64 {
    (folded >> 1).cast_signed() ^ -(folded & 1).cast_signed()
}

pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

pub(crate) fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, others) = rest.split_first()?;
        *rest = others;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_back(samples in prop::collection::btree_map(any::<u32>(), any::<i64>(), 0..50)) {
            let mut samples: Vec<_> =
                samples.into_iter().map(|(series, value)| Quantum { series, value }).collect();
            let packed = pack(&mut samples);
            prop_assert_eq!(Unpack::new(&packed).collect::<Vec<_>>(), samples);
        }

        #[test]
        fn nonsense_ends(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Unpack::new(&bytes).count() <= bytes.len());
        }
    }

    #[test]
    fn the_last_of_a_name_counts() {
        let quantum = |series, value| Quantum { series, value };
        let packed = pack(&mut vec![quantum(7, 1), quantum(3, 5), quantum(7, 2)]);
        assert_eq!(Unpack::new(&packed).collect::<Vec<_>>(), [quantum(3, 5), quantum(7, 2)]);
    }
}
