//! What comes back of what was appended.

use bellwether_signal::{Timestamp, Unit};
use bellwether_store::{Options, Resolution, StoreError};

use crate::scene::{Scene, all, frame, name, pairs};

const CPU: &str = "host/web-1/cpu/total_percent";

#[test]
fn samples_come_back_at_their_resolution_and_survive_reopening() {
    let scene = Scene::new();
    scene.store.append(frame(1_000, &[(CPU, 12.34), ("host/web-1/memory/used_bytes", 4096.4)]));
    scene.store.append(frame(2_000, &[(CPU, 0.06)]));
    scene.store.flush().unwrap();
    let check = |scene: &Scene| {
        let columns = all(&scene.store, CPU);
        assert_eq!(columns.unit, Unit::Percent);
        assert_eq!(columns.interval_ms, 1_000);
        assert_eq!(pairs(&scene.store, CPU), [(1_000, 12.3), (2_000, 0.1)]);
        assert_eq!(pairs(&scene.store, "host/web-1/memory/used_bytes"), [(1_000, 4096.0)]);
        assert_eq!(pairs(&scene.store, "host/web-1/memory/free_bytes"), []);
    };
    check(&scene);
    check(&scene.reopen());
}

#[test]
fn the_newest_of_a_time_wins() {
    let scene = Scene::new();
    for value in [1.0, 2.0, 3.0] {
        scene.store.append(frame(1_000, &[(CPU, value)]));
    }
    scene.store.append(frame(500, &[(CPU, 9.0)]));
    scene.store.flush().unwrap();
    assert_eq!(pairs(&scene.store, CPU), [(500, 9.0), (1_000, 3.0)]);
}

#[test]
fn steps_tell_lowest_mean_and_highest_and_leave_gaps() {
    let scene = Scene::new();
    for (at, value) in [(10_100, 1.0), (10_900, 4.0), (13_000, 7.0)] {
        scene.store.append(frame(at, &[(CPU, value)]));
    }
    scene.store.flush().unwrap();
    let (from, to) = (Timestamp(10_000), Timestamp(20_000));
    let answer = scene.store.series(&[name(CPU)], from, to, Resolution::Step(1_000)).unwrap();
    assert_eq!((answer.from, answer.to, answer.step_ms), (from, to, 1_000));
    let columns = &answer.series[0];
    assert_eq!(columns.at_ms, [Timestamp(10_000), Timestamp(13_000)]);
    assert_eq!(
        (&*columns.min, &*columns.mean, &*columns.max),
        (&[1.0, 7.0][..], &[2.5, 7.0][..], &[4.0, 7.0][..])
    );
}

#[test]
fn few_points_are_samples_and_many_are_steps() {
    let scene = Scene::new();
    for second in 0..100 {
        scene.store.append(frame(second * 1_000, &[(CPU, 1.0)]));
    }
    scene.store.flush().unwrap();
    let ask = |points| {
        let (from, to) = (Timestamp(0), Timestamp(i64::MAX));
        scene.store.series(&[name(CPU)], from, to, Resolution::Points(points)).unwrap()
    };
    assert_eq!((ask(100).step_ms, ask(100).series[0].at_ms.len()), (0, 100));
    assert_eq!((ask(99).step_ms, ask(99).series[0].at_ms.len()), (2_000, 50));
    assert_eq!((ask(1).step_ms, ask(1).series[0].at_ms.len()), (120_000, 1));
}

#[test]
fn what_is_asked_is_bounded() {
    let scene = Scene::new();
    let ask = |resolution| {
        let names = vec![name(CPU); 200];
        scene
            .store
            .series(&names, Timestamp(0), Timestamp(1), resolution)
            .map(|answer| answer.series.len())
    };
    assert!(matches!(ask(Resolution::Points(1_000)), Err(StoreError::RangeTooLarge { .. })));
    assert!(matches!(ask(Resolution::Step(0)), Err(StoreError::Step(0))));
    assert_eq!(ask(Resolution::Points(500)).unwrap(), 200);
}

#[test]
fn a_range_backwards_or_far_away_is_empty() {
    let scene = Scene::new();
    scene.store.append(frame(1_000, &[(CPU, 1.0)]));
    scene.store.flush().unwrap();
    let ask = |from, to| {
        let (from, to) = (Timestamp(from), Timestamp(to));
        let answer = scene.store.series(&[name(CPU)], from, to, Resolution::Points(10)).unwrap();
        answer.series[0].at_ms.len()
    };
    assert_eq!(ask(1_000, 1_001), 1);
    assert_eq!(ask(1_001, 1_000), 0);
    assert_eq!(ask(0, 1_000), 0);
    assert_eq!(ask(i64::MIN, i64::MAX), 1);
    assert_eq!(ask(i64::MAX - 1, i64::MAX), 0);
}

#[test]
fn nonsense_is_refused_and_the_rest_kept() {
    let scene = Scene::new();
    scene.store.append(frame(1_000, &[(CPU, f64::NAN), ("a/b", f64::INFINITY), ("a/c", 1.5)]));
    scene.store.append(frame(-5, &[(CPU, 1.0)]));
    scene.store.append(frame(i64::MAX, &[(CPU, 1.0)]));
    scene.store.flush().unwrap();
    assert_eq!(pairs(&scene.store, CPU), []);
    assert_eq!(pairs(&scene.store, "a/c"), [(1_000, 1.5)]);
}

#[test]
fn names_are_bounded_and_health_says_so() {
    let scene = Scene::with(Options { max_series: 2, ..Options::default() });
    scene.store.append(frame(1_000, &[("a/1", 1.0), ("a/2", 1.0), ("a/3", 1.0)]));
    scene.store.flush().unwrap();
    assert_eq!(pairs(&scene.store, "a/2"), [(1_000, 1.0)]);
    assert_eq!(pairs(&scene.store, "a/3"), []);
    assert_eq!(pairs(&scene.store, "a/1"), [(1_000, 1.0)]);
    assert!(scene.store.health().detail.unwrap().contains("2 series, the most"));
}

#[test]
fn metrics_count() {
    let scene = Scene::new();
    scene.store.append(frame(1_000, &[("a/1", 1.0), ("a/2", 1.0)]));
    scene.store.flush().unwrap();
    let metrics = scene.store.metrics();
    assert_eq!((metrics.series, metrics.samples, metrics.failed_writes), (2.0, 2.0, 0.0));
    assert!(metrics.size_bytes > 4_096.0);
    let options = Options::default();
    assert_eq!(
        (metrics.keep_samples_ms, metrics.keep_minutes_ms),
        (options.keep_ms as f64, options.keep_minutes_ms as f64)
    );
    assert_eq!(
        (metrics.keep_hours_ms, metrics.keep_events_ms),
        (options.keep_hours_ms as f64, options.keep_events_ms as f64)
    );
}
