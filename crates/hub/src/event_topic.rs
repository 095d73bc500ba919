//! An event topic: a ring of the newest events, each with its offset.

use std::{collections::VecDeque, sync::Arc};

use bellwether_signal::{
    Timestamp, Topic,
    protocol::{Content, Envelope, Gap, GapNotice, GapReason, Kind, Position},
};
use serde_json::Value;

use crate::{segment::Segment, since::Start};

/// The newest events of one topic. The first event of an epoch has offset 1.
#[derive(Debug)]
pub(crate) struct EventTopic {
    epoch: u64,
    /// Offset of the newest event; 0 before the first.
    newest: u64,
    ring: VecDeque<Arc<Segment>>,
}

/// How far a subscriber has come: the offset that it gets next, and what it has to be told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventCursor {
    pub(crate) next: u64,
    gap: Option<(Option<Position>, GapReason)>,
}

impl EventTopic {
    pub(crate) fn new(epoch: u64) -> Self {
        Self { epoch, newest: 0, ring: VecDeque::new() }
    }

    pub(crate) fn publish(&mut self, topic: &Topic, event: Value, ts: Timestamp, keep: usize) {
        self.newest += 1;
        let envelope = Envelope {
            topic: topic.clone(),
            kind: Kind::Event,
            ts,
            epoch: self.epoch,
            offset: self.newest,
            content: Content::Data(event),
        };
        self.ring.push_back(Segment::of_envelope(&envelope));
        while self.ring.len() > keep {
            self.ring.pop_front();
        }
    }

    pub(crate) fn position(&self) -> Position {
        Position(self.epoch, self.newest)
    }

    fn oldest(&self) -> u64 {
        self.newest + 1 - self.ring.len() as u64
    }

    /// Where a subscriber starts that wants to go on after `start`.
    pub(crate) fn cursor(&self, start: Start) -> EventCursor {
        let oldest = self.oldest();
        let (next, gap) = match start {
            Start::Retained => (oldest, None),
            Start::Now => (self.newest + 1, None),
            Start::After(known) if known.epoch() != self.epoch => {
                (oldest, Some((Some(known), GapReason::NewEpoch)))
            }
            Start::After(known) if known.offset() > self.newest => {
                (oldest, Some((Some(known), GapReason::UnknownPosition)))
            }
            // One that has left the ring is noticed when the events are taken.
            Start::After(known) => (known.offset() + 1, None),
        };
        EventCursor { next, gap }
    }

    pub(crate) fn is_behind(&self, cursor: EventCursor) -> bool {
        cursor.gap.is_some() || cursor.next <= self.newest
    }

    /// Appends what the subscriber has not had, a told gap first where something is lost, and moves
    /// its cursor to the end.
    pub(crate) fn take(
        &self,
        topic: &Topic,
        cursor: &mut EventCursor,
        out: &mut Vec<Arc<Segment>>,
    ) {
        let oldest = self.oldest();
        if cursor.next < oldest && cursor.gap.is_none() {
            let last = cursor.next.saturating_sub(1);
            cursor.gap = Some((Some(Position(self.epoch, last)), GapReason::Overrun));
        }
        let from = cursor.next.max(oldest);
        if let Some((known, reason)) = cursor.gap.take() {
            let gap = Gap { from: known, to: Position(self.epoch, from), reason };
            out.push(Segment::of_gap(&GapNotice { topic: topic.clone(), gap }));
        }
        let skip = usize::try_from(from - oldest).expect("the ring is in memory");
        out.extend(self.ring.iter().skip(skip).cloned());
        cursor.next = self.newest + 1;
    }
}
