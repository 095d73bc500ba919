//! `model/{id}/predictions` and `model/{id}/volume`: what a version said, and how much.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::ModelHealth;
use crate::{ModelId, Timestamp};

/// One prediction, and where the version stood after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Prediction {
    /// UUID version 7; a label is sent for it.
    pub id: String,
    /// Who predicted.
    pub model: ModelId,
    /// When.
    pub at_ms: Timestamp,
    /// What: a class (text, number or yes/no) or a number.
    #[ts(type = "unknown")]
    pub result: Value,
    /// How sure it was of that class, 0 to 1; calibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<f64>,
    /// What it was asked; absent where that is long, and read from the log then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "Record<string, unknown>")]
    pub inputs: Option<Map<String, Value>>,
    /// Names what it was asked, without saying it: equal rows have equal hashes.
    pub input_hash: String,
    /// How long it took.
    pub response_ms: f64,
    /// Predictions since the version was registered, this one included.
    pub predictions: f64,
    /// Predictions in the last minute.
    pub predictions_per_minute: f64,
    /// Accuracy over the last 100 labelled predictions, 0 to 1; absent while none is labelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy: Option<f64>,
    /// How well the version does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub health: Option<ModelHealth>,
    /// How many predictions it stands for, itself and those right before it that are not told; absent for 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stands_for: Option<u32>,
}

/// Something about the number of predictions that is worth telling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PredictionVolume {
    /// Who predicted.
    pub model: ModelId,
    /// One sentence for people.
    pub text: String,
    /// Predictions since the version was registered.
    pub predictions: f64,
    /// Predictions in the last minute.
    pub predictions_per_minute: f64,
    /// The number that was reached: 100, 500, 1,000, 5,000 …; absent when the rate changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub milestone: Option<f64>,
    /// The rate before, when it changed markedly; absent for milestones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub predictions_per_minute_before: Option<f64>,
}
