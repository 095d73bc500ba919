//! Every address, and the order in which a request passes the checks.

mod alerts;
mod analytics;
mod asyncapi;
mod backups;
mod clients;
mod datasets;
mod durables;
mod events;
mod health;
mod known_series;
mod log;
mod metrics;
mod models;
mod monitoring;
mod openapi;
mod predictions;
mod publish;
mod quality;
mod recipes;
mod request_id;
mod series;
mod session;
mod settings;
mod socket;
mod status;
mod stream;
pub(crate) mod system;
mod tokens;
mod topics;
mod training;
mod uploads;

use std::sync::Arc;

pub(crate) use request_id::current as current_request;
pub(crate) use status::duration;
pub use tokens::check as check_token;
use uploads::pieces;

use axum::{
    Router,
    body::to_bytes,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, delete, get, patch, post, put},
};
use http::{HeaderMap, Method, Uri, header};
use tokio::time::timeout;

#[cfg(test)]
pub(crate) use asyncapi::DOCUMENT as EVENTS_DOCUMENT;
pub(crate) use log::Cause;
#[cfg(test)]
pub(crate) use openapi::DOCUMENT;

use models::aliases;

use crate::{
    access,
    dialect::socketio,
    gateway::Gateway,
    page,
    problem::{Kind, Problem},
};

/// Largest body of a request here; routes that take files set their own.
const BODY_BYTES: usize = 128 * 1024;
/// Longest text of a refusal.
const REFUSAL_BYTES: usize = 4 * 1024;

/// All routes; who may call each is a row in `access::rights`. Host and origin are checked and the visitor is known before any of them is called.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    let clock = gateway.services.clock;
    // Routes that take files bound them themselves.
    let files = DefaultBodyLimit::disable();
    Router::new()
        .route("/ws", any(socket::open))
        .route("/api/v1/ws/{kind}", any(analytics::open))
        .route("/api/analytics/api/v1/ws/{kind}", any(analytics::open))
        .route("/api/analytics/ws", any(analytics::open_statistics))
        .route("/socket.io/", get(socketio::open).post(socketio::post))
        .route("/sign-in", get(session::sign_in))
        .route("/api/session", get(session::show))
        .route("/api/sign-out", post(session::sign_out))
        .route("/api/topics", get(topics::read))
        .route("/api/stream", get(stream::read))
        .route("/api/series", get(series::read))
        .route("/api/series/names", get(known_series::read))
        .route("/api/events", get(events::read))
        .route("/api/settings", get(settings::read).patch(settings::change))
        .route("/api/tokens", get(tokens::list).post(tokens::create))
        .route("/api/tokens/link", post(tokens::create_link))
        .route("/api/tokens/{id}", delete(tokens::revoke))
        .route("/api/backups", post(backups::note))
        .route("/api/upload", post(uploads::upload).layer(files))
        .route("/api/datasets", get(datasets::list).post(uploads::upload).layer(files))
        .route("/api/datasets/uploads", post(pieces::begin))
        .route("/api/datasets/uploads/{id}", get(pieces::place).patch(pieces::go_on))
        .route("/api/datasets/uploads/{id}", delete(pieces::call_off))
        .route("/api/datasets/uploads/{id}/finish", post(pieces::finish))
        .route("/api/datasets/{id}", get(datasets::read).delete(datasets::delete))
        .route("/api/datasets/{id}/preview", get(datasets::preview))
        .route("/api/datasets/{id}/statistics", get(datasets::statistics))
        .route("/api/datasets/{id}/export", get(datasets::export))
        .route("/api/datasets/{id}/validate", post(datasets::validate))
        .route("/api/datasets/{id}/process", post(datasets::process))
        .route("/api/clients", get(clients::list))
        .route("/api/clients/{id}", delete(clients::disconnect))
        .route("/api/durables", get(durables::list))
        .route("/api/durables/{name}", delete(durables::delete))
        .route("/api/train", post(training::train))
        .route("/api/runs", get(training::list))
        .route("/api/runs/{run}", get(training::show))
        .route("/api/runs/{run}/cancel", post(training::cancel))
        .route("/api/runs/{run}/retry", post(training::retry))
        .route("/api/training/{job}", get(training::show_job))
        .route("/api/pipelines", get(recipes::list).post(recipes::create))
        .route("/api/pipelines/{id}", get(recipes::show).put(recipes::change))
        .route("/api/pipelines/{id}", delete(recipes::delete))
        .route("/api/pipelines/{id}/run", post(recipes::run))
        .route("/api/pipelines/{id}/status", get(recipes::status))
        .route("/api/processing-jobs", get(recipes::jobs))
        .route("/api/processing-jobs/{id}", get(recipes::show_job))
        .route("/api/publish/{*topic}", post(publish::publish))
        .route("/api/models", get(models::list))
        .route("/api/models/import", post(models::import))
        .route("/api/models/compare", get(models::compare))
        .route("/api/models/{id}", get(models::one).delete(models::delete))
        .route("/api/models/{id}/card", get(models::card))
        .route("/api/models/{id}/deploy", post(models::deploy))
        .route("/api/models/{id}/rollback", post(models::roll_back))
        .route("/api/models/{id}/aliases/{alias}", put(aliases::set).delete(aliases::remove))
        .route("/api/models/{id}/routing", put(models::route))
        .route("/api/models/{id}/settings", patch(models::set_settings))
        .route("/api/models/{id}/history", get(models::history))
        .route("/api/models/{id}/export", get(models::export))
        .route("/api/models/{id}/predict", post(predictions::predict).layer(predictions::limit()))
        .route("/api/models/{id}/predictions", get(predictions::list))
        .route("/api/models/{id}/schema", get(predictions::schema))
        .route("/api/models/{id}/shadow", get(predictions::shadow))
        .route("/api/predictions/{id}", get(predictions::find))
        .route("/api/predictions/{id}/feedback", post(quality::label))
        .route("/api/models/{id}/feedback", post(quality::labels).layer(quality::limit()))
        .route("/api/models/{id}/quality", get(quality::quality))
        .route("/api/models/{id}/drift", get(quality::drift))
        .route("/api/models/{id}/metrics/realtime", get(quality::realtime))
        .route("/api/models/active/status", get(quality::active))
        .route("/api/why", get(quality::why))
        .route("/api/openapi.json", get(openapi::read))
        .route("/api/asyncapi.json", get(asyncapi::read))
        .route("/api/alerts", get(alerts::list))
        .route("/api/alerts/acknowledge", post(alerts::acknowledge_all))
        .route("/api/alerts/{id}", get(alerts::show))
        .route("/api/alerts/{id}/acknowledge", post(alerts::acknowledge))
        .route("/api/alerts/{id}/silence", post(alerts::silence))
        .route("/api/alerts/{id}/resolve", post(alerts::resolve))
        .route("/api/rules", get(alerts::rules))
        .route("/api/rules/{name}", put(alerts::put_rule).delete(alerts::delete_rule))
        .route("/api/rules/{name}/test", post(alerts::test_rule))
        .route("/api/monitoring/system", get(monitoring::system))
        .route("/api/monitoring/services", get(monitoring::services))
        .route("/api/monitoring/metrics", get(monitoring::metrics))
        .route("/api/monitoring/alerts", get(monitoring::alerts))
        .route("/api/monitoring/alerts/acknowledge", post(monitoring::acknowledge))
        .route("/api/components/health", get(monitoring::components))
        .route("/api/components/{name}/health", get(monitoring::component_health))
        .route("/api/components/{name}/metrics", get(monitoring::component_metrics))
        .route("/api/status", get(status::status))
        .route("/api/health", get(status::health))
        .route("/api/system/overview", get(system::overview))
        .route("/api/system/summary", get(system::overview))
        .route("/api/system/metrics", get(system::metrics))
        .route("/api/system/processes", get(system::processes))
        .route("/api/system/cpu", get(system::cpu))
        .route("/api/system/memory", get(system::memory))
        .route("/api/system/disk", get(system::disk))
        .route("/api/system/network", get(system::network))
        .route("/health", get(health::health))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::read))
        .fallback(fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn(bound_length))
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), bound_time))
        .layer(middleware::from_fn(speak_problems))
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), access::guard))
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), count))
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), access::share))
        .layer(middleware::from_fn(access::secure))
        .layer(middleware::from_fn(move |request, next| request_id::name(clock, request, next)))
        .layer(middleware::from_fn(log::failures))
        .with_state(gateway)
}

async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path.starts_with("/api/") || path == "/api" {
        return Problem::new(Kind::NotFound, format!("There is nothing at {path}."))
            .into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return method_not_allowed().await.into_response();
    }
    page::serve(path, &headers)
}

async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

/// Who asks before sending (`Expect: 100-continue`) is told before sending. Others are told once
/// they have sent more than the limit.
async fn bound_length(request: Request, next: Next) -> Response {
    if uploads::takes_its_time(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    let path = request.uri().path();
    let special = predictions::body_limit(path).or_else(|| quality::body_limit(path));
    let limit = special.unwrap_or(BODY_BYTES);
    if headers.contains_key(header::EXPECT) && length.is_some_and(|it: usize| it > limit) {
        let detail = format!("The body is over the limit of {limit} bytes.");
        return Problem::new(Kind::TooLarge, detail).into_response();
    }
    next.run(request).await
}

async fn bound_time(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if uploads::takes_its_time(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    match timeout(gateway.limits.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(Kind::Timeout, "The answer took too long; try again.").into_response()
        }
    }
}

/// What the framework refuses by itself, it says as plain text; here everything is a problem.
async fn speak_problems(request: Request, next: Next) -> Response {
    let of_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let (status, kind) = (response.status(), response.headers().get(header::CONTENT_TYPE));
    let refused = status.is_client_error() || status.is_server_error();
    if !of_api || !refused || !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain")) {
        return response;
    }
    let text = to_bytes(response.into_body(), REFUSAL_BYTES).await.unwrap_or_default();
    Problem::new(Kind::of_status(status), String::from_utf8_lossy(&text).trim()).into_response()
}

async fn count(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    gateway.counts.requests.add(1);
    if response.status().is_server_error() {
        gateway.counts.failed_requests.add(1);
    }
    response
}
