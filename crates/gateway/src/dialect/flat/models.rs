//! Models: `model_deployed`, `model_status_change`, `model_status_realtime`, `model_metrics_update`,
//! `model_metrics_realtime`.

use bellwether_signal::{
    ModelId, Timestamp,
    model::{AccuracyTrend, ModelHealth, ModelMetrics, ModelState, ModelStatus, RateTrend},
};
use serde_json::{Map, Value, json};

use super::{
    frame::{Frame, count},
    words::rfc3339,
};

/// A change of accuracy that does not wait for people to notice.
const SIGNIFICANT: f64 = 0.05;

/// A status that is new or has changed.
pub(super) fn status(
    before: Option<&ModelStatus>,
    now: &ModelStatus,
    metrics: Option<&ModelMetrics>,
    at: Timestamp,
) -> Vec<Frame> {
    let mut frames = Vec::new();
    let newly = before
        .is_none_or(|before| !before.is_deployed() || before.deployed_at_ms != now.deployed_at_ms);
    if now.is_deployed() && newly {
        let happened = now.deployed_at_ms.unwrap_or(at);
        let fields = json!({
            "model_name": now.model.name(),
            "model_version": version(&now.model),
            "model_accuracy": now.score(),
            "deployment_timestamp": now.deployed_at_ms.map(rfc3339),
            "model_id": now.model,
            "message": format!("{} {} is deployed", now.model.name(), version(&now.model)),
        });
        frames.push(Frame::new("model_deployed", happened, fields).news_of(happened));
    }
    if before.is_none_or(|before| word(before) != word(now)) {
        frames.push(Frame::new("model_status_change", at, status_fields(before, now, metrics)));
    }
    frames
}

fn status_fields(
    before: Option<&ModelStatus>,
    now: &ModelStatus,
    metrics: Option<&ModelMetrics>,
) -> Value {
    json!({
        "model_id": now.model,
        "model_name": now.model.name(),
        "status": word(now),
        "old_status": before.map(word),
        "health_score": metrics.and_then(|metrics| metrics.health_score),
        "last_prediction": metrics.and_then(|it| it.last_prediction_at_ms).map(rfc3339),
        "accuracy": metrics.and_then(|metrics| metrics.accuracy).or_else(|| now.score()),
        "avg_response_time": metrics.and_then(|metrics| metrics.response_mean_ms),
        "deployment_timestamp": now.deployed_at_ms.map(rfc3339),
        "message": now.error,
    })
}

/// Metrics that are new or have changed.
pub(super) fn metrics(
    id: &str,
    before: Option<&ModelMetrics>,
    now: &ModelMetrics,
    status: Option<&ModelStatus>,
    at: Timestamp,
) -> Vec<Frame> {
    if before == Some(now) {
        return Vec::new();
    }
    let fields = metrics_fields(id, now, status, at);
    let mut frames = Vec::new();
    let health_changed = before.is_none_or(|before| before.health != now.health);
    if let (true, Some(status)) = (health_changed, status) {
        let fields = status_fields(Some(status), status, Some(now));
        frames.push(Frame::new("model_status_realtime", at, fields));
    }
    if before.is_some_and(|before| is_significant(before, now)) {
        let mut fields = fields.clone();
        fields.insert("significant_change".to_owned(), true.into());
        frames.push(Frame::new("model_metrics_realtime", at, Value::Object(fields)));
    }
    frames.push(Frame::new("model_metrics_update", at, Value::Object(fields)));
    frames
}

fn is_significant(before: &ModelMetrics, now: &ModelMetrics) -> bool {
    let moved = before.accuracy.zip(now.accuracy).map(|(before, now)| (before - now).abs());
    before.health != now.health || moved.is_some_and(|moved| moved >= SIGNIFICANT)
}

/// The page reads them flat, others nested.
fn metrics_fields(
    id: &str,
    now: &ModelMetrics,
    status: Option<&ModelStatus>,
    at: Timestamp,
) -> Map<String, Value> {
    let health = health(now.health);
    let fields = json!({
        "model_id": id,
        "model_name": status.map_or(id, |status| status.model.name()),
        "status": status.map(word),
        "last_updated": rfc3339(at),
        "accuracy": now.accuracy,
        "estimated_accuracy": now.estimated_accuracy,
        "accuracy_trend": now.accuracy_trend.map(accuracy_trend),
        "prediction_rate_trend": now.rate_trend.map(rate_trend),
        "predictions_made": count(now.predictions),
        "predictions_per_minute": count(now.predictions_per_minute),
        "avg_response_time": now.response_mean_ms,
        "p95_response_time": now.response_p95_ms,
        "f1_score": now.f1,
        "validation_accuracy": status.and_then(ModelStatus::score),
        "overall_health": health,
        "metrics": {
            "accuracy": now.accuracy,
            "predictions_per_minute": count(now.predictions_per_minute),
            "health_status": health,
            "total_predictions": count(now.predictions),
            "avg_response_time": now.response_mean_ms,
        },
    });
    match fields {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

pub(super) fn health(health: ModelHealth) -> &'static str {
    match health {
        ModelHealth::Healthy => "healthy",
        ModelHealth::Warning => "warning",
        ModelHealth::Critical => "critical",
    }
}

/// What a version is, in one word.
pub(crate) fn word(status: &ModelStatus) -> &'static str {
    match status.state {
        ModelState::Training => "training",
        ModelState::Active if status.is_deployed() => "deployed",
        ModelState::Active => "active",
        ModelState::Inactive => "inactive",
        ModelState::Error => "error",
    }
}

fn version(model: &ModelId) -> String {
    format!("v{}", model.version())
}

fn accuracy_trend(trend: AccuracyTrend) -> &'static str {
    match trend {
        AccuracyTrend::Improving => "improving",
        AccuracyTrend::Stable => "stable",
        AccuracyTrend::Declining => "declining",
    }
}

fn rate_trend(trend: RateTrend) -> &'static str {
    match trend {
        RateTrend::Increasing => "increasing",
        RateTrend::Stable => "stable",
        RateTrend::Decreasing => "decreasing",
    }
}
