//! Whether we work: for load balancers, service managers and people.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bellwether_signal::system::{Health, SystemHealth};
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
    let totals = gateway.counts.totals();
    let (_, patterns) = gateway.services.hub.counts();
    let now = (gateway.services.clock)();
    let body = json!({
        "status": status,
        "timestamp": now.wall,
        "uptime_seconds": now.seconds_since(gateway.services.started).round(),
        "version": gateway.services.version,
        "parts": parts,
        "connections": {
            "active": totals.connections + totals.streams,
            "total": gateway.counts.opened.value() + gateway.counts.streams_opened.value(),
            "by_kind": { "bellwether.v1": totals.connections, "sse": totals.streams },
        },
        "subscriptions": patterns,
    });
    (code, caching, Json(body)).into_response()
}
