//! Predictions: rows in, what a version says of them out, with an id, a confidence and warnings; each is
//! kept, watched, and told.
//! Enters: rows as JSON objects, arrays or CSV. Leaves: answers at once, the log of predictions soon.
//! Nothing here waits for the disk, except where it says so: a model that is asked for the first time
//! ([`Serving::is_ready`]), and `durable`.

mod answer;
mod asking;
mod body;
mod error;
mod ids;
mod log;
mod memory;
mod outcome;
mod predictor;
mod recent;
mod schema;
mod shadow;

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc::Receiver},
    thread::{self, JoinHandle},
    time::Duration,
};

use bellwether_signal::{
    ModelId,
    ports::{KeepError, Surroundings},
};

pub use answer::{Ask, Predicted, PredictedRow};
pub use bellwether_signal::ports::{LoggedPrediction, PredictionLabel};
pub use body::{BATCH_ROWS, Body, BodyError};
pub use error::PredictError;
pub use log::{INPUT_BYTES, InputRow, KEPT_CLASSES, PredictionLog};
pub use memory::MemoryLog;
pub use outcome::{Outcome, class_value};
pub use predictor::Predictor;
pub use schema::schema;
pub use shadow::ShadowFigures;

use crate::{
    quality::LiveQuality,
    registry::{Registry, Version},
};
use asking::Asking;
use shadow::{Job, KEEP_EVERY, Shadow};

/// Asks versions, and keeps what they say.
pub struct Serving {
    asking: Arc<Asking>,
    shadow: Arc<Shadow>,
    /// Ends when the shadow's jobs do.
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Serving {
    /// Versions are loaded when they are asked for the first time.
    pub fn open(
        around: Surroundings,
        registry: Arc<Registry>,
        quality: Arc<LiveQuality>,
        log: Arc<dyn PredictionLog>,
    ) -> Result<Self, KeepError> {
        let (shadow, jobs) = Shadow::open(&around)?;
        let asking = Arc::new(Asking::new(around, registry, quality, log));
        let shadow = Arc::new(shadow);
        let (asks, notes) = (Arc::clone(&asking), Arc::clone(&shadow));
        let thread = thread::Builder::new()
            .name("bellwether-shadow".to_owned())
            .spawn(move || answer_silently(&asks, &notes, &jobs))
            .map_err(|error| {
                KeepError::Unavailable(format!("no thread for candidates: {error}"))
            })?;
        Ok(Self { asking, shadow, thread: Mutex::new(Some(thread)) })
    }

    /// Whether asking this version or name does not wait for the disk.
    pub fn is_ready(&self, reference: &str) -> bool {
        self.asking.is_ready(reference)
    }

    /// Predicts rows, keeps them and tells of them. A name is answered by its version in production, or
    /// by the one that gets a share of its requests.
    pub fn predict(
        &self,
        reference: &str,
        rows: Vec<InputRow>,
        ask: &Ask,
    ) -> Result<Predicted, PredictError> {
        let registry = &self.asking.registry;
        let version = self.asking.version(reference)?;
        let routing = registry.routing(version.id().name());
        let by_name = version.id().as_str() != reference && !reference.contains('@');
        let chosen = routing.split.as_ref().filter(|_| by_name).and_then(|(other, share)| {
            (self.asking.chance(ask) < *share).then(|| registry.find(other.as_str())).flatten()
        });
        let version = chosen.unwrap_or(version);
        let candidate = routing.shadow.as_ref().filter(|candidate| {
            routing.production.as_ref() == Some(version.id()) && *candidate != version.id()
        });
        let copy = candidate.map(|candidate| (candidate.clone(), rows.clone()));
        let predicted = self.asking.answer(&version, rows, ask, false)?;
        if let Some((candidate, rows)) = copy {
            let said = predicted.rows.iter().map(|row| row.outcome.clone()).collect();
            let ask = Ask { explain: false, durable: false, ..ask.clone() };
            let production = version.id().clone();
            self.shadow.ask(Job { production, candidate, rows, said, ask });
        }
        Ok(predicted)
    }

    /// A version that can be asked, ready to be. May wait for the disk.
    pub fn predictor(
        &self,
        reference: &str,
    ) -> Result<(Arc<Version>, Arc<Predictor>), PredictError> {
        let version = self.asking.version(reference)?;
        let predictor = self.asking.predictor(&version)?;
        Ok((version, predictor))
    }

    /// How a candidate compares with the version in production; `None` where it was never asked.
    pub fn shadow(&self, candidate: &ModelId) -> Option<ShadowFigures> {
        self.shadow.figures(candidate)
    }

    /// The newest predictions of a version, newest first: those before an id, or all. May wait for the
    /// disk.
    pub fn newest(
        &self,
        reference: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, PredictError> {
        let version = self.asking.version(reference)?;
        let mut found = self.asking.recent.newest(version.id(), before, limit);
        if found.len() < limit {
            // What was just asked is in memory already, and not yet on disk.
            let oldest = found.last().map(|one| one.id.clone());
            let before = oldest.as_deref().or(before);
            let older = self.asking.log.newest(version.id(), before, limit - found.len())?;
            found.extend(older);
        }
        Ok(found)
    }

    /// A prediction by its id. May wait for the disk.
    pub fn find(&self, id: &str) -> Result<Option<LoggedPrediction>, PredictError> {
        match self.asking.recent.find(id) {
            Some(found) => Ok(Some(found)),
            None => Ok(self.asking.log.find(id)?),
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
        self.asking.recent.label(&label);
    }

    /// Notes labels in memory and in the log; answers the ids that are not known. Waits for the disk.
    pub fn label(&self, labels: Vec<PredictionLabel>) -> Result<Vec<String>, PredictError> {
        for label in &labels {
            self.asking.recent.label(label);
        }
        Ok(self.asking.log.label(labels)?)
    }

    /// Does what is due: what is kept of versions that are no more is let go.
    pub fn tick(&self) {
        self.asking.tick();
        self.keep_shadow(KEEP_EVERY);
    }

    fn keep_shadow(&self, every: Duration) {
        let is_there = |id: &ModelId| self.asking.registry.find(id.as_str()).is_some();
        self.shadow.keep(self.asking.around(), every, is_there);
    }

    /// Lets the candidate answer what it was asked, and ends.
    pub fn close(&self) {
        self.shadow.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A thread that panicked has said so.
        if thread.map(JoinHandle::join).is_some() {
            self.keep_shadow(Duration::ZERO);
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.close();
    }
}

/// The candidate's thread.
fn answer_silently(asking: &Asking, shadow: &Shadow, jobs: &Receiver<Job>) {
    for Job { production, candidate, rows, said, ask } in jobs {
        let count = rows.len() as u64;
        let version = asking.registry.find(candidate.as_str());
        // The candidate's time begins when it is asked, not when production was.
        let ask = Ask { at: asking.now(), ..ask };
        let answered = version.and_then(|version| asking.answer(&version, rows, &ask, true).ok());
        shadow.note(&production, &candidate, |figures| match answered {
            Some(predicted) => {
                for (theirs, ours) in said.iter().zip(&predicted.rows) {
                    figures.compare(theirs, &ours.outcome);
                }
            }
            None => figures.failed += count,
        });
    }
}

#[cfg(test)]
mod tests;
