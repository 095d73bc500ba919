//! `GET /api/topics?topics=&since=`: the envelopes that a socket would send, for those who poll.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use bellwether_hub::{Glance, HubError, Since};
use bellwether_signal::{Role, TopicPattern, protocol::Position};
use bytes::{BufMut, BytesMut};
use http::header;
use serde::Deserialize;

use crate::{
    access::Reader,
    catching_up,
    gateway::Gateway,
    problem::{Kind, Problem},
    websocket::{patterns_of, positions_of},
};

/// No more pages of the event history are asked for once an answer has so many envelopes.
const HISTORY_SEGMENTS: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Patterns, separated by commas.
    topics: String,
    /// `now`, or positions as JSON: `{"host/web-1/process":[1,2]}`.
    since: Option<String>,
}

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    Query(wish): Query<Wish>,
) -> Result<Response, Problem> {
    let (patterns, since) = patterns_and_since(&wish.topics, wish.since.as_deref())?;
    let hub = &gateway.services.hub;
    let glance = hub.glance(identity.role, &patterns, &since).map_err(|error| refused(&error))?;
    let glance = if glance.incomplete {
        look(&gateway, identity.role, &patterns, &since).await.map_err(|error| refused(&error))?
    } else {
        glance
    };
    let positions: BTreeMap<String, Position> =
        glance.positions.into_iter().map(|(topic, at)| (topic.to_string(), at)).collect();
    // Segments are JSON already: they are joined, not parsed and written again.
    let size: usize = glance.segments.iter().map(|segment| segment.json().len() + 1).sum();
    let mut body = BytesMut::with_capacity(size + 64);
    body.put_slice(b"{\"envelopes\":[");
    for (index, segment) in glance.segments.iter().enumerate() {
        if index > 0 {
            body.put_u8(b',');
        }
        body.put_slice(segment.json());
    }
    body.put_slice(b"],\"positions\":");
    body.put_slice(&serde_json::to_vec(&positions).expect("positions have text keys"));
    body.put_u8(b'}');
    Ok(([(header::CONTENT_TYPE, "application/json")], body.freeze()).into_response())
}

/// The same with what only the event history has. When that is more than one answer holds, the
/// positions say where the next one goes on.
async fn look(
    gateway: &Gateway,
    role: Role,
    patterns: &[TopicPattern],
    since: &Since,
) -> Result<Glance, HubError> {
    let (hub, history) = (&gateway.services.hub, &gateway.services.events);
    let look = hub.look_on(role, patterns, since)?;
    let mut glance = Glance::default();
    loop {
        let missing = look.take(&mut glance.segments);
        if missing.is_empty() || glance.segments.len() >= HISTORY_SEGMENTS {
            break;
        }
        for missing in missing {
            catching_up::answer(hub, &**history, &missing).await;
        }
    }
    glance.positions = look.positions();
    Ok(glance)
}

/// What topics are asked for and where they start, as both are written in an address.
pub(super) fn patterns_and_since(
    topics: &str,
    since: Option<&str>,
) -> Result<(Vec<TopicPattern>, Since), Problem> {
    let bad = |detail: String| Problem::new(Kind::BadRequest, detail);
    let names: Vec<String> = topics.split(',').map(str::to_owned).collect();
    let patterns = patterns_of(&names).map_err(|e| bad(format!("topics: {e}.")))?;
    let since = match since {
        None => Since::Retained,
        Some("now") => Since::Now,
        Some(json) => {
            let known: BTreeMap<String, Position> = serde_json::from_str(json)
                .map_err(|e| bad(format!("since: neither 'now' nor positions as JSON: {e}.")))?;
            positions_of(known).map_err(|e| bad(format!("since: {e}.")))?
        }
    };
    Ok((patterns, since))
}

/// What the hub did not take.
pub(super) fn refused(error: &HubError) -> Problem {
    let kind = match error {
        HubError::TooManySubscribers(_) => Kind::Unavailable,
        HubError::TooManyPatterns(_)
        | HubError::TooManyTopics(_)
        | HubError::TooManyAppTopics(_)
        | HubError::Payload(_)
        | HubError::IntervalTooLong(_)
        | HubError::WrongKind { .. }
        | HubError::NotAfter { .. }
        | HubError::NoSuchSubscriber => Kind::BadRequest,
    };
    Problem::new(kind, error.to_string())
}
