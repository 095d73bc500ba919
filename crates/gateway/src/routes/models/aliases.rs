//! `/api/models/{name}/aliases/{alias}`.

use std::sync::Arc;

use axum::extract::{Path, State};
use bellwether_models::Workshop;
use bellwether_signal::ModelId;
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use super::read;
use crate::{access::OperatorOrMore, gateway::Gateway, problem::Problem};

#[derive(Deserialize)]
struct Wished {
    model_id: ModelId,
}

/// `PUT`: the version that is to have it.
pub(in crate::routes) async fn set(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path((id, alias)): Path<(String, String)>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let Wished { model_id } = read(&body)?;
    let set = move |models: &Workshop| {
        let name = models.registry.known_name(&id)?;
        Ok(models.registry.set_alias(&name, &alias, &model_id, Some(&identity.user))?)
    };
    gateway.ask_models(set).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE`.
pub(in crate::routes) async fn remove(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path((id, alias)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let remove = move |models: &Workshop| {
        let name = models.registry.known_name(&id)?;
        Ok(models.registry.remove_alias(&name, &alias, Some(&identity.user))?)
    };
    gateway.ask_models(remove).await?;
    Ok(StatusCode::NO_CONTENT)
}
