//! `GET /api/asyncapi.json`: every message and topic, as `AsyncAPI` 3.0. The document is written from
//! the types by `make docs` and is part of the program; `crate::asyncapi` keeps it true.

use axum::response::{IntoResponse, Response};
use http::header;

use crate::access::Reader;

/// The document.
pub(crate) const DOCUMENT: &str = include_str!("../../../../docs/api/asyncapi.json");

pub(super) async fn read(_: Reader) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
