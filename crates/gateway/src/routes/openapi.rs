//! `GET /api/openapi.json`: every route, as `OpenAPI` 3.1. The document is written from the types by
//! `make docs` and is part of the program; `crate::openapi` keeps it true.

use axum::response::{IntoResponse, Response};
use http::header;

use crate::access::Reader;

/// The document.
pub(crate) const DOCUMENT: &str = include_str!("../../../../docs/api/openapi.json");

pub(super) async fn read(_: Reader) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
