//! A log of predictions in memory, for who has no store.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellwether_signal::{ModelId, ports::KeepError};

use super::{LoggedPrediction, PredictionLabel, PredictionLog};

/// Predictions that it keeps; of more the oldest are let go.
const KEPT: usize = 10_000;

/// Keeps the newest predictions until it ends.
#[derive(Default)]
pub struct MemoryLog(Mutex<BTreeMap<String, LoggedPrediction>>);

impl MemoryLog {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, LoggedPrediction>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PredictionLog for MemoryLog {
    fn append(&self, predictions: Vec<LoggedPrediction>) {
        let mut kept = self.lock();
        kept.extend(predictions.into_iter().map(|one| (one.id.clone(), one)));
        while kept.len() > KEPT {
            kept.pop_first();
        }
    }

    fn append_durably(&self, predictions: Vec<LoggedPrediction>) -> Result<(), KeepError> {
        self.append(predictions);
        Ok(())
    }

    fn find(&self, id: &str) -> Result<Option<LoggedPrediction>, KeepError> {
        Ok(self.lock().get(id).cloned())
    }

    fn newest(
        &self,
        model: &ModelId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, KeepError> {
        let kept = self.lock();
        let wanted = |one: &&LoggedPrediction| {
            one.model == *model && before.is_none_or(|id| one.id.as_str() < id)
        };
        Ok(kept.values().rev().filter(wanted).take(limit).cloned().collect())
    }

    fn label(&self, labels: Vec<PredictionLabel>) -> Result<Vec<String>, KeepError> {
        let mut kept = self.lock();
        let mut unknown = Vec::new();
        for PredictionLabel { id, label, at } in labels {
            match kept.get_mut(&id) {
                Some(found) => {
                    found.label = Some(label);
                    found.labelled_at = Some(at);
                }
                None => unknown.push(id),
            }
        }
        Ok(unknown)
    }

    fn forget(&self, model: &ModelId) -> Result<(), KeepError> {
        self.lock().retain(|_, one| one.model != *model);
        Ok(())
    }
}
