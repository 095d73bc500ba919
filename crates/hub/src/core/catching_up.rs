//! What a subscriber lacks of a logged topic and the ring no longer has: the core says what is
//! missing, the edge asks the log, and the subscriber goes on from what it answers.
//!
//! Until the answer is there nothing of that topic is given to the subscriber, so that no later event
//! overtakes an earlier one. The log is asked when a flush comes to it, page by page: a client that
//! takes nothing asks for nothing.

use std::{collections::BTreeMap, sync::Arc};

use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    protocol::{Kind, Position},
};
use serde_json::Value;

use super::{Channel, Core, ShardId, SubscriberId};
use crate::{
    HubError, Priority, Segment, Since,
    event_topic::{EventCursor, EventTopic},
    subscriber::{Cursor, TopicIndex},
};

/// Events that one subscriber lacks in one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where.
    pub topic: Topic,
    /// What the subscriber had last: the log is asked for what follows.
    pub after: Position,
    subscriber: SubscriberId,
    ticket: u64,
}

/// An event as the log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its place.
    pub position: Position,
    /// When it happened.
    pub at: Timestamp,
    /// What it says.
    pub event: Value,
}

/// One page of a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Oldest first.
    pub events: Vec<Past>,
    /// Whether the log has later ones.
    pub more: bool,
}

/// A subscriber that goes on from the log in one topic.
#[derive(Debug)]
pub(crate) struct CatchUp {
    ticket: u64,
    /// What the log answered; `None` while it has not.
    backlog: Option<Backlog>,
    /// Events that it was given so, without a pause.
    given: usize,
}

#[derive(Debug)]
struct Backlog {
    segments: Vec<Arc<Segment>>,
    /// Where the subscriber is once it has them.
    end: Position,
}

/// What is asked of logs, by all subscribers.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    /// Somebody answers. Otherwise what has left the ring is a told gap.
    pub(crate) answered: bool,
    missing: Vec<Missing>,
    tickets: u64,
}

impl Asking {
    /// Gives a subscriber what there is of a logged topic, or asks the log first.
    pub(super) fn take(
        &mut self,
        (subscriber, index, most): (SubscriberId, TopicIndex, usize),
        (topic, events): (&Topic, &EventTopic),
        cursor: &mut EventCursor,
        catching_up: &mut BTreeMap<TopicIndex, CatchUp>,
        out: &mut Vec<Arc<Segment>>,
    ) {
        let mut given = 0;
        if let Some(known) = catching_up.get_mut(&index) {
            let Some(backlog) = known.backlog.take() else { return };
            given = known.given + backlog.segments.len();
            out.extend(backlog.segments);
            cursor.reach(backlog.end);
            catching_up.remove(&index);
        }
        if given >= most || !events.lacks(*cursor) {
            events.take(topic, cursor, out);
            return;
        }
        self.tickets += 1;
        let ticket = self.tickets;
        catching_up.insert(index, CatchUp { ticket, backlog: None, given });
        let (topic, after) = (topic.clone(), cursor.position());
        self.missing.push(Missing { topic, after, subscriber, ticket });
    }
}

impl Core {
    /// Where a subscriber of these patterns would begin in each event topic.
    pub fn places(
        &mut self,
        role: Role,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<Vec<(Topic, Position)>, HubError> {
        // On no list: nobody flushes it.
        let id = self.add_subscriber(ShardId(usize::MAX), role)?;
        let subscribed = self.subscribe(id, patterns, since);
        let mut places = self.positions(id);
        places.retain(|(topic, _)| self.kind(topic) == Some(Kind::Event));
        self.remove_subscriber(id);
        // Who only asks has no lasting interest.
        self.interest.clear();
        subscribed.map(|()| places)
    }

    /// From now on somebody asks for [what is missing](Core::take_missing) and answers it.
    pub fn answer_missing(&mut self) {
        self.asking.answered = true;
    }

    /// Whether something is missing that nobody has taken.
    pub fn is_missing(&self) -> bool {
        !self.asking.missing.is_empty()
    }

    /// What subscribers lack since the last call. Each has to be [answered](Core::supply).
    pub fn take_missing(&mut self) -> Vec<Missing> {
        std::mem::take(&mut self.asking.missing)
    }

    /// The same of one subscriber.
    pub fn take_missing_of(&mut self, id: SubscriberId) -> Vec<Missing> {
        let all = std::mem::take(&mut self.asking.missing);
        let (its, others) = all.into_iter().partition(|missing| missing.subscriber == id);
        self.asking.missing = others;
        its
    }

    /// Answers what was missing. Where the log has a hole, or nothing any more, a gap is told. An
    /// answer that nobody waits for any more is dropped.
    pub fn supply(&mut self, missing: &Missing, page: Page) {
        let Some(index) = self.by_name.get(&missing.topic).copied() else { return };
        let id = missing.subscriber;
        let (Some(entry), Some(subscriber)) =
            (self.topics.get_mut(index), self.subscribers.get_mut(&id))
        else {
            return;
        };
        let waits = |it: &&mut CatchUp| it.ticket == missing.ticket && it.backlog.is_none();
        let (Some(catch_up), Some(mailbox), Channel::Event(events)) = (
            subscriber.catching_up.get_mut(&index).filter(waits),
            subscriber.mailboxes.get_mut(index),
            &entry.channel,
        ) else {
            return;
        };
        if let Cursor::Event(cursor) = &mut mailbox.cursor {
            let (segments, end) = events.follow(&entry.topic, cursor, page);
            catch_up.backlog = Some(Backlog { segments, end });
        }
        entry.hearing.retain(|hears| *hears != id);
        if subscriber.mark(index, Priority::Normal) {
            self.waiting.list(subscriber, id);
        }
    }
}
