//! Seeded loops over what clients send: a good example is broken at random, and the decoder has to
//! keep its promises. Each decoder has a test named `fuzz_…` beside it that runs [`rounds`].
//!
//! `BELLWETHER_SEED=n` runs one round, the one that failed; `BELLWETHER_FUZZ_ROUNDS=n` so many, and
//! `make fuzz` a great many.

use std::{
    collections::hash_map::RandomState,
    env,
    hash::BuildHasher,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// Rounds of a test run: a second or so for all loops together.
const ROUNDS: u64 = 10_000;

/// Runs `round` with other numbers each time, and says the seed of one that fails.
pub(crate) fn rounds(mut round: impl FnMut(&mut Random)) {
    if let Some(seed) = number("BELLWETHER_SEED") {
        round(&mut Random(seed));
        return;
    }
    // Small numbers, because they are easier to copy.
    let first = RandomState::new().hash_one(0) % 1_000_000_000;
    for seed in first..first + number("BELLWETHER_FUZZ_ROUNDS").unwrap_or(ROUNDS) {
        let one = AssertUnwindSafe(|| round(&mut Random(seed)));
        if let Err(panic) = catch_unwind(one) {
            println!("BELLWETHER_SEED={seed} fails, see above");
            resume_unwind(panic);
        }
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Numbers from a seed: `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). The same seed gives the same numbers, on every machine.
pub(crate) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `end`, which it never reaches.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Breaks bytes in a few places: changed, left out, doubled, cut off, or with something put in
    /// that is known to be awkward.
    pub(crate) fn damage(&mut self, bytes: &mut Vec<u8>) {
        const AWKWARD: [&[u8]; 14] = [
            &[0],
            &[0xFF; 8],
            &[0x7F, 0xFF],
            &[0xC0, 0xAF],
            &[0xED, 0xA0, 0x80],
            b"\"",
            b"\\u0000",
            b",",
            b";",
            b"=",
            b"/",
            b"**",
            b"18446744073709551616",
            b"-1",
        ];
        for _ in 0..self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(9)).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = self.byte(),
                2 => drop(bytes.drain(at..end)),
                3 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
                4 => bytes.truncate(at),
                _ => drop(bytes.splice(at..at, self.pick(&AWKWARD).iter().copied())),
            }
        }
    }

    /// The same for text; what is no UTF-8 afterwards is replaced.
    pub(crate) fn damaged(&mut self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.damage(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_signal::{Topic, TopicPattern};

    use super::*;

    const TOPICS: [&str; 5] =
        ["host/web-1/cpu", "activity", "app/a%2Fb/~x", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", "a:b"];
    const PATTERNS: [&str; 5] = ["host/*/cpu", "**", "*/**", "app/a%2Fb/**", "activity"];

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let numbers = |seed| {
            let mut random = Random(seed);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
    }

    /// What is read as a topic or a pattern says the same again, and every topic is matched by
    /// itself and by everything.
    #[test]
    fn fuzz_topics_and_patterns() {
        let everything = TopicPattern::parse("**").unwrap();
        rounds(|random| {
            let (topic, pattern) = (random.pick(&TOPICS), random.pick(&PATTERNS));
            let (topic, pattern) = (random.damaged(topic), random.damaged(pattern));
            let topic = Topic::parse(&topic);
            let pattern = TopicPattern::parse(&pattern);
            if let Ok(topic) = &topic {
                assert_eq!(Topic::parse(topic.as_str()).as_ref(), Ok(topic));
                assert!(everything.matches(topic));
                assert!(TopicPattern::parse(topic.as_str()).is_ok_and(|it| it.matches(topic)));
            }
            if let Ok(pattern) = &pattern {
                assert_eq!(TopicPattern::parse(pattern.as_str()).as_ref(), Ok(pattern));
                if let (Some(only), Ok(topic)) = (pattern.as_topic(), &topic) {
                    assert_eq!(pattern.matches(topic), only == *topic);
                }
            }
        });
    }
}
