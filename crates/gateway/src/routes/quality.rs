//! How versions do: labels for their predictions, live figures, drift, and why.

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::BytesRejection},
};
use bellwether_models::{
    quality::{DriftView, LabelError, LabelWish, Symptom, WhyError},
    registry::Version,
};
use bellwether_signal::{
    ModelId,
    feature::Feature,
    model::{AccuracyTrend, ModelHealth, ModelMetrics, ModelSettings, ModelState, RateTrend},
    why::WhyAnswer,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    access::{PublisherOrMore, Reader, switched_off},
    dialect::flat::{count, model_word, rfc3339},
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// Labels of one request.
const LABELS: usize = 10_000;
/// Largest body of labels.
const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Labels that are no use and are told one by one.
const REFUSED: usize = 100;

pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_BYTES)
}

/// The limit of a body there, if it is another than everywhere.
pub(super) fn body_limit(path: &str) -> Option<usize> {
    (path.starts_with("/api/models/") && path.ends_with("/feedback")).then_some(BODY_BYTES)
}

#[derive(Deserialize)]
struct OneLabel {
    label: Value,
}

#[derive(Deserialize)]
struct ManyLabels {
    labels: Vec<LabelOf>,
}

#[derive(Deserialize)]
struct LabelOf {
    #[serde(alias = "id")]
    prediction_id: String,
    label: Value,
}

fn malformed(what: &str, error: &impl std::fmt::Display) -> Problem {
    Problem::new(Kind::Unprocessable, format!("The body has to be {what}: {error}."))
}

/// `POST /api/predictions/{id}/feedback`: what turned out to be true of one prediction.
pub(super) async fn label(
    State(gateway): State<Arc<Gateway>>,
    _: PublisherOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let wish: OneLabel = serde_json::from_slice(&body)
        .map_err(|error| malformed("a JSON object such as {\"label\": \"yes\"}", &error))?;
    let at = (gateway.services.clock)().wall;
    let labelled = gateway
        .ask_models({
            let id = id.clone();
            move |models| {
                let labelled = models.quality.label(&id, &wish.label, at).map_err(refused)?;
                models.serving.note_label(&id, &labelled.label, at);
                Ok(labelled)
            }
        })
        .await?;
    Ok(Json(json!({
        "prediction_id": id,
        "model_id": labelled.model,
        "label": labelled.label,
        "prediction": labelled.prediction,
        "correct": labelled.correct,
        "error": labelled.error,
        "corrected": labelled.corrected,
        "accuracy": labelled.accuracy,
        "rmse": labelled.rmse,
    })))
}

fn refused(error: LabelError) -> Problem {
    let kind = match error {
        LabelError::Unknown(_) => Kind::NotFound,
        LabelError::Refused(_) => Kind::Unprocessable,
        LabelError::Keep(error) => return error.into(),
    };
    Problem::new(kind, format!("{error}."))
}

/// `POST /api/models/{id}/feedback`: many labels. Those that are no use are told and stop no other.
pub(super) async fn labels(
    State(gateway): State<Arc<Gateway>>,
    _: PublisherOrMore,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let body =
        body.map_err(|error| Problem::new(Kind::of_status(error.status()), error.body_text()))?;
    let wish: ManyLabels = serde_json::from_slice(&body).map_err(|error| {
        malformed("{\"labels\": [{\"prediction_id\": \"…\", \"label\": \"yes\"}, …]}", &error)
    })?;
    if wish.labels.len() > LABELS {
        let detail = format!("At most {LABELS} labels go into one request; send them in parts.");
        return Err(Problem::new(Kind::TooLarge, detail));
    }
    let at = (gateway.services.clock)().wall;
    let report = gateway
        .ask_models(move |models| {
            models.registry.find_or_newest(&id)?;
            let all = wish.labels.into_iter();
            let wishes: Vec<LabelWish> =
                all.map(|one| LabelWish { id: one.prediction_id, label: one.label }).collect();
            let report = models.quality.labels(&id, wishes, at)?;
            for (id, label) in &report.kept {
                models.serving.note_label(id, label, at);
            }
            Ok(report)
        })
        .await?;
    let refused: Vec<Value> = report
        .refused
        .iter()
        .take(REFUSED)
        .map(|(id, detail)| json!({"prediction_id": id, "detail": detail}))
        .collect();
    Ok(Json(json!({
        "accepted": report.accepted,
        "corrected": report.corrected,
        "unknown": report.unknown,
        "refused": refused,
        "refused_count": report.refused.len(),
        "accuracy": report.accuracy,
        "rmse": report.rmse,
    })))
}

/// What a route asks of one version: its id, found by id or name.
async fn of_version<T: Send + 'static>(
    gateway: &Gateway,
    reference: String,
    ask: impl FnOnce(&bellwether_models::Workshop, &ModelId) -> Result<T, Problem> + Send + 'static,
) -> Result<(Arc<Version>, T), Problem> {
    gateway
        .ask_models(move |models| {
            let version = models.registry.find_or_newest(&reference)?;
            let answer = ask(models, version.id())?;
            Ok((version, answer))
        })
        .await
}

fn gone(id: &ModelId) -> Problem {
    Problem::new(Kind::NotFound, format!("{id} has no figures: its file cannot be used."))
}

/// `GET /api/models/{id}/quality`.
pub(super) async fn quality(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = |models: &bellwether_models::Workshop, id: &ModelId| {
        models.quality.view(id).ok_or_else(|| gone(id))
    };
    let (version, view) = of_version(&gateway, id, view).await?;
    let mut answer = json!(view);
    answer["model_id"] = json!(version.id());
    Ok(Json(answer))
}

/// `GET /api/models/{id}/drift`: as it is published, with the bins of each column.
pub(super) async fn drift(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view =
        |models: &bellwether_models::Workshop, id: &ModelId| Ok(models.quality.drift_view(id));
    let (version, view) = of_version(&gateway, id, view).await?;
    let (features, name) = (&gateway.services.features, version.id().name());
    if !features.has(Feature::Drift, name) {
        let off = switched_off(Feature::Drift, features.share(Feature::Drift));
        return Err(Problem::new(Kind::SwitchedOff, format!("{name} is not compared: {off}.")));
    }
    let Some(DriftView { drift, kinds, bins, predicted }) = view else {
        return Ok(Json(json!({
            "model_id": version.id(),
            "drifted": false,
            "text": "There are too few predictions to compare: 50 are needed, of a model that was \
                     trained here.",
            "predictions": 0,
            "features": {},
        })));
    };
    let mut answer = json!(drift);
    answer["model_id"] = json!(version.id());
    for (name, bins) in bins {
        answer["features"][&name]["bins"] = json!(bins);
        answer["features"][&name]["kind"] = json!(kinds.get(&name));
    }
    if answer.get("predicted").is_some() {
        answer["predicted"]["bins"] = json!(predicted);
    }
    Ok(Json(answer))
}

#[derive(Deserialize)]
pub(super) struct WhyWish {
    subject: String,
    symptom: Option<String>,
}

/// `GET /api/why?subject=model/churn-v3&symptom=accuracy`.
pub(super) async fn why(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    wish: Result<Query<WhyWish>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<WhyAnswer>, Problem> {
    let Query(wish) = wish.map_err(|error| {
        let detail = format!("Ask with ?subject=model/churn-v3&symptom=accuracy: {error}.");
        Problem::new(Kind::BadRequest, detail)
    })?;
    let Some(reference) = wish.subject.strip_prefix("model/").map(str::to_owned) else {
        let detail = format!("{:?} is no subject: model/ID or model/NAME is one.", wish.subject);
        return Err(Problem::new(Kind::BadRequest, detail));
    };
    let word = wish.symptom.as_deref().unwrap_or("accuracy");
    let Some(symptom) = Symptom::parse(word) else {
        let detail = format!("{word:?} is no symptom: accuracy, drift and latency are.");
        return Err(Problem::new(Kind::BadRequest, detail));
    };
    let ask = move |models: &bellwether_models::Workshop, id: &ModelId| {
        models.quality.why(id, symptom).map_err(|error| match error {
            WhyError::Unknown(id) => gone(&id),
            WhyError::Registry(error) => error.into(),
            WhyError::Engine(error) => Problem::internal(error.to_string()),
        })
    };
    let (_, answer) = of_version(&gateway, reference, ask).await?;
    Ok(Json(answer))
}

/// `GET /api/models/{id}/metrics/realtime`, with the fields that clients of the dashboard read.
pub(super) async fn realtime(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = |models: &bellwether_models::Workshop, id: &ModelId| {
        models.quality.view(id).ok_or_else(|| gone(id))
    };
    let (version, view) = of_version(&gateway, id, view).await?;
    let (status, metrics) = (&version.record.status, &view.metrics);
    let now = rfc3339((gateway.services.clock)().wall);
    Ok(Json(json!({
        "model_id": status.model,
        "model_name": status.model.name(),
        "timestamp": now,
        "performance": {
            "accuracy": metrics.accuracy,
            "estimated_accuracy": metrics.estimated_accuracy,
            "predictions_per_minute": count(metrics.predictions_per_minute),
            "avg_response_time_ms": metrics.response_mean_ms,
            "p95_response_time_ms": metrics.response_p95_ms,
            "total_predictions": count(metrics.predictions),
            "health_status": health(metrics.health),
        },
        "trends": {
            "accuracy_trend": metrics.accuracy_trend.map(accuracy_trend),
            "prediction_rate_trend": metrics.rate_trend.map(rate_trend),
            "last_updated": now,
        },
        "history": {
            "recent_predictions": view.window,
            "accuracy_samples": count(metrics.labelled),
            "oldest_prediction": view.oldest_at.map(rfc3339),
            "newest_prediction": view.newest_at.map(rfc3339),
        },
        "deployment": {
            "status": model_word(status),
            "version": format!("v{}", status.model.version()),
            "created_at": rfc3339(status.created_at_ms),
            "algorithm": status.algorithm,
        },
        "health_details": health_details(metrics, &view.thresholds),
    })))
}

fn health_details(metrics: &ModelMetrics, thresholds: &ModelSettings) -> Value {
    let judge = |value: Option<f64>, warning: f64, critical: f64| match value {
        None => "unknown",
        Some(value) if value > critical => "critical",
        Some(value) if value > warning => "warning",
        Some(_) => "good",
    };
    let wrong = metrics.accuracy.or(metrics.estimated_accuracy).map(|accuracy| 1.0 - accuracy);
    let (warning, critical) =
        (1.0 - thresholds.accuracy_warning + 1e-9, 1.0 - thresholds.accuracy_critical + 1e-9);
    let slow = metrics.response_p95_ms;
    json!({
        "accuracy_status": judge(wrong, warning, critical),
        "response_time_status":
            judge(slow, thresholds.response_warning_ms, thresholds.response_critical_ms),
        "prediction_volume_status": if metrics.predictions > 0.0 { "good" } else { "unknown" },
    })
}

/// `GET /api/models/active/status`: all versions that answer, with the fields that clients of the
/// dashboard read.
pub(super) async fn active(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
) -> Result<Json<Value>, Problem> {
    let all = gateway
        .ask_models(|models| {
            let active = models.registry.list().into_iter();
            let active = active.filter(|it| it.record.status.state == ModelState::Active);
            let with = |version: Arc<Version>| {
                let metrics = models.quality.figures(version.id()).unwrap_or_default();
                (version, metrics)
            };
            Ok(active.map(with).collect::<Vec<_>>())
        })
        .await?;
    let of = |wanted: ModelHealth| all.iter().filter(|(_, it)| it.health == wanted).count();
    let mean = |values: Vec<f64>| {
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let worst = all.iter().map(|(_, it)| it.health).max();
    let models: Vec<Value> = all
        .iter()
        .map(|(version, metrics)| {
            let status = &version.record.status;
            json!({
                "model_id": status.model,
                "name": status.model.name(),
                "status": model_word(status),
                "accuracy": metrics.accuracy.or_else(|| status.score()),
                "predictions_per_minute": count(metrics.predictions_per_minute),
                "total_predictions": count(metrics.predictions),
                "avg_response_time": metrics.response_mean_ms,
                "health": health(metrics.health),
                "created_at": rfc3339(status.created_at_ms),
                "algorithm": status.algorithm,
                "last_prediction": metrics.last_prediction_at_ms.map(rfc3339),
            })
        })
        .collect();
    let accuracies = |(version, metrics): &(Arc<Version>, ModelMetrics)| {
        metrics.accuracy.or_else(|| version.record.status.score())
    };
    Ok(Json(json!({
        "timestamp": rfc3339((gateway.services.clock)().wall),
        "summary": {
            "total_active_models": all.len(),
            "healthy_models": of(ModelHealth::Healthy),
            "warning_models": of(ModelHealth::Warning),
            "critical_models": of(ModelHealth::Critical),
            "overall_health": worst.map_or("unknown", health),
            "total_predictions": count(all.iter().map(|(_, it)| it.predictions).sum()),
            "avg_accuracy": mean(all.iter().filter_map(accuracies).collect()),
            "avg_response_time":
                mean(all.iter().filter_map(|(_, it)| it.response_mean_ms).collect()),
            "total_predictions_per_minute":
                count(all.iter().map(|(_, it)| it.predictions_per_minute).sum()),
        },
        "models": models,
    })))
}

fn health(health: ModelHealth) -> &'static str {
    match health {
        ModelHealth::Healthy => "healthy",
        ModelHealth::Warning => "warning",
        ModelHealth::Critical => "critical",
    }
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
