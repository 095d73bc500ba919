//! `model/{id}/…`: one version of a model: what it is, how it does, what it predicts.
//!
//! `status` is logged and changes when a person or a training does something; `metrics` and `drift`
//! are volatile and live; `predictions` is an event for each prediction, `volume` one for what is
//! worth telling about their number.

mod card;
mod history;
mod metrics;
mod predictions;
mod settings;
mod status;

pub use card::{
    CalibrationPoint, CardColumn, CardScore, CardTarget, ClassCurve, ColumnShare, Confusion,
    DifferenceKind, LeftOutColumn, ModelCard, ModelComparison, ModelDifference, ResidualHistogram,
};
pub use history::{ModelHistory, StageChange, StageChangeKind};
pub use metrics::{AccuracyTrend, FeatureDrift, ModelDrift, ModelHealth, ModelMetrics, RateTrend};
pub use predictions::{Prediction, PredictionVolume};
pub use settings::ModelSettings;
pub use status::{ModelState, ModelStatus};

use crate::{ModelId, Topic};

/// Where a version's [`ModelStatus`] is published; logged.
pub fn status(id: &ModelId) -> Topic {
    Topic::of(["model", id.as_str(), "status"])
}

/// Where its [`ModelMetrics`] are published; volatile.
pub fn metrics(id: &ModelId) -> Topic {
    Topic::of(["model", id.as_str(), "metrics"])
}

/// Where its [`ModelDrift`] is published; volatile.
pub fn drift(id: &ModelId) -> Topic {
    Topic::of(["model", id.as_str(), "drift"])
}

/// Where each [`Prediction`] is published: low priority, volatile.
pub fn predictions(id: &ModelId) -> Topic {
    Topic::of(["model", id.as_str(), "predictions"])
}

/// Where each [`PredictionVolume`] is published; logged.
pub fn volume(id: &ModelId) -> Topic {
    Topic::of(["model", id.as_str(), "volume"])
}
