//! Random histories against a model that keeps everything in a map.

use std::collections::BTreeMap;

use bellwether_signal::{Timestamp, answer::SeriesColumns};
use bellwether_store::{Frame, Resolution};
use proptest::prelude::*;

use crate::scene::{Scene, name};

const HOUR_MS: i64 = 3_600_000;
/// One with whole steps, one with tenths, one with hundredths.
const NAMES: [&str; 3] = ["host/a/memory/used_bytes", "host/a/cpu/total_percent", "host/a/load_1m"];

#[derive(Clone, Debug)]
enum Step {
    Append { at_ms: i64, interval_ms: u32, samples: Vec<(usize, f64)> },
    Tidy { now_ms: i64 },
    Reopen,
}

/// Few times, around the edges of hours, so that they meet.
fn time() -> impl Strategy<Value = i64> {
    (0..4_i64, -3..6_i64, prop_oneof![Just(1), Just(500), Just(60_000)])
        .prop_map(|(hour, offset, scale)| (hour * HOUR_MS + offset * scale).max(0))
}

fn step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        (-100..100_i32).prop_map(|tenths| f64::from(tenths) / 7.0),
        Just(0.0),
        -1e15..1e15,
    ];
    let samples = prop::collection::vec((0..NAMES.len(), value), 1..5);
    prop_oneof![
        12 => (time(), prop_oneof![Just(1_000_u32), Just(10_000)], samples)
            .prop_map(|(at_ms, interval_ms, samples)| Step::Append { at_ms, interval_ms, samples }),
        2 => (0..6 * HOUR_MS).prop_map(|now_ms| Step::Tidy { now_ms }),
        1 => Just(Step::Reopen),
    ]
}

/// What there is: by series and time, the value and the interval it came with.
type Model = BTreeMap<(usize, i64), (f64, i64)>;

fn rows(model: &Model, series: usize, from: i64, to: i64) -> Vec<(i64, f64)> {
    model
        .range((series, from)..(series, to.max(from)))
        .map(|((_, at), (value, _))| (*at, *value))
        .collect()
}

fn steps(rows: &[(i64, f64)], step: i64) -> Vec<(i64, f64, f64, f64)> {
    let mut buckets: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (at, value) in rows {
        buckets.entry(at / step * step).or_default().push(*value);
    }
    let summary = |(at, values): (i64, Vec<f64>)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (at, min, mean, max)
    };
    buckets.into_iter().map(summary).collect()
}

fn check_steps(columns: &SeriesColumns, expected: &[(i64, f64, f64, f64)]) {
    let at: Vec<i64> = columns.at_ms.iter().map(|at| at.0).collect();
    assert_eq!(at, expected.iter().map(|row| row.0).collect::<Vec<_>>());
    assert_eq!(columns.min, expected.iter().map(|row| row.1).collect::<Vec<_>>());
    assert_eq!(columns.max, expected.iter().map(|row| row.3).collect::<Vec<_>>());
    for (mean, (_, min, wanted, max)) in columns.mean.iter().zip(expected) {
        let scale = min.abs().max(max.abs()).max(1.0);
        assert!((mean - wanted).abs() <= scale * 1e-9, "{mean} is not {wanted}");
    }
}

fn check_all(scene: &Scene, model: &Model, (from, to): (i64, i64), step: i64, points: usize) {
    let names = NAMES.map(name);
    let ask = |resolution| {
        scene.store.series(&names, Timestamp(from), Timestamp(to), resolution).unwrap()
    };
    let raw = ask(Resolution::Raw);
    let stepped = ask(Resolution::Step(step));
    let pointed = ask(Resolution::Points(points));
    let most = (0..NAMES.len()).map(|series| rows(model, series, from, to).len()).max().unwrap();
    assert_eq!(pointed.step_ms == 0, most <= points);
    for series in 0..NAMES.len() {
        let expected = rows(model, series, from, to);
        let columns = &raw.series[series];
        let found: Vec<_> =
            columns.at_ms.iter().map(|at| at.0).zip(columns.mean.iter().copied()).collect();
        assert_eq!(found, expected);
        assert_eq!((&columns.min, &columns.max), (&columns.mean, &columns.mean));
        if !expected.is_empty() {
            assert!([1_000, 10_000].contains(&columns.interval_ms), "{}", columns.interval_ms);
        }
        check_steps(&stepped.series[series], &steps(&expected, step));
        if pointed.step_ms == 0 {
            assert_eq!(pointed.series[series].at_ms, columns.at_ms);
        } else {
            assert!(pointed.series[series].at_ms.len() <= points);
            check_steps(&pointed.series[series], &steps(&expected, pointed.step_ms));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn history_is_what_was_appended(
        script in prop::collection::vec(step(), 1..60),
        from in time(),
        length in 0..5 * HOUR_MS,
        step in prop_oneof![Just(1_000_i64), Just(7_000), Just(60_000), Just(HOUR_MS), Just(5_400_000)],
        points in 1..40_usize,
    ) {
        let mut scene = Scene::new();
        let mut model = Model::new();
        for step in script {
            match step {
                Step::Append { at_ms, interval_ms, samples } => {
                    for (series, value) in &samples {
                        let value = name(NAMES[*series]).unit().round(*value).unwrap();
                        model.insert((*series, at_ms), (value, interval_ms.into()));
                    }
                    let samples =
                        samples.iter().map(|(series, value)| (NAMES[*series].into(), *value));
                    scene.store.append(Frame {
                        at: Timestamp(at_ms),
                        interval_ms,
                        samples: samples.collect(),
                    });
                }
                Step::Tidy { now_ms } => scene.store.tidy(Timestamp(now_ms)).unwrap(),
                Step::Reopen => scene = scene.reopen(),
            }
        }
        scene.store.flush().unwrap();
        check_all(&scene, &model, (from, from + length), step, points);
        check_all(&scene, &model, (0, i64::MAX), step, points);
        // Whatever is left, sealed.
        scene.store.tidy(Timestamp(10 * HOUR_MS)).unwrap();
        check_all(&scene, &model, (from, from + length), step, points);
    }
}
