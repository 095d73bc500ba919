//! What is answered when somebody asks how a version does.

use std::collections::BTreeMap;

use bellwether_signal::{
    ModelId, Timestamp,
    model::{ModelDrift, ModelMetrics, ModelSettings},
};
use serde::Serialize;

use super::{LiveQuality, drift, estimate, lock, watched::Watched, window::Block};
use crate::{reference::ColumnKind, target::Task};

/// Everything that is known of how a version does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityView {
    /// The figures that are published.
    pub metrics: ModelMetrics,
    /// What is to be expected while labels are missing.
    pub estimate: Option<EstimateView>,
    /// The last 10,000 predictions in blocks, oldest first.
    pub points: Vec<QualityPoint>,
    /// What the figures are judged by.
    pub thresholds: ModelSettings,
    /// Predictions that are in memory one by one.
    pub window: usize,
    /// When the oldest and the newest of them were made.
    pub oldest_at: Option<Timestamp>,
    /// See `oldest_at`.
    pub newest_at: Option<Timestamp>,
}

/// What is to be expected while labels are missing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstimateView {
    /// Estimated accuracy, 0 to 1; of classes.
    pub accuracy: Option<f64>,
    /// Estimated root mean square error; of numbers.
    pub rmse: Option<f64>,
    /// Estimated mean absolute error; of numbers.
    pub mae: Option<f64>,
    /// Estimated area under the ROC curve; of two classes.
    pub roc_auc: Option<f64>,
    /// 95 % interval of the first one that is there.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Always: it is no count.
    pub estimated: bool,
    /// How it was made: `cbpe` (calibrated confidence), or `expected_error`.
    pub method: &'static str,
    /// What it takes for granted.
    pub assumes: &'static str,
    /// Predictions that it is of.
    pub predictions: usize,
    /// How far it was from what labels then said, on average over blocks.
    pub own_error: Option<f64>,
}

/// Some neighbouring predictions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QualityPoint {
    /// When the first was made.
    pub from: Timestamp,
    /// When the last was made.
    pub to: Timestamp,
    /// How many.
    pub predictions: u32,
    /// Estimated accuracy, or root mean square error.
    pub estimated: Option<f64>,
    /// 95 % interval of the estimate; of classes.
    pub low: Option<f64>,
    /// See `low`.
    pub high: Option<f64>,
    /// How many of them are labelled.
    pub labelled: u32,
    /// Accuracy of those; of classes.
    pub accuracy: Option<f64>,
    /// Root mean square error of those; of numbers.
    pub rmse: Option<f64>,
}

/// Drift with what it was found in.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftView {
    /// As it is published.
    pub drift: ModelDrift,
    /// What the cells of each column are.
    pub kinds: BTreeMap<String, ColumnKind>,
    /// The bins of each column.
    pub bins: BTreeMap<String, Vec<BinShare>>,
    /// The bins of what was predicted.
    pub predicted: Vec<BinShare>,
}

/// Then and now in one bin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BinShare {
    /// What is in it.
    pub label: String,
    /// Share of the training rows, 0 to 1.
    pub reference: f64,
    /// Share of the predictions.
    pub now: f64,
}

impl LiveQuality {
    /// How a version does, counted now; `None` where there is no such version. May wait for the disk,
    /// the first time.
    pub fn figures(&self, id: &ModelId) -> Option<ModelMetrics> {
        let live = self.watch(id)?;
        let settings = self.registry.settings(id.name());
        Some(lock(&live).figures(&settings, (self.around.clock)()).metrics)
    }

    /// The figures that were counted last. Does not wait.
    pub fn known_figures(&self, id: &ModelId) -> Option<ModelMetrics> {
        let live = self.known(id)?;
        lock(&live).told.clone()
    }

    /// The drift of a version, counted now; `None` where there is too little to compare.
    pub fn drift(&self, id: &ModelId) -> Option<ModelDrift> {
        let live = self.watch(id)?;
        lock(&live).compare()
    }

    /// Everything that is known of how a version does.
    pub fn view(&self, id: &ModelId) -> Option<QualityView> {
        let live = self.watch(id)?;
        let settings = self.registry.settings(id.name());
        let live = lock(&live);
        let figures = live.figures(&settings, (self.around.clock)());
        let task = live.watched.task;
        let numbers = task == Task::Regression;
        let own_error = estimate::own_error(task, live.window.blocks.iter());
        let estimate = figures.estimate.map(|it| EstimateView {
            accuracy: (!numbers).then_some(it.value),
            rmse: numbers.then_some(it.value),
            mae: it.mae,
            roc_auc: it.roc_auc,
            low: it.low,
            high: it.high,
            estimated: true,
            method: if numbers { "expected_error" } else { "cbpe" },
            assumes: "the target still follows from the columns as it did in training",
            predictions: it.rows,
            own_error,
        });
        Some(QualityView {
            metrics: figures.metrics,
            estimate,
            points: live.window.blocks.iter().map(|block| point(&live.watched, block)).collect(),
            thresholds: settings,
            window: live.window.rows.len(),
            oldest_at: live.window.rows.front().map(|row| row.at),
            newest_at: live.window.rows.back().map(|row| row.at),
        })
    }

    /// Drift with the bins that it was found in; `None` where there is too little to compare.
    pub fn drift_view(&self, id: &ModelId) -> Option<DriftView> {
        let live = self.watch(id)?;
        let live = lock(&live);
        let watched = &live.watched;
        let compared = drift::compare(watched, &live.window)?;
        let estimate = estimate::estimate(watched, &live.window.rows.iter());
        let told = drift::told(watched, &live.window, &compared, estimate.as_ref());
        let columns = watched.reference.columns.iter().zip(&compared.columns);
        let bins = columns
            .map(|(column, one)| (column.name.clone(), shares(&column.seen, &one.counts)))
            .collect();
        let predicted = watched.reference.predicted.as_ref().zip(compared.predicted.as_ref());
        let predicted =
            predicted.map(|(reference, one)| shares(reference, &one.counts)).unwrap_or_default();
        let kinds = watched.reference.columns.iter().map(|it| (it.name.clone(), it.kind)).collect();
        Some(DriftView { drift: told, kinds, bins, predicted })
    }
}

fn shares(reference: &crate::reference::Distribution, counts: &[u32]) -> Vec<BinShare> {
    let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let with_missing = reference.shares.iter().copied().chain([reference.missing]);
    let bins = with_missing.zip(counts).enumerate().map(|(place, (then, count))| {
        let is_missing = place == reference.bins.len();
        let label = if is_missing { "missing".to_owned() } else { reference.bins.label(place) };
        BinShare { label, reference: then, now: f64::from(*count) / all.max(1.0) }
    });
    bins.filter(|bin| bin.reference > 0.0 || bin.now > 0.0).collect()
}

fn point(watched: &Watched, block: &Block) -> QualityPoint {
    let numbers = watched.task == Task::Regression;
    let estimated = watched.is_estimated;
    let (n, labelled) = (f64::from(block.rows.max(1)), f64::from(block.labelled));
    let mean = block.expected / n;
    let half = crate::statistics::Z95 * block.variance.max(0.0).sqrt() / n;
    let scored = (block.labelled > 0).then(|| block.scored / labelled);
    QualityPoint {
        from: block.from,
        to: block.to,
        predictions: block.rows,
        estimated: estimated.then(|| if numbers { mean.max(0.0).sqrt() } else { mean }),
        low: (estimated && !numbers).then(|| (mean - half).max(0.0)),
        high: (estimated && !numbers).then(|| (mean + half).min(1.0)),
        labelled: block.labelled,
        accuracy: scored.filter(|_| !numbers),
        rmse: scored.filter(|_| numbers).map(|mean| mean.max(0.0).sqrt()),
    }
}
