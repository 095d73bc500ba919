//! The store on a disk whose n-th operation fails, for every n: whatever fails, what was acknowledged
//! is there afterwards, and nothing is there that was never said.
//!
//! `BELLWETHER_EVERY` takes every so many-th operation only, for a quick look; 1 takes all of them.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{
    collections::BTreeMap,
    env,
    path::Path,
    sync::{Arc, Mutex},
};

use bellwether_failing_disk::{Operation, Plan, Way, heal, install, set};
use bellwether_signal::{
    Role, Timestamp, Topic, protocol::Position, series::SeriesName, system::Health,
};
use bellwether_store::{
    Frame, LoggedEvent, NewToken, Options, Resolution, Store, StoreError, TokenKind,
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

const HOUR_MS: i64 = 3_600_000;
/// Between two frames.
const INTERVAL_MS: i64 = 600_000;
const SERIES: [&str; 2] = ["a/b_bytes", "a/c_percent"];

/// In memory where the system has such a place: every sync of a real disk takes its time, and this
/// one fails when it is told to.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// What the store was told, and what it said is kept.
#[derive(Debug, Default)]
struct Said {
    /// Frames appended, and how many of them are on disk.
    appended: i64,
    kept: i64,
    /// Settings tried, and kept.
    tried: i64,
    set: i64,
    /// Ids of tokens.
    tokens: Vec<String>,
    /// Events by their number, logged and kept.
    logged: i64,
    events: i64,
}

/// Every event that was shown.
type Shown = Arc<Mutex<Vec<LoggedEvent>>>;

fn topic() -> Topic {
    Topic::parse("activity").unwrap()
}

fn names() -> [SeriesName; 2] {
    SERIES.map(|name| SeriesName::parse(name).unwrap())
}

fn value(n: i64, series: usize) -> f64 {
    (n * n % 97) as f64 + series as f64
}

fn options() -> Options {
    Options { seal_after_ms: 0, ..Options::default() }
}

/// Appends, sets, logs and seals; says what was kept. Ends at the first thing without which nothing
/// goes on.
fn work(folder: &Path, said: &mut Said, shown: &Shown) -> Result<(), StoreError> {
    for _ in 0..2 {
        let store = Store::open_with(folder, options())?;
        let listener = Arc::clone(shown);
        store.on_logged(Box::new(move |event| listener.lock().unwrap().push(event)));
        for round in 0..3 {
            for _ in 0..4 {
                let n = said.appended;
                let samples =
                    (0..SERIES.len()).map(|series| (SERIES[series].into(), value(n, series)));
                store.append(Frame {
                    at: Timestamp(n * INTERVAL_MS),
                    interval_ms: 600_000,
                    samples: samples.collect(),
                });
                said.appended += 1;
            }
            if store.log(topic(), Timestamp(said.logged), json!({"n": said.logged})).is_ok() {
                said.logged += 1;
            }
            if store.flush().is_ok() {
                (said.kept, said.events) = (said.appended, said.logged);
            }
            match round {
                0 => {
                    said.tried += 1;
                    let patch = Map::from_iter([("n".to_owned(), Value::from(said.tried))]);
                    if store.merge_settings("ada", &patch).is_ok() {
                        said.set = said.tried;
                    }
                }
                1 => {
                    let (kind, role) = (TokenKind::Api, Role::Viewer);
                    let new = NewToken { kind, name: "ada".into(), role, expires_at: None };
                    said.tokens.extend(store.create_token(new, Timestamp(0)).map(|made| made.id));
                }
                // Seals what is over; what cannot be sealed now stays where it is.
                _ => drop(store.tidy(Timestamp(said.appended * INTERVAL_MS))),
            }
        }
        drop(store.series(&names(), Timestamp(0), Timestamp(i64::MAX), Resolution::Raw));
        store.close();
    }
    Ok(())
}

fn check(folder: &Path, said: &Said, shown: &[LoggedEvent], what: &str) {
    let store =
        Store::open_with(folder, options()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let all = (Timestamp(0), Timestamp(i64::MAX));
    let found = store.series(&names(), all.0, all.1, Resolution::Raw).unwrap();
    for (series, columns) in found.series.iter().enumerate() {
        let times: Vec<i64> = columns.at_ms.iter().map(|at| at.0 / INTERVAL_MS).collect();
        let expected: Vec<f64> = times.iter().map(|n| value(*n, series)).collect();
        assert_eq!(columns.mean, expected, "{what}");
        // Without a hole up to what was kept; beyond there may be more of what was appended.
        let kept: Vec<i64> = (0..said.kept).collect();
        assert!(times.starts_with(&kept), "{what}: {times:?} of {said:?}");
        assert!(times.last().is_none_or(|last| *last < said.appended), "{what}");
        assert!(times.is_sorted_by(|a, b| a < b), "{what}: nothing twice");
    }
    let hours = store.series(&names(), all.0, all.1, Resolution::Step(HOUR_MS)).unwrap();
    for (raw, hours) in found.series.iter().zip(&hours.series) {
        let mut buckets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (at, value) in raw.at_ms.iter().zip(&raw.mean) {
            buckets.entry(at.0 / HOUR_MS * HOUR_MS).or_default().push(*value);
        }
        let means: Vec<f64> = buckets
            .values()
            .map(|values| values.iter().sum::<f64>() / values.len() as f64)
            .collect();
        assert_eq!(hours.mean.len(), means.len(), "{what}");
        let same = hours.mean.iter().zip(&means).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(same, "{what}: each sample counts once: {:?} {means:?}", hours.mean);
    }
    let settings = store.settings("ada").unwrap();
    let n = settings.get("n").and_then(Value::as_i64).unwrap_or(0);
    assert!((said.set..=said.tried).contains(&n), "{what}: settings {n}, {said:?}");
    let tokens = store.list_tokens().unwrap();
    for id in &said.tokens {
        assert!(tokens.iter().any(|token| token.identity.id == *id), "{what}: token {id}");
    }
    let kept = store.events(&topic(), None, 1_000).unwrap();
    for n in 0..said.events {
        assert!(kept.iter().any(|event| event.event["n"] == n), "{what}: event {n} of {kept:?}");
    }
    let by_position: BTreeMap<Position, &LoggedEvent> =
        kept.iter().map(|event| (event.position, event)).collect();
    let mut positions = BTreeMap::new();
    for event in shown {
        let before = positions.insert(event.position, &event.event);
        assert!(before.is_none(), "{what}: two events at {:?}", event.position);
        if let Some(kept) = by_position.get(&event.position) {
            assert_eq!(kept.event, event.event, "{what}: another event at {:?}", event.position);
        }
    }
    // What comes next is not where anything was shown.
    store.log(topic(), Timestamp(0), json!({"n": -1})).unwrap();
    store.flush().unwrap();
    let next = store.events(&topic(), None, 1).unwrap()[0].position;
    assert!(!positions.contains_key(&next), "{what}: {next:?} again");
    assert_eq!(store.health().status, Health::Healthy, "{what}");
    store.close();
    let database = rusqlite::Connection::open(folder.join("bellwether.db")).unwrap();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok", "{what}");
}

#[test]
fn what_was_acknowledged_survives_whichever_operation_fails() {
    install();
    let every = env::var("BELLWETHER_EVERY").ok().map_or(1, |text| text.parse::<usize>().unwrap());
    for way in [Way::Once, Way::Torn, Way::FromThenOn, Way::Full] {
        let mut failed: BTreeMap<Operation, u32> = BTreeMap::new();
        let mut whole = false;
        for number in (1..).step_by(every) {
            let folder = folder();
            let (mut said, shown) = (Said::default(), Shown::default());
            set(Plan { number, way });
            let done = work(folder.path(), &mut said, &shown);
            let operation = heal();
            let what = format!("{way:?} at operation {number}, {operation:?}");
            check(folder.path(), &said, &shown.lock().unwrap(), &what);
            let Some(operation) = operation else {
                done.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(
                    (said.kept, said.events, said.set),
                    (said.appended, said.logged, said.tried)
                );
                whole = true;
                break;
            };
            *failed.entry(operation).or_default() += 1;
        }
        assert!(whole);
        println!("{way:?}: {failed:?}");
        let wanted = match way {
            Way::Full => vec![Operation::Write, Operation::Open],
            Way::Once | Way::Torn | Way::FromThenOn => {
                vec![
                    Operation::Open,
                    Operation::Read,
                    Operation::Write,
                    Operation::Sync,
                    Operation::Lock,
                ]
            }
        };
        assert!(
            every > 1 || wanted.iter().all(|it| failed.contains_key(it)),
            "{way:?}: {failed:?}"
        );
    }
}
