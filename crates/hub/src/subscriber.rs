//! A subscriber: what it wants, how far it is, and when it may be flushed next.

use std::{collections::BTreeMap, time::Duration};

use bellwether_signal::{Role, Topic, TopicPattern, protocol::Position};
use smallvec::SmallVec;

use crate::{SubscriberId, Tally, core::CatchUp, event_topic::EventCursor, mailboxes::Mailboxes};

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
    /// Something of high priority came since the last flush.
    pub(crate) urgent: bool,
    /// On its topic's list of those that hear of the next publication.
    pub(crate) hears: bool,
}

impl Mailbox {
    /// Everything in it was taken: its subscriber hears of the topic's next publication.
    pub(crate) fn taken(&mut self, id: SubscriberId, hearing: &mut Vec<SubscriberId>) {
        self.dirty = false;
        self.urgent = false;
        if !self.hears {
            self.hears = true;
            hearing.push(id);
        }
    }
}

/// How far a subscriber is in one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub(crate) mailboxes: Mailboxes,
    /// Positions named for topics that do not exist yet.
    pub(crate) awaited: BTreeMap<Topic, Position>,
    /// When it is told which of them did not come back, if that was not told yet.
    pub(crate) absence: Absence,
    /// Topics in which it goes on from the log.
    pub(crate) catching_up: BTreeMap<TopicIndex, CatchUp>,
    /// Shortest time between two flushes.
    pub(crate) interval: Duration,
    /// When it was last given something.
    pub(crate) last_flush: Option<Duration>,
    /// Topics with something new, each once.
    pub(crate) dirty: SmallVec<[TopicIndex; 2]>,
    /// Mailboxes in which something of high priority waits.
    pub(crate) urgent: usize,
    /// In its shard's list of those that wait to be flushed.
    pub(crate) listed: bool,
    /// Its socket takes nothing at the moment; its cursors stand still.
    pub(crate) blocked: bool,
    /// What it did not get one by one.
    pub(crate) tally: Tally,
}

/// Whether a subscriber is told which topics it named are not there any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Absence {
    /// It named none from before a restart, or was told.
    #[default]
    Settled,
    /// It named some; how long they may take is counted from the next look at the clock.
    Named,
    /// They may come back until then.
    Until(Duration),
    /// It is told with the next flush.
    Due,
}

impl Subscriber {
    /// Whether a flush would have something for it.
    pub(crate) fn has_news(&self) -> bool {
        !self.dirty.is_empty() || self.absence == Absence::Due
    }

    pub(crate) fn wants(&self, topic: &Topic) -> bool {
        self.role.may_read(topic) && self.patterns.iter().any(|pattern| pattern.matches(topic))
    }

    /// Notes something new in a topic; `false` when it has no mailbox there. It has to be off the
    /// topic's list of those that hear of the next publication.
    pub(crate) fn mark(&mut self, index: TopicIndex, priority: Priority) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(index) else { return false };
        mailbox.hears = false;
        if !mailbox.dirty {
            mailbox.dirty = true;
            self.dirty.push(index);
        }
        if priority == Priority::High && !mailbox.urgent {
            mailbox.urgent = true;
            self.urgent += 1;
        }
        true
    }

    /// Gives up a mailbox, and whatever waited in it.
    pub(crate) fn forget(&mut self, index: TopicIndex) {
        let Some(gone) = self.mailboxes.remove(index) else { return };
        self.catching_up.remove(&index);
        self.dirty.retain(|dirty| *dirty != index);
        self.urgent -= usize::from(gone.urgent);
    }

    /// The flush clock: not before this time, except by high priority.
    pub(crate) fn not_before(&self) -> Duration {
        self.last_flush.map_or(Duration::ZERO, |last| last + self.interval)
    }

    pub(crate) fn is_due(&self, now: Duration) -> bool {
        !self.blocked && (self.urgent > 0 || self.not_before() <= now)
    }
}
