//! `/api/monitoring/*` and `/api/components/*` as clients of the `MLOps` dashboard read them: figures of
//! the host, of the parts of the program and of models, and alerts, under their field names. What is not
//! known is null.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
};
use bellwether_signal::{
    Moment, Timestamp, TopicPattern,
    alert::{Alert, AlertSeverity, AlertState},
    model::{ModelHealth, ModelMetrics, ModelState, ModelStatus},
    system::Health,
    training::{TrainingState, TrainingStatus},
};
use bytes::Bytes;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{duration, system::HostStates};
use crate::{
    access::{OperatorOrMore, Reader},
    dialect::rfc3339,
    gateway::Gateway,
    problem::{Kind, Problem},
    services::Services,
};

/// Alerts that are listed.
const ALERTS: usize = 200;
/// What the dashboard knows as components, each with the part of ours that stands for it.
const COMPONENTS: [(&str, Part); 3] = [
    ("model_service", Part::Models),
    ("data_processor", Part::Store),
    ("websocket_server", Part::Sockets),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Models,
    Store,
    Sockets,
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Degraded => "warning",
        Health::Critical => "critical",
    }
}

/// The newest of each topic that a pattern names.
fn states<T: DeserializeOwned>(services: &Services, pattern: &str) -> Vec<T> {
    let pattern = TopicPattern::parse(pattern).expect("this is a pattern");
    let topics = services.hub.topics(&pattern).into_iter();
    let states = topics.filter_map(|(topic, _)| services.hub.state(&topic));
    states.filter_map(|(state, _)| serde_json::from_value(Value::Object(state)).ok()).collect()
}

/// How well everything is: our parts, models and what alerts say of the rest.
fn overall(services: &Services, models: &[ModelMetrics]) -> Health {
    let of_model = |it: &ModelMetrics| match it.health {
        ModelHealth::Healthy => Health::Healthy,
        ModelHealth::Warning => Health::Degraded,
        ModelHealth::Critical => Health::Critical,
    };
    let [_, warning, critical] = services.alerts.counts().firing;
    let of_alerts = match (warning, critical) {
        (0, 0) => Health::Healthy,
        (_, 0) => Health::Degraded,
        _ => Health::Critical,
    };
    let worst = models.iter().map(of_model).chain([of_alerts]).max().unwrap_or_default();
    worst.max(services.report.health().status)
}

/// `GET /api/monitoring/system`.
pub(super) async fn system(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let services = &gateway.services;
    let now = (services.clock)();
    let host = HostStates::read(services);
    let statuses: Vec<ModelStatus> = states(services, "model/*/status");
    let metrics: Vec<ModelMetrics> = states(services, "model/*/metrics");
    let runs: Vec<TrainingStatus> = states(services, "training/*/status");
    let by_model: BTreeMap<&str, Value> = statuses
        .iter()
        .map(|it| {
            let topic = bellwether_signal::model::metrics(&it.model);
            let figures = services.hub.state(&topic).map(|(state, _)| Value::Object(state));
            let is_active = it.state == ModelState::Active;
            (it.model.as_str(), json!({"is_active": is_active, "metrics": figures}))
        })
        .collect();
    let active = statuses.iter().filter(|it| it.state == ModelState::Active).count();
    let training = runs.iter().filter(|it| it.state == TrainingState::Running).count();
    let word = word(overall(services, &metrics));
    Json(json!({
        "timestamp": rfc3339(now.wall),
        "system_health": {
            "overall_status": word,
            "cpu_percent": cpu(&host),
            "memory_percent": memory(&host),
            "disk_percent": disk(&host),
            "active_connections": gateway.clients.totals().iter().map(|it| it.open).sum::<u64>(),
            "uptime_hours": (now.seconds_since(services.started) / 36.0).round() / 100.0,
        },
        "model_metrics": {
            "overall_status": word,
            "active_models": active,
            "total_models": statuses.len(),
            "total_predictions": metrics.iter().map(|it| it.predictions).sum::<f64>(),
            "active_training_jobs": training,
            "models": by_model,
        },
        "integration_status": {
            "websocket_connected": true,
            "model_tracking_active": true,
            "real_time_updates": true,
            "last_cleanup": null,
        },
    }))
}

fn cpu(host: &HostStates) -> Option<f64> {
    host.cpu.as_ref()?.total_percent
}

fn memory(host: &HostStates) -> Option<f64> {
    host.memory.as_ref()?.used_percent
}

fn disk(host: &HostStates) -> Option<f64> {
    host.summary.as_ref()?.fullest_disk_percent
}

/// `GET /api/monitoring/services`.
pub(super) async fn services(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let services = &gateway.services;
    let uptime = duration((services.clock)().seconds_since(services.started));
    let parts = services.report.health().parts;
    let rows: Vec<Value> = parts
        .iter()
        .map(|(name, part)| {
            json!({
                "name": name,
                "status": word(part.status),
                "uptime": uptime,
                "response_time": null,
                "message": part.detail,
            })
        })
        .collect();
    Json(json!({ "services": rows }))
}

/// `GET /api/monitoring/metrics`.
pub(super) async fn metrics(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let services = &gateway.services;
    let host = HostStates::read(services);
    let interfaces = host.network.as_ref().map(|network| network.interfaces.values());
    let (mut sent, mut received) = (None, None);
    for one in interfaces.into_iter().flatten() {
        sent = add(sent, one.sent_bytes);
        received = add(received, one.received_bytes);
    }
    Json(json!({
        "cpu_usage": cpu(&host),
        "memory_usage": memory(&host),
        "disk_usage": disk(&host),
        "network_io": {"bytes_sent": sent, "bytes_recv": received},
        "timestamp": rfc3339((services.clock)().wall),
    }))
}

fn add(sum: Option<f64>, more: impl Into<Option<f64>>) -> Option<f64> {
    more.into().map_or(sum, |more| Some(sum.unwrap_or(0.0) + more))
}

/// An alert under the dashboard's names.
fn row(alert: &Alert) -> Value {
    let kind = match (alert.state, alert.severity) {
        (AlertState::Resolved, _) => "resolved",
        (_, AlertSeverity::Info) => "info",
        (_, AlertSeverity::Warning) => "warning",
        (_, AlertSeverity::Critical) => "critical",
    };
    json!({
        "id": alert.id,
        "type": kind,
        "title": alert.title,
        "message": alert.text,
        "source": alert.subject,
        "timestamp": rfc3339(alert.fired_at_ms.unwrap_or(alert.since_at_ms)),
        "acknowledged": alert.acknowledged,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": alert.acknowledged_at_ms.map(rfc3339),
    })
}

/// `GET /api/monitoring/alerts`.
pub(super) async fn alerts(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let found = gateway.services.alerts.list(true, ALERTS);
    let rows: Vec<Value> = found.alerts.iter().map(row).collect();
    Json(json!({
        "total": rows.len(),
        "alerts": rows,
        "unacknowledged": found.unacknowledged,
    }))
}

#[derive(Default, Deserialize)]
pub(super) struct Acknowledged {
    alert_id: Option<String>,
    acknowledged_by: Option<String>,
}

/// `POST /api/monitoring/alerts/acknowledge`: as a JSON body, or in the query. Whose token it is counts;
/// the name that is sent says for whom.
pub(super) async fn acknowledge(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Query(query): Query<Acknowledged>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let unprocessable = |detail: String| Problem::new(Kind::Unprocessable, detail);
    let body: Acknowledged = if body.is_empty() {
        Acknowledged::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| unprocessable(format!("The body has to be a JSON object: {error}.")))?
    };
    let id = body.alert_id.or(query.alert_id);
    let id = id.ok_or_else(|| unprocessable("alert_id: is missing.".to_owned()))?;
    let named = body.acknowledged_by.or(query.acknowledged_by);
    let named = named.filter(|it| !it.trim().is_empty() && *it != identity.user);
    let user = match named {
        Some(named) => {
            format!("{} for {}", identity.user, named.chars().take(100).collect::<String>())
        }
        None => identity.user,
    };
    gateway.ask_alerts(move |alerts| Ok(Json(row(&alerts.acknowledge(&id, &user)?)))).await
}

/// `GET /api/components/health`.
pub(super) async fn components(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<Value> {
    let now = (gateway.services.clock)();
    let found: Vec<(Health, Value)> =
        COMPONENTS.iter().map(|(name, part)| component(&gateway, name, *part, now)).collect();
    let worst = found.iter().map(|(health, _)| *health).max().unwrap_or_default();
    let components: Vec<Value> = found.into_iter().map(|(_, one)| one).collect();
    Json(json!({"components": components, "overall_health": word(worst)}))
}

/// `GET /api/components/{name}/health`.
pub(super) async fn component_health(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (name, part) = named(&name)?;
    Ok(Json(component(&gateway, name, part, (gateway.services.clock)()).1))
}

/// `GET /api/components/{name}/metrics`: the figures of this moment; their history is `/api/series`.
pub(super) async fn component_metrics(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (name, part) = named(&name)?;
    let at: Timestamp = (gateway.services.clock)().wall;
    Ok(Json(json!({
        "component": name,
        "timestamp": rfc3339(at),
        "metrics": figures(&gateway, part),
        "history": [],
    })))
}

fn named(name: &str) -> Result<(&'static str, Part), Problem> {
    COMPONENTS.into_iter().find(|(one, _)| *one == name).ok_or_else(|| {
        let names = COMPONENTS.map(|(one, _)| one).join(", ");
        Problem::new(Kind::NotFound, format!("There is no component {name}; there are {names}."))
    })
}

fn component(gateway: &Gateway, name: &str, part: Part, now: Moment) -> (Health, Value) {
    let health = gateway.services.report.health();
    let of_part = match part {
        Part::Store => health.parts.get("store"),
        Part::Models => health.parts.get("models"),
        Part::Sockets => None,
    };
    // A part that says nothing of itself answers: this request passed it.
    let (status, detail) =
        of_part.map_or_else(Default::default, |it| (it.status, it.detail.clone()));
    let found = json!({
        "name": name,
        "status": word(status),
        "last_check": rfc3339(now.wall),
        "metrics": figures(gateway, part),
        "message": detail.unwrap_or_else(|| "Works.".to_owned()),
    });
    (status, found)
}

fn figures(gateway: &Gateway, part: Part) -> Value {
    let services = &gateway.services;
    match part {
        Part::Models => {
            let statuses: Vec<ModelStatus> = states(services, "model/*/status");
            let metrics: Vec<ModelMetrics> = states(services, "model/*/metrics");
            let rate = metrics.iter().map(|it| it.predictions_per_minute).sum::<f64>();
            json!({
                "models": statuses.len(),
                "total_predictions": metrics.iter().map(|it| it.predictions).sum::<f64>(),
                "predictions_per_minute": rate,
            })
        }
        Part::Store => {
            let store = services.report.metrics().and_then(|own| own.store);
            json!({
                "samples": store.as_ref().map(|it| it.samples),
                "series": store.as_ref().map(|it| it.series),
                "size_bytes": store.as_ref().map(|it| it.size_bytes),
                "failed_writes": store.as_ref().map(|it| it.failed_writes),
            })
        }
        Part::Sockets => {
            let totals = gateway.clients.totals();
            json!({
                "connections": totals.iter().map(|it| it.open).sum::<u64>(),
                "opened": totals.iter().map(|it| it.opened).sum::<u64>(),
                "sent_messages": gateway.counts.sent_messages.value(),
            })
        }
    }
}
