//! Cross-origin requests (the CORS protocol of the Fetch standard): pages of the origins that
//! `--allow-origin` names may call us and read the answers; browsers keep all others away.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::gateway::Gateway;

/// What such a page may send …
const METHODS: &str = "GET, HEAD, POST, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type, last-event-id, x-request-id";
/// … and read, besides what every page may.
const EXPOSED: &str = "retry-after, www-authenticate, x-request-id";
/// Seconds for which a browser remembers it.
const REMEMBERED: &str = "600";

/// Answers what browsers ask before a request, and marks answers for pages that may read them.
pub(crate) async fn share(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(origin) = gateway.rules.allowed_origin(request.headers()) else {
        return next.run(request).await;
    };
    let asks_before = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        && gateway.rules.knows_host(request.headers());
    let mut response = if asks_before {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        let fixed = HeaderValue::from_static;
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, fixed(METHODS));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, fixed(HEADERS));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, fixed(REMEMBERED));
        response
    } else {
        next.run(request).await
    };
    mark(response.headers_mut(), origin);
    response
}

/// The origin itself, never `*`: an answer to one page is for no other.
fn mark(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
