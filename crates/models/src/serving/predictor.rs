//! A version, ready to be asked: its encoder by column, its trees and its line laid out flat.

use std::sync::Arc;

use bellwether_signal::answer::{Contribution, Explanation};
use serde_json::Value;

use super::{InputRow, Outcome};
use crate::{
    error::TrainError,
    features::{Matrix, RowEncoder},
    forest::{FlatForest, FlatLine},
    model::{Model, Predictions},
    reference::{ColumnReference, Reference},
    target::Task,
};

/// A model with what makes it quick to ask.
pub struct Predictor {
    /// What was trained.
    pub model: Arc<Model>,
    /// From a row to features.
    pub rows: RowEncoder,
    /// The model laid out flat; without it the engine predicts, and nothing is explained.
    flat: Option<Flat>,
}

struct Flat {
    forest: FlatForest,
    line: Option<FlatLine>,
}

impl Predictor {
    /// Prepares a model.
    pub fn new(model: Arc<Model>) -> Self {
        let columns = &model.reference.columns;
        let had_missing =
            |name: &str| columns.iter().any(|one| one.name == name && one.seen.missing > 0.0);
        let rows = RowEncoder::new(&model.encoder, had_missing);
        let flat = Flat::of(&model, rows.width());
        Self { model, rows, flat }
    }

    /// Whether the model is laid out flat.
    pub fn is_flat(&self) -> bool {
        self.flat.is_some()
    }

    /// What the training saw.
    pub fn reference(&self) -> &Reference {
        &self.model.reference
    }

    /// What the training saw of a column.
    pub fn column(&self, name: &str) -> Option<&ColumnReference> {
        self.reference().columns.iter().find(|column| column.name == name)
    }

    /// What it says of rows of features.
    pub fn outcomes(&self, rows: &Matrix) -> Result<Vec<Outcome>, TrainError> {
        let margins = self.margins(rows)?;
        Ok(match self.model.of_margins(&margins) {
            Predictions::Numbers(numbers) => numbers.into_iter().map(Outcome::Number).collect(),
            Predictions::Probabilities(all) => {
                let classes = self.model.classes.len().max(1);
                let outcome = |row: &[f64]| Outcome::of_probabilities(row.to_vec());
                all.chunks(classes).map(outcome).collect()
            }
        })
    }

    /// Raw scores, row after row.
    pub fn margins(&self, rows: &Matrix) -> Result<Vec<f64>, TrainError> {
        let Some(flat) = &self.flat else { return self.model.margins(rows) };
        let blend = self.model.blend;
        let outputs = flat.forest.outputs().max(1);
        let forest = flat.forest.margins(&rows.values, rows.rows);
        let mut margins: Vec<f64> =
            forest.into_iter().map(|margin| blend.forest * f64::from(margin)).collect();
        if let Some(line) = &flat.line {
            let mut sums = vec![0.0; outputs];
            for (row, margins) in margins.chunks_mut(outputs).enumerate() {
                sums.fill(0.0);
                line.add_to(rows.row(row), &mut sums);
                for (margin, sum) in margins.iter_mut().zip(&sums) {
                    *margin += blend.line * sum;
                }
            }
        }
        Ok(margins)
    }

    /// How sure the model is of the class: the chance that it is right, as the rows that it was not
    /// trained on say.
    pub fn confidence(&self, outcome: &Outcome) -> Option<f64> {
        match outcome {
            Outcome::Number(_) => None,
            Outcome::Class { probabilities, .. } if self.reference().rows > 0 => {
                Some(self.reference().chance_of(probabilities).clamp(0.0, 1.0))
            }
            Outcome::Class { .. } => outcome.probability(),
        }
    }

    /// Where the truth lies in 95 % of the cases, by the errors on rows that the fits did not see.
    pub fn interval(&self, outcome: &Outcome) -> Option<[f64; 2]> {
        let Outcome::Number(number) = outcome else { return None };
        // Errors are prediction less truth.
        let [lowest, highest] = self.reference().residuals.as_ref()?.usual;
        Some([number - highest, number - lowest])
    }

    /// What each column did to a prediction; `None` where the model is not laid out flat.
    pub fn explain(
        &self,
        features: &[f32],
        row: &InputRow,
        outcome: &Outcome,
    ) -> Option<Explanation> {
        let flat = self.flat.as_ref()?;
        let blend = self.model.blend;
        // Of two classes there is one margin, which speaks for the second.
        let (output, sign, class) = match outcome {
            Outcome::Number(_) => (0, 1.0, None),
            Outcome::Class { place, .. } => {
                let class = self.model.classes.get(*place).cloned();
                match self.model.task {
                    Task::Binary if *place == 0 => (0, -1.0, class),
                    Task::Binary => (0, 1.0, class),
                    Task::Multiclass | Task::Regression => (*place, 1.0, class),
                }
            }
        };
        let (center, scale) = match self.model.task {
            Task::Regression => (self.model.center, self.model.scale),
            Task::Binary | Task::Multiclass => (0.0, sign),
        };
        let mut adds = flat.forest.contributions(features, output);
        for one in &mut adds {
            *one *= blend.forest;
        }
        let mut base = adds.pop().unwrap_or_default();
        if let Some(line) = &flat.line {
            base += blend.line * line.base.get(output).copied().unwrap_or_default();
            for ((adds, spread), value) in adds.iter_mut().zip(&line.features).zip(features) {
                *adds += blend.line * spread.adds(*value, output);
            }
        }
        let matrix = Matrix { values: features.to_vec(), rows: 1, width: features.len() };
        let margin = self.margins(&matrix).ok()?.get(output).copied()?;
        let mut contributions: Vec<Contribution> = self
            .rows
            .columns()
            .enumerate()
            .map(|(place, (name, ..))| {
                let of_it = self.rows.features_of(place).filter_map(|feature| adds.get(feature));
                Contribution {
                    column: name.to_owned(),
                    value: row.get(name).cloned().unwrap_or(Value::Null),
                    contribution: scale * of_it.sum::<f64>(),
                }
            })
            .collect();
        contributions.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let unit = match self.model.task {
            Task::Regression => self.model.target.clone(),
            Task::Binary | Task::Multiclass => "log-odds".to_owned(),
        };
        let (base, margin) = (center + scale * base, center + scale * margin);
        Some(Explanation { base, margin, contributions, unit, class })
    }
}

impl Flat {
    fn of(model: &Model, width: usize) -> Option<Self> {
        let forest = model.forest.flatten(width)?;
        let line = match &model.line {
            Some(line) => Some(line.flatten()?),
            None => None,
        };
        Some(Self { forest, line })
    }
}
