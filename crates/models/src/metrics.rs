//! How good predictions are, counted on rows that were not trained on.

use serde::{Deserialize, Serialize};

/// Probabilities are kept this far from 0 and 1 in the log loss, as others do.
pub(crate) const LEAST_PROBABILITY: f64 = 1e-15;

/// Quality of classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassQuality {
    /// Share of rows whose most probable class is the right one.
    pub accuracy: f64,
    /// Mean of minus the natural logarithm of the right class's probability.
    pub log_loss: f64,
    /// Mean over classes of precision, of recall and of their harmonic mean.
    pub precision: f64,
    /// See `precision`.
    pub recall: f64,
    /// See `precision`.
    pub f1: f64,
    /// Area under the ROC curve; of several classes the mean of each against the rest.
    pub roc_auc: f64,
    /// Rows by true class (first) and predicted class (second).
    pub confusion: Vec<Vec<u64>>,
}

/// Quality of numbers, in the target's unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberQuality {
    /// Root of the mean square error.
    pub rmse: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Share of the variance that is explained; below 0 the mean would have been better.
    pub r2: f64,
}

/// Mean log loss of rows of probabilities.
#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
pub(crate) fn log_loss(probabilities: &[f64], classes: usize, truth: &[usize]) -> f64 {
    let rows = probabilities.chunks(classes.max(1)).zip(truth);
    let losses = rows.map(|(row, class)| {
        -row.get(*class).copied().unwrap_or(0.0).clamp(LEAST_PROBABILITY, 1.0).ln()
    });
    losses.sum::<f64>() / truth.len().max(1) as f64
}

/// Root of the mean square error.
#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
pub(crate) fn rmse(predicted: &[f64], truth: &[f64]) -> f64 {
    let squares = predicted.iter().zip(truth).map(|(p, t)| (p - t).powi(2));
    (squares.sum::<f64>() / truth.len().max(1) as f64).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
impl ClassQuality {
    pub(crate) fn of(probabilities: &[f64], classes: usize, truth: &[usize]) -> Self {
        let mut confusion = vec![vec![0_u64; classes]; classes];
        for (row, class) in probabilities.chunks(classes.max(1)).zip(truth) {
            let best = row.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
            let predicted = best.map_or(0, |(place, _)| place);
            if let Some(count) = confusion.get_mut(*class).and_then(|row| row.get_mut(predicted)) {
                *count += 1;
            }
        }
        let count = |truth: usize, predicted: usize| {
            confusion.get(truth).and_then(|row| row.get(predicted)).copied().unwrap_or(0) as f64
        };
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        let (mut precision, mut recall, mut f1, mut right) = (0.0, 0.0, 0.0, 0.0);
        for class in 0..classes {
            let hit = count(class, class);
            let p = share(hit, (0..classes).map(|truth| count(truth, class)).sum());
            let r = share(hit, (0..classes).map(|predicted| count(class, predicted)).sum());
            precision += p;
            recall += r;
            f1 += share(2.0 * p * r, p + r);
            right += hit;
        }
        let n = classes.max(1) as f64;
        let compared = if classes == 2 { 1..2 } else { 0..classes };
        let areas: Vec<f64> =
            compared.filter_map(|class| roc_auc(probabilities, classes, truth, class)).collect();
        Self {
            accuracy: share(right, truth.len() as f64),
            log_loss: log_loss(probabilities, classes, truth),
            precision: precision / n,
            recall: recall / n,
            f1: f1 / n,
            roc_auc: areas.iter().sum::<f64>() / areas.len().max(1) as f64,
            confusion,
        }
    }
}

/// The chance that a row of the class has a higher probability for it than a row of another one; `None`
/// where one of the two has no rows.
fn roc_auc(probabilities: &[f64], classes: usize, truth: &[usize], class: usize) -> Option<f64> {
    let scores =
        probabilities.chunks(classes.max(1)).map(|row| row.get(class).copied().unwrap_or(0.0));
    roc_auc_of(scores.zip(truth.iter().map(|one| *one == class)))
}

/// The area under the ROC curve of scores, ties counted half (Mann-Whitney).
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
pub(crate) fn roc_auc_of(scores: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut ranked: Vec<(f64, bool)> = scores.collect();
    ranked.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
    let of_class = ranked.iter().filter(|(_, is)| *is).count() as f64;
    let others = ranked.len() as f64 - of_class;
    let (mut ranks, mut before) = (0.0, 0.0);
    for ties in ranked.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let middle = before + f64::midpoint(ties.len() as f64, 1.0);
        ranks += middle * ties.iter().filter(|(_, is)| *is).count() as f64;
        before += ties.len() as f64;
    }
    let higher = ranks - of_class * (of_class + 1.0) / 2.0;
    (of_class > 0.0 && others > 0.0).then(|| higher / (of_class * others))
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
impl NumberQuality {
    pub(crate) fn of(predicted: &[f64], truth: &[f64]) -> Self {
        let n = truth.len().max(1) as f64;
        let mean = truth.iter().sum::<f64>() / n;
        let spread: f64 = truth.iter().map(|value| (value - mean).powi(2)).sum();
        let errors = || predicted.iter().zip(truth).map(|(p, t)| p - t);
        let squares: f64 = errors().map(|error| error.powi(2)).sum();
        let mae = errors().map(f64::abs).sum::<f64>() / n;
        let r2 = if spread > 0.0 { 1.0 - squares / spread } else { 0.0 };
        Self { rmse: (squares / n).sqrt(), mae, r2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_counted() {
        let probabilities = [0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.3, 0.7];
        let quality = ClassQuality::of(&probabilities, 2, &[0, 1, 1, 0]);
        assert_eq!(quality.confusion, [[1, 1], [1, 1]]);
        assert!((quality.accuracy - 0.5).abs() < 1e-12);
        // Of the four pairs of a positive and a negative row, 0.8 beats both and 0.4 beats 0.1.
        assert!((quality.roc_auc - 0.75).abs() < 1e-12, "{}", quality.roc_auc);
        let expected = -(0.9_f64.ln() + 0.8_f64.ln() + 0.4_f64.ln() + 0.3_f64.ln()) / 4.0;
        assert!((quality.log_loss - expected).abs() < 1e-12);
    }

    #[test]
    fn numbers_are_measured() {
        let quality = NumberQuality::of(&[1.0, 2.0, 4.0], &[1.0, 2.0, 3.0]);
        assert!((quality.rmse - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((quality.mae - 1.0 / 3.0).abs() < 1e-12);
        assert!((quality.r2 - 0.5).abs() < 1e-12);
    }
}
