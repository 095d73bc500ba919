//! `training/{run}/{status,progress}`: a training from its place in the queue to its end.
//!
//! The status is logged and changes a few times in a run's life; the progress is volatile, and its
//! numbers become series: the loss curve of a run is `training/7/progress/train_loss`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{MachineSlug, ModelId, RunId, Timestamp, Topic};

/// Where a run's status is published; logged.
pub fn status(run: RunId) -> Topic {
    Topic::of(["training", &run.to_string(), "status"])
}

/// Where its progress is published; volatile.
pub fn progress(run: RunId) -> Topic {
    Topic::of(["training", &run.to_string(), "progress"])
}

/// A run: what it is to do, where it stands and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TrainingStatus {
    /// The run, which is also the job.
    pub run: RunId,
    /// Where it stands.
    pub state: TrainingState,
    /// One sentence for people.
    pub text: String,
    /// What kind of model it makes.
    pub task: Task,
    /// The model that it makes a version of: a name.
    pub model_name: String,
    /// What it learns from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub dataset: Option<String>,
    /// The machine that it is about: baselines and forecasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub machine: Option<MachineSlug>,
    /// The saved recipe that it follows, if it is one: its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub recipe: Option<String>,
    /// Who asked for it; absent when nobody in particular did (a schedule, drift).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// When it was asked for.
    pub queued_at_ms: Timestamp,
    /// Runs before it in the queue; absent once it has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub runs_before: Option<u32>,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub started_at_ms: Option<Timestamp>,
    /// When it was completed, failed or was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_at_ms: Option<Timestamp>,
    /// What came of it, once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<TrainingOutcome>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failure: Option<TrainingFailure>,
}

/// What a model does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// To be decided by what the target is.
    Automatic,
    /// Says which class.
    Classification,
    /// Says how much.
    Regression,
    /// Says what a machine should use, from what it does.
    Baseline,
    /// Says what comes next.
    Forecast,
}

/// Where a run stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrainingState {
    /// Waits for its turn.
    Queued,
    /// Is under way.
    Running,
    /// Made a model.
    Completed,
    /// Ended without one.
    Failed,
    /// Was called off.
    Cancelled,
}

impl TrainingState {
    /// Whether nothing follows.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// What a run made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TrainingOutcome {
    /// The version that was registered.
    pub model: ModelId,
    /// What the task was found to be.
    pub task: Task,
    /// Measures on rows held out to the end, by name: `accuracy`, `f1`, `roc_auc`, `r_squared`,
    /// `rmse`, `mae`, `cv_rmse`. Shares and scores are 0 to 1, errors in the target's unit.
    pub scores: BTreeMap<String, f64>,
    /// The measure by which rounds and candidates were chosen, on the rows for validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub validation_score: Option<f64>,
    /// Time from start to end.
    pub took_seconds: f64,
    /// Size of the model's file.
    pub size_bytes: f64,
    /// Boosting rounds that were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rounds: Option<u32>,
    /// Rows that it learned from.
    pub samples: u32,
    /// Rows that were predicted while it was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub predictions: Option<u32>,
}

impl TrainingOutcome {
    /// How good it is in one number, 0 to 1: accuracy, or the explained share of the variance, where
    /// worse than the mean counts as 0.
    pub fn score(&self) -> Option<f64> {
        let score = self.scores.get("accuracy").or_else(|| self.scores.get("r_squared"))?;
        Some(score.clamp(0.0, 1.0))
    }
}

/// Why a run ended without a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TrainingFailure {
    /// What kind: `one_class`, `out_of_memory`, `interrupted`. Stable, for programs.
    pub code: String,
    /// What went wrong, for people.
    pub text: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub step: Option<TrainingStep>,
    /// How far it had come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub progress_percent: Option<f64>,
    /// What to do, most promising first.
    pub suggestions: Vec<String>,
}

/// How far a run is; it never goes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TrainingProgress {
    /// The stage under way.
    pub stage: TrainingStage,
    /// The step of it.
    pub step: TrainingStep,
    /// All steps together.
    pub progress_percent: f64,
    /// One sentence for people.
    pub text: String,
    /// Time that each finished step took, by the step's word.
    pub steps_seconds: BTreeMap<TrainingStep, f64>,
    /// Time since the start.
    pub elapsed_seconds: f64,
    /// Time until the end, as far as it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub remaining_seconds: Option<f64>,
    /// The fit under way, from 1: each part of the data judges one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fit: Option<u32>,
    /// How many fits there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fits: Option<u32>,
    /// Boosting rounds done, of all fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub round: Option<u32>,
    /// Boosting rounds planned, as far as it can be told: fits end when they get no better.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rounds: Option<u32>,
    /// Loss on the rows that it learns from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub train_loss: Option<f64>,
    /// Loss on the rows for validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub validation_loss: Option<f64>,
    /// Share of the rows for validation that it gets right, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub accuracy: Option<f64>,
    /// Rows for validation that were predicted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub predictions: Option<u32>,
}

/// The stages of a run, in order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrainingStage {
    /// Reads the rows and checks them.
    DataPreparation,
    /// Makes numbers of columns.
    FeatureEngineering,
    /// Learns.
    ModelTraining,
    /// Judges on rows that were not learned from.
    Validation,
    /// Writes the model down.
    Finalization,
}

impl TrainingStage {
    /// The word for it, on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::DataPreparation => "data_preparation",
            Self::FeatureEngineering => "feature_engineering",
            Self::ModelTraining => "model_training",
            Self::Validation => "validation",
            Self::Finalization => "finalization",
        }
    }
}

/// The steps of the stages, in order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrainingStep {
    /// Reads the rows.
    PreparingData,
    /// Checks them.
    DataValidation,
    /// Makes numbers of columns.
    FeatureEngineering,
    /// Looks for the kind of model and its settings.
    ModelSelection,
    /// Learns.
    TrainingModel,
    /// Judges on rows that were not learned from.
    Validation,
    /// Calibrates, blends, prunes.
    Optimization,
    /// Writes the model down.
    FinalizingModel,
}

impl TrainingStep {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::PreparingData,
        Self::DataValidation,
        Self::FeatureEngineering,
        Self::ModelSelection,
        Self::TrainingModel,
        Self::Validation,
        Self::Optimization,
        Self::FinalizingModel,
    ];

    /// The stage that it belongs to.
    pub fn stage(self) -> TrainingStage {
        match self {
            Self::PreparingData | Self::DataValidation => TrainingStage::DataPreparation,
            Self::FeatureEngineering => TrainingStage::FeatureEngineering,
            Self::ModelSelection | Self::TrainingModel => TrainingStage::ModelTraining,
            Self::Validation | Self::Optimization => TrainingStage::Validation,
            Self::FinalizingModel => TrainingStage::Finalization,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_through_the_stages_in_order() {
        let stages: Vec<TrainingStage> = TrainingStep::ALL.map(TrainingStep::stage).to_vec();
        assert!(stages.is_sorted());
        assert!(TrainingStep::ALL.is_sorted());
        let word = serde_json::to_value(TrainingStage::ModelTraining).ok();
        assert_eq!(word, Some(TrainingStage::ModelTraining.name().into()));
    }

    #[test]
    fn a_score_is_between_0_and_1() {
        let of = |name: &str, score: f64| {
            let scores = BTreeMap::from([(name.to_owned(), score)]);
            let (model, task) = (ModelId::of("churn", 1).ok()?, Task::Regression);
            TrainingOutcome {
                model,
                task,
                scores,
                validation_score: None,
                took_seconds: 1.0,
                size_bytes: 1.0,
                rounds: None,
                samples: 3,
                predictions: None,
            }
            .score()
        };
        assert_eq!(of("accuracy", 0.875), Some(0.875));
        assert_eq!(of("r_squared", -3.0), Some(0.0));
        assert_eq!(of("rmse", 3.0), None);
    }
}
