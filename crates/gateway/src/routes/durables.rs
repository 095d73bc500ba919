//! `/api/durables`: durable subscriptions, one's own; for admins everybody's.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use bellwether_signal::answer::DurablesAnswer;
use http::StatusCode;
use serde::Deserialize;

use crate::{
    access::Reader,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// `GET /api/durables`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
) -> Result<Json<DurablesAnswer>, Problem> {
    let whose = (!identity.role.administers()).then_some(identity.user.as_str());
    let mut durables = gateway.durables.places.list(whose).await?;
    for durable in &mut durables {
        durable.connected = gateway.durables.is_held(&durable.user, &durable.name);
    }
    Ok(Json(DurablesAnswer { durables }))
}

#[derive(Deserialize)]
pub(super) struct Whose {
    /// Whose it is; the asker's when absent.
    user: Option<String>,
}

/// `DELETE /api/durables/{name}`: forgets the place. A connection that holds the name stays, and hears
/// of it at its next acknowledgement.
pub(super) async fn delete(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    Path(name): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<StatusCode, Problem> {
    let user = whose.user.unwrap_or_else(|| identity.user.clone());
    if user != identity.user && !identity.role.administers() {
        let detail = "user: only admins delete the durable subscriptions of others.";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    if gateway.durables.places.delete(&user, &name).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = format!(
        "name: {user} has no durable subscription {name:?}; GET /api/durables lists what there is."
    );
    Err(Problem::new(Kind::NotFound, detail))
}
