//! Users' own signals: what they publish below `app/`, by socket and by HTTP, checked and bounded.
//!
//! The hub has it at once; its numbers go to [`AppSignals`], where they become series. Nothing here
//! waits.

mod rates;

use std::sync::{Arc, Mutex, PoisonError};

use bellwether_hub::{Hub, HubError, Priority, Publication};
use bellwether_signal::{
    Moment, Timestamp, Topic,
    app::{self, FUTURE_MS, PAST_MS, PayloadError},
    feature::{Feature, Features},
    protocol::{Kind, Position, Urgency},
};
use serde_json::Value;

pub(crate) use self::rates::PUBLISHES_PER_SECOND;
use self::rates::Rates;
use crate::{
    access::{Identity, switched_off},
    services::AppSignals,
};

/// What somebody wants to publish, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) topic: String,
    pub(crate) kind: Kind,
    pub(crate) data: Value,
    pub(crate) full: bool,
    pub(crate) priority: Option<Urgency>,
    pub(crate) ts: Option<Timestamp>,
}

/// Why it was not published. Texts begin with the field that they are about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PublishError {
    #[error("the role {0} may not publish; publishers, operators and admins may")]
    Forbidden(&'static str),
    #[error("{0}")]
    Off(String),
    #[error("topic: {0}")]
    Topic(String),
    #[error("topic: {0} is not below app/, and nothing else is published by users")]
    Elsewhere(Topic),
    #[error("full: only a state is replaced; leave it out for an event")]
    FullEvent,
    #[error("priority: only events have one; a state is its newest value")]
    UrgentState,
    #[error(
        "ts: has to be at most {} h before and {} s after the server's time, which is {now_ms}",
        PAST_MS / 3_600_000,
        FUTURE_MS / 1_000
    )]
    Time { now_ms: i64 },
    #[error("more than {PUBLISHES_PER_SECOND} publications a second with this token; back off")]
    TooOften { wait_seconds: u64 },
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error("topic: {0}")]
    Hub(HubError),
}

impl From<HubError> for PublishError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Payload(payload) => Self::Payload(payload),
            other @ (HubError::WrongKind { .. }
            | HubError::TooManyTopics(_)
            | HubError::TooManyAppTopics(_)
            | HubError::TooManySubscribers(_)
            | HubError::TooManyPatterns(_)
            | HubError::IntervalTooLong(_)
            | HubError::NoSuchSubscriber
            | HubError::NotAfter { .. }) => Self::Hub(other),
        }
    }
}

/// Takes publications. One a gateway.
pub(crate) struct Publishing {
    hub: Hub,
    signals: Arc<dyn AppSignals>,
    clock: fn() -> Moment,
    rates: Mutex<Rates>,
    features: Features,
}

impl Publishing {
    pub(crate) fn new(
        hub: Hub,
        signals: Arc<dyn AppSignals>,
        clock: fn() -> Moment,
        features: Features,
    ) -> Self {
        Self { hub, signals, clock, rates: Mutex::default(), features }
    }

    /// Publishes what somebody wishes, and says where in the topic it stands.
    pub(crate) fn publish(&self, who: &Identity, wish: Wish) -> Result<Position, PublishError> {
        if !who.role.publishes() {
            return Err(PublishError::Forbidden(who.role.name()));
        }
        if !self.features.is_on(Feature::OwnSignals) {
            return Err(PublishError::Off(switched_off(Feature::OwnSignals, "off")));
        }
        let now = (self.clock)();
        // One that is refused counts too: somebody who sends nonsense is to slow down as well.
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates
            .admit(who, now.monotonic)
            .map_err(|wait_seconds| PublishError::TooOften { wait_seconds })?;
        drop(rates);
        let (topic, publication, ts) = check(wish, now.wall)?;
        let published = self.hub.publish_app(&topic, publication, ts)?;
        if let Some(state) = &published.state {
            self.signals.state(&topic, state, ts);
        }
        Ok(published.position)
    }
}

fn check(wish: Wish, now: Timestamp) -> Result<(Topic, Publication, Timestamp), PublishError> {
    let Wish { topic, kind, data, full, priority, ts } = wish;
    let topic = Topic::parse(&topic).map_err(|error| PublishError::Topic(error.to_string()))?;
    if !app::is_app(&topic) {
        return Err(PublishError::Elsewhere(topic));
    }
    let ts = ts.unwrap_or(now);
    if !(now.0 - PAST_MS..=now.0 + FUTURE_MS).contains(&ts.0) {
        return Err(PublishError::Time { now_ms: now.0 });
    }
    app::check_payload(kind, full, &data)?;
    let publication = match (kind, data) {
        (Kind::State, _) if priority.is_some() => return Err(PublishError::UrgentState),
        (Kind::State, Value::Object(data)) => Publication::State { data, full },
        (Kind::State, _) => return Err(PayloadError::NoObject.into()),
        (Kind::Event, _) if full => return Err(PublishError::FullEvent),
        (Kind::Event, data) => {
            let priority = match priority.unwrap_or_default() {
                Urgency::Low => Priority::Low,
                Urgency::Normal => Priority::Normal,
                Urgency::High => Priority::High,
            };
            Publication::Event { data, priority }
        }
    };
    Ok((topic, publication, ts))
}
