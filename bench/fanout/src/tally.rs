//! What arrived: how much, how late, and what did not.

use std::{collections::VecDeque, time::Duration};

use crate::{histogram::Histogram, mark::Mark};

/// Counts of one measurement, over all subscribers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) delivered: u64,
    /// Numbers that were jumped over.
    pub(crate) missing: u64,
    /// How many the server said would be missing.
    pub(crate) told: u64,
    /// Numbers that were not after the one before.
    pub(crate) disordered: u64,
    pub(crate) wire_bytes: u64,
    pub(crate) latency: Histogram,
}

impl Tally {
    /// Counts a message for a subscriber whose next number in that topic is `next`.
    pub(crate) fn count(&mut self, mark: Mark, next: &mut u32, now: Duration) {
        if mark.number < *next {
            self.disordered += 1;
            return;
        }
        self.missing += u64::from(mark.number - *next);
        *next = mark.number + 1;
        self.delivered += 1;
        self.latency.add(now.saturating_sub(mark.at));
    }
}

/// Which messages of topic 0 are still on their way to somebody: for a publisher that waits.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// Number of the oldest one.
    oldest: u32,
    /// How many subscribers each still has to reach.
    left: VecDeque<u32>,
}

impl Window {
    pub(crate) fn open(&mut self, number: u32, subscribers: usize) {
        if subscribers == 0 {
            return; // it is on its way to nobody
        }
        if self.left.is_empty() {
            self.oldest = number;
        }
        self.left.push_back(u32::try_from(subscribers).unwrap_or(u32::MAX));
    }

    /// One subscriber has, or will never have, the messages `from..to`.
    pub(crate) fn reached(&mut self, from: u32, to: u32) {
        for number in from.max(self.oldest)..to {
            if let Some(left) = self.left.get_mut((number - self.oldest) as usize) {
                *left = left.saturating_sub(1);
            }
        }
        while self.left.front() == Some(&0) {
            self.left.pop_front();
            self.oldest += 1;
        }
    }

    pub(crate) fn on_their_way(&self) -> usize {
        self.left.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_jumped_over_or_comes_twice_is_noticed() {
        let mut tally = Tally::default();
        let mut next = 0;
        for number in [0, 1, 4, 4, 5] {
            let mark = Mark { topic: 0, number, at: Duration::ZERO };
            tally.count(mark, &mut next, Duration::from_millis(1));
        }
        assert_eq!((tally.delivered, tally.missing, tally.disordered), (4, 2, 1));
    }

    #[test]
    fn the_window_moves_when_all_have_a_message() {
        let mut window = Window::default();
        for number in 3..6 {
            window.open(number, 2);
        }
        window.reached(3, 4);
        assert_eq!(window.on_their_way(), 3);
        window.reached(3, 6); // the other one jumped
        assert_eq!(window.on_their_way(), 2);
        window.reached(4, 6);
        assert_eq!(window.on_their_way(), 0);
    }
}
