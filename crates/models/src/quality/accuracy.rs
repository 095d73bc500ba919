//! How good a version was, counted on the predictions whose truth is known.

use bellwether_signal::model::{AccuracyTrend, ModelMetrics};

use super::{
    observed::Outcome,
    watched::{Truth, Watched},
    window::{Judged, LABELLED, Window},
};
use crate::{
    metrics::{ClassQuality, NumberQuality},
    statistics::{mean_and_variance, two_sided, wilson},
    target::Task,
};

/// Labelled predictions on each side of a trend, at least.
const TREND_LEAST: usize = 20;
/// A trend that chance gives less often than this is told.
const TREND_CHANCE: f64 = 0.05;

/// Fills in what the newest labelled predictions say.
pub(crate) fn fill(metrics: &mut ModelMetrics, watched: &Watched, window: &Window) {
    let newest: Vec<&Judged> = window.newest_judged(LABELLED).collect();
    metrics.accuracy_trend = trend(watched.task, window);
    if newest.is_empty() {
        return;
    }
    if watched.task == Task::Regression {
        let pairs = newest.iter().filter_map(|one| match (&*one.said, one.truth) {
            (Outcome::Number(said), Truth::Number(is)) => Some((*said, is)),
            _ => None,
        });
        let (said, truth): (Vec<f64>, Vec<f64>) = pairs.unzip();
        let quality = NumberQuality::of(&said, &truth);
        metrics.rmse = Some(quality.rmse);
        metrics.mae = Some(quality.mae);
        // Of one value, or of equal ones, there is no variance to explain.
        let varies = truth.windows(2).any(|pair| pair.first() != pair.last());
        metrics.r_squared = varies.then_some(quality.r2);
        return;
    }
    let classes = watched.classes.len();
    let hits = newest.iter().map(|one| one.score()).sum::<f64>();
    let [low, high] = wilson(hits, newest.len() as f64);
    metrics.accuracy = Some(hits / newest.len() as f64);
    metrics.accuracy_low = Some(low);
    metrics.accuracy_high = Some(high);
    let (mut probabilities, mut truth) = (Vec::new(), Vec::new());
    for one in &newest {
        if let (Outcome::Class { probabilities: row, .. }, Truth::Class(class)) =
            (&*one.said, one.truth)
            && row.len() == classes
        {
            probabilities.extend_from_slice(row);
            truth.push(class);
        }
    }
    if truth.len() < newest.len() {
        return; // predictions from a log that does not keep that many probabilities
    }
    let quality = ClassQuality::of(&probabilities, classes, &truth);
    metrics.precision = Some(quality.precision);
    metrics.recall = Some(quality.recall);
    metrics.f1 = Some(quality.f1);
    let several = truth.windows(2).any(|pair| pair.first() != pair.last());
    metrics.roc_auc = several.then_some(quality.roc_auc);
}

/// Where quality goes: the newest labelled predictions against as many before them; of classes by the
/// test of two proportions, of numbers by Welch's test of the squared errors. `None` while there are too
/// few.
fn trend(task: Task, window: &Window) -> Option<AccuracyTrend> {
    let scores: Vec<f64> = window.newest_judged(2 * LABELLED).map(Judged::score).collect();
    let (before, now) = scores.split_at_checked(scores.len() / 2)?;
    if before.len() < TREND_LEAST {
        return None;
    }
    let (mean_before, spread_before) = mean_and_variance(before.iter().copied());
    let (mean_now, spread_now) = mean_and_variance(now.iter().copied());
    let (n, m) = (before.len() as f64, now.len() as f64);
    let variance = if task == Task::Regression {
        spread_before / n + spread_now / m
    } else {
        let both = (mean_before * n + mean_now * m) / (n + m);
        both * (1.0 - both) * (1.0 / n + 1.0 / m)
    };
    let z = if variance > 0.0 { (mean_now - mean_before) / variance.sqrt() } else { 0.0 };
    let better = if task == Task::Regression { z < 0.0 } else { z > 0.0 };
    Some(match two_sided(z) < TREND_CHANCE {
        true if better => AccuracyTrend::Improving,
        true => AccuracyTrend::Declining,
        false => AccuracyTrend::Stable,
    })
}
