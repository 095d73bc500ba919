//! The one door: every request passes here before its route sees it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::Method;

use super::identity::{ByCookie, Credential, Identity, Visitor, credential};
use crate::{
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// Answers wrong hosts and origins itself, and puts a [`Visitor`] into the request otherwise.
pub(crate) async fn guard(
    State(gateway): State<Arc<Gateway>>,
    mut request: Request,
    next: Next,
) -> Response {
    match examine(&gateway, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn examine(gateway: &Gateway, request: &mut Request) -> Result<(), Problem> {
    let rules = &gateway.rules;
    if !rules.knows_host(request.headers()) {
        return Err(Problem::new(
            Kind::WrongHost,
            "This server does not answer to that host name. Start it with --allow-host NAME if it \
             should.",
        ));
    }
    let opens_socket = request.uri().path() == "/ws";
    let reads = matches!(*request.method(), Method::GET | Method::HEAD) && !opens_socket;
    if !reads && !rules.knows_origin(request.headers()) {
        return Err(Problem::new(
            Kind::WrongOrigin,
            "Pages of that origin may not connect here. Start the server with --allow-origin URL \
             if they should.",
        ));
    }
    // Browsers send no headers with a socket, nor with an `EventSource`.
    let query_allowed = opens_socket || request.uri().path() == "/api/stream";
    let found =
        credential(request.headers(), request.uri().query(), query_allowed, &gateway.cookie_name);
    let anonymous = rules.anonymous.map(|role| Identity::without_token("anonymous", role));
    let visitor = match found {
        None => anonymous,
        Some(Credential::Cookie(secret)) => {
            let identity = gateway.services.accounts.verify(&secret).await?;
            if identity.is_some() {
                request.extensions_mut().insert(ByCookie);
            }
            // A stale cookie is no attempt to sign in.
            identity.or(anonymous)
        }
        Some(Credential::Bearer(secret) | Credential::Query(secret)) => {
            let identity = gateway.services.accounts.verify(&secret).await?;
            Some(identity.ok_or_else(|| {
                Problem::new(Kind::NotSignedIn, "That token is unknown, expired or revoked.")
            })?)
        }
    };
    request.extensions_mut().insert(Visitor(visitor));
    Ok(())
}
