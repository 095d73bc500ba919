//! A disk that is full: what is live goes on, what is history waits, and it ends by itself.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use bellwether_signal::{Timestamp, system::Health};
use bellwether_store::{Fault, Options, StoreError};
use serde_json::{Map, json};

use crate::scene::{Scene, frame, pairs};

const SERIES: &str = "a/b_bytes";

/// Lets the file grow no more, and appends until it is full. Returns how many frames were appended.
fn fill(scene: &Scene) -> i64 {
    scene.store.limit_size(Some(0)).unwrap();
    for at in 0..10_000 {
        scene.store.append(frame(at, &[(SERIES, at as f64)]));
        match scene.store.flush() {
            Ok(()) => {}
            Err(StoreError::NotWritten(Fault::Full)) => return at + 1,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the disk is never full");
}

#[test]
fn a_full_disk_loses_nothing_for_a_while_and_ends_by_itself() {
    let scene = Scene::new();
    let mut appended = fill(&scene);
    let health = scene.store.health();
    assert_eq!(health.status, Health::Degraded);
    let detail = health.detail.unwrap();
    for part in ["full", "free some space", "kept in memory", scene.folder.path().to_str().unwrap()]
    {
        assert!(detail.contains(part), "{detail}");
    }
    assert!(scene.store.metrics().failed_writes > 0.0);
    for _ in 0..1_000 {
        scene.store.append(frame(appended, &[(SERIES, appended as f64)]));
        appended += 1;
    }
    assert!(scene.store.flush().is_err());
    let readable = pairs(&scene.store, SERIES).last().unwrap().0;
    assert!(readable < appended - 1_000, "{readable}");
    assert_eq!(scene.store.settings("ada").unwrap(), Map::new());
    let large = Map::from_iter([("x".to_owned(), json!("y".repeat(50_000)))]);
    let error = scene.store.merge_settings("ada", &large).unwrap_err();
    assert!(matches!(error, StoreError::NotWritten(Fault::Full)), "{error}");

    scene.store.limit_size(None).unwrap();
    // Nothing is asked of the frames: they are written with the next work that the writer does.
    scene.store.merge_settings("ada", &large).unwrap();
    let expected: Vec<_> = (0..appended).map(|at| (at, at as f64)).collect();
    assert_eq!(pairs(&scene.store, SERIES), expected);
    assert_eq!(scene.store.health().status, Health::Healthy);
    assert_eq!(pairs(&scene.reopen().store, SERIES), expected);
}

#[test]
fn what_waits_is_bounded_and_what_is_lost_is_told() {
    let scene = Scene::with(Options { waiting_bytes: 1_000, ..Options::default() });
    let appended = fill(&scene);
    for at in appended..appended + 2_000 {
        scene.store.append(frame(at, &[(SERIES, at as f64)]));
    }
    assert!(scene.store.flush().is_err());
    let health = scene.store.health();
    assert_eq!(health.status, Health::Critical);
    assert!(health.detail.unwrap().contains("frames are lost"));
    scene.store.limit_size(None).unwrap();
    scene.store.flush().unwrap();
    assert_eq!(scene.store.health().status, Health::Healthy);
    let kept = pairs(&scene.store, SERIES);
    let unaccounted = (appended + 2_000) as f64 - kept.len() as f64;
    assert!((scene.store.metrics().shed_frames - unaccounted).abs() < 0.5);
    assert_eq!(kept.last().map(|(at, _)| *at), Some(appended + 1_999));
    assert!(kept.is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn sealing_that_finds_no_room_is_tried_again() {
    let scene = Scene::new();
    // Values that do not compress, so that chunks need more room than the head leaves free.
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    for at in 0..3_000 {
        let noise = (hasher.hash_one(at) >> 12) as f64;
        scene.store.append(frame(at * 1_000, &[(SERIES, noise)]));
    }
    scene.store.flush().unwrap();
    scene.store.limit_size(Some(0)).unwrap();
    let now = Timestamp(7_200_000);
    let expected = pairs(&scene.store, SERIES);
    let error = scene.store.tidy(now).unwrap_err();
    assert!(matches!(error, StoreError::NotWritten(Fault::Full)), "{error}");
    assert_eq!(pairs(&scene.store, SERIES), expected);
    let detail = scene.store.health().detail.unwrap();
    assert!(detail.contains("not compressed") && detail.contains("free some space"), "{detail}");
    scene.store.limit_size(None).unwrap();
    scene.store.tidy(now).unwrap();
    assert_eq!(scene.store.health().status, Health::Healthy);
    assert_eq!(pairs(&scene.store, SERIES), expected);
    assert_eq!(expected.len(), 3_000);
}
