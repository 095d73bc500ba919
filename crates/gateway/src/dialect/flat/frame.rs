//! One frame: a flat JSON object, and how it may be treated on its way.

use std::sync::Arc;

use bellwether_signal::Timestamp;
use serde_json::{Map, Value};

use super::words::rfc3339;

/// A frame that all clients share.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) text: Arc<str>,
    /// Sent at once, past the limits: alerts that cannot wait.
    pub(super) urgent: bool,
    /// It tells that something happened then: old news for who comes long after, unlike a state.
    pub(super) news_of: Option<Timestamp>,
}

impl Frame {
    /// A frame of that type, with the time at which it was measured or happened.
    pub(super) fn new(kind: &str, at: Timestamp, fields: Value) -> Self {
        let mut frame = match fields {
            Value::Object(fields) => fields,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        };
        frame.insert("type".to_owned(), kind.into());
        frame.insert("timestamp".to_owned(), rfc3339(at).into());
        let text = Value::Object(frame).to_string();
        Self { text: text.into(), urgent: false, news_of: None }
    }

    pub(super) fn urgent_if(self, urgent: bool) -> Self {
        Self { urgent, ..self }
    }

    pub(super) fn news_of(self, happened: Timestamp) -> Self {
        Self { news_of: Some(happened), ..self }
    }
}

/// A count without a fraction: what is counted in whole things is an integer to all clients.
pub(crate) fn count(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = number as i64;
        whole.into()
    } else {
        number.into()
    }
}

/// The same, where it is known.
pub(super) fn count_of(number: Option<f64>) -> Value {
    number.map_or(Value::Null, count)
}
