//! A state topic: the newest value, and the patches that led to it.

use std::{collections::VecDeque, sync::Arc};

use bellwether_signal::{
    Timestamp, Topic, patch,
    protocol::{Content, Envelope, Kind, Position},
};
use serde_json::{Map, Value};

use crate::segment::Segment;

/// What a state topic is now.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// All of it.
    Whole(Map<String, Value>),
    /// What changed since the publication before, as [`patch::diff`] says it: whoever knows that may
    /// spare making the whole value of a thousand processes. On a topic that holds nothing yet, the
    /// whole value.
    Patch(Map<String, Value>),
}

impl From<Map<String, Value>> for News {
    fn from(whole: Map<String, Value>) -> Self {
        Self::Whole(whole)
    }
}

/// The retained value of one topic. Its offset counts publications, also those that changed
/// nothing: they say "still so".
#[derive(Debug)]
pub(crate) struct StateTopic {
    epoch: u64,
    /// Where it begins: after all that a topic of its name may have told before.
    after: u64,
    offset: u64,
    ts: Timestamp,
    value: Map<String, Value>,
    /// What it was about is no more.
    gone: bool,
    /// The patch to each of the newest offsets, oldest first; the last one leads to `offset`.
    patches: VecDeque<Map<String, Value>>,
    /// Encoded once, when the first subscriber needs it; forgotten at the next publication.
    full: Option<Arc<Segment>>,
    /// Encoded patches to `offset` by the offset they start from; forgotten likewise. Few differ:
    /// one per flush clock that subscribers chose.
    encoded: Vec<(u64, Arc<Segment>)>,
}

impl StateTopic {
    pub(crate) fn new(Position(epoch, after): Position) -> Self {
        Self {
            epoch,
            after,
            offset: after,
            ts: Timestamp(0),
            value: Map::new(),
            gone: false,
            patches: VecDeque::new(),
            full: None,
            encoded: Vec::new(),
        }
    }

    /// Takes what it is now. `watched` says whether anybody may want the patch: without a subscriber
    /// the difference to a whole value is not even computed.
    pub(crate) fn publish(&mut self, news: News, ts: Timestamp, watched: bool, keep: usize) {
        let keep = if watched && self.offset > self.after { keep } else { 0 };
        let patch = match news {
            News::Whole(value) => {
                let patch = (keep > 0).then(|| patch::diff(&self.value, &value));
                self.value = value;
                patch
            }
            News::Patch(patch) => {
                patch::apply(&mut self.value, &patch);
                Some(patch)
            }
        };
        self.patches.extend(patch);
        let beyond = self.patches.len().saturating_sub(keep);
        self.patches.drain(..beyond);
        self.gone = false;
        self.ts = ts;
        self.offset += 1;
        self.full = None;
        self.encoded.clear();
    }

    /// Says, after its last publication, that there is nothing more to say.
    pub(crate) fn retire(&mut self) {
        self.gone = true;
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone
    }

    pub(crate) fn value(&self) -> (&Map<String, Value>, Timestamp) {
        (&self.value, self.ts)
    }

    pub(crate) fn position(&self) -> Position {
        Position(self.epoch, self.offset)
    }

    /// Whether a subscriber may have been there.
    pub(crate) fn reached(&self, position: Position) -> bool {
        position.epoch() == self.epoch
            && position.offset() > self.after
            && position.offset() <= self.offset
    }

    /// What leads a subscriber from `known` to the newest value; nothing when it is there.
    pub(crate) fn since(&mut self, topic: &Topic, known: Option<Position>) -> Option<Arc<Segment>> {
        if self.offset == self.after || known == Some(self.position()) {
            return None;
        }
        let patch = known.and_then(|known| self.patch_from(topic, known.offset()));
        Some(patch.unwrap_or_else(|| self.full(topic)))
    }

    fn full(&mut self, topic: &Topic) -> Arc<Segment> {
        if let Some(full) = &self.full {
            return Arc::clone(full);
        }
        let full = Segment::of_envelope(&self.envelope(topic, Content::Full(self.value.clone())));
        self.full = Some(Arc::clone(&full));
        full
    }

    /// The merged patch from an older offset; `None` where the full state has to be sent.
    fn patch_from(&mut self, topic: &Topic, from: u64) -> Option<Arc<Segment>> {
        if let Some((_, segment)) = self.encoded.iter().find(|(offset, _)| *offset == from) {
            return Some(Arc::clone(segment));
        }
        let behind = usize::try_from(self.offset - from).ok()?;
        let first = self.patches.len().checked_sub(behind)?;
        let mut merged = self.patches.get(first)?.clone();
        for patch in self.patches.iter().skip(first + 1) {
            patch::compose(&mut merged, patch)?;
        }
        let segment = Segment::of_envelope(&self.envelope(topic, Content::Patch(merged)));
        self.encoded.push((from, Arc::clone(&segment)));
        Some(segment)
    }

    fn envelope(&self, topic: &Topic, content: Content) -> Envelope {
        Envelope {
            topic: topic.clone(),
            kind: Kind::State,
            ts: self.ts,
            epoch: self.epoch,
            offset: self.offset,
            content,
        }
    }
}
