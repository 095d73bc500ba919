//! Maps whose keys are numbers that we gave out ourselves. Nobody outside chooses them, so that they
//! need no defence against chosen collisions, which costs more than the look-up itself: a flush looks
//! up every subscriber several times.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// A map by numbers of our own.
pub type Numbered<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// Spreads numbers over 64 bits: Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3,
/// section 6.4). Low bits of numbers in sequence stay different, high bits become so.
#[derive(Debug, Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::*;

    #[test]
    fn numbers_in_sequence_spread() {
        let hash = |number: u64| BuildHasherDefault::<Spread>::default().hash_one(number);
        let distinct = |of: fn(u64) -> u64| {
            (0..1_024).map(|n| of(hash(n))).collect::<std::collections::HashSet<_>>().len()
        };
        assert_eq!(distinct(|hash| hash % 1_024), 1_024);
        assert!(distinct(|hash| hash >> 57) > 120);
    }
}
