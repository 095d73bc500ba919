//! The numbers of users' own states become series in the store.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use bellwether_gateway::AppSignals;
use bellwether_signal::{
    Moment, Timestamp, Topic,
    series::{SeriesName, visit_numbers},
};
use bellwether_store::{Frame, Store};
use bellwether_sys::clock;
use serde_json::{Map, Value};
use tracing::warn;

use super::Watching;

/// Series of users that are begun in one run of the program: a tenth of what the store keeps, so that
/// nobody who makes up names takes the history of everything else. More are not kept.
const SERIES: usize = 20_000;
/// Distance of samples while it is not known: readers take the largest that they meet.
const INTERVAL_MS: i64 = 1_000;
/// The longest distance that counts as one: a day.
const INTERVAL_MAX_MS: i64 = 86_400_000;

pub(crate) struct StoredAppSignals {
    store: Store,
    watching: Watching,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When each topic was published last, and how long that was after the time before. The hub
    /// bounds how many topics there are.
    topics: HashMap<Topic, Rhythm>,
    /// Hashes of the names that were begun: two with the same one count once.
    series: HashSet<u64>,
    hasher: RandomState,
    /// Said once.
    warned: bool,
}

#[derive(Clone, Copy)]
struct Rhythm {
    at: Timestamp,
    distance_ms: i64,
}

impl StoredAppSignals {
    pub(crate) fn new(store: Store, watching: Watching) -> Self {
        Self { store, watching, state: Mutex::default() }
    }
}

impl AppSignals for StoredAppSignals {
    fn state(&self, topic: &Topic, state: &Map<String, Value>, at: Timestamp) {
        self.watching.observe(topic, state, Moment { wall: at, ..clock::now() });
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let interval_ms = known.interval_ms(topic, at);
        let mut samples: Vec<(Box<str>, f64)> = Vec::new();
        visit_numbers(topic, state, &mut |name, _, number| {
            // A key may be empty, and a path too long: nobody could ask for that.
            if SeriesName::parse(name).is_ok() && known.takes(name) {
                samples.push((name.into(), number));
            }
        });
        drop(known);
        if !samples.is_empty() {
            self.store.append(Frame { at, interval_ms, samples });
        }
    }
}

impl State {
    /// How far apart the samples of a topic are: the shorter one of the last two distances, so that
    /// a pause remains a pause.
    fn interval_ms(&mut self, topic: &Topic, at: Timestamp) -> u32 {
        let Some(rhythm) = self.topics.get_mut(topic) else {
            self.topics.insert(topic.clone(), Rhythm { at, distance_ms: 0 });
            return u32::try_from(INTERVAL_MS).unwrap_or(u32::MAX);
        };
        let distance_ms = at.0.saturating_sub(rhythm.at.0).clamp(1, INTERVAL_MAX_MS);
        let shorter = match rhythm.distance_ms {
            0 => distance_ms,
            before => distance_ms.min(before),
        };
        *rhythm = Rhythm { at, distance_ms };
        u32::try_from(shorter).unwrap_or(u32::MAX)
    }

    /// Whether a series has room.
    fn takes(&mut self, name: &str) -> bool {
        let hash = self.hasher.hash_one(name);
        if self.series.len() < SERIES {
            self.series.insert(hash);
            return true;
        }
        let known = self.series.contains(&hash);
        if !known && !std::mem::replace(&mut self.warned, true) {
            warn!(name, "users publish more than {SERIES} series; new ones have no history");
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_no_rhythm() {
        let topic = Topic::parse("app/a").unwrap();
        let mut state = State::default();
        let mut check = |at: i64, expected: u32| {
            assert_eq!(state.interval_ms(&topic, Timestamp(at)), expected, "at {at}");
        };
        check(0, 1_000);
        check(10_000, 10_000);
        check(20_000, 10_000);
        check(620_000, 10_000);
        check(630_000, 10_000);
        check(629_000, 1);
    }

    #[test]
    fn made_up_names_end_somewhere() {
        let mut state = State::default();
        let taken = (0..SERIES + 10).filter(|n| state.takes(&format!("app/{n}/value"))).count();
        assert_eq!(taken, SERIES);
        assert!(state.takes("app/7/value"), "a known one goes on");
        assert!(!state.takes("app/other/value"));
    }
}
