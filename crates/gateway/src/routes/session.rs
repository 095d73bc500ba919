//! Signing in by a one-time link, signing out, and who is signed in.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use bellwether_signal::{activity::ActivityKind, answer::SessionAnswer};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use tracing::info;

use crate::{
    access::{ByCookie, Caller, Departure, Reader, Visitor, too_many_tries},
    gateway::Gateway,
    page,
    problem::Problem,
};

/// How long the browser keeps the cookie: 30 days, as long as the session lives.
const SESSION_SECONDS: u32 = 30 * 24 * 3_600;

#[derive(Deserialize)]
pub(super) struct Link {
    code: Option<String>,
}

/// `GET /sign-in?code=…`: uses up the link. Without a code it is a page of the application.
///
/// Only a person who goes there uses it up: a program that looks ahead (HEAD, or a prefetch) would
/// leave them with a link that no longer works.
pub(super) async fn sign_in(
    State(gateway): State<Arc<Gateway>>,
    Query(link): Query<Link>,
    method: Method,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let looks_ahead = method != Method::GET || headers.contains_key("sec-purpose");
    let code = match link.code {
        None => return Ok(page::index(&headers)),
        Some(_) if looks_ahead => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        Some(code) => code,
    };
    let address = caller.and_then(|Extension(caller)| caller.address());
    let now = (gateway.services.clock)().monotonic;
    if let Some(seconds) = address.and_then(|it| gateway.guesses.wait_seconds(it, now)) {
        return Err(too_many_tries(seconds));
    }
    let Some(signed_in) = gateway.services.accounts.redeem(&code).await? else {
        // Who waits too little is told by the next try.
        let _wait_seconds = address.map(|address| gateway.tried_wrongly(address));
        return Ok(go_to("/sign-in?failed=link", None));
    };
    let who = &signed_in.identity;
    info!(user = who.user, "signed in");
    let from = address.map(|address| format!(" from {address}")).unwrap_or_default();
    let text = format!("{} signed in{from} as {}", who.user, who.role.name());
    gateway.done_by(who, ActivityKind::SignedIn, text);
    let cookie = gateway.cookie(&signed_in.secret, SESSION_SECONDS);
    Ok(go_to("/", Some(cookie)))
}

/// `POST /api/sign-out`: ends the session, and its sockets and streams in all tabs.
pub(super) async fn sign_out(
    State(gateway): State<Arc<Gateway>>,
    Visitor(visitor): Visitor,
    by_cookie: Option<Extension<ByCookie>>,
) -> Result<Response, Problem> {
    // A program's token is not ended by this: it is revoked.
    if let Some(identity) = visitor.filter(|_| by_cookie.is_some())
        && let Some(session) = &identity.token
    {
        gateway.services.accounts.revoke(session).await?;
        gateway.stays.end(session, Departure::SignedOut);
        let text = format!("{} signed out", identity.user);
        gateway.done_by(&identity, ActivityKind::SignedOut, text);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, gateway.cookie("", 0));
    Ok(response)
}

/// `GET /api/session`.
pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    caller: Option<Extension<Caller>>,
) -> Json<SessionAnswer> {
    let services = &gateway.services;
    let local = caller.is_some_and(|Extension(caller)| caller == Caller::Local);
    Json(SessionAnswer {
        user: identity.user,
        role: identity.role,
        version: services.version.to_owned(),
        host: services.host.clone(),
        ts: (services.clock)().wall,
        health: services.report.health().status,
        address: local.then(|| gateway.origin()),
        off: services.features.off(),
    })
}

fn go_to(address: &'static str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static(address));
    if let Some(cookie) = cookie {
        headers.insert(header::SET_COOKIE, cookie);
    }
    response
}

impl Gateway {
    /// The cookie of a session. Over TLS it is never sent without.
    fn cookie(&self, secret: &str, seconds: u32) -> HeaderValue {
        let (name, secure) = (&self.cookie_name, if self.rules.tls { "; Secure" } else { "" });
        let text = format!(
            "{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
        );
        HeaderValue::try_from(text).expect("secrets are base64url, names are ours")
    }
}
