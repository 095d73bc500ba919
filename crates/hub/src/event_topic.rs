//! An event topic: a ring of the newest events, each with its position.
//!
//! Within an epoch offsets grow by one. A logged topic may begin a new epoch while its ring still holds
//! events of the one before (the disk could not be written), and what the store gives back may have
//! holes; so a cursor counts places in the ring, and remembers the position that its subscriber had
//! last: wherever the next position does not follow it, a gap is told.

use std::{collections::VecDeque, sync::Arc};

use bellwether_signal::{
    Timestamp, Topic,
    protocol::{Content, Envelope, Gap, GapNotice, GapReason, Kind, Position},
};
use serde_json::Value;

use crate::{core::Page, segment::Segment, since::Start};

/// The newest events of one topic. The first event of an epoch has offset 1.
#[derive(Debug)]
pub(crate) struct EventTopic {
    /// Position of the newest event, whether the ring holds it or not.
    newest: Position,
    /// Place of the next event; the newest in the ring has the one before.
    end: u64,
    ring: VecDeque<(Position, Arc<Segment>)>,
}

/// How far a subscriber has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventCursor {
    /// Place of the event that it gets next.
    next: u64,
    /// The position that it had last, or is taken to have had.
    had: Position,
    /// `had` is one that the topic never reached.
    unknown: bool,
    /// Nothing is missing between `had` and the event at `next` that any log could have.
    exact: bool,
}

impl EventCursor {
    pub(crate) fn position(self) -> Position {
        self.had
    }

    /// Says that the subscriber has everything up to this position.
    pub(crate) fn reach(&mut self, position: Position) {
        self.had = position;
    }
}

impl EventTopic {
    /// A topic whose next event follows `newest`.
    pub(crate) fn after(newest: Position) -> Self {
        Self { newest, end: 0, ring: VecDeque::new() }
    }

    /// The position that the next event of a volatile topic has.
    pub(crate) fn next_position(&self) -> Position {
        Position(self.newest.epoch(), self.newest.offset() + 1)
    }

    /// Whether an event may have this position.
    pub(crate) fn takes(&self, at: Position) -> bool {
        at > self.newest && at.offset() > 0
    }

    /// Adds an event; its position is one that the topic [takes](Self::takes).
    pub(crate) fn publish(
        &mut self,
        topic: &Topic,
        at: Position,
        event: Value,
        ts: Timestamp,
        keep: usize,
    ) {
        let envelope = Envelope {
            topic: topic.clone(),
            kind: Kind::Event,
            ts,
            epoch: at.epoch(),
            offset: at.offset(),
            content: Content::Data(event),
        };
        self.newest = at;
        self.end += 1;
        self.ring.push_back((at, Segment::of_envelope(&envelope)));
        while self.ring.len() > keep {
            self.ring.pop_front();
        }
    }

    /// Says that events up to this position are gone.
    pub(crate) fn advance(&mut self, newest: Position) {
        self.newest = self.newest.max(newest);
    }

    pub(crate) fn position(&self) -> Position {
        self.newest
    }

    fn oldest(&self) -> u64 {
        self.end - self.ring.len() as u64
    }

    /// Where a subscriber starts that wants to go on after `start`.
    pub(crate) fn cursor(&self, start: Start) -> EventCursor {
        match start {
            Start::Retained => {
                let before = |at: &Position| Position(at.epoch(), at.offset() - 1);
                let had = self.ring.front().map_or(self.newest, |(at, _)| before(at));
                EventCursor { next: self.oldest(), had, unknown: false, exact: true }
            }
            Start::Now => {
                EventCursor { next: self.end, had: self.newest, unknown: false, exact: true }
            }
            Start::After(known) => self.cursor_after(known),
        }
    }

    fn cursor_after(&self, known: Position) -> EventCursor {
        let oldest = self.oldest();
        let cursor = |next, unknown| EventCursor { next, had: known, unknown, exact: false };
        let place = |index: usize| oldest + index as u64;
        let same_epoch = |at: &Position| at.epoch() == known.epoch();
        if let Some(newer) = self.ring.iter().position(|(at, _)| same_epoch(at) && *at > known) {
            let next = self.ring.get(newer).map(|(at, _)| at.offset());
            let exact = next == known.offset().checked_add(1);
            return EventCursor { exact, ..cursor(place(newer), false) };
        }
        match self.ring.iter().rposition(|(at, _)| same_epoch(at)) {
            Some(last) if self.ring.get(last).is_some_and(|(at, _)| *at == known) => {
                EventCursor { exact: true, ..cursor(place(last + 1), false) }
            }
            Some(_) => cursor(oldest, true),
            // Nothing of that epoch is in the ring: it is over, or all of it has left.
            None if !same_epoch(&self.newest) => cursor(oldest, false),
            None => cursor(self.end, known > self.newest),
        }
    }

    /// Events that a subscriber has not been given, those that it will only be told of included.
    pub(crate) fn behind(&self, cursor: EventCursor) -> u64 {
        self.end.saturating_sub(cursor.next)
    }

    pub(crate) fn is_behind(&self, cursor: EventCursor) -> bool {
        cursor.next < self.end || cursor.had != self.newest
    }

    /// Whether the subscriber lacks events that have left the ring, or may: only a log knows.
    pub(crate) fn lacks(&self, cursor: EventCursor) -> bool {
        let left = cursor.next < self.oldest() || !cursor.exact;
        left && !cursor.unknown && self.is_behind(cursor)
    }

    /// What a log has to say to a subscriber, up to where the ring goes on, with a told gap wherever
    /// something is lost; and where the subscriber is then.
    pub(crate) fn follow(
        &self,
        topic: &Topic,
        cursor: &mut EventCursor,
        page: Page,
    ) -> (Vec<Arc<Segment>>, Position) {
        let mut walk = *cursor;
        let mut out = Vec::with_capacity(page.events.len());
        let mut reached = false;
        for past in page.events.into_iter().skip_while(|past| past.position <= cursor.had) {
            let at = past.position;
            reached = self.ring.front().is_some_and(|(oldest, _)| at >= *oldest);
            if reached {
                break;
            }
            out.extend(walk.gap_before(topic, at));
            out.push(Segment::of_envelope(&Envelope {
                topic: topic.clone(),
                kind: Kind::Event,
                ts: past.at,
                epoch: at.epoch(),
                offset: at.offset(),
                content: Content::Data(past.event),
            }));
            walk.had = at;
        }
        if reached || !page.more || out.is_empty() {
            cursor.next = self.oldest();
            cursor.exact = true;
        }
        (out, walk.had)
    }

    /// Appends what the subscriber has not had, a told gap wherever something is lost, and moves its
    /// cursor to the end.
    pub(crate) fn take(
        &self,
        topic: &Topic,
        cursor: &mut EventCursor,
        out: &mut Vec<Arc<Segment>>,
    ) {
        let skip = cursor.next.saturating_sub(self.oldest());
        let skip = usize::try_from(skip).expect("the ring is in memory");
        for (at, segment) in self.ring.iter().skip(skip) {
            out.extend(cursor.gap_before(topic, *at));
            out.push(Arc::clone(segment));
            cursor.had = *at;
        }
        if cursor.had != self.newest {
            out.extend(cursor.gap_before(topic, self.next_position()));
            cursor.had = self.newest;
        }
        cursor.next = self.end;
        cursor.exact = true;
    }
}

impl EventCursor {
    /// What to tell the subscriber before it gets the event at this position, if anything is missing.
    fn gap_before(&mut self, topic: &Topic, at: Position) -> Option<Arc<Segment>> {
        let same_epoch = at.epoch() == self.had.epoch();
        let follows = same_epoch && self.had.offset().checked_add(1) == Some(at.offset());
        if follows && !self.unknown {
            return None;
        }
        let reason = match (std::mem::take(&mut self.unknown), same_epoch) {
            (true, _) => GapReason::UnknownPosition,
            (false, true) => GapReason::Overrun,
            (false, false) => GapReason::NewEpoch,
        };
        let gap = Gap { from: Some(self.had), to: at, reason };
        Some(Segment::of_gap(&GapNotice { topic: topic.clone(), gap }))
    }
}
