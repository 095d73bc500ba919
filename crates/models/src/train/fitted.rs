//! What the fits of the folds gave, and what they are worth together.

use super::{
    data::{Data, Parts},
    settings::Settings,
};
use crate::{
    error::TrainError,
    learner::{Boosted, Forest, Linear, Next},
    metrics::{ClassQuality, NumberQuality, log_loss, rmse},
    model::{Blend, Model, Predictions, Quality},
    reference::OutOfFold,
    target::Target,
};

pub(super) fn linear(settings: &Settings) -> Linear {
    Linear { lambda: 0.01, rounds: 100, threads: settings.threads }
}

/// What the folds gave: the fits, and what each said of the rows that it did not see.
#[derive(Default)]
pub(super) struct Fitted {
    pub(super) forests: Vec<Forest>,
    /// The rows in the order in which they were validated.
    rows: Vec<usize>,
    forest_margins: Vec<f32>,
    line_margins: Vec<f32>,
}

impl Fitted {
    pub(super) fn add(
        &mut self,
        data: &Data,
        parts: &Parts<'_>,
        forest: Forest,
        settings: &Settings,
        after_round: &mut (dyn FnMut() -> Next + Send),
    ) -> Result<(), TrainError> {
        self.forest_margins.extend(forest.margins(&parts.valid)?);
        self.forests.push(forest);
        if Linear::takes(data.rows(&data.matrix)) {
            let labels = data.labels(&parts.train_values);
            let line = linear(settings).fit(data.rows(&parts.train), labels, after_round)?;
            self.line_margins.extend(line.margins(&parts.valid)?);
        }
        self.rows.extend(parts.valid_rows);
        Ok(())
    }

    /// The weights of both kinds of margins that lose least on rows that were not trained on.
    pub(super) fn blend(&self, data: &Data) -> Blend {
        let shares = if self.line_margins.is_empty() { 0..=0 } else { 0..=20 };
        let stretches: &[f64] = if data.classes == 0 { &[1.0] } else { &STRETCHES };
        let mut best = (f64::INFINITY, Blend { forest: 1.0, line: 0.0 });
        for share in shares {
            for stretch in stretches {
                let line = f64::from(share) / 20.0;
                let blend = Blend { forest: (1.0 - line) * stretch, line: line * stretch };
                let loss = self.loss(data, blend);
                if loss < best.0 {
                    best = (loss, blend);
                }
            }
        }
        best.1
    }

    pub(super) fn loss(&self, data: &Data, blend: Blend) -> f64 {
        let margins = blend.of(&self.forest_margins, &self.line_margins);
        if data.classes == 0 {
            return rmse(&margins, &self.standard(data));
        }
        let probabilities = Model::probabilities(&margins, data.classes);
        log_loss(&probabilities, data.classes, &self.classes(data))
    }

    fn standard(&self, data: &Data) -> Vec<f64> {
        self.rows.iter().filter_map(|row| data.values.get(*row)).map(|v| f64::from(*v)).collect()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "codes of classes")]
    fn classes(&self, data: &Data) -> Vec<usize> {
        self.rows.iter().filter_map(|row| data.values.get(*row)).map(|v| *v as usize).collect()
    }

    pub(super) fn quality(&self, data: &Data, target: &Target, blend: Blend) -> Quality {
        let OutOfFold { predicted, truth, .. } = self.out_of_fold(data, blend);
        match predicted {
            Predictions::Numbers(predicted) => {
                Quality::Numbers(NumberQuality::of(&predicted, &truth))
            }
            Predictions::Probabilities(probabilities) => Quality::Classes(ClassQuality::of(
                &probabilities,
                target.classes.len(),
                &self.classes(data),
            )),
        }
    }

    /// Rows that were judged.
    pub(super) fn judged(&self) -> usize {
        self.rows.len()
    }

    /// What each fit said of the rows that it did not see, blended.
    pub(super) fn out_of_fold(&self, data: &Data, blend: Blend) -> OutOfFold {
        let margins = blend.of(&self.forest_margins, &self.line_margins);
        let predicted = if data.classes == 0 {
            Predictions::Numbers(margins.iter().map(|m| data.center + data.scale * m).collect())
        } else {
            Predictions::Probabilities(Model::probabilities(&margins, data.classes))
        };
        let truth = self.rows.iter().filter_map(|row| data.truth.get(*row)).copied().collect();
        OutOfFold { rows: self.rows.clone(), predicted, truth }
    }
}

/// Factors of the margins that are tried: the mean of several fits is a little too cautious.
const STRETCHES: [f64; 9] = [0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3];

/// Most bins of a number, and fewest; between them as many rows as this for each.
const BINS: usize = 256;
const FEW_BINS: usize = 64;
const ROWS_A_BIN: usize = 32;

/// How trees are grown on so many rows.
pub(super) fn boosted(settings: &Settings, classes: usize, rows: usize) -> Boosted {
    // Second derivatives of several classes are smaller: what is a weight of 3 for one would be many
    // rows for the other.
    let min_child_weight = settings.min_child_weight.unwrap_or(if classes > 2 { 0.1 } else { 3.0 });
    Boosted {
        eta: settings.eta,
        leaves: settings.leaves,
        min_child_weight,
        lambda: settings.lambda,
        row_share: settings.row_share,
        column_share: settings.column_share,
        bins: match settings.bins {
            // Where rows are few, fine bins cost most of the time and say nothing more.
            0 => (rows / ROWS_A_BIN).clamp(FEW_BINS, BINS),
            bins => bins,
        },
        linear_leaves: settings.linear_leaves.unwrap_or_default() && classes == 0,
        rounds: settings.rounds,
        patience: settings.patience,
        threads: settings.threads,
        seed: settings.seed,
        watched: settings.watched,
    }
}
