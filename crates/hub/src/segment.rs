//! One encoded message, shared by all who get it.

use std::sync::{Arc, OnceLock};

use bellwether_signal::{
    Timestamp, Topic,
    protocol::{Content, Envelope, GapNotice, Kind, Position},
};
use bytes::Bytes;

/// An envelope (or the notice of a gap) as JSON, encoded once. The edge keeps its own forms of it (a
/// complete WebSocket message, as it is and packed) here too, each made by whoever needs it first.
#[derive(Debug)]
pub struct Segment {
    topic: Topic,
    kind: Kind,
    position: Position,
    form: Form,
    ts: Option<Timestamp>,
    json: Bytes,
    wire: OnceLock<Bytes>,
    packed: OnceLock<Option<Bytes>>,
}

/// What a segment holds of its topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The whole state.
    Full,
    /// What changed in a state.
    Patch,
    /// An event.
    Event,
    /// The notice that events are missing.
    Gap,
}

impl Segment {
    pub(crate) fn of_envelope(envelope: &Envelope) -> Arc<Self> {
        let json = serde_json::to_vec(envelope).expect("an envelope has only text keys");
        let position = Position(envelope.epoch, envelope.offset);
        let form = match envelope.content {
            Content::Full(_) => Form::Full,
            Content::Patch(_) => Form::Patch,
            Content::Data(_) => Form::Event,
        };
        Self::new(&envelope.topic, envelope.kind, position, (form, Some(envelope.ts)), json)
    }

    pub(crate) fn of_gap(notice: &GapNotice) -> Arc<Self> {
        let json = serde_json::to_vec(notice).expect("a notice has only text keys");
        let Position(epoch, next) = notice.gap.to;
        let position = Position(epoch, next.saturating_sub(1));
        Self::new(&notice.topic, Kind::Event, position, (Form::Gap, None), json)
    }

    fn new(
        topic: &Topic,
        kind: Kind,
        position: Position,
        (form, ts): (Form, Option<Timestamp>),
        json: Vec<u8>,
    ) -> Arc<Self> {
        let (topic, json) = (topic.clone(), json.into());
        let (wire, packed) = (OnceLock::new(), OnceLock::new());
        Arc::new(Self { topic, kind, position, form, ts, json, wire, packed })
    }

    /// Whether these are the very same segments.
    pub fn are_same(left: &[Arc<Self>], right: &[Arc<Self>]) -> bool {
        let is_same = |(one, other): (&Arc<Self>, &Arc<Self>)| Arc::ptr_eq(one, other);
        left.len() == right.len() && left.iter().zip(right).all(is_same)
    }

    /// What it is about.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Whether that is a state or an event topic.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where in the topic a subscriber stands that has it.
    pub fn position(&self) -> Position {
        self.position
    }

    /// What it holds of its topic.
    pub fn form(&self) -> Form {
        self.form
    }

    /// When what it says was measured or happened; a gap has no time.
    pub fn ts(&self) -> Option<Timestamp> {
        self.ts
    }

    /// The JSON text.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The form for the wire, made by the first who asks.
    pub fn wire(&self, frame: impl FnOnce(&Bytes) -> Bytes) -> &Bytes {
        self.wire.get_or_init(|| frame(&self.json))
    }

    /// The packed form for the wire, made by the first who asks; `None` where that one found it not
    /// worth it.
    pub fn packed(&self, pack: impl FnOnce(&Bytes) -> Option<Bytes>) -> Option<&Bytes> {
        self.packed.get_or_init(|| pack(&self.json)).as_ref()
    }
}
