//! What rows that were not trained on say of a model: curves of a class, calibration, errors.

use serde::{Deserialize, Serialize};

/// Points of a curve, at most, where there are two classes; of each of several fewer.
const POINTS: usize = 200;
const POINTS_OF_MANY: usize = 60;
/// Bins of the calibration table and of errors by prediction.
const BINS: usize = 10;
/// Bins of the histogram of errors.
const RESIDUAL_BINS: usize = 20;

/// ROC curve and precision-recall curve of one class against the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassCurves {
    /// The class's code.
    pub class: usize,
    /// Share of the others taken for it, and share of it that is found; from 0, 0 to 1, 1.
    pub roc: Vec<[f64; 2]>,
    /// Share of it that is found, and share of what is taken for it that is right.
    pub precision_recall: Vec<[f64; 2]>,
}

/// What was said and what came of it, in one bin of probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean of the probabilities.
    pub predicted: f64,
    /// Share of the rows where it came true.
    pub observed: f64,
    /// Rows.
    pub rows: usize,
}

/// Errors of a regression, in the target's unit: prediction less truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residuals {
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
    /// Rows in bins of equal width between the two.
    pub counts: Vec<u32>,
    /// Errors by what was predicted, rising: how far off such a prediction is to be expected.
    pub expected: Vec<ExpectedError>,
    /// The truth's variance.
    pub variance: f64,
    /// 95 % of the errors are within these two.
    pub usual: [f64; 2],
}

/// How far off predictions are, by what they say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectedError {
    /// Predictions up to here, from the one before on.
    pub up_to: f64,
    /// Mean absolute error.
    pub absolute: f64,
    /// Mean of the squared error.
    pub squared: f64,
    /// Rows.
    pub rows: usize,
}

/// Five digits: what a curve needs.
fn rounded(number: f64) -> f64 {
    (number * 1e5).round() / 1e5
}

impl ClassCurves {
    /// Of scores with whether the row is of the class; `None` where all are or none is.
    pub(super) fn of(class: usize, mut scored: Vec<(f64, bool)>, many: bool) -> Option<Self> {
        scored.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
        let hits = scored.iter().filter(|(_, is)| *is).count() as f64;
        let others = scored.len() as f64 - hits;
        if hits == 0.0 || others == 0.0 {
            return None;
        }
        let (mut found, mut wrong) = (0.0, 0.0);
        let (mut roc, mut precision_recall) = (vec![[0.0, 0.0]], Vec::new());
        for ties in scored.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
            let right = ties.iter().filter(|(_, is)| *is).count() as f64;
            found += right;
            wrong += ties.len() as f64 - right;
            roc.push([rounded(wrong / others), rounded(found / hits)]);
            precision_recall.push([rounded(found / hits), rounded(found / (found + wrong))]);
        }
        let most = if many { POINTS_OF_MANY } else { POINTS };
        Some(Self { class, roc: thin(roc, most), precision_recall: thin(precision_recall, most) })
    }
}

/// At most so many points, the first and the last among them.
fn thin(points: Vec<[f64; 2]>, most: usize) -> Vec<[f64; 2]> {
    if points.len() <= most {
        return points;
    }
    let last = points.len() - 1;
    (0..most).filter_map(|place| points.get(place * last / (most - 1))).copied().collect()
}

/// The calibration table of probabilities with whether they came true.
pub(super) fn calibration(scored: impl Iterator<Item = (f64, bool)>) -> Vec<CalibrationBin> {
    let mut bins = vec![(0.0, 0_usize, 0_usize); BINS];
    for (score, hit) in scored {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a probability times ten"
        )]
        let place = ((score.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1);
        if let Some((sum, hits, rows)) = bins.get_mut(place) {
            *sum += score;
            *hits += usize::from(hit);
            *rows += 1;
        }
    }
    let filled = bins.into_iter().filter(|(_, _, rows)| *rows > 0);
    filled
        .map(|(sum, hits, rows)| {
            let observed = hits as f64 / rows as f64;
            CalibrationBin { predicted: sum / rows as f64, observed, rows }
        })
        .collect()
}

impl Residuals {
    /// Of predictions with the truth; `None` without rows.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let mut errors: Vec<f64> =
            pairs.iter().map(|(predicted, truth)| predicted - truth).collect();
        errors.sort_unstable_by(f64::total_cmp);
        let (lowest, highest) = (*errors.first()?, *errors.last()?);
        let width = (highest - lowest) / RESIDUAL_BINS as f64;
        let mut counts = vec![0; RESIDUAL_BINS];
        for error in &errors {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place among the bins"
            )]
            let place = if width > 0.0 { ((error - lowest) / width) as usize } else { 0 };
            if let Some(count) = counts.get_mut(place.min(RESIDUAL_BINS - 1)) {
                *count += 1;
            }
        }
        let mut by_prediction = pairs.to_vec();
        by_prediction.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let rows = by_prediction.len().div_ceil(BINS).max(1);
        let expected = by_prediction.chunks(rows).filter_map(|chunk| {
            let (up_to, _) = chunk.last()?;
            let off = || chunk.iter().map(|(predicted, truth)| predicted - truth);
            let n = chunk.len() as f64;
            let absolute = off().map(f64::abs).sum::<f64>() / n;
            let squared = off().map(|error| error * error).sum::<f64>() / n;
            Some(ExpectedError { up_to: *up_to, absolute, squared, rows: chunk.len() })
        });
        let at = |share: f64| -> f64 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place among the errors"
            )]
            let place = (share * (errors.len() - 1) as f64).round() as usize;
            errors.get(place).copied().unwrap_or(0.0)
        };
        let (_, variance) =
            crate::statistics::mean_and_variance(pairs.iter().map(|(_, truth)| *truth));
        Some(Self {
            lowest,
            highest,
            counts,
            expected: expected.collect(),
            variance,
            usual: [at(0.025), at(0.975)],
        })
    }

    /// How far off such a prediction is to be expected.
    pub fn expected_of(&self, predicted: f64) -> Option<&ExpectedError> {
        let place = self.expected.partition_point(|bin| bin.up_to < predicted);
        self.expected.get(place).or(self.expected.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_by_hand() {
        let scored = vec![(0.9, true), (0.8, false), (0.7, true), (0.1, false)];
        let curves = ClassCurves::of(1, scored, false).unwrap();
        assert_eq!(curves.roc, [[0.0, 0.0], [0.0, 0.5], [0.5, 0.5], [0.5, 1.0], [1.0, 1.0]]);
        let expected = [[0.5, 1.0], [0.5, 0.5], [1.0, 0.66667], [1.0, 0.5]];
        assert_eq!(curves.precision_recall, expected);
        assert!(ClassCurves::of(1, vec![(0.5, true)], false).is_none());
        let many: Vec<(f64, bool)> = (0..5_000).map(|row| (f64::from(row), row % 3 == 0)).collect();
        let curves = ClassCurves::of(0, many, false).unwrap();
        assert_eq!(curves.roc.len(), POINTS);
        assert_eq!(curves.roc.last(), Some(&[1.0, 1.0]));
    }

    #[test]
    fn calibration_by_hand() {
        let bins = calibration([(0.12, false), (0.18, true), (1.0, true)].into_iter());
        assert_eq!(bins.len(), 2);
        assert!((bins[0].predicted - 0.15).abs() < 1e-12 && bins[0].rows == 2);
        assert!((bins[0].observed - 0.5).abs() < 1e-12);
    }

    #[test]
    fn errors_by_prediction() {
        // Predictions 0 … 99; the upper half is off by 2, the lower by 1.
        let pairs: Vec<(f64, f64)> = (0..100)
            .map(|row| (f64::from(row), f64::from(row) + if row < 50 { 1.0 } else { -2.0 }))
            .collect();
        let residuals = Residuals::of(&pairs).unwrap();
        assert_eq!(residuals.counts.iter().sum::<u32>(), 100);
        assert!((residuals.lowest + 1.0).abs() < 1e-9 && (residuals.highest - 2.0).abs() < 1e-9);
        let absolute = |at| residuals.expected_of(at).unwrap().absolute;
        assert!((absolute(-5.0) - 1.0).abs() < 1e-9 && (absolute(500.0) - 2.0).abs() < 1e-9);
        assert!((residuals.usual[0] + 1.0).abs() < 1e-9 && (residuals.usual[1] - 2.0).abs() < 1e-9);
    }
}
