//! One version of a model.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, OnceLock},
};

use bellwether_signal::{
    ModelId, RunId, Timestamp,
    id::NotASlug,
    model::{ModelState, ModelStatus},
    ports::KeepError,
    training,
};
use serde::{Deserialize, Serialize};

use crate::{
    error::{ModelFileError, TrainError},
    model::{Model, Quality},
    target::Task,
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
}

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

/// A version, with its model once that was needed.
pub struct Version {
    /// What is kept of it.
    pub record: VersionRecord,
    model: OnceLock<Arc<Model>>,
}

impl Version {
    pub(super) fn new(record: VersionRecord) -> Self {
        Self { record, model: OnceLock::new() }
    }

    pub(super) fn loaded(record: VersionRecord, model: Arc<Model>) -> Self {
        Self { record, model: OnceLock::from(model) }
    }

    /// Its id.
    pub fn id(&self) -> &ModelId {
        &self.record.status.model
    }

    pub(super) fn model(
        &self,
        load: impl FnOnce() -> Result<Model, RegistryError>,
    ) -> Result<Arc<Model>, RegistryError> {
        if let Some(model) = self.model.get() {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(load()?);
        Ok(Arc::clone(self.model.get_or_init(|| model)))
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
        let task = match new.model.task {
            Task::Regression => training::Task::Regression,
            Task::Binary | Task::Multiclass => training::Task::Classification,
        };
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
        Self { status, sha256, took_seconds: new.took_seconds }
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

/// Why the registry did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NotASlug),
    /// The model cannot be written down.
    #[error("the model cannot be written down: {0}")]
    Encode(TrainError),
    /// Its file cannot be read or written.
    #[error("the model's file: {0}")]
    File(#[source] io::Error),
    /// Its file is damaged, or of a later version.
    #[error(transparent)]
    Model(ModelFileError),
    /// Its record is not kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}
