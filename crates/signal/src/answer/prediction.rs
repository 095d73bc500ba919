//! Predictions: what a version says of rows, and what is kept of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{ModelId, Timestamp};

/// `POST /api/models/{id}/predict` with one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PredictionAnswer {
    /// A class (text or number), or a number.
    #[ts(type = "unknown")]
    pub prediction: Value,
    /// The probability of each class by its name; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub probabilities: Option<BTreeMap<String, f64>>,
    /// How sure the model is of the class, 0 to 1; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<f64>,
    /// Where the truth lies in 95 % of the cases, by the errors on rows that were not trained on; absent for classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub interval: Option<[f64; 2]>,
    /// UUID version 7: a label is sent for it.
    pub prediction_id: String,
    /// The version that answered.
    pub model_id: ModelId,
    /// The model's name.
    pub model_name: String,
    /// Which version of it.
    pub model_version: u32,
    /// When, RFC 3339.
    pub timestamp: String,
    /// How long it took.
    pub response_ms: f64,
    /// What the sender may want to know.
    pub warnings: Vec<String>,
    /// What each column did; with `explain=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub explanation: Option<Explanation>,
}

/// `POST /api/models/{id}/predict` with several rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PredictionsAnswer {
    /// One for each row, in their order.
    pub predictions: Vec<RowPrediction>,
    /// The version that answered.
    pub model_id: ModelId,
    /// The model's name.
    pub model_name: String,
    /// Which version of it.
    pub model_version: u32,
    /// When, RFC 3339.
    pub timestamp: String,
    /// How long all of it took.
    pub response_ms: f64,
    /// The rows' warnings, each once, at most 100.
    pub warnings: Vec<String>,
}

/// What is said of one of several rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RowPrediction {
    /// A class (text or number), or a number.
    #[ts(type = "unknown")]
    pub prediction: Value,
    /// The probability of each class by its name; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub probabilities: Option<BTreeMap<String, f64>>,
    /// How sure the model is of the class, 0 to 1; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<f64>,
    /// Where the truth lies in 95 % of the cases, by the errors on rows that were not trained on; absent for classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub interval: Option<[f64; 2]>,
    /// UUID version 7: a label is sent for it.
    pub prediction_id: String,
    /// What the sender may want to know.
    pub warnings: Vec<String>,
    /// What each column did; with `explain=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub explanation: Option<Explanation>,
}

/// What each column did to a prediction: `base` and all contributions add up to `margin`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Explanation {
    /// The margin before anything of the row is known.
    pub base: f64,
    /// What the prediction is made of: the log-odds of the class, or the predicted number.
    pub margin: f64,
    /// Largest first, by their size.
    pub contributions: Vec<Contribution>,
    /// `log-odds`, or the target's name.
    pub unit: String,
    /// The class that the margin speaks for: the predicted one; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub class: Option<String>,
}

/// What one column did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Contribution {
    /// The column's name.
    pub column: String,
    /// Its value in the row; null when it is missing.
    #[ts(type = "unknown")]
    pub value: Value,
    /// What it adds to the margin.
    pub contribution: f64,
}

/// `GET /api/models/{id}/predictions?limit=&before=`: what was predicted, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PredictionLogAnswer {
    /// Newest first.
    pub predictions: Vec<PredictionEntry>,
    /// The next request's `before`; absent when there is nothing older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub older: Option<String>,
}

/// A prediction as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PredictionEntry {
    /// UUID version 7.
    pub id: String,
    /// Who predicted.
    pub model: ModelId,
    /// When.
    pub at: Timestamp,
    /// What was asked; absent where that was too long to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "Record<string, unknown>")]
    pub inputs: Option<Map<String, Value>>,
    /// Names what was asked: equal rows have equal hashes.
    pub input_hash: String,
    /// A class (text or number), or a number.
    #[ts(type = "unknown")]
    pub prediction: Value,
    /// How sure the model was of the class, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<f64>,
    /// How long it took.
    pub response_ms: f64,
    /// Who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client: Option<String>,
    /// Whether it was only asked beside the version that answered.
    pub shadow: bool,
    /// What turned out to be true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    pub label: Option<Value>,
    /// When that was said, last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub labelled_at: Option<Timestamp>,
}

/// `GET /api/models/{id}/shadow`: how a candidate that answers silently compares with production.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ShadowAnswer {
    /// The candidate.
    pub model: ModelId,
    /// With whom it is compared.
    pub production: ModelId,
    /// Rows that both predicted.
    pub compared: f64,
    /// Share of them of which both said the same class, 0 to 1; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub agreement: Option<f64>,
    /// Mean distance of both numbers; absent for classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mean_difference: Option<f64>,
    /// Rows that the candidate could not predict.
    pub failed: f64,
    /// Rows that it was not asked, because it was busy.
    pub shed: f64,
}
