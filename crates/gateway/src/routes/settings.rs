//! `GET` and `PATCH /api/settings`: what a person chose, kept on the server under their name.

use std::sync::Arc;

use axum::{Json, extract::State};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    access::Reader,
    gateway::Gateway,
    problem::{Kind, Problem},
};

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
) -> Result<Json<Map<String, Value>>, Problem> {
    Ok(Json(gateway.services.settings.read(&identity.user).await?))
}

/// The body is a JSON Merge Patch; the answer comes after it is kept.
pub(super) async fn change(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    body: Bytes,
) -> Result<Json<Map<String, Value>>, Problem> {
    let patch: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| {
        Problem::new(Kind::Unprocessable, format!("The body has to be a JSON object: {error}."))
    })?;
    Ok(Json(gateway.services.settings.merge(&identity.user, patch).await?))
}
