//! Predictions as they are kept.

use std::sync::Arc;

use serde_json::Value;

use crate::{ModelId, Timestamp};

/// One prediction as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedPrediction {
    /// UUID version 7.
    pub id: String,
    /// Who predicted.
    pub model: ModelId,
    /// When.
    pub at: Timestamp,
    /// What was asked, as compact JSON with sorted names; absent where that was too long.
    pub inputs: Option<Arc<str>>,
    /// First 16 hexadecimal digits of the SHA-256 of that text.
    pub input_hash: Box<str>,
    /// A class or a number, as it was told.
    pub prediction: Value,
    /// The probability of each class; absent for numbers, and where there are many classes.
    pub probabilities: Option<Vec<f64>>,
    /// How sure the model was of the class.
    pub confidence: Option<f64>,
    /// How long it took.
    pub response_ms: f64,
    /// Who asked.
    pub client: Option<Arc<str>>,
    /// Whether it was only asked beside the one that answered.
    pub shadow: bool,
    /// What turned out to be true.
    pub label: Option<Value>,
    /// When that was said, last.
    pub labelled_at: Option<Timestamp>,
}

/// What turned out to be true of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionLabel {
    /// Which prediction.
    pub id: String,
    /// A class or a number.
    pub label: Value,
    /// When it was said.
    pub at: Timestamp,
}
