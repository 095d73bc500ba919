//! One encoded message, shared by all who get it.

use std::sync::{Arc, OnceLock};

use bellwether_signal::protocol::{Envelope, GapNotice};
use bytes::Bytes;

/// An envelope (or the notice of a gap) as JSON, encoded once. The edge keeps its own form of it
/// (a complete WebSocket message) here too, made by whoever needs it first.
#[derive(Debug)]
pub struct Segment {
    json: Bytes,
    wire: OnceLock<Bytes>,
}

impl Segment {
    pub(crate) fn of_envelope(envelope: &Envelope) -> Arc<Self> {
        Self::new(serde_json::to_vec(envelope).expect("an envelope has only text keys"))
    }

    pub(crate) fn of_gap(notice: &GapNotice) -> Arc<Self> {
        Self::new(serde_json::to_vec(notice).expect("a notice has only text keys"))
    }

    fn new(json: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { json: json.into(), wire: OnceLock::new() })
    }

    /// The JSON text.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The form for the wire, made by the first who asks.
    pub fn wire(&self, frame: impl FnOnce(&Bytes) -> Bytes) -> &Bytes {
        self.wire.get_or_init(|| frame(&self.json))
    }
}
