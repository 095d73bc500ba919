//! How models do once they predict: what was predicted, what turned out to be true, and what can be
//! said before it does.
//! Enters: predictions as they are made, labels when they are known. Leaves: figures, drift against the
//! training sample, causes; topics `model/{id}/{metrics,drift,predictions,volume}`.
//! No prediction waits for anything here, and no failure here stops one.
//!
//! Memory, of each version: the newest 1,000 predictions (fewer of wide rows: 4 MiB of them), 1,000
//! labelled ones, sums of the newest 10,000 in blocks of 100, counts of an hour by minute.

mod accuracy;
mod answer;
mod drift;
mod estimate;
mod health;
mod label;
mod live;
mod observed;
mod rates;
mod rebuild;
mod telling;
mod watched;
mod why;
mod window;

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock},
    thread::JoinHandle,
};

use bellwether_signal::{ModelId, ports::Surroundings};

pub use answer::{BinShare, DriftView, EstimateView, QualityPoint, QualityView};
pub use label::{LabelError, LabelWish, Labelled, LabelsReport};
pub use observed::Observed;
pub(crate) use rebuild::unseen_of;
pub use telling::Report;
pub use why::{Symptom, WhyError};

use crate::{
    model::Model,
    registry::{Registry, Version},
    serving::PredictionLog,
};
use live::Live;
use telling::Bell;
use watched::Watched;

/// Watches versions.
pub struct LiveQuality {
    around: Surroundings,
    registry: Arc<Registry>,
    log: Arc<dyn PredictionLog>,
    lives: RwLock<BTreeMap<ModelId, Arc<Mutex<Live>>>>,
    /// Wakes the thread that tells what is pressing.
    bell: (Mutex<Bell>, Condvar),
    thread: Mutex<Option<JoinHandle<()>>>,
    report: Mutex<Report>,
    /// What of the counts is on disk.
    saved: Mutex<rebuild::Saved>,
}

impl LiveQuality {
    /// Watches nothing yet: a version is watched from its first prediction on, or from the first tick,
    /// which reads what the log has of those that predicted before.
    pub fn open(
        around: Surroundings,
        registry: Arc<Registry>,
        log: Arc<dyn PredictionLog>,
    ) -> Self {
        let (lives, bell, thread, report, saved) = Default::default();
        Self { around, registry, log, lives, bell, thread, report, saved }
    }

    /// Takes predictions of one version. Does not wait.
    pub fn observed(&self, version: &Version, model: &Model, rows: Vec<Observed>) {
        let features = &self.around.features;
        let watched = || Arc::new(Watched::of(version.id().clone(), model, features));
        let live = self.live_of(version.id(), watched);
        let mut live = lock(&live);
        for row in rows {
            live.observe(row);
        }
        drop(live);
        self.ring();
    }

    fn live_of(&self, id: &ModelId, watched: impl FnOnce() -> Arc<Watched>) -> Arc<Mutex<Live>> {
        if let Some(live) = self.known(id) {
            return live;
        }
        let made = Arc::new(Mutex::new(Live::new(watched())));
        let mut lives = self.lives.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lives.entry(id.clone()).or_insert(made))
    }

    fn known(&self, id: &ModelId) -> Option<Arc<Mutex<Live>>> {
        self.lives.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn all(&self) -> Vec<(ModelId, Arc<Mutex<Live>>)> {
        let lives = self.lives.read().unwrap_or_else(PoisonError::into_inner);
        lives.iter().map(|(id, live)| (id.clone(), Arc::clone(live))).collect()
    }

    /// A version that is there, watched from now on. May wait for the disk.
    fn watch(&self, id: &ModelId) -> Option<Arc<Mutex<Live>>> {
        if let Some(live) = self.known(id) {
            self.rebuild(id, &live);
            return Some(live);
        }
        let version = self.registry.find(id.as_str())?;
        let model = self.registry.model(&version).ok()?;
        let features = &self.around.features;
        let live = self.live_of(id, || Arc::new(Watched::of(id.clone(), &model, features)));
        self.rebuild(id, &live);
        Some(live)
    }
}

fn lock(live: &Mutex<Live>) -> MutexGuard<'_, Live> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
