//! `model/{id}/status`: what a version is, and what it is used for.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelId, RunId, Timestamp, training::Task};

/// What a version is, and what it is used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelStatus {
    /// The version.
    pub model: ModelId,
    /// Whether it predicts.
    pub state: ModelState,
    /// What it is used as: `production`, `candidate`. Each alias belongs to one version of a name.
    pub aliases: BTreeSet<String>,
    /// What it does.
    pub task: Task,
    /// How it does it: `gradient_boosting`, `linear`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub algorithm: Option<String>,
    /// What it predicts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub target_column: Option<String>,
    /// The training that made it; absent when it was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub run: Option<RunId>,
    /// What it learned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub dataset: Option<String>,
    /// Measures on rows held out in training, by name: `accuracy`, `f1`, `roc_auc`, `r_squared` …
    pub scores: BTreeMap<String, f64>,
    /// Size of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub size_bytes: Option<f64>,
    /// When it was registered.
    pub created_at_ms: Timestamp,
    /// When it was last deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deployed_at_ms: Option<Timestamp>,
    /// Who did what is told here last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// What is wrong and what to do, in state `error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

impl ModelStatus {
    /// The alias of the version that answers for its name.
    pub const PRODUCTION: &'static str = "production";

    /// Whether it answers for its name.
    pub fn is_deployed(&self) -> bool {
        self.state == ModelState::Active && self.aliases.contains(Self::PRODUCTION)
    }

    /// How good it was in training in one number, 0 to 1: accuracy, or the explained share of the
    /// variance, where worse than the mean counts as 0.
    pub fn score(&self) -> Option<f64> {
        let score = self.scores.get("accuracy").or_else(|| self.scores.get("r_squared"))?;
        Some(score.clamp(0.0, 1.0))
    }
}

/// Whether a version predicts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Is being trained.
    Training,
    /// Loaded: it predicts when it is asked.
    Active,
    /// Put away: kept, not loaded.
    Inactive,
    /// Cannot be used.
    Error,
}
