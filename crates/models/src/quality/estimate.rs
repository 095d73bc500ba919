//! How good a version is likely to be while nobody has told what was true.
//!
//! Classes: confidence-based performance estimation. Each prediction is right with its calibrated chance
//! (isotonic, fitted out of fold), so the mean of the chances is the accuracy to expect; a pair of rows is
//! in the right order with the product of two chances, which gives the area under the ROC curve. Numbers:
//! the error to expect of such a prediction, from the errors out of fold by what was predicted.
//! All of it assumes that the target still follows from the columns as it did in training: a change of
//! that is not seen here, only by labels.

use super::{
    observed::Outcome,
    watched::Watched,
    window::{Block, Row},
};
use crate::{statistics::Z95, target::Task};

/// Fewest labelled predictions of a block whose estimate is held against them.
const JUDGED: u32 = 20;

/// What is to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// Accuracy, 0 to 1, or the root mean square error.
    pub(crate) value: f64,
    /// 95 % interval, of the draw of the rows and of the training sample.
    pub(crate) low: f64,
    /// See `low`.
    pub(crate) high: f64,
    /// Mean absolute error; of numbers.
    pub(crate) mae: Option<f64>,
    /// Area under the ROC curve; of two classes.
    pub(crate) roc_auc: Option<f64>,
    /// Rows that it is of.
    pub(crate) rows: usize,
}

/// What a prediction is expected to score: the chance of the class, or the squared error.
pub(crate) fn expected_of(watched: &Watched, said: &Outcome) -> f64 {
    match said {
        Outcome::Class { probabilities, .. } => watched.reference.chance_of(probabilities),
        Outcome::Number(number) => watched
            .reference
            .residuals
            .as_ref()
            .and_then(|residuals| residuals.expected_of(*number))
            .map_or(0.0, |expected| expected.squared),
    }
}

/// What is to be expected of these predictions; `None` without any, of a model that has no reference,
/// and where that is switched off.
pub(crate) fn estimate<'a>(
    watched: &Watched,
    rows: &(impl Iterator<Item = &'a Row> + Clone),
) -> Option<Estimate> {
    if watched.reference.rows == 0 || !watched.is_estimated {
        return None;
    }
    let count = rows.clone().count();
    if count == 0 {
        return None;
    }
    let n = count as f64;
    let expected = || rows.clone().map(|row| row.expected);
    let mean = expected().sum::<f64>() / n;
    if watched.task == Task::Regression {
        let residuals = watched.reference.residuals.as_ref()?;
        let mae = rows.clone().filter_map(|row| match &*row.said {
            Outcome::Number(number) => residuals.expected_of(*number).map(|it| it.absolute),
            Outcome::Class { .. } => None,
        });
        let mae = mae.sum::<f64>() / n;
        // Squares of errors scatter about as much as squares of normal numbers: by their mean times √2.
        let draws = 1.0 / n + 1.0 / watched.reference.rows.max(1) as f64;
        let half = Z95 * mean * (2.0 * draws).sqrt();
        return Some(Estimate {
            value: mean.sqrt(),
            low: (mean - half).max(0.0).sqrt(),
            high: (mean + half).sqrt(),
            mae: Some(mae),
            roc_auc: None,
            rows: count,
        });
    }
    // Each row is a coin of its own; the calibration was drawn from the training sample.
    let drawn = expected().map(|chance| chance * (1.0 - chance)).sum::<f64>() / (n * n);
    let fitted = mean * (1.0 - mean) / watched.reference.rows.max(1) as f64;
    let half = Z95 * (drawn + fitted).sqrt();
    let said = rows.clone().filter_map(|row| match &*row.said {
        Outcome::Class { probabilities, .. } => probabilities.last().copied(),
        Outcome::Number(_) => None,
    });
    let scored = said.map(|score| (score, watched.reference.calibration.chance(score)));
    let binary = watched.task == Task::Binary;
    Some(Estimate {
        value: mean,
        low: (mean - half).max(0.0),
        high: (mean + half).min(1.0),
        mae: None,
        roc_auc: binary.then(|| expected_area(scored.collect())).flatten(),
        rows: count,
    })
}

/// The area under the ROC curve that scores with these chances have on average: rows add their chance
/// to what is found and the rest to what is wrong, in falling order of the scores; trapezoids in
/// between.
pub(crate) fn expected_area(mut scored: Vec<(f64, f64)>) -> Option<f64> {
    scored.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
    let (mut found, mut wrong, mut area) = (0.0, 0.0, 0.0);
    for ties in scored.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let right: f64 = ties.iter().map(|(_, chance)| chance).sum();
        let other = ties.len() as f64 - right;
        area += other * (found + right / 2.0);
        found += right;
        wrong += other;
    }
    (found > 0.0 && wrong > 0.0).then(|| area / (found * wrong))
}

/// How far estimates were from what the labels then said, on average over blocks in which enough was
/// labelled: accuracy in shares, of numbers the root mean square error.
pub(crate) fn own_error<'a>(task: Task, blocks: impl Iterator<Item = &'a Block>) -> Option<f64> {
    let scale = |mean: f64| if task == Task::Regression { mean.max(0.0).sqrt() } else { mean };
    let judged = blocks.filter(|block| block.labelled >= JUDGED).map(|block| {
        let n = f64::from(block.labelled);
        (scale(block.labelled_expected / n) - scale(block.scored / n)).abs()
    });
    let errors: Vec<f64> = judged.collect();
    (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_that_of_pairs() {
        // By pairs: sum over pairs of p_i (1 - p_j), i before j, and half of it where i is j, over the
        // sum of p times the sum of 1 - p.
        let chances = [0.9, 0.8, 0.35, 0.3, 0.05];
        let scored: Vec<(f64, f64)> =
            chances.iter().enumerate().map(|(place, p)| (1.0 - place as f64 / 10.0, *p)).collect();
        let mut pairs = 0.0;
        for (i, p) in chances.iter().enumerate() {
            pairs += p * (1.0 - p) / 2.0;
            pairs += chances.iter().skip(i + 1).map(|q| p * (1.0 - q)).sum::<f64>();
        }
        let found: f64 = chances.iter().sum();
        let expected = pairs / (found * (5.0 - found));
        assert!((expected_area(scored).unwrap() - expected).abs() < 1e-12);
        assert_eq!(expected_area(vec![(0.5, 1.0)]), None);
    }
}
