//! A store in memory, where the database in the folder cannot be used.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use bellwether_signal::{Role, Timestamp, Topic, system::Health};
use bellwether_store::{NewToken, Options, Resolution, Store, StoreError, TokenKind};
use serde_json::{Map, json};

use crate::scene::{frame, name, pairs};

const SERIES: &str = "a/b_bytes";

fn damaged() -> (tempfile::TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = vec![b'x'; 10_000];
    fs::write(folder.path().join("bellwether.db"), &bytes).unwrap();
    (folder, bytes)
}

fn open(folder: &tempfile::TempDir) -> Store {
    Store::open_or_memory(folder.path(), Options::default()).unwrap()
}

#[test]
fn all_of_it_works_and_the_file_stays_as_it_is() {
    let (folder, bytes) = damaged();
    let store = open(&folder);
    assert!(matches!(store.in_memory_because(), Some(StoreError::Damaged { .. })));
    for hour in 0..3 {
        store.append(frame(hour * 3_600_000, &[(SERIES, hour as f64)]));
    }
    store.tidy(Timestamp(3 * 3_600_000)).unwrap();
    assert_eq!(pairs(&store, SERIES), [(0, 0.0), (3_600_000, 1.0), (7_200_000, 2.0)]);
    let patch = Map::from_iter([("theme".to_owned(), json!("dark"))]);
    assert_eq!(store.merge_settings("ada", &patch).unwrap(), store.settings("ada").unwrap());
    let (kind, role) = (TokenKind::Link, Role::Admin);
    let link = NewToken { kind, name: "ada".into(), role, expires_at: None };
    let link = store.create_token(link, Timestamp(0)).unwrap();
    assert!(store.redeem_link(&link.secret, Timestamp(1), 1_000).unwrap().is_some());
    let topic = Topic::parse("activity").unwrap();
    store.log(topic.clone(), Timestamp(0), json!({"n": 1})).unwrap();
    store.flush().unwrap();
    assert_eq!(store.events(&topic, None, 10).unwrap().len(), 1);

    let health = store.health();
    let detail = health.detail.unwrap();
    assert_eq!(health.status, Health::Degraded);
    assert!(detail.contains("damaged") && detail.contains("nothing is kept on disk"), "{detail}");
    assert!(store.metrics().size_bytes < 1.0);
    // Nobody else may take the folder meanwhile.
    let other = Store::open_or_memory(folder.path(), Options::default()).err();
    assert!(matches!(other, Some(StoreError::InUse { .. })), "{other:?}");
    store.close();
    assert_eq!(fs::read(folder.path().join("bellwether.db")).unwrap(), bytes);
    // Each start is a new one: nothing of the one before.
    assert_eq!(pairs(&open(&folder), SERIES), []);
}

#[test]
fn readers_and_the_writer_do_not_stop_each_other() {
    let (folder, _) = damaged();
    let store = open(&folder);
    let written = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !written.load(Relaxed) {
                    let found = pairs(&store, SERIES);
                    assert!((0..).zip(&found).all(|(n, (at, _))| *at == n * 1_000));
                }
            });
        }
        for n in 0..500 {
            store.append(frame(n * 1_000, &[(SERIES, n as f64)]));
            store.flush().unwrap();
        }
        written.store(true, Relaxed);
    });
    assert_eq!(pairs(&store, SERIES).len(), 500);
}

#[test]
fn it_is_bounded_and_goes_on_when_it_is_full() {
    let (folder, _) = damaged();
    let store = open(&folder);
    let names: Vec<String> = (0..2_000).map(|n| format!("a/{n}_bytes")).collect();
    let mut full = false;
    for at in 0..10_000 {
        let samples: Vec<(&str, f64)> = names
            .iter()
            .map(|name| (name.as_str(), (at * 7_919 % 1_000_003) as f64 * 1e9))
            .collect();
        store.append(frame(at, &samples));
        if at % 20 == 0 && store.flush().is_err() {
            full = true;
            break;
        }
    }
    assert!(full, "64 MiB are the most");
    assert_eq!(store.health().status, Health::Degraded);
    let (from, to) = (Timestamp(0), Timestamp(1_000));
    let answer = store.series(&[name("a/7_bytes")], from, to, Resolution::Raw).unwrap();
    assert_eq!(answer.series[0].at_ms.len(), 1_000);
}
