//! Sealing and dropping, by themselves and when asked.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

use bellwether_signal::Timestamp;
use bellwether_store::{Options, Resolution, Store};

use crate::scene::{Scene, all, frame, name, pairs};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn count(scene: &Scene, table: &str) -> i64 {
    let path = scene.folder.path().join("bellwether.db");
    let database = rusqlite::Connection::open(path).unwrap();
    database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn an_hour_is_sealed_once_it_is_over_and_late_samples_join_it() {
    let scene = Scene::new();
    for second in 0..3_600 {
        let samples = [("a/x_percent", f64::from(second % 7)), ("a/y_bytes", 5.0)];
        scene.store.append(frame(i64::from(second) * 1_000, &samples));
    }
    scene.store.tidy(Timestamp(HOUR_MS + 299_999)).unwrap();
    assert_eq!((count(&scene, "head"), count(&scene, "chunk")), (3_600, 0));
    scene.store.tidy(Timestamp(HOUR_MS + 300_000)).unwrap();
    assert_eq!((count(&scene, "head"), count(&scene, "chunk"), count(&scene, "clock")), (0, 2, 1));
    assert_eq!(all(&scene.store, "a/x_percent").at_ms.len(), 3_600);

    scene.store.append(frame(500, &[("a/x_percent", 99.0)]));
    scene.store.append(frame(1_000, &[("a/x_percent", 98.0)]));
    scene.store.flush().unwrap();
    let check = || {
        let found = pairs(&scene.store, "a/x_percent");
        assert_eq!(found[..4], [(0, 0.0), (500, 99.0), (1_000, 98.0), (2_000, 2.0)]);
        assert_eq!(found.len(), 3_601);
        assert_eq!(all(&scene.store, "a/y_bytes").at_ms.len(), 3_600);
    };
    check();
    scene.store.tidy(Timestamp(2 * HOUR_MS)).unwrap();
    assert_eq!((count(&scene, "head"), count(&scene, "chunk"), count(&scene, "clock")), (0, 2, 2));
    check();
}

#[test]
fn what_is_too_old_is_dropped_with_its_names() {
    let keep_ms = 7 * DAY_MS;
    let (keep_minutes_ms, keep_hours_ms) = (keep_ms, keep_ms);
    let options =
        Options { max_series: 2, keep_ms, keep_minutes_ms, keep_hours_ms, ..Options::default() };
    let scene = Scene::with(options);
    scene.store.append(frame(0, &[("a/old", 1.0), ("a/both", 1.0)]));
    scene.store.append(frame(8 * DAY_MS, &[("a/both", 2.0), ("a/new", 2.0)]));
    scene.store.flush().unwrap();
    assert!(scene.store.health().detail.unwrap().contains("2 series"));
    scene.store.tidy(Timestamp(7 * DAY_MS + HOUR_MS - 1)).unwrap();
    assert_eq!(pairs(&scene.store, "a/old"), [(0, 1.0)]);
    scene.store.tidy(Timestamp(7 * DAY_MS + HOUR_MS)).unwrap();
    assert_eq!(pairs(&scene.store, "a/old"), []);
    // The name goes with the last that is known of it: its day.
    scene.store.tidy(Timestamp(8 * DAY_MS - 1)).unwrap();
    assert_eq!((count(&scene, "series"), count(&scene, "hour")), (2, 2));
    scene.store.tidy(Timestamp(8 * DAY_MS)).unwrap();
    assert_eq!((count(&scene, "minute"), count(&scene, "hour")), (0, 0));
    assert_eq!(pairs(&scene.store, "a/both"), [(8 * DAY_MS, 2.0)]);
    assert_eq!(count(&scene, "series"), 1);
    assert_eq!(scene.store.health().detail, None);
    scene.store.append(frame(8 * DAY_MS + 1, &[("a/new", 3.0)]));
    scene.store.flush().unwrap();
    assert_eq!(pairs(&scene.reopen().store, "a/new"), [(8 * DAY_MS + 1, 3.0)]);
}

/// Samples and bytes of sealed hours, as the tables say to another connection.
fn in_tables(scene: &Scene) -> (u32, u32) {
    let path = scene.folder.path().join("bellwether.db");
    let database = rusqlite::Connection::open(path).unwrap();
    let sums = "SELECT
        (SELECT sum(clock.count) FROM chunk, clock
            WHERE clock.id = (chunk.id >> 32 << 32) + chunk.clock),
        (SELECT sum(length(samples)) FROM chunk) + (SELECT sum(length(times)) FROM clock)";
    database.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn what_sealed_hours_hold_is_counted_on_disk() {
    let scene = Scene::new();
    let there = |scene: &Scene| {
        let (samples, bytes) = in_tables(scene);
        Some((f64::from(samples), f64::from(bytes)))
    };
    let held = |scene: &Scene| {
        let metrics = scene.store.metrics();
        metrics.sealed_samples.zip(metrics.sealed_bytes)
    };
    assert_eq!(held(&scene), None, "nothing was counted yet");
    for second in 0..(3 * 3_600) {
        let samples = [("a/x_percent", f64::from(second % 7)), ("a/y_bytes", 5.0)];
        scene.store.append(frame(i64::from(second) * 1_000, &samples));
    }
    scene.store.tidy(Timestamp(3 * HOUR_MS + 300_000)).unwrap();
    assert_eq!(held(&scene), there(&scene));
    assert_eq!(in_tables(&scene).0, 2 * 3 * 3_600);

    // A late sample changes an hour that was counted.
    scene.store.append(frame(500, &[("a/x_percent", 99.0)]));
    scene.store.tidy(Timestamp(3 * HOUR_MS + 300_000)).unwrap();
    assert_eq!(held(&scene), there(&scene));
    assert_eq!(in_tables(&scene).0, 2 * 3 * 3_600 + 1);

    // A new start counts what is there, while frames come.
    let scene = scene.reopen();
    (0..3).for_each(|second| round(&scene.store, 4 * HOUR_MS + second * 1_000));
    assert_eq!(held(&scene), there(&scene));

    // What is dropped is not counted any more.
    scene.store.tidy(Timestamp(7 * DAY_MS + 2 * HOUR_MS)).unwrap();
    assert_eq!(held(&scene), there(&scene));
    assert_eq!(in_tables(&scene).0, 2 * 3_600 + 3);
}

/// Appends a frame and has it committed as a round of its own.
fn round(store: &Store, at_ms: i64) {
    store.append(frame(at_ms, &[("a/b", 1.0)]));
    store.flush().unwrap();
}

#[test]
fn the_writer_seals_by_itself_as_frames_say_that_time_passes() {
    let scene = Scene::new();
    (0..3).for_each(|hour| round(&scene.store, hour * HOUR_MS));
    (0..130).for_each(|second| round(&scene.store, 4 * HOUR_MS + second * 1_000));
    // A reopened store has no work half done.
    let scene = scene.reopen();
    assert_eq!(count(&scene, "chunk"), 3);
    assert_eq!(pairs(&scene.store, "a/b").len(), 133);
}

#[test]
fn a_source_in_the_future_drops_nothing() {
    let scene = Scene::new();
    round(&scene.store, 0);
    for second in 0..200 {
        round(&scene.store, second * 1_000);
        round(&scene.store, 365 * DAY_MS + second * 1_000);
    }
    let scene = scene.reopen();
    assert_eq!(count(&scene, "chunk"), 0);
    assert_eq!(pairs(&scene.store, "a/b").len(), 400);
}

#[test]
fn a_clock_that_jumps_costs_hours_not_days() {
    let scene = Scene::new();
    for hour in 0..48 {
        scene.store.append(frame(hour * HOUR_MS, &[("a/b", 1.0)]));
    }
    scene.store.tidy(Timestamp(49 * HOUR_MS)).unwrap();
    (0..200).for_each(|second| round(&scene.store, 365 * DAY_MS + second * 1_000));
    let left = count(&scene, "chunk");
    assert!((44..48).contains(&left), "{left}");
}

#[test]
fn years_are_cut_to_what_there_is() {
    let scene = Scene::new();
    let now = 1_700_000_000_000;
    for second in 0..600 {
        scene.store.append(frame(now + second * 1_000, &[("a/b", 1.0)]));
    }
    scene.store.flush().unwrap();
    let (from, to) = (Timestamp(0), Timestamp(i64::MAX));
    let answer = scene.store.series(&[name("a/b")], from, to, Resolution::Points(100)).unwrap();
    assert_eq!(answer.step_ms, 10_000);
}

#[test]
fn a_reader_sees_one_state_while_the_writer_goes_on() {
    let scene = Scene::new();
    let written = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for batch in 0..200 {
                for n in batch * 20..batch * 20 + 20 {
                    scene.store.append(frame(n * 30_000, &[("a/b", n as f64)]));
                }
                // Seals an hour every six batches, a moment after it is over.
                scene.store.tidy(Timestamp(batch * 600_000)).unwrap();
            }
            written.store(true, Relaxed);
        });
        let mut seen = 0;
        while !written.load(Relaxed) {
            let found = pairs(&scene.store, "a/b");
            assert!(found.len() >= seen);
            seen = found.len();
            for (n, (at, value)) in (0_i64..).zip(found) {
                assert_eq!((at, value), (n * 30_000, n as f64));
            }
        }
    });
    assert_eq!(pairs(&scene.store, "a/b").len(), 4_000);
}
