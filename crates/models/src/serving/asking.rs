//! Versions that are asked: found, made ready, and what they say kept.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bellwether_signal::{
    ModelId, Moment, feature::Feature, model::ModelState, ports::Surroundings,
};

use super::{
    Ask, BATCH_ROWS, InputRow, PredictError, Predicted, PredictionLog, Predictor, answer::Asked,
    ids::Ids, recent::Recent,
};
use crate::{
    quality::LiveQuality,
    registry::{Registry, Version},
};

/// Versions that are ready at a time; one more lets go the one that was not asked for the longest.
const READY: usize = 32;

pub(super) struct Asking {
    around: Surroundings,
    pub(super) registry: Arc<Registry>,
    pub(super) log: Arc<dyn PredictionLog>,
    pub(super) recent: Recent,
    quality: Arc<LiveQuality>,
    ids: Ids,
    /// Versions that were asked, ready to be asked again.
    ready: RwLock<HashMap<ModelId, Ready>>,
    /// Counts requests: the highest is the newest.
    uses: AtomicU64,
}

struct Ready {
    predictor: Arc<Predictor>,
    used: AtomicU64,
}

impl Asking {
    pub(super) fn new(
        around: Surroundings,
        registry: Arc<Registry>,
        quality: Arc<LiveQuality>,
        log: Arc<dyn PredictionLog>,
    ) -> Self {
        let (recent, ids, ready, uses) = Default::default();
        Self { around, registry, log, recent, quality, ids, ready, uses }
    }

    pub(super) fn around(&self) -> &Surroundings {
        &self.around
    }

    pub(super) fn now(&self) -> Moment {
        (self.around.clock)()
    }

    pub(super) fn is_ready(&self, reference: &str) -> bool {
        let Some(version) = self.registry.find(reference) else { return true };
        let routing = self.registry.routing(version.id().name());
        let split = routing.split.as_ref().is_none_or(|(other, _)| self.known(other).is_some());
        split && self.known(version.id()).is_some()
    }

    pub(super) fn version(&self, reference: &str) -> Result<Arc<Version>, PredictError> {
        let version = self
            .registry
            .find(reference)
            .ok_or_else(|| PredictError::UnknownModel(reference.to_owned()))?;
        let status = &version.record.status;
        // A file that was put back is good again, whoever asks first.
        let is_broken = status.state == ModelState::Error && self.registry.model(&version).is_err();
        if is_broken || status.state == ModelState::Training {
            let waits = || "it is still being trained".to_owned();
            let reason = status.error.clone().unwrap_or_else(waits);
            return Err(PredictError::NotUsable { model: status.model.clone(), reason });
        }
        Ok(version)
    }

    /// A number from 0 to 1 that decides which version answers: the same for all requests of a client
    /// that names itself, another for each other request.
    pub(super) fn chance(&self, ask: &Ask) -> f64 {
        let mut hasher = DefaultHasher::new();
        match ask.client.as_deref().filter(|_| ask.sticky) {
            Some(client) => client.hash(&mut hasher),
            None => self.ids.next(ask.at.wall).hash(&mut hasher),
        }
        hasher.finish() as f64 / u64::MAX as f64
    }

    /// Predicts rows and keeps them.
    pub(super) fn answer(
        &self,
        version: &Arc<Version>,
        rows: Vec<InputRow>,
        ask: &Ask,
        shadow: bool,
    ) -> Result<Predicted, PredictError> {
        if rows.is_empty() {
            return Err(PredictError::NoRows);
        }
        if rows.len() > BATCH_ROWS {
            return Err(PredictError::TooManyRows { rows: rows.len() });
        }
        let name = version.id().name();
        let features = &self.around.features;
        let is_logged = features.has(Feature::PredictionLog, name);
        if ask.durable && !is_logged {
            return Err(PredictError::NotLogged { model: version.id().clone() });
        }
        let explains = ask.explain && features.has(Feature::Explanations, name);
        let predictor = self.predictor(version)?;
        let asked = Asked {
            predictor: &predictor,
            version: Arc::clone(version),
            ids: &self.ids,
            ask,
            explains,
            shadow,
        };
        let (predicted, kept, observed) = asked.answer(rows, || self.now())?;
        self.quality.observed(version, &predictor.model, observed);
        self.recent.add(&kept);
        if ask.durable {
            self.log.append_durably(kept)?;
        } else if is_logged {
            self.log.append(kept);
        }
        Ok(predicted)
    }

    pub(super) fn tick(&self) {
        let gone = |id: &ModelId| self.registry.find(id.as_str()).is_none();
        self.ready.write().unwrap_or_else(PoisonError::into_inner).retain(|id, _| !gone(id));
        for id in self.recent.models() {
            // What the log cannot forget now, it drops when it is old.
            if gone(&id) && self.log.forget(&id).is_ok() {
                self.recent.forget(&id);
            }
        }
    }

    fn known(&self, id: &ModelId) -> Option<Arc<Predictor>> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        let found = ready.get(id)?;
        found.used.store(self.uses.fetch_add(1, Relaxed), Relaxed);
        Some(Arc::clone(&found.predictor))
    }

    pub(super) fn predictor(&self, version: &Version) -> Result<Arc<Predictor>, PredictError> {
        if let Some(predictor) = self.known(version.id()) {
            return Ok(predictor);
        }
        let predictor = Arc::new(Predictor::new(self.registry.model(version)?));
        let used = AtomicU64::new(self.uses.fetch_add(1, Relaxed));
        let mut ready = self.ready.write().unwrap_or_else(PoisonError::into_inner);
        if ready.len() >= READY
            && let Some(oldest) =
                ready.iter().min_by_key(|(_, it)| it.used.load(Relaxed)).map(|(id, _)| id.clone())
        {
            ready.remove(&oldest);
        }
        let fresh = Ready { predictor, used };
        Ok(Arc::clone(&ready.entry(version.id().clone()).or_insert(fresh).predictor))
    }
}
