//! Logged topics: the hub gets back what the store remembers of them, then every event that the
//! store has written; the gateway's past events are the store's.

use bellwether_gateway::{Answer, EventHistory, LaterEvents};
use bellwether_hub::{Hub, Priority};
use bellwether_signal::{
    Topic,
    answer::EventsAnswer,
    protocol::{Content, Envelope, Kind, Position},
};
use bellwether_store::{LoggedEvent, Store, StoreError};
use tracing::warn;

use super::ask;

/// Puts logged topics back into the hub and has it hear of what is logged from now on. To be called
/// before anything is logged and before anybody subscribes.
pub(crate) fn connect(store: &Store, hub: &Hub) -> Result<(), StoreError> {
    let ring = hub.limits().ring;
    for (topic, newest) in store.logged_topics()? {
        // What cannot be read is missing then; where the topic stands is known all the same.
        let mut past = store.events(&topic, None, ring).unwrap_or_else(|error| {
            warn!(%error, "the past of a topic is not shown");
            Vec::new()
        });
        past.reverse();
        let past = past.into_iter().map(|past| (past.position, past.event, past.at));
        if let Err(error) = hub.restore_events(&topic, newest, past) {
            warn!(%error, "the past of a topic is not shown");
        }
    }
    let hub = hub.clone();
    store.on_logged(Box::new(move |LoggedEvent { topic, position, at, event }| {
        let published = hub.publish_logged(&topic, position, event, at, Priority::Normal);
        if let Err(error) = published {
            warn!(%error, "an event was kept and not shown");
        }
    }));
    Ok(())
}

pub(crate) struct StoredEvents(pub(crate) Store);

impl EventHistory for StoredEvents {
    fn events(
        &self,
        topic: Topic,
        before: Option<Position>,
        limit: usize,
    ) -> Answer<'_, EventsAnswer> {
        ask(&self.0, move |store| {
            // One more than asked for, to know whether there are older ones.
            let mut found = store.events(&topic, before, limit.saturating_add(1))?;
            let more = found.len() > limit;
            found.truncate(limit);
            let older = found.last().map(|last| last.position).filter(|_| more);
            Ok(EventsAnswer { events: found.into_iter().map(envelope).collect(), older })
        })
    }

    fn after(&self, topic: Topic, after: Position, limit: usize) -> Answer<'_, LaterEvents> {
        ask(&self.0, move |store| {
            let (found, more) = store.events_after(&topic, after, limit)?;
            Ok(LaterEvents { events: found.into_iter().map(envelope).collect(), more })
        })
    }
}

fn envelope(LoggedEvent { topic, position, at, event }: LoggedEvent) -> Envelope {
    Envelope {
        topic,
        kind: Kind::Event,
        ts: at,
        epoch: position.epoch(),
        offset: position.offset(),
        content: Content::Data(event),
    }
}
