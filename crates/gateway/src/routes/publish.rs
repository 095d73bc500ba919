//! `POST /api/publish/{topic}`: a signal of one's own, for who has no socket open.

use std::sync::Arc;

use axum::{Json, extract::State};
use bellwether_hub::HubError;
use bellwether_signal::answer::{PublishAnswer, PublishWish};
use bytes::Bytes;
use http::Uri;

use crate::{
    access::PublisherOrMore,
    gateway::Gateway,
    problem::{Kind, Problem},
    publishing::{PublishError, Wish},
};

/// The topic is the rest of the path as it was sent: a segment's percent-encoding is part of it.
const PREFIX: &str = "/api/publish/";

pub(super) async fn publish(
    State(gateway): State<Arc<Gateway>>,
    PublisherOrMore(identity): PublisherOrMore,
    uri: Uri,
    body: Bytes,
) -> Result<Json<PublishAnswer>, Problem> {
    let topic = uri.path().strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let wish: PublishWish = serde_json::from_slice(&body).map_err(|error| {
        let detail = format!(
            "The body has to be a JSON object such as {{\"kind\":\"state\",\"data\":{{\"power_kw\":\
             2.5}}}}: {error}."
        );
        Problem::new(Kind::Unprocessable, detail)
    })?;
    let PublishWish { kind, data, full, priority, ts } = wish;
    let wish = Wish { topic, kind, data, full, priority, ts };
    let position = gateway.publishing.publish(&identity, wish).map_err(|error| refused(&error))?;
    Ok(Json(PublishAnswer { position }))
}

fn refused(error: &PublishError) -> Problem {
    let detail = format!("{error}.");
    let kind = match error {
        PublishError::Forbidden(_) => Kind::Forbidden,
        PublishError::Off(_) => Kind::SwitchedOff,
        PublishError::Topic(_) | PublishError::Elsewhere(_) => Kind::BadRequest,
        PublishError::FullEvent | PublishError::UrgentState | PublishError::Time { .. } => {
            Kind::Unprocessable
        }
        PublishError::TooOften { wait_seconds } => {
            return Problem::new(Kind::TooMany, detail).retry_after(*wait_seconds);
        }
        PublishError::Payload(payload) if payload.limit().is_some() => Kind::TooLarge,
        PublishError::Payload(_) => Kind::Unprocessable,
        PublishError::Hub(HubError::WrongKind { .. }) => Kind::Conflict,
        PublishError::Hub(_) => Kind::Unavailable,
    };
    Problem::new(kind, detail)
}
