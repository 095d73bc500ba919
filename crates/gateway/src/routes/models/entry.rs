//! A version as lists tell it: the fields that clients of the dashboard read, and ours beside them.

use bellwether_models::registry::{Summary, Version};
use bellwether_signal::model::{self, ModelMetrics, ModelState, ModelStatus};
use serde_json::{Map, Value, json};

use crate::{
    dialect::flat::{count, model_word, rfc3339, size},
    gateway::Gateway,
};

/// Whether it answers requests.
pub(super) fn is_active(status: &ModelStatus) -> bool {
    status.state == ModelState::Active
}

impl Gateway {
    /// How a version does, as it was told last.
    pub(super) fn model_metrics(&self, version: &Version) -> Option<ModelMetrics> {
        let (state, _) = self.services.hub.state(&model::metrics(version.id()))?;
        serde_json::from_value(Value::Object(state)).ok()
    }

    /// One version. What was never counted is 0, what is not known is null.
    pub(super) fn model_entry(&self, version: &Version) -> Value {
        let (record, live) = (&version.record, self.model_metrics(version));
        let status = &record.status;
        let (scores, summary) = (&status.scores, &record.summary);
        let live = live.as_ref();
        let per_minute = count(live.map_or(0.0, |live| live.predictions_per_minute));
        let mut entry = json!({
            "model_id": status.model,
            "name": status.model.name(),
            "version": format!("v{}", status.model.version()),
            "accuracy": live.and_then(|live| live.accuracy).or_else(|| status.score()),
            "created_at": rfc3339(status.created_at_ms),
            "status": model_word(status),
            "predictions_made": count(live.map_or(0.0, |live| live.predictions)),
            "avg_response_time": live.and_then(|live| live.response_mean_ms),
            "predictions_per_minute": per_minute,
            "prediction_rate": per_minute,
            "is_active": is_active(status),
            "target_column": status.target_column,
            "training_duration": record.took_seconds,
            "hyperparameters": hyperparameters(status, summary),
            "validation_metrics": {
                "precision": scores.get("precision"),
                "recall": scores.get("recall"),
                "f1_score": scores.get("f1"),
                "roc_auc": scores.get("roc_auc"),
                "validation_accuracy": status.score(),
                "train_accuracy": null,
                "test_accuracy": null,
            },
            "feature_importance": importance(summary),
            "confusion_matrix": confusion(summary),
            "model_size": status.size_bytes.map(size),
            "training_samples": summary.rows,
            // Each row is validated by the one fit that did not learn from it; none is set aside.
            "validation_samples": summary.rows,
            "test_samples": 0,
            "file_path": format!("/api/models/{}/export", status.model),
        });
        let ours = json!({
            "aliases": status.aliases,
            "state": status.state,
            "task": status.task,
            "run": status.run,
            "dataset": status.dataset,
            "scores": status.scores,
            "size_bytes": status.size_bytes.map(count),
            "created_at_ms": status.created_at_ms,
            "deployed_at_ms": status.deployed_at_ms,
            "user": status.user,
            "error": status.error,
            "health": live.map(|live| live.health),
            "accuracy_live": live.and_then(|live| live.accuracy),
            "estimated_accuracy": live.and_then(|live| live.estimated_accuracy),
            "classes": summary.classes,
        });
        if let (Some(entry), Value::Object(ours)) = (entry.as_object_mut(), ours) {
            entry.extend(ours);
        }
        entry
    }
}

fn hyperparameters(status: &ModelStatus, summary: &Summary) -> Value {
    let mut parameters = json!(summary.settings);
    parameters["algorithm"] = json!(status.algorithm);
    parameters["trees"] = json!(summary.trees);
    parameters
}

fn importance(summary: &Summary) -> Map<String, Value> {
    summary.importance.iter().map(|(column, share)| (column.clone(), json!(share))).collect()
}

/// Counts by the true class, then by the predicted one; `{}` where there are no classes.
fn confusion(summary: &Summary) -> Value {
    let row = |counts: &Vec<u64>| -> Value {
        let cells = summary.classes.iter().cloned().zip(counts.iter().map(|n| json!(n)));
        Value::Object(cells.collect())
    };
    let rows = summary.classes.iter().cloned().zip(summary.confusion.iter().map(row));
    Value::Object(rows.collect())
}
