//! `/api/clients`: who is connected and how they are doing, for admins; and the end of one connection.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bellwether_signal::{activity::ActivityKind, system::SystemClients};
use http::StatusCode;

use crate::{
    access::Admin,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// `GET /api/clients`.
pub(super) async fn list(State(gateway): State<Arc<Gateway>>, _: Admin) -> Json<SystemClients> {
    Json(gateway.clients.list())
}

/// `DELETE /api/clients/{id}`: its client is told that it was an admin, and stays away until somebody
/// asks it to come back. Its token stays good.
pub(super) async fn disconnect(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Some(client) = gateway.clients.dismiss(&id) else {
        let detail = "id: no connection has that id any more; GET /api/clients lists them all.";
        return Err(Problem::new(Kind::NotFound, detail));
    };
    gateway.stays.changed();
    let text =
        format!("{} disconnected {} of {}", identity.user, client.name(), client.described());
    gateway.done_by(&identity, ActivityKind::ClientDisconnected, text);
    Ok(StatusCode::NO_CONTENT.into_response())
}
