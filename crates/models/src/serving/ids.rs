//! Ids of predictions: UUID version 7 (RFC 9562, section 5.7), so that ids sort by time.

use std::{
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use bellwether_signal::Timestamp;

/// Random bytes that are fetched from the system at a time.
const POOL: usize = 4_096;
/// Random bytes of one id.
const TAIL: usize = 8;
/// Ids of one millisecond are counted in 12 bits (RFC 9562, section 6.2, method 1).
const COUNTER: u64 = 1 << 12;

/// Makes ids, each after the one before, also when the clock goes back.
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Milliseconds since 1970, then the counter.
    newest: u64,
    random: Vec<u8>,
}

impl Ids {
    pub(crate) fn next(&self, now: Timestamp) -> String {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = u64::try_from(now.0).unwrap_or_default().wrapping_mul(COUNTER);
        state.newest = start.max(state.newest + 1);
        if state.random.len() < TAIL {
            state.random = vec![0; POOL];
            // Without random bytes there is still the time and the counter.
            if getrandom::fill(&mut state.random).is_err() {
                state.random.fill(0);
            }
        }
        let rest = state.random.len() - TAIL;
        let mut tail = [0; TAIL];
        tail.copy_from_slice(&state.random.split_off(rest));
        let [ms, counter] = [state.newest / COUNTER, state.newest % COUNTER];
        drop(state);
        let low = u64::from_be_bytes(tail) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
        let mut text = String::with_capacity(36);
        write!(
            text,
            "{:08x}-{:04x}-7{counter:03x}-{:04x}-{:012x}",
            ms >> 16,
            ms & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff,
        )
        .expect("a text takes everything");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_none_comes_twice() {
        let ids = Ids::default();
        let made: Vec<String> =
            (0..10_000).map(|n| ids.next(Timestamp(1_795_292_130_000 - n / 7))).collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        let one = &made[0];
        assert_eq!((one.len(), one.as_bytes()[14]), (36, b'7'));
        assert!(b"89ab".contains(&one.as_bytes()[19]), "{one}");
        let hexadecimal: String = one.chars().filter(|c| *c != '-').take(12).collect();
        let at = u64::from_str_radix(&hexadecimal, 16).unwrap();
        assert_eq!(at, 1_795_292_130_000);
    }
}
