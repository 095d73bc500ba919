//! Whether we work: for load balancers, service managers and people.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bellwether_models::quality::Report;
use bellwether_signal::{
    ModelId,
    system::{Health, SystemHealth},
};
use http::{StatusCode, header};
use serde_json::json;

use crate::{access::Visitor, gateway::Gateway};

/// `GET /healthz`: the program runs and answers. Open to all; says nothing else.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: every part works at least in part. Open to all; says nothing else.
pub(super) async fn ready(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.services.report.health().status {
        Health::Healthy | Health::Degraded => "ok\n".into_response(),
        Health::Critical => {
            let plain = [(header::CONTENT_TYPE, "text/plain")];
            (StatusCode::SERVICE_UNAVAILABLE, plain, "not ok\n").into_response()
        }
    }
}

/// `GET /health`: the word for all, details for those who may read.
pub(super) async fn health(
    State(gateway): State<Arc<Gateway>>,
    Visitor(visitor): Visitor,
) -> Response {
    let SystemHealth { status, parts } = gateway.services.report.health();
    let code = match status {
        Health::Healthy | Health::Degraded => StatusCode::OK,
        Health::Critical => StatusCode::SERVICE_UNAVAILABLE,
    };
    let caching = [(header::CACHE_CONTROL, "no-store")];
    if !visitor.is_some_and(|identity| identity.role.reads()) {
        return (code, caching, Json(json!({ "status": status }))).into_response();
    }
    let totals = gateway.clients.totals();
    let by_kind: BTreeMap<&str, u64> =
        totals.iter().map(|total| (total.dialect.name(), total.open)).collect();
    let (_, patterns) = gateway.services.hub.counts();
    let now = (gateway.services.clock)();
    let alerts = gateway.services.alerts.counts();
    let (models, loaded) = (gateway.model_totals(), gateway.services.models.registry.loaded());
    let quality = gateway.services.models.quality.report();
    let body = json!({
        "status": status,
        "timestamp": now.wall,
        "uptime_seconds": now.seconds_since(gateway.services.started).round(),
        "version": gateway.services.version,
        "parts": parts,
        "connections": {
            "active": by_kind.values().sum::<u64>(),
            "total": totals.iter().map(|total| total.opened).sum::<u64>(),
            "by_kind": by_kind,
        },
        "subscriptions": patterns,
        "features": features(&gateway),
        "alerts": {"open": alerts.open(), "unacknowledged": alerts.unacknowledged},
        "models": {
            "total": models.total,
            "active": models.active,
            "in_error": models.in_error,
            "loaded": loaded.models,
            "loaded_bytes": loaded.bytes,
            "loaded_limit_bytes": loaded.limit_bytes,
            "active_training": models.training,
            "queued_training": models.queued,
            "quality": {
                "watched": quality.watched,
                "computations": quality.computed,
                "failed_computations": quality.failed,
                "recoveries": quality.recovered,
                "last_computation_ms": quality.took_ms,
                "longest_computation_ms": quality.longest_ms,
                "messages": quality.messages,
                "message_bytes": quality.message_bytes,
                "failing": failing(&quality),
            },
        },
    });
    (code, caching, Json(body)).into_response()
}

/// Which parts there are: `on`, `off` or the share of models that has it.
pub(super) fn features(gateway: &Gateway) -> BTreeMap<&'static str, String> {
    let parts = gateway.services.features.list();
    parts.map(|(feature, share)| (feature.name(), share.to_string())).collect()
}

/// Versions whose figures cannot be computed now, with the reason.
fn failing(quality: &Report) -> BTreeMap<&ModelId, &str> {
    quality.failing.iter().map(|(model, reason)| (model, reason.as_str())).collect()
}
