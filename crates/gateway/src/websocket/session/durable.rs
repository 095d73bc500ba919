//! Durable subscriptions on one connection: subscribing by name, and saying how far one is. Both wait
//! for the disk, so that what was answered is kept.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bellwether_hub::{Hub, Since};
use bellwether_signal::{
    Topic, TopicPattern,
    durable::{DURABLES_OF_USER, NoName, check_name},
    protocol::{Answer, ErrorCode, Position},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Desk, Done, Later, Refusal, answer, bad_topic};
use crate::{
    durables::{Durables, Hold},
    services::ServiceError,
};

/// A subscription by name, as far as it is checked.
pub(super) struct Wish {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) patterns: Vec<TopicPattern>,
    /// Where the client says to start; `None` for the place that is kept.
    pub(super) since: Option<Since>,
    pub(super) interval: Option<Duration>,
}

impl From<NoName> for Refusal {
    fn from(error: NoName) -> Self {
        Self { code: ErrorCode::OutOfRange, detail: error.to_string(), limit: None }
    }
}

/// What the store refuses is told; why it cannot write is for the log.
fn refused(error: ServiceError) -> Refusal {
    match error {
        ServiceError::TooLarge(detail) => {
            let limit = Some(DURABLES_OF_USER as u64);
            Refusal { code: ErrorCode::TooMany, detail: format!("durable: {detail}"), limit }
        }
        ServiceError::Unavailable(cause) => {
            warn!(cause, "the place of a durable subscription was not kept");
            let detail = "durable: the place could not be kept, because the store cannot write at \
                          the moment; /health says more. Try again."
                .to_owned();
            Refusal { code: ErrorCode::Unavailable, detail, limit: None }
        }
    }
}

fn unknown(name: &str, why: &str) -> Refusal {
    let detail = format!("durable: this connection does not hold {name:?}{why}; subscribe with it");
    Refusal { code: ErrorCode::UnknownDurable, detail, limit: None }
}

/// The durable names of one connection.
#[derive(Default)]
pub(super) struct Holds {
    names: Vec<Hold>,
    /// Comes when another connection takes one over; made with the first name.
    taken_over: Option<CancellationToken>,
}

impl Holds {
    /// Comes when another connection has taken over a name; `None` while there is none.
    pub(super) fn taken_over(&self) -> Option<CancellationToken> {
        self.taken_over.clone()
    }

    pub(super) fn keep(&mut self, hold: Hold) {
        self.names.retain(|held| held.name() != hold.name());
        self.names.push(hold);
    }

    fn holds(&self, name: &str) -> bool {
        self.names.iter().any(|held| held.name() == name && held.is_good())
    }

    /// Checks what can be checked at once; the rest waits for the disk.
    pub(super) fn subscribe(
        &mut self,
        hub: &Hub,
        subscriber: bellwether_hub::SubscriberId,
        desk: &Desk,
        wish: Wish,
    ) -> Result<Later, Refusal> {
        check_name(&wish.name)?;
        let bounds = hub.limits();
        if wish.interval.is_some_and(|interval| interval > bounds.interval_max) {
            return Err(bellwether_hub::HubError::IntervalTooLong(bounds.interval_max).into());
        }
        // Where the client would begin that was never here: kept, so that nothing is missed before
        // its first acknowledgement.
        let retained = Since::Retained;
        let since = wish.since.as_ref().unwrap_or(&retained);
        let begins = hub.places(desk.identity.role, &wish.patterns, since)?;
        // One that subscribes again goes on where it is.
        let here: Vec<Topic> = if self.holds(&wish.name) {
            hub.positions(subscriber).into_iter().map(|(topic, _)| topic).collect()
        } else {
            Vec::new()
        };
        let taken_over = self.taken_over.get_or_insert_with(CancellationToken::new).clone();
        let again = self.holds(&wish.name);
        let (hub, durables) = (hub.clone(), Arc::clone(&desk.durables));
        let user = desk.identity.user.clone();
        Ok(Box::pin(async move {
            let Wish { id, name, patterns, since, interval } = wish;
            let begun = async {
                let opened = durables.places.open(&user, &name, begins).await;
                let kept = opened.map_err(refused)?;
                // Its own hold is not taken from it.
                let hold = (!again).then(|| durables.take(&user, &name, taken_over));
                let goes_on = kept.into_iter().filter(|(topic, _)| !here.contains(topic));
                let since = since.unwrap_or_else(|| Since::Positions(goes_on.collect()));
                hub.subscribe(subscriber, &patterns, &since, interval)?;
                Ok(hold)
            };
            match begun.await {
                Ok(hold) => Done { answer: answer(id, Ok(())), hold },
                Err(error) => Done { answer: answer(id, Err(error)), hold: None },
            }
        }))
    }

    /// Moves the place of a name that the connection holds.
    pub(super) fn acknowledge(
        &self,
        hub: &Hub,
        subscriber: bellwether_hub::SubscriberId,
        desk: &Desk,
        (id, name): (u64, String),
        positions: BTreeMap<String, Position>,
    ) -> Result<Later, Refusal> {
        check_name(&name)?;
        if !self.holds(&name) {
            return Err(unknown(&name, ""));
        }
        let sent: BTreeMap<Topic, Position> = hub.positions(subscriber).into_iter().collect();
        let mut checked = Vec::with_capacity(positions.len());
        for (text, position) in positions {
            let topic = Topic::parse(&text).map_err(|error| bad_topic(error.to_string()))?;
            let Some(newest) = sent.get(&topic) else {
                return Err(bad_topic(format!(
                    "positions: {topic} is not subscribed to on this connection"
                )));
            };
            if position > *newest {
                let Position(epoch, offset) = *newest;
                let detail = format!(
                    "positions: {topic} was not sent that far; the last one was [{epoch},{offset}]"
                );
                return Err(Refusal { code: ErrorCode::OutOfRange, detail, limit: None });
            }
            checked.push((topic, position));
        }
        let durables: Arc<Durables> = Arc::clone(&desk.durables);
        let user = desk.identity.user.clone();
        Ok(Box::pin(async move {
            let kept = durables.places.acknowledge(&user, &name, checked).await;
            let done = match kept {
                Ok(true) => Ok(()),
                Ok(false) => Err(unknown(&name, " any more: it was deleted or has expired")),
                Err(error) => Err(refused(error)),
            };
            let answer: Answer = answer(id, done);
            Done { answer, hold: None }
        }))
    }
}
