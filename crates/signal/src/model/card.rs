//! A version's card: what it learned from, how good it is and how sure that is, and where it ends.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::ModelStatus;
use crate::ModelId;

/// `GET /api/models/{id}/card`. Figures come from rows that the fits did not learn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelCard {
    /// The version.
    pub model: ModelId,
    /// What it is, and what it is used as.
    pub status: ModelStatus,
    /// Rows that it learned from.
    pub rows: u32,
    /// How long that took; absent when it was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub took_seconds: Option<f64>,
    /// The columns that it looks at, the most important first.
    pub columns: Vec<CardColumn>,
    /// What it predicts.
    pub target: CardTarget,
    /// What was chosen before the training, by name.
    #[ts(type = "{ [key in string]: unknown }")]
    pub parameters: BTreeMap<String, Value>,
    /// Figures of quality, by name.
    pub scores: BTreeMap<String, CardScore>,
    /// Rows by true class and predicted class.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confusion: Option<Confusion>,
    /// For each class: share of the others taken for it, and share of it that is found. Of two classes
    /// only the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub roc: Option<Vec<ClassCurve>>,
    /// For each class: share of it that is found, and share of what is taken for it that is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub precision_recall: Option<Vec<ClassCurve>>,
    /// What was said and what came of it, by tenths of probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub calibration: Option<Vec<CalibrationPoint>>,
    /// Errors of a regression, prediction less truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub residuals: Option<ResidualHistogram>,
    /// How much each column counts, as shares, largest first.
    pub importance: Vec<ColumnShare>,
    /// What it should not be trusted with, in plain words.
    pub limits: Vec<String>,
    /// Columns of the data that carry nothing for it.
    pub left_out: Vec<LeftOutColumn>,
}

/// A column that a model looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CardColumn {
    /// Its name.
    pub name: String,
    /// What its cells are: `number`, `time`, `category`, `first_word`.
    pub kind: String,
    /// Its share of all columns' importance, 0 to 1.
    pub importance: f64,
    /// Share of the training rows without a value, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub missing: Option<f64>,
    /// The median, or the most frequent value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    pub typical: Option<Value>,
    /// The lowest number, or the earliest time (epoch milliseconds), that it learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lowest: Option<f64>,
    /// The highest number, or the latest time (epoch milliseconds), that it learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub highest: Option<f64>,
    /// Categories that it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub categories: Option<u32>,
}

/// What a model predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CardTarget {
    /// Its column.
    pub column: String,
    /// `binary`, `multiclass` or `regression`.
    pub kind: String,
    /// The classes' names; absent for regression.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub classes: Option<Vec<String>>,
    /// Share of the training rows of each class, in that order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shares: Option<Vec<f64>>,
}

/// A figure of quality with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CardScore {
    /// The figure.
    pub value: f64,
    /// Lower end of the interval; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub low: Option<f64>,
    /// Upper end of the interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub high: Option<f64>,
}

/// Rows by true class (first) and predicted class (second).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Confusion {
    /// The classes' names.
    pub classes: Vec<String>,
    /// A row for each true class.
    pub counts: Vec<Vec<u32>>,
}

/// A curve of one class against the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ClassCurve {
    /// The class.
    pub class: String,
    /// At most 200 points, each x and y.
    pub points: Vec<[f64; 2]>,
}

/// What was said and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CalibrationPoint {
    /// Mean of the probabilities.
    pub predicted: f64,
    /// Share of the rows where it came true.
    pub observed: f64,
    /// Rows.
    pub rows: u32,
}

/// Errors in bins of equal width, in the target's unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ResidualHistogram {
    /// The lowest error.
    pub lowest: f64,
    /// The highest error.
    pub highest: f64,
    /// Rows in each bin between the two.
    pub counts: Vec<u32>,
    /// 95 % of the errors are within these two.
    pub usual: [f64; 2],
}

/// How much a column counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ColumnShare {
    /// The column.
    pub column: String,
    /// Its share, 0 to 1.
    pub share: f64,
}

/// A column that is not looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct LeftOutColumn {
    /// The column.
    pub column: String,
    /// Why, in plain words.
    pub reason: String,
}

/// `GET /api/models/compare?ids=a,b`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelComparison {
    /// The cards, in the order asked for.
    pub models: Vec<ModelCard>,
    /// What differs; what is equal is not told. Figures of quality are all told.
    pub differences: Vec<ModelDifference>,
}

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelDifference {
    /// What kind of thing.
    pub kind: DifferenceKind,
    /// Which: a figure, a parameter, a column.
    pub name: String,
    /// What each model says, in the order asked for; null where it says nothing.
    #[ts(type = "unknown[]")]
    pub values: Vec<Value>,
    /// Whether all intervals overlap: then chance may be all that there is to it. Of figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub overlap: Option<bool>,
    /// The version that is best at it. Of figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub best: Option<ModelId>,
    /// One sentence for people.
    pub text: String,
}

/// What differs between versions.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// What they learned from.
    Data,
    /// A figure of quality.
    Score,
    /// Something chosen before the training.
    Parameter,
    /// A column that not all look at, or that counts differently.
    Column,
}
