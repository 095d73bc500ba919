//! Boosted trees: leaf-wise growth, second-order steps, native categories and missing values (T. Chen,
//! C. Guestrin, "`XGBoost`", KDD 2016; G. Ke and others, "`LightGBM`", NIPS 2017).

use std::{num::NonZeroUsize, ops::ControlFlow};

use hessboost::{
    config::{GrowPolicy, LinearTree},
    data::FeatureType,
    metric::EvalMetric,
    objective::Multiclass,
    prelude::{
        BoostedModel, DMatrix, HessboostError, ImportanceType, Iterations, ModelFormat, Objective,
        RegLoss, Trainer, TrainingParams, TreeMethod,
    },
};

use super::{Labels, Next, OnRound, Round, Rows};
use crate::{
    error::{ModelFileError, TrainError},
    features::Matrix,
};

impl From<HessboostError> for TrainError {
    fn from(error: HessboostError) -> Self {
        Self::Engine(error.to_string())
    }
}

/// How trees are grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Boosted {
    pub(crate) eta: f64,
    pub(crate) leaves: usize,
    /// Least sum of second derivatives in a leaf: rows, for squared error.
    pub(crate) min_child_weight: f64,
    pub(crate) lambda: f64,
    pub(crate) row_share: f64,
    pub(crate) column_share: f64,
    pub(crate) bins: usize,
    pub(crate) linear_leaves: bool,
    pub(crate) rounds: usize,
    pub(crate) patience: usize,
    pub(crate) threads: usize,
    pub(crate) seed: u64,
    /// Whether rounds tell the loss on the training rows and the accuracy; it costs some time.
    pub(crate) watched: bool,
}

/// A fitted ensemble.
#[derive(Clone, Debug)]
pub(crate) struct Forest(BoostedModel);

impl Boosted {
    /// Fits on `train`, and stops when `valid` has not got better for as many rounds as its patience.
    /// `scale` turns the loss of regression back into the target's unit.
    pub(crate) fn fit(
        &self,
        rows: Rows<'_>,
        labels: Labels<'_>,
        valid: Option<(Rows<'_>, Labels<'_>)>,
        scale: f64,
        on_round: &mut OnRound<'_>,
    ) -> Result<Forest, TrainError> {
        let params = self.params(labels.classes)?;
        let train = matrix(rows, labels)?;
        let valid = valid.map(|(rows, labels)| matrix(rows, labels)).transpose()?;
        let mut cancelled = false;
        let mut trainer = Trainer::new(&params, &train, self.rounds);
        if self.watched {
            trainer = trainer.eval(&train, TRAIN);
        }
        if let Some(valid) = &valid {
            let patience = NonZeroUsize::new(self.patience).unwrap_or(NonZeroUsize::MIN);
            trainer = trainer.eval(valid, VALID).early_stopping_rounds(patience);
        }
        let limit = self.rounds;
        let (mut best, mut least) = (1, f64::INFINITY);
        let watched = self.watched;
        let metrics = Self::metrics(labels.classes);
        let hook = |eval: hessboost::training::RoundEval<'_>| {
            let loss = eval.values().last().copied().unwrap_or(f64::NAN) * scale;
            let round = eval.iteration() + 1;
            if loss < least {
                (best, least) = (round, loss);
            }
            let of = |rows, metric: Option<&str>| eval.score(rows, metric?).filter(|_| watched);
            let train_loss = of(TRAIN, Some(metrics.loss)).map(|loss| loss * scale);
            let accuracy = of(VALID, metrics.error).map(|error| 1.0 - error);
            let next = on_round(Round { round, best, limit, loss, train_loss, accuracy });
            cancelled = next == Next::Cancel;
            if next == Next::Go { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let model = trainer.on_round(hook).train()?.model;
        if cancelled {
            return Err(TrainError::Cancelled);
        }
        // The rounds after the best one are of no use to anybody.
        let best = model.best_iteration().map_or(model.num_boost_rounds(), |best| best + 1);
        Ok(Forest(model.slice(..best, 1)?))
    }

    /// The engine's names of what it measures.
    fn metrics(classes: usize) -> Metrics {
        match classes {
            0 => Metrics { loss: "rmse", error: None },
            2 => Metrics { loss: "logloss", error: Some("error") },
            _ => Metrics { loss: "mlogloss", error: Some("merror") },
        }
    }

    fn params(&self, classes: usize) -> Result<TrainingParams, TrainError> {
        let (objective, error, metric) = match classes {
            0 => (Objective::SquaredError(RegLoss::default()), None, EvalMetric::Rmse),
            2 => {
                let objective = Objective::BinaryLogistic(RegLoss::default());
                (objective, Some(EvalMetric::Error), EvalMetric::LogLoss)
            }
            many => {
                let objective = Objective::Softprob(Multiclass::new(many)?);
                (objective, Some(EvalMetric::MError), EvalMetric::MLogLoss)
            }
        };
        let mut params = TrainingParams::builder()
            .objective(objective)
            .tree_method(TreeMethod::Hist)
            .grow_policy(GrowPolicy::LossGuide)
            .unlimited_depth()
            .max_leaves(self.leaves)
            .eta(self.eta)
            .min_child_weight(self.min_child_weight)
            .lambda(self.lambda)
            .subsample(self.row_share)
            .colsample_bytree(self.column_share)
            .max_bin(self.bins)
            .nthread(self.threads.max(1))
            .seed(self.seed);
        // The last one decides when a fit ends.
        if let Some(error) = error.filter(|_| self.watched) {
            params = params.eval_metric(error);
        }
        params = params.eval_metric(metric);
        if self.linear_leaves {
            params = params.linear_tree(LinearTree::new(LEAF_RIDGE)?.with_clamp(true));
        }
        Ok(params.build()?)
    }
}

/// The engine's names of what it measures after each round.
struct Metrics {
    loss: &'static str,
    error: Option<&'static str>,
}

/// The rows of a fit, by the names that the engine knows them by.
const TRAIN: &str = "train";
const VALID: &str = "valid";
/// Ridge of the lines in leaves.
const LEAF_RIDGE: f64 = 1.0;

impl Forest {
    /// Several as one, whose margin is the mean of theirs.
    pub(crate) fn average(forests: &[Self]) -> Result<Self, TrainError> {
        Ok(Self(BoostedModel::average(forests.iter().map(|forest| &forest.0))?))
    }

    /// Raw scores, row after row: log odds for classes, standardised numbers for regression.
    pub(crate) fn margins(&self, matrix: &Matrix) -> Result<Vec<f32>, TrainError> {
        Ok(self.0.predict_margin_rows(&matrix.values, Iterations::Best)?.into_vec())
    }

    /// How much each feature lowered the loss while training, as shares that add up to 1.
    pub(crate) fn importance(&self, width: usize) -> Vec<f64> {
        let gains = self.0.feature_importance(ImportanceType::TotalGain);
        let total: f64 = gains.values().sum();
        let share =
            |feature| gains.get(&feature).map_or(0.0, |gain| gain / total.max(f64::MIN_POSITIVE));
        (0..width).map(share).collect()
    }

    /// What the engine made.
    pub(super) fn engine(&self) -> &BoostedModel {
        &self.0
    }

    pub(crate) fn trees(&self) -> usize {
        self.0.num_trees()
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, TrainError> {
        Ok(self.0.encode(ModelFormat::Binary)?)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, ModelFileError> {
        let model = BoostedModel::decode(bytes, ModelFormat::Binary);
        model.map(Self).map_err(|error| ModelFileError::Damaged(error.to_string()))
    }
}

fn matrix(rows: Rows<'_>, labels: Labels<'_>) -> Result<DMatrix, TrainError> {
    let kind = |category: &bool| {
        if *category { FeatureType::Categorical } else { FeatureType::Numerical }
    };
    let kinds: Vec<FeatureType> = rows.categories.iter().map(kind).collect();
    let matrix = DMatrix::from_dense(&rows.matrix.values, rows.matrix.rows, rows.matrix.width)?;
    let matrix = matrix.with_feature_types(&kinds)?;
    Ok(matrix.with_labels(labels.values)?)
}
