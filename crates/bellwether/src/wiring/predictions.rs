//! The log of predictions is the store's.

use bellwether_models::serving::PredictionLog;
use bellwether_signal::{
    ModelId,
    ports::{KeepError, LoggedPrediction, PredictionLabel},
};
use bellwether_store::Store;

use super::ports::keep_error;

pub(crate) struct StoredPredictions(pub(crate) Store);

impl PredictionLog for StoredPredictions {
    fn append(&self, predictions: Vec<LoggedPrediction>) {
        self.0.log_predictions(predictions);
    }

    fn append_durably(&self, predictions: Vec<LoggedPrediction>) -> Result<(), KeepError> {
        self.0.write_predictions(predictions).map_err(|error| keep_error(&error))
    }

    fn find(&self, id: &str) -> Result<Option<LoggedPrediction>, KeepError> {
        self.0.prediction(id).map_err(|error| keep_error(&error))
    }

    fn newest(
        &self,
        model: &ModelId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, KeepError> {
        self.0.predictions(model, before, limit).map_err(|error| keep_error(&error))
    }

    fn label(&self, labels: Vec<PredictionLabel>) -> Result<Vec<String>, KeepError> {
        self.0.label_predictions(labels).map_err(|error| keep_error(&error))
    }

    fn forget(&self, model: &ModelId) -> Result<(), KeepError> {
        self.0.forget_predictions(model).map_err(|error| keep_error(&error))
    }
}
