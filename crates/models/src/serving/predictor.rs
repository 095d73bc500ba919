//! A version, ready to be asked.

use std::sync::Arc;

use crate::{
    error::TrainError,
    features::{Matrix, RowEncoder},
    model::{Model, Predictions},
    serving::Outcome,
};

/// A model with what makes it quick to ask.
pub struct Predictor {
    /// What was trained.
    pub model: Arc<Model>,
    /// From a row to features.
    pub rows: RowEncoder,
}

impl Predictor {
    /// Prepares a model.
    pub fn new(model: Arc<Model>) -> Self {
        let rows = RowEncoder::new(&model.encoder, |_| false);
        Self { model, rows }
    }

    /// What it says of rows of features.
    pub fn outcomes(&self, rows: &Matrix) -> Result<Vec<Outcome>, TrainError> {
        let margins = self.model.margins(rows)?;
        Ok(match self.model.of_margins(&margins) {
            Predictions::Numbers(numbers) => numbers.into_iter().map(Outcome::Number).collect(),
            Predictions::Probabilities(all) => {
                let classes = self.model.classes.len().max(1);
                let outcome = |row: &[f64]| Outcome::of_probabilities(row.to_vec());
                all.chunks(classes).map(outcome).collect()
            }
        })
    }
}
