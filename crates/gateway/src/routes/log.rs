//! Every request that failed is said once, with its id and its cause. Addresses are logged without
//! their query, which may carry a token.

use axum::{extract::Request, middleware::Next, response::Response};
use http::HeaderMap;
use tracing::{info, warn};

/// What the client is not told: it travels with the answer to the log.
#[derive(Clone, Debug)]
pub(crate) struct Cause(pub(crate) String);

/// The outermost layer, so that it sees the answer as it leaves.
pub(super) async fn failures(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let id = id(response.headers());
    let status = status.as_u16();
    if response.status().is_server_error() {
        let cause = response.extensions().get::<Cause>().map(|cause| cause.0.as_str());
        warn!(request_id = id, %method, path, status, cause, "a request failed");
    } else {
        info!(request_id = id, %method, path, status, "a request was refused");
    }
    response
}

fn id(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-request-id")?.to_str().ok()
}
