//! `/api/train` and `/api/runs`: what a training is to do, and what is known of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    RunId, Timestamp,
    training::{Task, TrainingProgress, TrainingStatus},
};

/// `POST /api/train`: what to train.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct TrainWish {
    /// What to learn from: the id of a dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_id: Option<String>,
    /// The same, as older clients call it: what an upload answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_path: Option<String>,
    /// The column to predict; the profile's guess when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_column: Option<String>,
    /// The model's name, a slug; made of the file's name when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// What kind of model: `automatic` (when absent), `classification` or `regression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_type: Option<Task>,
    /// How long to look for good settings: `balanced` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// The same seed, data and settings give the same model; 0 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(type = "number")]
    pub seed: Option<u64>,
    /// Which rows judge: `automatic` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// With the split `group`: the column whose equal values stay together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_column: Option<String>,
    /// Columns that are not learned from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore_columns: Vec<String>,
    /// Settings of the learner; found by the search, or good ones, when absent.
    #[serde(skip_serializing_if = "TrainParameters::is_empty")]
    pub parameters: TrainParameters,
    /// Learning ends after so many seconds, with what is there by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit_seconds: Option<f64>,
    /// Who waits for whom: `normal` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Whether the first version of a name goes into production at once; yes when absent. Later ones
    /// wait for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy_first: Option<bool>,
}

/// Settings of the learner, each in its range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct TrainParameters {
    /// Step of each round: 0.001 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<f64>,
    /// Most leaves of a tree: 2 to 1,024.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaves: Option<u32>,
    /// Least weight of a leaf: 0 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_child_weight: Option<f64>,
    /// L2 penalty of leaves: 0 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lambda: Option<f64>,
    /// Share of the rows that a tree sees: 0.1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_share: Option<f64>,
    /// Share of the features that a tree sees: 0.1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_share: Option<f64>,
    /// Most rounds: 1 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u32>,
    /// Rounds without getting better before a fit ends: 1 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<u32>,
    /// Parts of the data that each judge one fit: 2 to 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folds: Option<u32>,
    /// Trials of the search, in place of what the preset says: 0 to 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trials: Option<u32>,
}

impl TrainParameters {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How long good settings are looked for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Not at all: the usual settings are good ones.
    Fast,
    /// A few trials.
    #[default]
    Balanced,
    /// Many trials.
    Thorough,
}

/// Which rows judge each fit.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// By time where the rows are in the order of a column of times, otherwise at random.
    #[default]
    Automatic,
    /// At random, each class spread evenly.
    Random,
    /// Blocks of neighbours in time.
    Time,
    /// Rows with equal values of a column stay together.
    Group,
}

/// Who is trained first.
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
pub enum Priority {
    /// After all others.
    Low,
    /// In the order in which they came.
    #[default]
    Normal,
    /// Before all others.
    High,
}

/// `POST /api/train`: the run that was made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TrainAnswer {
    /// The run as older clients write it: a text.
    pub job_id: String,
    /// The run.
    pub run: RunId,
    /// One sentence for people.
    pub message: String,
}

/// `GET /api/runs`: all runs that are kept, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RunsAnswer {
    /// Newest first.
    pub runs: Vec<RunEntry>,
}

/// A run in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RunEntry {
    /// Where it stands.
    #[serde(flatten)]
    pub status: TrainingStatus,
    /// What was asked for.
    pub parameters: TrainWish,
}

/// `GET /api/runs/{run}`: all that is known of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RunAnswer {
    /// Where it stands.
    pub status: TrainingStatus,
    /// How far it is, or was at its end; absent before its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub progress: Option<TrainingProgress>,
    /// What was asked for.
    pub parameters: TrainWish,
    /// Trials of the search, best first; empty without a search.
    pub leaderboard: Vec<Trial>,
    /// Losses by round, thinned out where there are many.
    pub curve: Vec<CurvePoint>,
    /// What happened, oldest first.
    pub log: Vec<RunLine>,
    /// Whether the time limit ended the learning.
    pub time_was_up: bool,
}

/// One setting that was tried on the first part of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Trial {
    /// Its number, from 1; 1 is the usual settings.
    pub trial: u32,
    /// What was tried.
    pub settings: TrainParameters,
    /// Loss on the rows that it did not learn from: lower is better.
    pub score: f64,
    /// Whether it is the one that the model was trained with.
    pub kept: bool,
    /// Time that it took.
    pub seconds: f64,
    /// Rounds that it was given; who did well was given more.
    pub rounds: u32,
}

/// Losses after a round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CurvePoint {
    /// Which fit, from 1: each part of the data judges one.
    pub fit: u32,
    /// Which round of it, from 1.
    pub round: u32,
    /// Loss on the rows that it learns from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub train_loss: Option<f64>,
    /// Loss on the rows for validation.
    pub validation_loss: f64,
}

/// One line of a run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RunLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}
