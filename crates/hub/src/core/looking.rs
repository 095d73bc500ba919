//! What can be seen of the core without changing what anybody is told.

use std::{sync::Arc, time::Duration};

use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    protocol::{Kind, Position},
};
use serde_json::{Map, Value};

use super::{Channel, Core, ShardId, SubscriberId};
use crate::{
    error::HubError,
    segment::Segment,
    since::Since,
    standing::Standing,
    subscriber::{Cursor, Mailbox, TopicIndex},
};

/// What one look at some topics gives: for those who poll.
#[derive(Debug, Default)]
pub struct Glance {
    /// What a subscriber would have been sent.
    pub segments: Vec<Arc<Segment>>,
    /// Where it would be then.
    pub positions: Vec<(Topic, Position)>,
    /// Some of it is in logs: a [`Look`](crate::Look) asks them.
    pub incomplete: bool,
}

impl Core {
    /// The newest value of a state topic and when it was measured.
    pub fn state(&self, topic: &Topic) -> Option<(&Map<String, Value>, Timestamp)> {
        match &self.topics.get(*self.by_name.get(topic)?)?.channel {
            Channel::State(state) if !state.is_gone() => Some(state.value()),
            Channel::State(_) | Channel::Event(_) => None,
        }
    }

    /// All topics that a pattern matches.
    pub fn topics<'a>(
        &'a self,
        pattern: &'a TopicPattern,
    ) -> impl Iterator<Item = (&'a Topic, Kind)> {
        let is_gone = |channel: &Channel| matches!(channel, Channel::State(it) if it.is_gone());
        let entries = self
            .topics
            .iter()
            .filter(move |entry| pattern.matches(&entry.topic) && !is_gone(&entry.channel));
        entries.map(|entry| (&entry.topic, entry.channel.kind()))
    }

    /// What a subscriber of these patterns would be sent, without becoming one.
    pub fn glance(
        &mut self,
        role: Role,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<Glance, HubError> {
        let shard = ShardId(usize::MAX); // On no list: nobody flushes it.
        let id = self.add_subscriber(shard, role)?;
        let mut glance = Glance::default();
        let subscribed = self.subscribe(id, patterns, since);
        self.take(id, Duration::ZERO, &mut glance.segments);
        glance.positions = self.positions(id);
        glance.incomplete = !self.take_missing_of(id).is_empty();
        self.remove_subscriber(id);
        // Who looks once has no lasting interest.
        self.interest.clear();
        subscribed.map(|()| glance)
    }

    /// How a subscriber is doing.
    pub fn standing(&self, id: SubscriberId) -> Option<Standing> {
        let subscriber = self.subscribers.get(&id)?;
        let behind = |index: &TopicIndex| {
            let mailbox = subscriber.mailboxes.get(*index)?;
            match (&self.topics.get(*index)?.channel, &mailbox.cursor) {
                (Channel::State(state), Cursor::State { known }) => {
                    let known = known.map_or(0, Position::offset);
                    Some(state.position().offset().saturating_sub(known))
                }
                (Channel::Event(events), Cursor::Event(cursor)) => Some(events.behind(*cursor)),
                (Channel::State(_), Cursor::Event(_))
                | (Channel::Event(_), Cursor::State { .. }) => None,
            }
        };
        Some(Standing {
            patterns: subscriber.patterns.clone(),
            topics: subscriber.mailboxes.len(),
            behind: subscriber.dirty.iter().filter_map(behind).sum(),
            interval: subscriber.interval,
            blocked: subscriber.blocked,
            tally: subscriber.tally,
        })
    }

    /// How far a subscriber is in each of its topics.
    pub fn positions(&self, id: SubscriberId) -> Vec<(Topic, Position)> {
        let Some(subscriber) = self.subscribers.get(&id) else { return Vec::new() };
        let position = |(index, mailbox): (TopicIndex, &Mailbox)| {
            let entry = self.topics.get(index)?;
            let position = match (&entry.channel, &mailbox.cursor) {
                (_, Cursor::State { known }) => (*known)?,
                (Channel::Event(_), Cursor::Event(cursor)) => cursor.position(),
                (Channel::State(_), Cursor::Event(_)) => return None,
            };
            Some((entry.topic.clone(), position))
        };
        subscriber.mailboxes.iter().filter_map(position).collect()
    }

    /// Subscribers and patterns now.
    pub fn counts(&self) -> (usize, usize) {
        (self.subscribers.len(), self.subscribers.values().map(|s| s.patterns.len()).sum())
    }
}
