//! What rooms ask of their surroundings: to keep records, and to tell what happened. Traits only; the
//! program hands in what stands behind them (ports and adapters, A. Cockburn, 2005).

mod prediction;

use std::{path::PathBuf, sync::Arc};

pub use prediction::{LoggedPrediction, PredictionLabel};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Moment, Topic, activity::Activity, feature::Features};

/// A kind of records: the ids of one kind are their own.
pub type RecordKind = &'static str;

/// One record to be kept, replaced or removed.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordChange {
    /// What kind of record it is.
    pub kind: RecordKind,
    /// Its id among those of its kind.
    pub id: String,
    /// What it says from now on; `None` removes it.
    pub body: Option<Value>,
}

impl RecordChange {
    /// Keeps a record, in place of what had its id.
    pub fn put(kind: RecordKind, id: impl Into<String>, body: &impl Serialize) -> Self {
        // Records are structs with text keys; their test would have failed.
        let body = serde_json::to_value(body).unwrap_or_default();
        Self { kind, id: id.into(), body: Some(body) }
    }

    /// Removes a record; it is no error when there is none.
    pub fn remove(kind: RecordKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into(), body: None }
    }
}

/// Why something was not kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError {
    /// One more than there may be, or larger than one may be.
    #[error("{0}")]
    TooLarge(String),
    /// The disk does not take it, or does not give it back.
    #[error("{0}")]
    Unavailable(String),
}

/// Small things that have to be there after a restart. Calls wait for the disk.
pub trait Records: Send + Sync {
    /// All of a kind, by id.
    fn all(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, KeepError>;
    /// Makes all changes or none; they survive `kill -9` once this has returned.
    fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError>;
}

/// Tells everybody who listens. No call waits.
pub trait Announce: Send + Sync {
    /// The newest value of a state topic. Its numbers become series where `history_ms` says how far
    /// apart they are.
    fn state(&self, topic: &Topic, state: Map<String, Value>, history_ms: Option<u32>);
    /// What a state topic was about is no more.
    fn gone(&self, topic: &Topic);
    /// An event that only passes by; `may_be_shed` where a sample of such events is enough.
    fn event(&self, topic: &Topic, event: Value, may_be_shed: bool);
    /// An event that is written down before it is told.
    fn logged(&self, topic: &Topic, event: Value);
    /// Something that people may want to read later. It gets an id when it has none.
    fn activity(&self, activity: Activity);
}

/// What a room is handed at its start.
#[derive(Clone)]
pub struct Surroundings {
    /// Keeps its records.
    pub records: Arc<dyn Records>,
    /// Tells what it has to say.
    pub announce: Arc<dyn Announce>,
    /// Where its files lie; it is made when the first is written.
    pub folder: PathBuf,
    /// Reads both clocks.
    pub clock: fn() -> Moment,
    /// Which parts there are.
    pub features: Features,
}

/// A payload as its state topic carries it: without nulls, whole numbers without ".0".
pub fn state_of(payload: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(payload) {
        Ok(Value::Object(mut object)) => {
            shorten(&mut object);
            object
        }
        // Payloads are structs with text keys; their test would have failed.
        Ok(_) | Err(_) => Map::new(),
    }
}

/// Whole numbers are written without ".0": a fifth of what a process list has to say.
fn shorten(fields: &mut Map<String, Value>) {
    for value in fields.values_mut() {
        match value {
            Value::Object(inner) => shorten(inner),
            Value::Number(number) => {
                if let Some(whole) = number.as_f64().and_then(whole) {
                    *value = whole.into();
                }
            }
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
        }
    }
}

/// The integer that a number is, if it is one and small enough to be exact in both forms.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and below 2^53")]
    let integer = number as i64;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(integer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_short() {
        let shortened = state_of(&json!({"a": 1.0, "b": {"c": 2.5, "d": -0.0, "e": 1e300}}));
        let expected = r#"{"a":1,"b":{"c":2.5,"d":0,"e":1e+300}}"#;
        assert_eq!(serde_json::to_string(&shortened).unwrap(), expected);
    }
}
