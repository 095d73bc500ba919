//! One frame: the event as `type` + `data`, and again as `event_type` + `payload`.

use bellwether_signal::Timestamp;
use serde_json::{Value, json};

use crate::dialect::flat::words::rfc3339;

/// An event of that type that was published then; `data` is an object.
pub(super) fn frame(kind: &str, mut data: Value, published: Timestamp) -> String {
    let at = rfc3339(published);
    data["event_type"] = json!(kind);
    data["published_at"] = json!(at);
    twice(kind, &data, &json!(at))
}

/// The same without the fields that the message of an event has.
pub(super) fn twice(kind: &str, data: &Value, timestamp: &Value) -> String {
    let frame = json!({
        "type": kind,
        "data": data,
        "event_type": kind,
        "payload": data,
        "timestamp": timestamp,
    });
    frame.to_string()
}
