//! Simulations with a clock that only the test moves; nothing waits.

mod place;
mod windows;

use bellwether_signal::model::{AccuracyTrend, ModelHealth};
use serde_json::json;

use super::*;
use place::{Place, advance, now, wall};

#[test]
fn m7_labels_change_the_accuracy_at_once() {
    let place = Place::new();
    let ids = place.predict((0..40).map(|row| (f64::from(row % 10) / 10.0, "red")));
    let before = place.figures();
    assert_eq!((before.accuracy, before.labelled), (None, 0.0), "no label, no accuracy");
    assert!(before.estimated_accuracy.is_some_and(|it| (0.5..=1.0).contains(&it)), "{before:?}");
    let said = place.said(&ids[0]);
    let other = if said == json!("yes") { json!("no") } else { json!("yes") };
    let right = place.quality.label(&ids[0], &said, wall()).unwrap();
    assert_eq!((right.correct, right.accuracy, right.corrected), (Some(true), Some(1.0), false));
    let again = place.quality.label(&ids[0], &said, wall()).unwrap();
    assert_eq!((again.corrected, again.accuracy), (false, Some(1.0)), "a duplicate counts once");
    let corrected = place.quality.label(&ids[0], &other, wall()).unwrap();
    assert_eq!((corrected.corrected, corrected.accuracy), (true, Some(0.0)));
    assert!((place.figures().labelled - 1.0).abs() < 1e-9);
    // Told at once: the tick of the publishing thread, 100 ms later.
    place.quality.tell(now());
    let told = place.announced.states("metrics");
    assert_eq!(told.last().and_then(|it| it.get("accuracy").cloned()), Some(json!(0)));
}

#[test]
fn m7_labels_that_are_no_use_are_told_and_stop_no_other() {
    let place = Place::new();
    let ids = place.predict((0..3).map(|row| (f64::from(row) / 3.0, "red")));
    let error = place.quality.label("0192-none", &json!("yes"), wall()).unwrap_err().to_string();
    assert!(error.contains("no prediction \"0192-none\""), "{error}");
    let error = place.quality.label(&ids[0], &json!("maybe"), wall()).unwrap_err().to_string();
    assert!(error.contains("\"maybe\" is no class of this model, which knows: no, yes"), "{error}");
    let wish = |id: &str, label| LabelWish { id: id.to_owned(), label };
    let wishes = vec![
        wish(&ids[0], json!("yes")),
        wish("unknown", json!("yes")),
        wish(&ids[1], json!(7)),
        wish(&ids[2], json!("NO")),
        wish(&ids[0], json!("no")),
        wish(&ids[2], json!(false)),
    ];
    let report = place.quality.labels("kinds", wishes, wall()).unwrap();
    assert_eq!((report.accepted, report.corrected), (4, 0), "{report:?}");
    assert_eq!(report.unknown, ["unknown"]);
    assert!(report.refused[0].1.contains("7 is no class"), "{report:?}");
    assert!((place.figures().labelled - 2.0).abs() < 1e-9, "the last word of each id counts");
    let of_another = place.quality.labels("others", vec![wish(&ids[0], json!("no"))], wall());
    assert_eq!(of_another.unwrap().unknown, [ids[0].clone()]);
}

#[test]
fn m7_late_labels_find_predictions_that_left_memory() {
    let place = Place::new();
    let first = place.predict([(0.9, "red")]);
    for _ in 0..11 {
        place.predict((0..100).map(|row| (f64::from(row) / 100.0, "red")));
    }
    let said = place.said(&first[0]);
    let labelled = place.quality.label(&first[0], &said, wall()).unwrap();
    assert_eq!((labelled.correct, labelled.accuracy), (Some(true), Some(1.0)));
    let again = place.quality.label(&first[0], &said, wall()).unwrap();
    assert_eq!((again.corrected, place.figures().labelled), (false, 1.0), "{again:?}");
}

#[test]
fn m8_rates_and_times_are_those_of_the_clock() {
    let place = Place::new();
    for _ in 0..30 {
        place.predict([(0.5, "red"), (0.7, "green")]);
        advance(2_000);
    }
    let figures = place.figures();
    assert!((figures.predictions - 60.0).abs() < 1e-9);
    // Two every 2 s: the last 60 s hold 29 or 30 pairs, by whether the first second counts.
    assert!((56.0..=60.0).contains(&figures.predictions_per_minute), "{figures:?}");
    advance(61_000);
    assert!(place.figures().predictions_per_minute.abs() < 1e-9, "nobody asked for a minute");
    let figures = place.figures();
    assert!(figures.response_p50_ms <= figures.response_p95_ms);
    assert!(figures.response_p95_ms <= figures.response_p99_ms && figures.rate_trend.is_none());
}

#[test]
fn m8_a_trend_is_a_test_and_not_the_last_two_labels() {
    let place = Place::new();
    let ids = place.predict((0..200).map(|row| (f64::from(row % 10) / 10.0, "red")));
    let label = |range: std::ops::Range<usize>, right: &dyn Fn(usize) -> bool| {
        for place_of in range {
            let said = place.said(&ids[place_of]);
            let other = if said == json!("yes") { "no" } else { "yes" };
            let truth = if right(place_of) { said } else { json!(other) };
            place.quality.label(&ids[place_of], &truth, wall()).unwrap();
        }
    };
    label(0..39, &|row| row % 10 != 0);
    assert_eq!(place.figures().accuracy_trend, None, "too few");
    label(39..100, &|row| row % 10 != 0);
    label(100..102, &|_| false);
    assert_eq!(place.figures().accuracy_trend, Some(AccuracyTrend::Stable));
    label(102..180, &|row| row % 2 == 0);
    assert_eq!(place.figures().accuracy_trend, Some(AccuracyTrend::Declining));
}

#[test]
fn m10_milestones_are_told_once_and_figures_every_five_seconds() {
    let place = Place::new();
    place.quality.tick();
    for _ in 0..12 {
        place.predict((0..10).map(|row| (f64::from(row) / 10.0, "red")));
        place.quality.tick();
        advance(1_000);
    }
    let volume = place.announced.events("volume");
    assert_eq!(volume.len(), 1, "{volume:?}");
    assert_eq!(volume[0]["milestone"], json!(100));
    assert!(volume[0]["text"].as_str().unwrap().contains("has made 100 predictions"));
    let told = place.announced.states("metrics").len();
    assert_eq!(told, 3, "12 s are three times five seconds, begun");
    let predictions = place.announced.events("predictions");
    assert_eq!(predictions.len(), 120);
    let last = predictions.last().unwrap();
    assert_eq!(
        (last["predictions"].clone(), last["stands_for"].clone()),
        (json!(120), json!(null))
    );
    assert_eq!(last["inputs"], json!({"colour": "red", "x": 0.9}), "{last}");
    // What nobody is told one by one, the newest stands for.
    place.predict((0..100).map(|row| (f64::from(row) / 100.0, "red")));
    place.quality.tick();
    let mut told = place.announced.events("predictions").split_off(120);
    let last = told.pop().unwrap();
    assert_eq!((last["predictions"].clone(), last["stands_for"].clone()), (json!(220), json!(91)));
    assert_eq!(told.len(), 9);
    assert!(told.iter().all(|one| one["stands_for"].is_null()), "{told:?}");
}

#[test]
fn m11_health_is_the_worst_of_its_parts() {
    let place = Place::new();
    let ids = place.predict((0..100).map(|row| (f64::from(row % 10) / 10.0, "red")));
    for (row, id) in ids.iter().enumerate() {
        let said = place.said(id);
        let other = if said == json!("yes") { "no" } else { "yes" };
        let truth = if row % 6 == 0 { json!(other) } else { said };
        place.quality.label(id, &truth, wall()).unwrap();
    }
    // 17 of 100 are wrong: below 85 %, not below 80 %.
    let figures = place.figures();
    assert_eq!(figures.health, ModelHealth::Warning);
    let reason = figures.health_reason.unwrap();
    assert!(reason.contains("accuracy 83.0 % is below 85.0 %"), "{reason}");
    assert!(figures.health_score.is_some_and(|score| (0.5..0.8).contains(&score)));
    assert!(
        figures.accuracy_low.zip(figures.accuracy_high).is_some_and(|(l, h)| l < 0.83 && h > 0.83)
    );
    place.thresholds(0.95, 0.90);
    assert_eq!(place.figures().health, ModelHealth::Critical, "thresholds are the name's own");
    place.thresholds(0.5, 0.4);
    assert_eq!(place.figures().health, ModelHealth::Healthy);
}

#[test]
fn m12_drift_is_found_where_it_is_and_its_causes_are_measured() {
    let place = Place::new();
    let even = |row: u32| f64::from((row * 37) % 100) / 100.0;
    let colours = ["red", "green", "blue"];
    place.predict((0..300_u32).map(|row| (even(row), colours[row as usize % 3])));
    let drift = place.quality.drift(&place.id).unwrap();
    assert!(!drift.drifted, "{drift:?}");
    assert!(!drift.features["x"].drifted && !drift.features["colour"].drifted, "{drift:?}");
    advance(60_000);
    // Everything comes from the upper third now, and a third of it in a colour that nobody knew.
    for _ in 0..4 {
        let rows = (0..300_u32).map(|row| {
            let colour = if row % 3 == 0 { "mauve" } else { colours[row as usize % 3] };
            (0.67 + even(row) / 3.0, colour)
        });
        place.predict(rows);
    }
    let drift = place.quality.drift(&place.id).unwrap();
    assert!(drift.drifted && drift.features["x"].drifted, "{drift:?}");
    assert!(drift.text.contains("x ("), "{}", drift.text);
    assert!(drift.features["colour"].unseen.is_some_and(|share| (0.3..0.4).contains(&share)));
    assert!(drift.predicted.as_ref().is_some_and(|it| it.drifted), "more of them are yes");
    let view = place.quality.drift_view(&place.id).unwrap();
    let sum: f64 = view.bins["x"].iter().map(|bin| bin.now).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    let why = place.quality.why(&place.id, Symptom::Drift).unwrap();
    assert_eq!((why.causes[0].name.as_str(), why.causes[0].kind.as_str()), ("x", "column"));
    assert!(why.causes[0].share > 0.5, "{why:?}");
    let shares: f64 = why.causes.iter().map(|cause| cause.share).sum();
    assert!((shares + why.not_explained - 1.0).abs() < 1e-9, "{why:?}");
    let colour = why.causes.iter().find(|cause| cause.name == "colour");
    let ruled_out = why.ruled_out.iter().any(|text| text.contains("colour"));
    assert!(
        colour.is_some_and(|it| it.kind == "category" && it.text.contains("mauve")) || ruled_out
    );
    assert!(why.since.is_some(), "{why:?}");
}

#[test]
fn m12_missing_values_and_a_client_are_named() {
    let place = Place::new();
    let even = |row: u32| f64::from((row * 37) % 100) / 100.0;
    let mut ids = place.predict_for("a", (0..60_u32).map(|row| (even(row), "red")));
    ids.extend(place.predict_for(
        "b",
        (0..40_u32).map(|row| (f64::NAN, if row % 2 == 0 { "red" } else { "green" })),
    ));
    for (row, id) in ids.iter().enumerate() {
        let said = place.said(id);
        let other = if said == json!("yes") { "no" } else { "yes" };
        let truth = if row >= 60 && row % 2 == 0 { json!(other) } else { said };
        place.quality.label(id, &truth, wall()).unwrap();
    }
    let why = place.quality.why(&place.id, Symptom::Accuracy).unwrap();
    let client = why.causes.iter().find(|cause| cause.kind == "client").unwrap();
    assert_eq!(client.name, "b", "{why:?}");
    let shares: f64 = why.causes.iter().map(|cause| cause.share).sum();
    assert!((shares + why.not_explained - 1.0).abs() < 1e-9, "{why:?}");
    let why = place.quality.why(&place.id, Symptom::Drift).unwrap();
    let x = why.causes.iter().find(|cause| cause.name == "x").unwrap();
    assert_eq!(x.kind, "missing", "{why:?}");
}

#[test]
fn m13_windows_and_counts_come_back_after_a_restart() {
    let mut place = Place::new();
    place.quality.tick();
    let ids = place.predict((0..150).map(|row| (f64::from(row % 10) / 10.0, "mauve")));
    for id in ids.iter().take(30) {
        place.quality.label(id, &place.said(id), wall()).unwrap();
    }
    let before = place.figures();
    place.quality.tick();
    place.quality.close();
    place.restart();
    advance(1_000);
    // What comes before the first tick is not forgotten by it.
    place.predict([(0.3, "red")]);
    place.quality.tick();
    let after = place.figures();
    assert!(
        (after.predictions - 151.0).abs() < 1e-9 && (after.labelled - 30.0).abs() < 1e-9,
        "{after:?}"
    );
    assert_eq!((after.accuracy, after.accuracy_low), (before.accuracy, before.accuracy_low));
    let near = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| (a - b).abs() < 0.01);
    assert!(near(after.estimated_accuracy, before.estimated_accuracy), "{after:?} {before:?}");
    let unseen = place.quality.drift(&place.id).unwrap().features["colour"].unseen;
    assert!(unseen.is_some_and(|share| share > 0.9), "{unseen:?}");
    let volume = place.announced.events("volume");
    assert!(volume.is_empty(), "milestones before the restart are not told again: {volume:?}");
    // Killed before anything was saved: the log still tells.
    place.records.forget();
    place.restart();
    assert!((place.figures().predictions - 151.0).abs() < 1e-9);
}

#[test]
fn m14_a_computation_that_fails_stops_no_prediction() {
    let place = Place::new();
    place.predict([(0.5, "red")]);
    place.quality.tick();
    lock(&place.quality.known(&place.id).unwrap()).breaks = true;
    advance(6_000);
    let ids = place.predict([(0.6, "red"), (0.7, "green")]);
    place.quality.tick();
    assert_eq!(ids.len(), 2);
    let told = place.announced.states("metrics").pop().unwrap();
    assert_eq!(told["health"], json!("warning"));
    assert!(told["health_reason"].as_str().unwrap().contains("broken on purpose"), "{told:?}");
    let report = place.quality.report();
    assert_eq!((report.failed, report.failing.len(), report.watched), (1, 1, 1));
    lock(&place.quality.known(&place.id).unwrap()).breaks = false;
    advance(6_000);
    place.quality.tick();
    let told = place.announced.states("metrics").pop().unwrap();
    assert_eq!(told["predictions"], json!(3));
    assert!(place.quality.report().failing.is_empty());
}

#[test]
fn a_version_that_is_deleted_is_retired() {
    let place = Place::new();
    place.predict([(0.5, "red")]);
    place.quality.tick();
    place.registry.delete(&place.id, None).unwrap();
    place.quality.tick();
    let gone = place.announced.gone();
    assert!(gone.iter().any(|topic| topic.ends_with("/metrics")), "{gone:?}");
    assert!(place.quality.figures(&place.id).is_none());
}
