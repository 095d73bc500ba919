//! `model/{id}/metrics` and `model/{id}/drift`: how a version does, from what it predicts and what
//! turned out to be true.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Timestamp;

/// How a version does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelMetrics {
    /// The worst of its parts: accuracy and response time against its thresholds, drift.
    pub health: ModelHealth,
    /// The same as a number, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub health_score: Option<f64>,
    /// What is not well, and how much; absent while all is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub health_reason: Option<String>,
    /// Predictions since it was registered.
    pub predictions: f64,
    /// Predictions in the last minute.
    pub predictions_per_minute: f64,
    /// Whether that grows; absent while there is too little to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rate_trend: Option<RateTrend>,
    /// When it predicted last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_prediction_at_ms: Option<Timestamp>,
    /// Predictions whose label is known.
    pub labelled: f64,
    /// Share of the last 100 labelled predictions that were right, 0 to 1; absent while none is
    /// labelled, and of regressions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy: Option<f64>,
    /// Lower end of its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy_low: Option<f64>,
    /// Upper end of its 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy_high: Option<f64>,
    /// Whether that grows; absent while there is too little to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy_trend: Option<AccuracyTrend>,
    /// Accuracy estimated from calibrated confidence, 0 to 1: what stands in while labels are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub estimated_accuracy: Option<f64>,
    /// Lower end of the estimate's 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub estimated_low: Option<f64>,
    /// Upper end of the estimate's 95 % interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub estimated_high: Option<f64>,
    /// Root mean square error that is to be expected; regressions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub estimated_rmse: Option<f64>,
    /// Precision of the same labelled predictions, mean over classes, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub precision: Option<f64>,
    /// Recall of the same, mean over classes, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub recall: Option<f64>,
    /// F1 score of the same labelled predictions, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub f1: Option<f64>,
    /// Area under the receiver operating characteristic, of the same, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub roc_auc: Option<f64>,
    /// Explained share of the variance, of the same; regressions only, below 0 when worse than the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub r_squared: Option<f64>,
    /// Root of the mean squared error, of the same, in the target's unit; regressions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rmse: Option<f64>,
    /// Mean absolute error, of the same, in the target's unit; regressions only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mae: Option<f64>,
    /// Mean time of a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub response_mean_ms: Option<f64>,
    /// Half of the responses are faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub response_p50_ms: Option<f64>,
    /// 95 % of the responses are faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub response_p95_ms: Option<f64>,
    /// 99 % of the responses are faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub response_p99_ms: Option<f64>,
}

/// How well a version does, best first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ModelHealth {
    /// Within all thresholds.
    #[default]
    Healthy,
    /// Over one of them.
    Warning,
    /// Far over one of them.
    Critical,
}

/// Where accuracy goes, by a test on the labelled predictions in order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AccuracyTrend {
    /// Better than before.
    Improving,
    /// Nothing that chance does not explain.
    Stable,
    /// Worse than before.
    Declining,
}

/// Where the rate of predictions goes, by a test on the last minutes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RateTrend {
    /// More than before.
    Increasing,
    /// Nothing that chance does not explain.
    Stable,
    /// Fewer than before.
    Decreasing,
}

/// How far what a version sees and says is from its training sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelDrift {
    /// Whether it matters: a feature that counts, or the predictions, are over their threshold.
    pub drifted: bool,
    /// One sentence for people.
    pub text: String,
    /// Predictions that were compared.
    pub predictions: f64,
    /// When the oldest of them was made.
    pub since_at_ms: Timestamp,
    /// Each feature by name.
    pub features: BTreeMap<String, FeatureDrift>,
    /// What it predicted, compared in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub predicted: Option<FeatureDrift>,
}

/// How far one distribution is from that of the training sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct FeatureDrift {
    /// Distance of the two distributions, 0 (the same) to 1 (nothing in common).
    pub distance: f64,
    /// From here on it counts as drifted.
    pub threshold: f64,
    /// Whether it has drifted.
    pub drifted: bool,
    /// How much the model looks at it: its share of all features' importance, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub importance: Option<f64>,
    /// Share of the values that are missing, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub missing: Option<f64>,
    /// Share of the values that the training never saw, 0 to 1; of categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unseen: Option<f64>,
    /// Population stability index; below 0.1 is called none, above 0.25 strong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stability_index: Option<f64>,
}
