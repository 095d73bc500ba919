//! Topics that a subscriber had before the server was restarted, and that did not come back: a model that was
//! deleted meanwhile, an alert that is over, a signal that nobody publishes any more. Who resumes names its
//! positions; whatever of an earlier run is not there after a while is told as what is no more is told
//! everywhere, by an empty state.
//!
//! Nothing is made for it: a name that somebody only claims to have had must not take a topic's place, and
//! whether it held states or events is not known any more. The position stays awaited, so that a topic that
//! comes back later still is gone on with by the rules of resuming.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bellwether_signal::{
    Timestamp, Topic,
    protocol::{Content, Envelope, Kind, Position},
};
use serde_json::Map;

use super::{Core, ShardId, SubscriberId};
use crate::{
    segment::Segment,
    subscriber::{Absence, Subscriber, TopicIndex},
};

impl Core {
    /// Begins to wait, if the subscriber has named topics of an earlier run that are not there.
    pub(super) fn expect_back(&mut self, id: SubscriberId) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        if self.limits.absent == Duration::MAX
            || absent(subscriber, self.epoch, &self.by_name).next().is_none()
        {
            return;
        }
        let is_listed = matches!(subscriber.absence, Absence::Named | Absence::Until(_));
        // Named again while it waits, all wait together, from now on.
        subscriber.absence = Absence::Named;
        let shard = subscriber.shard;
        if let Some(list) = self.absences.get_mut(shard).filter(|_| !is_listed) {
            list.push(id);
        }
        // Its thread has to look at the clock.
        self.waiting.woken |= 1 << shard;
    }

    /// Lists those of a shard whose time is over, to be flushed; says when the next one's is.
    pub(super) fn look_at_absences(&mut self, shard: ShardId, now: Duration) -> Option<Duration> {
        let list = self.absences.get_mut(shard.0)?;
        if list.is_empty() {
            return None;
        }
        let (subscribers, waiting) = (&mut self.subscribers, &mut self.waiting);
        let mut next: Option<Duration> = None;
        let wait = self.limits.absent;
        list.retain(|id| {
            let Some(subscriber) = subscribers.get_mut(id) else { return false };
            let until = match subscriber.absence {
                Absence::Settled | Absence::Due => return false,
                Absence::Named => now.saturating_add(wait),
                Absence::Until(until) => until,
            };
            if until > now {
                subscriber.absence = Absence::Until(until);
                next = Some(next.map_or(until, |at| at.min(until)));
                return true;
            }
            subscriber.absence = Absence::Due;
            waiting.list(subscriber, *id);
            false
        });
        next
    }
}

/// Topics of earlier runs that a subscriber wants and that are not there.
fn absent<'a>(
    subscriber: &'a Subscriber,
    epoch: u64,
    there: &'a HashMap<Topic, TopicIndex>,
) -> impl Iterator<Item = &'a Topic> {
    let named = subscriber.awaited.iter().filter(move |(_, at)| at.epoch() != epoch);
    let missing = named.map(|(topic, _)| topic).filter(|topic| !there.contains_key(*topic));
    missing.filter(|topic| subscriber.wants(topic))
}

/// Appends, once, what tells a subscriber of them.
pub(super) fn tell(
    subscriber: &mut Subscriber,
    epoch: u64,
    there: &HashMap<Topic, TopicIndex>,
    out: &mut Vec<Arc<Segment>>,
) {
    if subscriber.absence != Absence::Due {
        return;
    }
    subscriber.absence = Absence::Settled;
    let mut gone: Vec<&Topic> = absent(subscriber, epoch, there).collect();
    gone.sort_unstable();
    out.extend(gone.into_iter().map(|topic| {
        let envelope = Envelope {
            topic: topic.clone(),
            kind: Kind::State,
            // An epoch is the time of the start: since then it is known that there is none.
            ts: Timestamp(i64::try_from(epoch).unwrap_or(i64::MAX)),
            epoch,
            // Before all that the topic may ever have in this epoch.
            offset: Position(epoch, 0).offset(),
            content: Content::Full(Map::new()),
        };
        Segment::of_envelope(&envelope)
    }));
}
