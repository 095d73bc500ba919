//! A subscriber: what it wants, how far it is, and when it may be flushed next.

use std::{collections::HashMap, time::Duration};

use bellwether_signal::{Role, Topic, TopicPattern, protocol::Position};

use crate::event_topic::EventCursor;

/// Who overtakes whom in a flush. High also passes the flush clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Alerts: past the clock, first in the flush.
    High,
    /// Everything else.
    #[default]
    Normal,
    /// What may wait until last.
    Low,
}

/// A subscriber's mailbox for one topic: how far it is, and whether there is more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mailbox {
    pub(crate) cursor: Cursor,
    /// Among [`Subscriber::dirty`].
    pub(crate) dirty: bool,
}

/// How far a subscriber is in one topic.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cursor {
    State { known: Option<Position> },
    Event(EventCursor),
}

/// Index of a topic in the core's list.
pub(crate) type TopicIndex = usize;

#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) shard: usize,
    pub(crate) role: Role,
    pub(crate) patterns: Vec<TopicPattern>,
    pub(crate) mailboxes: HashMap<TopicIndex, Mailbox>,
    /// Positions named for topics that do not exist yet.
    pub(crate) awaited: HashMap<Topic, Position>,
    /// Shortest time between two flushes.
    pub(crate) interval: Duration,
    /// Not flushed before this time, except by high priority.
    pub(crate) not_before: Duration,
    /// Topics with something new, each once.
    pub(crate) dirty: Vec<TopicIndex>,
    /// Something of high priority waits.
    pub(crate) urgent: bool,
    /// In its shard's list of those that wait to be flushed.
    pub(crate) listed: bool,
    /// Its socket takes nothing at the moment; its cursors stand still.
    pub(crate) blocked: bool,
}

impl Subscriber {
    pub(crate) fn wants(&self, topic: &Topic) -> bool {
        self.role.may_read(topic) && self.patterns.iter().any(|pattern| pattern.matches(topic))
    }

    /// Notes something new in a topic; `false` when it has no mailbox there.
    pub(crate) fn mark(&mut self, index: TopicIndex) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(&index) else { return false };
        if !mailbox.dirty {
            mailbox.dirty = true;
            self.dirty.push(index);
        }
        true
    }

    pub(crate) fn is_due(&self, now: Duration) -> bool {
        !self.blocked && (self.urgent || self.not_before <= now)
    }
}
