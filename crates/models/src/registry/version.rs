//! One version of a model.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_signal::{
    ModelId, RunId, Timestamp,
    model::{ModelState, ModelStatus},
    training,
};
use serde::{Deserialize, Serialize};

use crate::{
    model::{Model, Quality},
    target::Task,
    train::Settings,
};

/// What is kept of a version besides its file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionRecord {
    /// What it is, and what it is used as.
    pub status: ModelStatus,
    /// SHA-256 of its file.
    pub sha256: String,
    /// How long its training took; absent when it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_seconds: Option<f64>,
    /// What lists say of it.
    #[serde(default)]
    pub summary: Summary,
}

/// Columns and classes that lists tell; a model's card has all of them.
const COLUMNS_TOLD: usize = 100;
const CLASSES_TOLD: usize = 30;

/// A model to be registered.
pub struct NewVersion {
    /// The model's name: a slug.
    pub name: String,
    /// What was trained.
    pub model: Model,
    /// The run that trained it.
    pub run: Option<RunId>,
    /// The dataset that it learned from.
    pub dataset: Option<String>,
    /// Who asked for it.
    pub user: Option<String>,
    /// How long the training took.
    pub took_seconds: Option<f64>,
}

/// A version. Its model is asked of [`Registry::model`](super::Registry::model).
pub struct Version {
    /// What is kept of it.
    pub record: VersionRecord,
}

impl Version {
    pub(super) fn new(record: VersionRecord) -> Self {
        Self { record }
    }

    /// Its id.
    pub fn id(&self) -> &ModelId {
        &self.record.status.model
    }
}

/// What lists say of a version, so that they need not read its file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Rows that it learned from.
    pub rows: usize,
    /// The classes' names; none for regression.
    pub classes: Vec<String>,
    /// Rows by true class (first) and predicted class (second).
    pub confusion: Vec<Vec<u64>>,
    /// How much each column counts, as shares, largest first.
    pub importance: Vec<(String, f64)>,
    /// Trees.
    pub trees: usize,
    /// What was chosen.
    pub settings: Settings,
}

impl Summary {
    fn of(model: &Model) -> Self {
        let confusion = match &model.quality {
            Quality::Classes(quality) => quality.confusion.clone(),
            Quality::Numbers(_) => Vec::new(),
        };
        let few = model.classes.len() <= CLASSES_TOLD;
        Self {
            rows: model.rows,
            classes: if few { model.classes.clone() } else { Vec::new() },
            confusion: if few { confusion } else { Vec::new() },
            importance: model.column_importance().into_iter().take(COLUMNS_TOLD).collect(),
            trees: model.trees(),
            settings: model.settings.clone(),
        }
    }
}

impl VersionRecord {
    pub(super) fn new(
        model: ModelId,
        new: &NewVersion,
        sha256: String,
        bytes: usize,
        now: Timestamp,
    ) -> Self {
        let task = task_of(new.model.task);
        let status = ModelStatus {
            model,
            state: ModelState::Inactive,
            aliases: BTreeSet::new(),
            task,
            algorithm: Some(new.model.algorithm().to_owned()),
            target_column: Some(new.model.target.clone()),
            run: new.run,
            dataset: new.dataset.clone(),
            scores: scores(&new.model.quality),
            #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
            size_bytes: Some(bytes as f64),
            created_at_ms: now,
            deployed_at_ms: None,
            user: new.user.clone(),
            error: None,
        };
        let summary = Summary::of(&new.model);
        Self { status, sha256, took_seconds: new.took_seconds, summary }
    }
}

/// A kind of prediction in the words of the wire.
pub(super) fn task_of(task: Task) -> training::Task {
    match task {
        Task::Regression => training::Task::Regression,
        Task::Binary | Task::Multiclass => training::Task::Classification,
    }
}

/// Figures of quality by name, as the wire has them.
pub(crate) fn scores(quality: &Quality) -> BTreeMap<String, f64> {
    let named: Vec<(&str, f64)> = match quality {
        Quality::Classes(quality) => vec![
            ("accuracy", quality.accuracy),
            ("log_loss", quality.log_loss),
            ("precision", quality.precision),
            ("recall", quality.recall),
            ("f1", quality.f1),
            ("roc_auc", quality.roc_auc),
        ],
        Quality::Numbers(quality) => {
            vec![("rmse", quality.rmse), ("mae", quality.mae), ("r_squared", quality.r2)]
        }
    };
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
