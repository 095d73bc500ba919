//! A linear model on standardised numbers and one number per category: what trees find hard, and all
//! that very small tables carry. Coordinate descent with an L2 penalty (J. Friedman, T. Hastie, R.
//! Tibshirani, "Regularization Paths", Journal of Statistical Software 33, 2010).

use std::ops::ControlFlow;

use hessboost::{
    config::BoosterKind,
    metric::EvalMetric,
    objective::Multiclass,
    prelude::{
        BoostedModel, DMatrix, Iterations, ModelFormat, Objective, RegLoss, Trainer, TrainingParams,
    },
};
use serde::{Deserialize, Serialize};

use super::{Labels, Next, Rows};
use crate::{
    error::{ModelFileError, TrainError},
    features::Matrix,
};

/// Most columns of the expanded table.
const WIDTH: usize = 2_000;
/// Standardised numbers are cut here: one wild value must not decide.
pub(super) const CUT: f32 = 5.0;

/// How the line is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Linear {
    pub(crate) lambda: f64,
    pub(crate) rounds: usize,
    pub(crate) threads: usize,
}

/// A fitted line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    scales: Vec<Scale>,
    model: BoostedModel,
}

/// How one feature is spread out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Scale {
    /// The standardised number, and a flag for missing where some were.
    Number { mean: f32, deviation: f32, flag: bool },
    /// A flag for each of so many categories.
    Category { count: usize },
}

impl Scale {
    fn width(self) -> usize {
        match self {
            Self::Number { flag, .. } => 1 + usize::from(flag),
            Self::Category { count } => count,
        }
    }
}

impl Linear {
    /// `after_round` may end it.
    pub(crate) fn fit(
        &self,
        rows: Rows<'_>,
        labels: Labels<'_>,
        after_round: &mut (dyn FnMut() -> Next + Send),
    ) -> Result<Line, TrainError> {
        let scales = scales_of(rows);
        let (objective, metric) = match labels.classes {
            0 => (Objective::SquaredError(RegLoss::default()), EvalMetric::Rmse),
            2 => (Objective::BinaryLogistic(RegLoss::default()), EvalMetric::LogLoss),
            many => (Objective::Softprob(Multiclass::new(many)?), EvalMetric::MLogLoss),
        };
        let params = TrainingParams::builder()
            .booster(BoosterKind::GbLinear)
            .objective(objective)
            .eval_metric(metric)
            .eta(0.5)
            .lambda(self.lambda)
            .alpha(0.0)
            .nthread(self.threads.max(1))
            .build()?;
        let train = matrix(&scales, rows.matrix)?.with_labels(labels.values)?;
        let mut cancelled = false;
        let hook = |_: hessboost::training::RoundEval<'_>| {
            let next = after_round();
            cancelled = next == Next::Cancel;
            if next == Next::Go { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let model = Trainer::new(&params, &train, self.rounds).on_round(hook).train()?.model;
        if cancelled {
            return Err(TrainError::Cancelled);
        }
        Ok(Line { scales, model })
    }

    /// Whether a table is narrow enough for it.
    pub(crate) fn takes(rows: Rows<'_>) -> bool {
        scales_of(rows).into_iter().map(Scale::width).sum::<usize>() <= WIDTH
    }
}

impl Line {
    pub(crate) fn margins(&self, rows: &Matrix) -> Result<Vec<f32>, TrainError> {
        Ok(self.model.predict_margin(&matrix(&self.scales, rows)?, Iterations::Best)?.into_vec())
    }

    /// What the engine made.
    /// The largest weight of each feature, as shares that add up to 1: numbers are standardised, so that
    /// weights compare.
    pub(crate) fn importance(&self) -> Vec<f64> {
        let (outputs, mut column) = (self.model.n_outputs(), 0);
        let weights =
            self.model.linear().map(hessboost::model::LinearModel::weights).unwrap_or_default();
        let largest_of = |scale: &Scale| {
            let end = column + scale.width();
            let its = weights.get(column * outputs..end * outputs).unwrap_or_default();
            column = end;
            its.iter().map(|weight| f64::from(weight.abs())).fold(0.0, f64::max)
        };
        let largest: Vec<f64> = self.scales.iter().map(largest_of).collect();
        let total: f64 = largest.iter().sum();
        largest.into_iter().map(|one| one / total.max(f64::MIN_POSITIVE)).collect()
    }

    pub(super) fn engine(&self) -> &BoostedModel {
        &self.model
    }

    /// How each feature is spread out.
    pub(super) fn scales(&self) -> &[Scale] {
        &self.scales
    }

    pub(crate) fn encode(&self) -> Result<(Vec<Scale>, Vec<u8>), TrainError> {
        Ok((self.scales.clone(), self.model.encode(ModelFormat::Binary)?))
    }

    pub(crate) fn decode(scales: Vec<Scale>, bytes: &[u8]) -> Result<Self, ModelFileError> {
        let model = BoostedModel::decode(bytes, ModelFormat::Binary);
        let model = model.map_err(|error| ModelFileError::Damaged(error.to_string()))?;
        Ok(Self { scales, model })
    }
}

fn scales_of(rows: Rows<'_>) -> Vec<Scale> {
    let Rows { matrix, categories } = rows;
    let column =
        |place: usize| matrix.values.iter().skip(place).step_by(matrix.width.max(1)).copied();
    let scale = |(place, category): (usize, &bool)| {
        let filled = || column(place).filter(|value| !value.is_nan());
        if *category {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "places in a short list"
            )]
            let count = filled().fold(0.0_f32, f32::max) as usize + 1;
            return Scale::Category { count };
        }
        let count = filled().count();
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let n = count.max(1) as f64;
        let mean = filled().map(f64::from).sum::<f64>() / n;
        let variance = filled().map(|value| (f64::from(value) - mean).powi(2)).sum::<f64>() / n;
        #[expect(clippy::cast_possible_truncation, reason = "of single precision numbers")]
        let (mean, deviation) = (mean as f32, variance.sqrt().max(1e-12) as f32);
        Scale::Number { mean, deviation, flag: count < matrix.rows }
    };
    categories.iter().enumerate().map(scale).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a short list"
)]
fn matrix(scales: &[Scale], rows: &Matrix) -> Result<DMatrix, TrainError> {
    let width: usize = scales.iter().map(|scale| scale.width()).sum();
    let mut values = Vec::with_capacity(rows.rows * width);
    for row in 0..rows.rows {
        for (scale, value) in scales.iter().zip(rows.row(row)) {
            match *scale {
                Scale::Number { mean, deviation, flag } => {
                    let known = !value.is_nan();
                    let standard = ((value - mean) / deviation).clamp(-CUT, CUT);
                    values.push(if known { standard } else { 0.0 });
                    if flag {
                        values.push(f32::from(u8::from(!known)));
                    }
                }
                Scale::Category { count } => {
                    let place = if value.is_nan() { count } else { *value as usize };
                    values.extend((0..count).map(|one| f32::from(u8::from(one == place))));
                }
            }
        }
    }
    Ok(DMatrix::from_dense_vec(values, rows.rows, width)?)
}
