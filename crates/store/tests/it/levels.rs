//! Coarser levels: what is dropped from one is still in the next, counted once.

use std::collections::BTreeMap;

use bellwether_signal::{Timestamp, answer::SeriesColumns};
use bellwether_store::{Options, Resolution, Store};
use proptest::prelude::*;

use crate::scene::{Scene, frame, name, pairs};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const SERIES: &str = "a/b_bytes";

/// Samples are kept for two hours, minutes for two days, hours for long.
fn options() -> Options {
    Options {
        keep_ms: 2 * HOUR_MS,
        keep_minutes_ms: 2 * DAY_MS,
        keep_hours_ms: 1_000 * DAY_MS,
        seal_after_ms: 0,
        ..Options::default()
    }
}

fn steps(store: &Store, from: i64, to: i64, step: i64) -> SeriesColumns {
    let answer =
        store.series(&[name(SERIES)], Timestamp(from), Timestamp(to), Resolution::Step(step));
    answer.unwrap().series.into_iter().next().unwrap()
}

/// Start, lowest, mean and highest of each row.
fn rows(columns: &SeriesColumns) -> Vec<(i64, f64, f64, f64)> {
    let row = |n: usize| (columns.at_ms[n].0, columns.min[n], columns.mean[n], columns.max[n]);
    (0..columns.at_ms.len()).map(row).collect()
}

/// The same of samples.
fn expected(
    samples: &BTreeMap<i64, f64>,
    from: i64,
    to: i64,
    step: i64,
) -> Vec<(i64, f64, f64, f64)> {
    let mut buckets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (at, value) in samples.range(from..to) {
        buckets.entry(at / step * step).or_default().push(*value);
    }
    let row = |(at, values): (i64, Vec<f64>)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        (at, min, mean, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    buckets.into_iter().map(row).collect()
}

#[test]
fn what_a_level_drops_the_next_one_still_tells() {
    let scene = Scene::with(options());
    let mut samples = BTreeMap::new();
    // Four days, a sample every 20 s.
    for n in 0..4 * DAY_MS / 20_000 {
        let value = (n * n % 977) as f64;
        samples.insert(n * 20_000, value);
        scene.store.append(frame(n * 20_000, &[(SERIES, value)]));
        if n % 5_000 == 0 {
            scene.store.flush().unwrap();
        }
    }
    scene.store.flush().unwrap();
    let check = |from, to, step| {
        let found = rows(&steps(&scene.store, from, to, step));
        assert_eq!(found, expected(&samples, from, to, step), "{from} {to} {step}");
    };
    let all = |scene: &Scene| {
        for step in [HOUR_MS, 2 * HOUR_MS, DAY_MS] {
            check(0, 4 * DAY_MS, step);
            check(DAY_MS, 4 * DAY_MS, step);
            check(5 * HOUR_MS, 3 * DAY_MS + 7 * HOUR_MS, step);
        }
        for step in [MINUTE_MS, 5 * MINUTE_MS, 90 * MINUTE_MS] {
            check(2 * DAY_MS, 4 * DAY_MS, step);
            check(3 * DAY_MS + 17 * MINUTE_MS, 4 * DAY_MS - 33 * MINUTE_MS, step);
        }
        let last = 4 * DAY_MS - 2 * HOUR_MS;
        check(last, 4 * DAY_MS, 1_000);
        check(last + 1_234, 4 * DAY_MS - 987, 7_000);
        assert!(pairs(&scene.store, SERIES).len() >= 2 * 180);
    };
    all(&scene);
    scene.store.tidy(Timestamp(4 * DAY_MS)).unwrap();
    assert_eq!(pairs(&scene.store, SERIES).len(), 2 * 180, "two hours of samples");
    all(&scene);

    // Finer than what there is: a row a minute, then a row an hour, each once, and it says so.
    let fine = steps(&scene.store, 3 * DAY_MS, 3 * DAY_MS + HOUR_MS, 1_000);
    assert_eq!((fine.at_ms.len(), fine.interval_ms), (60, MINUTE_MS));
    let mixed = steps(&scene.store, DAY_MS, 4 * DAY_MS, MINUTE_MS);
    assert_eq!((mixed.at_ms.len(), mixed.interval_ms), (24 + 2 * 1_440, HOUR_MS));
    assert!(mixed.at_ms.is_sorted());

    // Points: samples where they are all there, otherwise steps over all that there is.
    let points = |from: i64, points| {
        let to = Timestamp(4 * DAY_MS);
        let resolution = Resolution::Points(points);
        scene.store.series(&[name(SERIES)], Timestamp(from), to, resolution).unwrap()
    };
    assert_eq!(points(4 * DAY_MS - HOUR_MS, 1_000).step_ms, 0);
    let long = points(0, 100);
    assert_eq!((long.step_ms, long.series[0].at_ms.len()), (HOUR_MS, 96));
    let scene = scene.reopen();
    let found = rows(&steps(&scene.store, 0, 4 * DAY_MS, DAY_MS));
    assert_eq!(found, expected(&samples, 0, 4 * DAY_MS, DAY_MS));
}

#[test]
fn who_comes_later_than_the_samples_are_kept_counts_once_more() {
    let scene = Scene::with(options());
    let mut samples = BTreeMap::new();
    let append = |samples: &mut BTreeMap<i64, f64>, at: i64, value: f64| {
        samples.insert(at, value);
        scene.store.append(frame(at, &[(SERIES, value)]));
    };
    let check = |samples: &BTreeMap<i64, f64>| {
        for step in [MINUTE_MS, HOUR_MS] {
            let found = rows(&steps(&scene.store, 0, DAY_MS, step));
            assert_eq!(found, expected(samples, 0, DAY_MS, step), "{step}");
        }
    };
    (0..60).for_each(|n| append(&mut samples, n * MINUTE_MS + 500, n as f64));
    append(&mut samples, 9 * HOUR_MS, 1.0);
    scene.store.tidy(Timestamp(9 * HOUR_MS)).unwrap();
    assert_eq!(pairs(&scene.store, SERIES).len(), 1, "the hour's samples are gone");
    check(&samples);
    for round in 0..3 {
        append(&mut samples, 7 * MINUTE_MS + 600 + round, 100.0 + round as f64);
        append(&mut samples, 59 * MINUTE_MS + 600 + round, -5.0);
        scene.store.flush().unwrap();
        check(&samples);
        scene.store.tidy(Timestamp(9 * HOUR_MS)).unwrap();
        check(&samples);
    }
}

#[test]
fn hours_that_were_sealed_before_there_were_levels_get_them() {
    let scene = Scene::new();
    let mut samples = BTreeMap::new();
    for n in 0..2 * 3_600 {
        let value = (n % 71) as f64;
        samples.insert(n * 1_000, value);
        scene.store.append(frame(n * 1_000, &[(SERIES, value)]));
    }
    scene.store.tidy(Timestamp(DAY_MS)).unwrap();
    scene.store.close();
    let path = scene.folder.path().join("bellwether.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        "DROP TABLE minute; DROP TABLE hour; DROP TABLE dropped; DROP TABLE durable; \
         DROP TABLE durable_position; DROP TABLE record; DROP TABLE prediction; \
         DROP TABLE prediction_model; PRAGMA user_version = 3",
    )
    .unwrap();
    drop(old);
    let scene = scene.reopen();
    let tables = rusqlite::Connection::open(&path).unwrap();
    let minutes: i64 =
        tables.query_row("SELECT count(*) FROM minute", [], |row| row.get(0)).unwrap();
    assert_eq!(minutes, 2);
    let found = rows(&steps(&scene.store, 0, 2 * HOUR_MS, HOUR_MS));
    assert_eq!(found, expected(&samples, 0, 2 * HOUR_MS, HOUR_MS));
}

#[test]
fn a_damaged_row_is_told() {
    let scene = Scene::new();
    (0..3_600).for_each(|n| scene.store.append(frame(n * 1_000, &[(SERIES, n as f64)])));
    scene.store.append(frame(DAY_MS, &[(SERIES, 0.0)]));
    scene.store.tidy(Timestamp(DAY_MS)).unwrap();
    let path = scene.folder.path().join("bellwether.db");
    rusqlite::Connection::open(path).unwrap().execute("UPDATE hour SET rows = x'ff'", []).unwrap();
    let ask = |step| {
        let (from, to) = (Timestamp(0), Timestamp(DAY_MS));
        scene.store.series(&[name(SERIES)], from, to, Resolution::Step(step))
    };
    let error = ask(HOUR_MS).unwrap_err().to_string();
    assert!(error.contains("history of day 0 since 1970 is damaged"), "{error}");
    assert_eq!(ask(MINUTE_MS).unwrap().series[0].at_ms.len(), 60);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Random appends, also late ones, with tidying and restarts anywhere: every sample counts once
    /// at every level, whichever of them are still kept.
    #[test]
    fn every_sample_counts_once(
        script in prop::collection::vec(
            (0..30_i64, 0..120_i64, -1_000..1_000_i64, prop::option::weighted(0.1, any::<bool>())),
            1..120,
        ),
        step in prop_oneof![Just(HOUR_MS), Just(2 * HOUR_MS), Just(DAY_MS)],
        (first, hours) in (0..30_i64, 1..30_i64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open_with(folder.path(), options()).unwrap();
        let mut samples = BTreeMap::new();
        for (n, (hour, slot, value, after)) in (0_i64..).zip(script) {
            // Half a minute apart, and no time twice: what was dropped cannot be replaced.
            let at = hour * HOUR_MS + slot * 30_000 + n;
            samples.insert(at, value as f64);
            store.append(frame(at, &[(SERIES, value as f64)]));
            match after {
                Some(true) => store.tidy(Timestamp((hour + 3) * HOUR_MS)).unwrap(),
                Some(false) => {
                    store.close();
                    store = Store::open_with(folder.path(), options()).unwrap();
                }
                None => {}
            }
        }
        store.flush().unwrap();
        let (from, to) = (first * HOUR_MS, (first + hours) * HOUR_MS);
        // Only whole hours: those of which no finer level is left cannot be cut.
        let check = |store: &Store| {
            let found = rows(&steps(store, from, to, step));
            assert_eq!(found, expected(&samples, from, to, step));
        };
        check(&store);
        store.tidy(Timestamp(40 * HOUR_MS)).unwrap();
        check(&store);
        let fine = rows(&steps(&store, from, to, MINUTE_MS));
        assert_eq!(fine, expected(&samples, from, to, MINUTE_MS));
    }
}
