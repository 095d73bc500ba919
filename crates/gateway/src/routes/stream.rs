//! `GET /api/stream?topics=&since=&interval_ms=`: the envelopes that a socket would send, as
//! Server-Sent Events. `Last-Event-ID` goes on where an earlier stream ended.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Query, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, header};
use serde::Deserialize;

use super::topics::{patterns_and_since, refused};
use crate::{
    access::Reader,
    clients::Dialect,
    gateway::Gateway,
    problem::{Kind, Problem},
    stream::{OpenError, Opening, Peer, Place},
};

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Patterns, separated by commas.
    topics: String,
    /// `now`, or positions as JSON.
    since: Option<String>,
    /// Shortest time between two flushes.
    interval_ms: Option<u64>,
}

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    Query(wish): Query<Wish>,
    request: Request,
) -> Result<Response, Problem> {
    let (patterns, since) = patterns_and_since(&wish.topics, wish.since.as_deref())?;
    let (headers, extensions) = (request.headers(), request.extensions());
    let place = place(headers)?;
    let seat = gateway.admit(&identity, headers, extensions, Dialect::Sse)?;
    let body = gateway.streams.open(Opening {
        role: identity.role,
        patterns,
        since,
        place,
        interval: wish.interval_ms.map(Duration::from_millis),
        stay: gateway.stays.of(&identity),
        seat,
        peer: extensions.get::<Peer>().cloned(),
    });
    let body = body.map_err(|error| match error {
        OpenError::TooMany | OpenError::Closing => {
            Problem::new(Kind::Unavailable, error.to_string())
        }
        OpenError::TooLong(_) => Problem::new(Kind::BadRequest, error.to_string()),
        OpenError::Hub(error) => refused(&error),
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store, no-transform"),
        // Proxies that follow nginx would collect the answer until it ends.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::new(body)).into_response())
}

fn place(headers: &HeaderMap) -> Result<Option<Place>, Problem> {
    let Some(id) = headers.get("last-event-id") else { return Ok(None) };
    let place = id.to_str().map_err(|error| error.to_string()).and_then(Place::parse);
    let bad = |e| Problem::new(Kind::BadRequest, format!("Last-Event-ID is none of ours: {e}."));
    place.map(Some).map_err(bad)
}
