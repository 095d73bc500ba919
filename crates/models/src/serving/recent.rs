//! The newest predictions of each version, in memory: there before they are on disk.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellwether_signal::ModelId;

use super::{LoggedPrediction, PredictionLabel};

/// Predictions of one version; of more the oldest are let go, and are in the log.
const KEPT: usize = 1_000;

#[derive(Default)]
pub(super) struct Recent(Mutex<HashMap<ModelId, VecDeque<LoggedPrediction>>>);

impl Recent {
    fn lock(&self) -> MutexGuard<'_, HashMap<ModelId, VecDeque<LoggedPrediction>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds predictions of one version, oldest first.
    pub(super) fn add(&self, made: &[LoggedPrediction]) {
        let Some(first) = made.first() else { return };
        let newest = made.get(made.len().saturating_sub(KEPT)..).unwrap_or_default().to_vec();
        let mut all = self.lock();
        let kept = match all.get_mut(&first.model) {
            Some(kept) => kept,
            None => all.entry(first.model.clone()).or_default(),
        };
        let excess = (kept.len() + newest.len()).saturating_sub(KEPT);
        drop(kept.drain(..excess));
        kept.extend(newest);
    }

    pub(super) fn newest(
        &self,
        model: &ModelId,
        before: Option<&str>,
        limit: usize,
    ) -> Vec<LoggedPrediction> {
        let all = self.lock();
        let Some(kept) = all.get(model) else { return Vec::new() };
        let is_before = |one: &&LoggedPrediction| before.is_none_or(|id| one.id.as_str() < id);
        kept.iter().rev().filter(is_before).take(limit).cloned().collect()
    }

    pub(super) fn find(&self, id: &str) -> Option<LoggedPrediction> {
        self.lock().values().find_map(|kept| place(kept, id).and_then(|at| kept.get(at)).cloned())
    }

    pub(super) fn label(&self, label: &PredictionLabel) {
        for kept in self.lock().values_mut() {
            let at = place(kept, &label.id);
            if let Some(found) = at.and_then(|at| kept.get_mut(at)) {
                found.label = Some(label.label.clone());
                found.labelled_at = Some(label.at);
            }
        }
    }

    pub(super) fn models(&self) -> Vec<ModelId> {
        self.lock().keys().cloned().collect()
    }

    pub(super) fn forget(&self, model: &ModelId) {
        self.lock().remove(model);
    }
}

/// Requests that run side by side may be a little out of order: close by is looked at one by one.
fn place(kept: &VecDeque<LoggedPrediction>, id: &str) -> Option<usize> {
    kept.iter().rposition(|one| one.id == id)
}
