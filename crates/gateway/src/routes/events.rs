//! `GET /api/events?topic=&before=&limit=`: what happened on a logged topic, newest first, page by page.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use bellwether_signal::{Topic, answer::EventsAnswer, protocol::Position};
use serde::Deserialize;

use crate::{
    access::Reader,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// Events in an answer when nothing else is asked for.
const EVENTS: usize = 50;
/// Most events in an answer.
const EVENTS_MAX: usize = 500;

#[derive(Deserialize)]
pub(super) struct Wish {
    topic: String,
    /// A position, as `EPOCH,OFFSET` or as JSON, `[EPOCH,OFFSET]`; only older events are answered.
    /// Absent: the newest.
    before: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    Query(wish): Query<Wish>,
) -> Result<Json<EventsAnswer>, Problem> {
    let bad = |detail: String| Problem::new(Kind::BadRequest, detail);
    let topic = Topic::parse(&wish.topic).map_err(|error| bad(format!("topic: {error}.")))?;
    if !identity.role.may_read(&topic) {
        let detail = format!("The role {} may not read {topic}.", identity.role.name());
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    let before = wish.before.as_deref().map(position).transpose().map_err(bad)?;
    let limit = wish.limit.unwrap_or(EVENTS);
    if !(1..=EVENTS_MAX).contains(&limit) {
        return Err(bad(format!("limit: has to be from 1 to {EVENTS_MAX}.")));
    }
    Ok(Json(gateway.services.events.events(topic, before, limit).await?))
}

fn position(text: &str) -> Result<Position, String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let read = || {
        let (epoch, offset) = bare.split_once(',')?;
        Some(Position(epoch.trim().parse().ok()?, offset.trim().parse().ok()?))
    };
    read().ok_or_else(|| {
        format!("before: {text:?} is no position; write EPOCH,OFFSET, such as 1795272291976,12.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_two_numbers() {
        assert_eq!(position("12,3"), Ok(Position(12, 3)));
        assert_eq!(position("[12, 3]"), Ok(Position(12, 3)));
        for wrong in ["", "12", "12,", "12,3,4", "[12,3", "-1,2", "a,b", "99999999999999999999,1"] {
            assert!(position(wrong).unwrap_err().contains("EPOCH,OFFSET"), "{wrong}");
        }
    }
}
