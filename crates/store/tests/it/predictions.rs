//! The log of predictions: kept over a restart and a kill, bounded, and patient with a full disk.

use bellwether_signal::{
    ModelId, Timestamp,
    ports::{LoggedPrediction, PredictionLabel},
    system::Health,
};
use bellwether_store::{Fault, Options, Store, StoreError};
use serde_json::json;

use crate::scene::Scene;

const DAY_MS: i64 = 86_400_000;

fn model(version: u32) -> ModelId {
    ModelId::of("churn", version).unwrap()
}

fn id(at_ms: i64, n: u32) -> String {
    let ms = format!("{at_ms:012x}");
    let (seconds, rest) = ms.split_at(8);
    format!("{seconds}-{rest}-7{:03x}-8000-{n:012x}", n % 0x1000)
}

fn predicted(version: u32, at_ms: i64, n: u32) -> LoggedPrediction {
    LoggedPrediction {
        id: id(at_ms, n),
        model: model(version),
        at: Timestamp(at_ms),
        inputs: Some(format!("{{\"x\":{n}}}").into()),
        input_hash: "0123456789abcdef".into(),
        prediction: json!("yes"),
        probabilities: Some(vec![0.25, 0.75]),
        confidence: Some(0.75),
        response_ms: 0.5,
        client: Some("shop".into()),
        shadow: n % 2 == 1,
        label: None,
        labelled_at: None,
    }
}

fn ids(store: &Store, version: u32) -> Vec<String> {
    let found = store.predictions(&model(version), None, 100_000).unwrap();
    found.into_iter().map(|one| one.id).collect()
}

#[test]
fn predictions_are_there_after_a_restart() {
    let scene = Scene::new();
    let mut bare = predicted(1, 5_000, 3);
    (bare.inputs, bare.probabilities, bare.confidence, bare.client) = (None, None, None, None);
    bare.prediction = json!(12.5);
    let all = [predicted(1, 1_000, 1), predicted(1, 1_000, 2), bare, predicted(2, 9_000, 4)];
    scene.store.log_predictions(all.to_vec());
    let scene = scene.reopen();
    let found = scene.store.predictions(&model(1), None, 10).unwrap();
    assert_eq!(found, [all[2].clone(), all[1].clone(), all[0].clone()], "newest first");
    let older = scene.store.predictions(&model(1), Some(&all[2].id), 1).unwrap();
    assert_eq!(older, all[1..2]);
    assert_eq!(scene.store.prediction(&all[3].id).unwrap().as_ref(), Some(&all[3]));
    assert_eq!(scene.store.prediction(&id(7, 7)).unwrap(), None);
    assert_eq!(scene.store.prediction("none").unwrap(), None);
    // The same once more is not there twice.
    scene.store.write_predictions(all.to_vec()).unwrap();
    assert_eq!(ids(&scene.store, 1).len(), 3);
    scene.store.forget_predictions(&model(1)).unwrap();
    assert!(ids(&scene.store, 1).is_empty());
    assert_eq!(ids(&scene.store, 2).len(), 1);
}

#[test]
fn labels_reach_predictions_that_were_taken_a_moment_ago() {
    let scene = Scene::new();
    let label = |id: &str, what: &str, at| PredictionLabel {
        id: id.to_owned(),
        label: json!(what),
        at: Timestamp(at),
    };
    let one = predicted(1, 1_000, 1);
    scene.store.log_predictions(vec![one.clone()]);
    let labels = vec![label(&one.id, "no", 5), label(&id(9, 9), "no", 5), label("none", "no", 5)];
    let unknown = scene.store.label_predictions(labels).unwrap();
    assert_eq!(unknown, [id(9, 9), "none".to_owned()]);
    scene.store.label_predictions(vec![label(&one.id, "yes", 6)]).unwrap();
    let found = scene.reopen().store.prediction(&one.id).unwrap().unwrap();
    assert_eq!((found.label, found.labelled_at), (Some(json!("yes")), Some(Timestamp(6))));
}

#[test]
fn old_ones_and_too_many_are_dropped() {
    let options =
        Options { keep_predictions_ms: 30 * DAY_MS, max_predictions: 6_000, ..Options::default() };
    let scene = Scene::with(options);
    let now = 40 * DAY_MS;
    let old = (0..7_000).map(|n| predicted(1, 5 * DAY_MS, n));
    let new = (0..20).map(|n| predicted(1, 20 * DAY_MS, n));
    let many = (0..12_000).map(|n| predicted(2, 39 * DAY_MS + i64::from(n), n));
    scene.store.write_predictions(old.chain(new).chain(many).collect()).unwrap();
    scene.store.tidy(Timestamp(now)).unwrap();
    assert_eq!(ids(&scene.store, 1).len(), 20);
    let kept = ids(&scene.store, 2);
    assert_eq!(kept.len(), 6_000);
    assert_eq!(kept.first(), Some(&id(39 * DAY_MS + 11_999, 11_999)), "the newest stay");
    scene.store.tidy(Timestamp(100 * DAY_MS)).unwrap();
    assert!(ids(&scene.store, 1).is_empty() && ids(&scene.store, 2).is_empty());
}

#[test]
fn a_full_disk_makes_them_wait_and_then_shed() {
    let scene = Scene::new();
    scene.store.write_predictions(vec![predicted(1, 1, 1)]).unwrap();
    scene.store.limit_size(Some(0)).unwrap();
    let large = |n: u32| {
        let inputs = Some("x".repeat(10_000).into());
        LoggedPrediction { inputs, ..predicted(1, 1_000, n) }
    };
    scene.store.log_predictions((0..100).map(large).collect());
    assert!(matches!(scene.store.flush(), Err(StoreError::NotWritten(Fault::Full))));
    let health = scene.store.health();
    assert_eq!(health.status, Health::Degraded, "{health:?}");
    assert!(health.detail.unwrap().contains("log of predictions"));
    let durable = scene.store.write_predictions((0..100).map(large).collect());
    assert!(matches!(durable, Err(StoreError::NotWritten(Fault::Full))), "{durable:?}");
    assert_eq!(scene.store.shed_predictions(), 0);
    // More than may wait: the oldest go, and are counted.
    for round in 1..=20 {
        scene.store.log_predictions((0..100).map(|n| large(round * 1_000 + n)).collect());
        assert!(scene.store.flush().is_err());
    }
    let shed = scene.store.shed_predictions();
    assert!(shed > 0);
    assert_eq!(scene.store.health().status, Health::Critical);
    scene.store.limit_size(None).unwrap();
    scene.store.flush().unwrap();
    assert_eq!(scene.store.health().status, Health::Healthy);
    assert_eq!(ids(&scene.store, 1).len() as u64 + shed, 1 + 2_100);
}
