//! Models and trainings in a few numbers, for `/api/status`, `/health` and `/metrics`.

use bellwether_signal::{
    TopicPattern,
    model::{self, ModelState},
    training::TrainingState,
};
use serde_json::json;

use crate::gateway::Gateway;

/// Counts of this moment.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::routes) struct ModelTotals {
    /// Versions.
    pub(in crate::routes) total: usize,
    /// Those that answer requests.
    pub(in crate::routes) active: usize,
    /// Those whose file cannot be used.
    pub(in crate::routes) in_error: usize,
    /// Predictions of all of them.
    pub(in crate::routes) predictions: f64,
    /// Trainings that run.
    pub(in crate::routes) training: usize,
    /// Trainings that wait.
    pub(in crate::routes) queued: usize,
}

impl Gateway {
    /// What is known of models and trainings; of predictions, what was told last.
    pub(in crate::routes) fn model_totals(&self) -> ModelTotals {
        let hub = &self.services.hub;
        let mut totals = ModelTotals::default();
        for version in self.services.models.registry.list() {
            totals.total += 1;
            totals.active += usize::from(version.record.status.state == ModelState::Active);
            totals.in_error += usize::from(version.record.status.state == ModelState::Error);
            let told = hub.look(&model::metrics(version.id()), |state| {
                state.get("predictions").and_then(serde_json::Value::as_f64)
            });
            totals.predictions += told.flatten().unwrap_or(0.0);
        }
        let pattern = TopicPattern::parse("training/*/status").expect("this is a pattern");
        for (topic, _) in hub.topics(&pattern) {
            let is = |wanted: TrainingState| {
                let word = json!(wanted);
                hub.look(&topic, |state| state.get("state") == Some(&word)).unwrap_or_default()
            };
            totals.training += usize::from(is(TrainingState::Running));
            totals.queued += usize::from(is(TrainingState::Queued));
        }
        totals
    }
}
