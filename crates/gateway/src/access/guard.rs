//! The one door: every request passes here before its route sees it.

use std::sync::Arc;

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bellwether_signal::Role;
use http::{Extensions, HeaderMap, HeaderName, Method, header};
use tracing::error;

use super::{
    caller::Caller,
    features::may_be_called,
    identity::{ByCookie, Credential, Identity, Visitor, credential},
    rights::{Right, right},
};
use crate::{
    gateway::Gateway,
    happenings::LOCAL,
    problem::{Kind, Problem},
};

/// Characters of a header that a problem repeats.
const SHOWN_CHARS: usize = 100;

/// Answers wrong hosts and origins, unknown tokens and who may not; puts a [`Visitor`] into the
/// request otherwise.
pub(crate) async fn guard(
    State(gateway): State<Arc<Gateway>>,
    mut request: Request,
    next: Next,
) -> Response {
    let examined = async {
        let visitor = match request.extensions().get::<Caller>() {
            Some(Caller::Local) => Some(Identity::without_token(LOCAL, Role::Admin)),
            Some(Caller::At(_)) | None => examine(&gateway, &mut request).await?,
        };
        may_call(&gateway, &request, visitor.as_ref())?;
        request.extensions_mut().insert(Visitor(visitor));
        Ok::<_, Problem>(())
    };
    match examined.await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Whether the table of rights lets this visitor call that address, and it is there at all.
fn may_call(
    gateway: &Gateway,
    request: &Request,
    visitor: Option<&Identity>,
) -> Result<(), Problem> {
    // What matches no route is a file of the page, or nothing.
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(()) };
    match right(path.as_str(), request.method()) {
        Right::For(who) => {
            who.check(visitor)?;
            may_be_called(&gateway.services.features, path.as_str())
        }
        Right::NotThatMethod => Err(Problem::method_not_allowed()),
        Right::NoRow => {
            error!(path = path.as_str(), "a route has no row in access::rights");
            Err(Problem::new(Kind::Forbidden, "Nobody may call this address."))
        }
    }
}

/// Who it is, if the request came to a name of ours from a page of ours.
async fn examine(gateway: &Gateway, request: &mut Request) -> Result<Option<Identity>, Problem> {
    let rules = &gateway.rules;
    if !rules.knows_host(request.headers()) {
        return Err(Problem::new(Kind::WrongHost, wrong_host(request.headers())));
    }
    let opens_socket = opens_socket(request.uri().path());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD) && !opens_socket;
    if !reads && !rules.knows_origin(request.headers()) {
        return Err(Problem::new(Kind::WrongOrigin, wrong_origin(request.headers())));
    }
    // Browsers send no headers with a socket, nor with an `EventSource`.
    let query_allowed = opens_socket || request.uri().path() == "/api/stream";
    let found =
        credential(request.headers(), request.uri().query(), query_allowed, &gateway.cookie_name);
    let anonymous = rules.anonymous.map(|role| Identity::without_token("anonymous", role));
    Ok(match found {
        None => anonymous,
        Some(Credential::Cookie(secret)) => {
            let identity = gateway.services.accounts.verify(&secret).await?;
            if identity.is_some() {
                // A browser sends its cookie whoever wrote the page.
                if !reads && !opens_socket && !rules.is_from_our_page(request.headers()) {
                    let detail = "A browser's cookie is taken for changes from our own pages only, \
                                  known by the Origin header. Programs send a token instead.";
                    return Err(Problem::new(Kind::WrongOrigin, detail));
                }
                request.extensions_mut().insert(ByCookie);
            }
            // A stale cookie is no attempt to sign in.
            identity.or(anonymous)
        }
        Some(Credential::Bearer(secret) | Credential::Query(secret)) => {
            let identity = gateway.services.accounts.verify(&secret).await?;
            Some(identity.ok_or_else(|| refused(gateway, request.extensions()))?)
        }
    })
}

/// Whether a request to this address opens or serves a socket. Pages of other origins may not, and
/// browsers send no headers with them, so that a token may be in the address.
fn opens_socket(path: &str) -> bool {
    matches!(path, "/ws" | "/socket.io/" | "/api/analytics/ws")
        || path.starts_with("/api/v1/ws/")
        || path.starts_with("/api/analytics/api/v1/ws/")
}

/// A token that is none. Looked up before it is counted: a good one is never refused for others.
fn refused(gateway: &Gateway, extensions: &Extensions) -> Problem {
    let address = extensions.get::<Caller>().and_then(Caller::address);
    match address.and_then(|address| gateway.tried_wrongly(address)) {
        Some(seconds) => too_many_tries(seconds),
        None => Problem::new(Kind::NotSignedIn, "That token is unknown, expired or revoked."),
    }
}

pub(crate) fn too_many_tries(wait_seconds: u64) -> Problem {
    let detail = format!(
        "Too many unknown links and tokens came from your address. Try again in {wait_seconds} s."
    );
    Problem::new(Kind::TooMany, detail).retry_after(wait_seconds)
}

/// A header's value as it may be shown: it comes from outside.
fn shown(headers: &HeaderMap, name: HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("(none)");
    value.chars().take(SHOWN_CHARS).collect()
}

fn wrong_host(headers: &HeaderMap) -> String {
    let host = shown(headers, header::HOST);
    format!(
        "This server does not answer to the host name {host}. Start it with --allow-host NAME if it \
         should. If a proxy in front of it put that name there, name it too, or let the proxy pass \
         on the Host that it was asked for."
    )
}

fn wrong_origin(headers: &HeaderMap) -> String {
    let (origin, host) = (shown(headers, header::ORIGIN), shown(headers, header::HOST));
    format!(
        "Pages of {origin} may not connect to {host}. Start the server with --allow-origin URL if \
         they should. If this is the server's own page behind a proxy, the proxy changed the Host \
         header: let it pass on the one that it was asked for."
    )
}
