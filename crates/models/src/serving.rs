//! Predictions: rows in, what a version says of them out, with an id, a confidence and warnings; each is
//! kept, watched, and told.
//! Enters: rows as JSON objects, arrays or CSV. Leaves: answers at once, the log of predictions soon.
//! Nothing here waits for the disk, except where it says so: a model that is asked for the first time
//! ([`Serving::is_ready`]), and `durable`.

mod answer;
mod body;
mod error;
mod ids;
mod log;
mod memory;
mod outcome;
mod predictor;
mod recent;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use bellwether_signal::{ModelId, model::ModelState, ports::Surroundings};

pub use answer::{Ask, Predicted, PredictedRow};
pub use body::{BATCH_ROWS, Body, BodyError};
pub use error::PredictError;
pub use log::{
    INPUT_BYTES, InputRow, KEPT_CLASSES, LoggedPrediction, PredictionLabel, PredictionLog,
};
pub use memory::MemoryLog;
pub use outcome::{Outcome, class_value};
pub use predictor::Predictor;

use crate::{
    quality::LiveQuality,
    registry::{Registry, Version},
};
use answer::Asked;
use ids::Ids;
use recent::Recent;

/// Asks versions, and keeps what they say.
pub struct Serving {
    around: Surroundings,
    registry: Arc<Registry>,
    quality: Arc<LiveQuality>,
    log: Arc<dyn PredictionLog>,
    /// Versions that were asked since the start, ready to be asked again.
    predictors: RwLock<HashMap<ModelId, Arc<Predictor>>>,
    recent: Recent,
    ids: Ids,
}

impl Serving {
    /// Nothing is read: versions are loaded when they are asked for the first time.
    pub fn open(
        around: Surroundings,
        registry: Arc<Registry>,
        quality: Arc<LiveQuality>,
        log: Arc<dyn PredictionLog>,
    ) -> Self {
        let (predictors, recent, ids) = Default::default();
        Self { around, registry, quality, log, predictors, recent, ids }
    }

    /// Whether asking this version or name does not wait for the disk.
    pub fn is_ready(&self, reference: &str) -> bool {
        let Some(version) = self.registry.find(reference) else { return true };
        self.known(version.id()).is_some()
    }

    /// Predicts rows, keeps them and tells of them.
    pub fn predict(
        &self,
        reference: &str,
        rows: Vec<InputRow>,
        ask: &Ask,
    ) -> Result<Predicted, PredictError> {
        let version = self.version(reference)?;
        let predictor = self.predictor(&version)?;
        if rows.is_empty() {
            return Err(PredictError::NoRows);
        }
        if rows.len() > BATCH_ROWS {
            return Err(PredictError::TooManyRows { rows: rows.len() });
        }
        let asked = Asked { predictor: &predictor, version, ids: &self.ids, ask };
        let (predicted, kept, observed) = asked.answer(rows, || (self.around.clock)())?;
        self.quality.observed(&predicted.version, &predictor.model, observed);
        self.recent.add(&kept);
        if ask.durable {
            self.log.append_durably(kept)?;
        } else {
            self.log.append(kept);
        }
        Ok(predicted)
    }

    /// A version that can be asked. May wait for the disk.
    pub fn predictor_of(
        &self,
        reference: &str,
    ) -> Result<(Arc<Version>, Arc<Predictor>), PredictError> {
        let version = self.version(reference)?;
        let predictor = self.predictor(&version)?;
        Ok((version, predictor))
    }

    /// The newest predictions of a version, newest first: those before an id, or all. May wait for the
    /// disk.
    pub fn newest(
        &self,
        reference: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, PredictError> {
        let version = self.version(reference)?;
        let mut found = self.recent.newest(version.id(), before, limit);
        if found.len() < limit {
            // What was just asked is in memory already, and not yet on disk.
            let oldest = found.last().map(|one| one.id.clone());
            let before = oldest.as_deref().or(before);
            let older = self.log.newest(version.id(), before, limit - found.len())?;
            found.extend(older);
        }
        Ok(found)
    }

    /// A prediction by its id. May wait for the disk.
    pub fn find(&self, id: &str) -> Result<Option<LoggedPrediction>, PredictError> {
        match self.recent.find(id) {
            Some(found) => Ok(Some(found)),
            None => Ok(self.log.find(id)?),
        }
    }

    /// Notes a label that live quality took and that is in the log, for who reads the newest ones.
    pub fn note_label(
        &self,
        id: &str,
        label: &serde_json::Value,
        at: bellwether_signal::Timestamp,
    ) {
        let label = PredictionLabel { id: id.to_owned(), label: label.clone(), at };
        self.recent.label(&label);
    }

    /// Notes labels in memory and in the log; answers the ids that are not known. Waits for the disk.
    pub fn label(&self, labels: Vec<PredictionLabel>) -> Result<Vec<String>, PredictError> {
        for label in &labels {
            self.recent.label(label);
        }
        Ok(self.log.label(labels)?)
    }

    /// Does what is due: versions that are no more are let go.
    pub fn tick(&self) {
        let mut predictors = self.predictors.write().unwrap_or_else(PoisonError::into_inner);
        let gone = |id: &ModelId| self.registry.find(id.as_str()).is_none();
        predictors.retain(|id, _| !gone(id));
        drop(predictors);
        for id in self.recent.models() {
            if gone(&id) {
                self.recent.forget(&id);
            }
        }
    }

    fn version(&self, reference: &str) -> Result<Arc<Version>, PredictError> {
        let version = self
            .registry
            .find(reference)
            .ok_or_else(|| PredictError::UnknownModel(reference.to_owned()))?;
        let status = &version.record.status;
        if matches!(status.state, ModelState::Error | ModelState::Training) {
            let reason =
                status.error.clone().unwrap_or_else(|| "it is still being trained".to_owned());
            return Err(PredictError::NotUsable { model: status.model.clone(), reason });
        }
        Ok(version)
    }

    fn known(&self, id: &ModelId) -> Option<Arc<Predictor>> {
        self.predictors.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn predictor(&self, version: &Version) -> Result<Arc<Predictor>, PredictError> {
        if let Some(predictor) = self.known(version.id()) {
            return Ok(predictor);
        }
        let model = self.registry.model(version)?;
        let predictor = Arc::new(Predictor::new(model));
        let mut predictors = self.predictors.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(predictors.entry(version.id().clone()).or_insert(predictor)))
    }
}

#[cfg(test)]
mod tests;
