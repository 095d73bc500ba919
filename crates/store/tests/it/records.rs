//! Records: kept over a restart, changed all or none, bounded.

use bellwether_signal::ports::RecordChange;
use bellwether_store::{MAX_RECORD_BYTES, StoreError};
use serde_json::json;

use crate::scene::Scene;

#[test]
fn records_are_there_after_a_restart_by_kind_and_id() {
    let scene = Scene::new();
    let put = |kind, id: &str, body| RecordChange::put(kind, id, &body);
    let (b, a) = (put("run", "2", json!({"n": 2})), put("run", "1", json!({"n": 1})));
    scene.store.change_records(vec![b, a, put("dataset", "1", json!("other"))]).unwrap();
    scene.store.change_records(vec![put("run", "2", json!({"n": 3}))]).unwrap();
    scene.store.change_records(vec![RecordChange::remove("run", "9")]).unwrap();

    let scene = scene.reopen();
    let runs = scene.store.records("run").unwrap();
    assert_eq!(runs, [("1".to_owned(), json!({"n": 1})), ("2".to_owned(), json!({"n": 3}))]);
    scene.store.change_records(vec![RecordChange::remove("run", "1")]).unwrap();
    assert_eq!(scene.store.records("run").unwrap().len(), 1);
    assert_eq!(scene.store.records("dataset").unwrap(), [("1".to_owned(), json!("other"))]);
}

#[test]
fn one_that_is_too_large_leaves_all_as_it_was() {
    let scene = Scene::new();
    let large = "x".repeat(MAX_RECORD_BYTES);
    let changes =
        vec![RecordChange::put("run", "1", &json!(1)), RecordChange::put("run", "2", &large)];
    let error = scene.store.change_records(changes).unwrap_err();
    assert!(matches!(error, StoreError::RecordTooLarge { .. }), "{error}");
    assert!(scene.store.records("run").unwrap().is_empty());
}
