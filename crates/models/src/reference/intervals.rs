//! How sure the figures of a model are: 95 % intervals, by name, from rows that were not trained on.

use std::collections::BTreeMap;

use crate::{
    folds::SplitMix,
    metrics::LEAST_PROBABILITY,
    statistics::{Z95, mean_and_variance, wilson},
};

/// Draws of the bootstrap.
const DRAWS: usize = 200;
/// Confusion matrices with more filled cells are not drawn again.
const CELLS: usize = 10_000;

/// Intervals of what is counted of classes.
pub(super) fn of_classes(
    probabilities: &[f64],
    truth: &[usize],
    classes: usize,
) -> BTreeMap<String, [f64; 2]> {
    let mut cells: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    let mut losses = Vec::with_capacity(truth.len());
    let mut scored = Vec::new();
    for (row, class) in probabilities.chunks(classes.max(1)).zip(truth) {
        *cells.entry((*class, super::most_probable(row))).or_default() += 1;
        let chance = row.get(*class).copied().unwrap_or(0.0);
        losses.push(-chance.clamp(LEAST_PROBABILITY, 1.0).ln());
        if classes == 2 {
            scored.push((row.last().copied().unwrap_or(0.0), *class == 1));
        }
    }
    let hits: u32 =
        cells.iter().filter(|((truth, said), _)| truth == said).map(|(_, count)| count).sum();
    let mut intervals = BTreeMap::new();
    intervals.insert("accuracy".to_owned(), wilson(f64::from(hits), truth.len() as f64));
    let loss = of_mean(losses.into_iter(), truth.len());
    intervals.insert("log_loss".to_owned(), [loss[0].max(0.0), loss[1]]);
    if let Some(area) = of_area(scored) {
        intervals.insert("roc_auc".to_owned(), area);
    }
    if cells.len() <= CELLS {
        let [precision, recall, f1] = drawn(&cells, classes);
        intervals.insert("precision".to_owned(), precision);
        intervals.insert("recall".to_owned(), recall);
        intervals.insert("f1".to_owned(), f1);
    }
    intervals
}

/// Intervals of what is counted of numbers: predictions with the truth.
pub(super) fn of_numbers(pairs: &[(f64, f64)]) -> BTreeMap<String, [f64; 2]> {
    let off = || pairs.iter().map(|(predicted, truth)| predicted - truth);
    let absolute = of_mean(off().map(f64::abs), pairs.len());
    let squared = of_mean(off().map(|error| error * error), pairs.len()).map(|at| at.max(0.0));
    let (_, variance) = mean_and_variance(pairs.iter().map(|(_, truth)| *truth));
    let mut intervals = BTreeMap::from([
        ("mae".to_owned(), absolute.map(|at| at.max(0.0))),
        ("rmse".to_owned(), squared.map(f64::sqrt)),
    ]);
    if variance > 0.0 {
        let [low, high] = squared;
        let interval = [1.0 - high / variance, 1.0 - low / variance];
        intervals.insert("r_squared".to_owned(), interval);
    }
    intervals
}

fn of_mean(values: impl Iterator<Item = f64>, rows: usize) -> [f64; 2] {
    let (mean, variance) = mean_and_variance(values);
    let half = Z95 * (variance / rows.max(1) as f64).sqrt();
    [mean - half, mean + half]
}

/// Interval of the area under the ROC curve. `DeLong` and others,
/// "Comparing the areas under two or more correlated ROC curves", Biometrics 44 (1988): from how many
/// rows of the other kind each row beats.
fn of_area(mut scored: Vec<(f64, bool)>) -> Option<[f64; 2]> {
    scored.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
    let hits = scored.iter().filter(|(_, is)| *is).count() as f64;
    let others = scored.len() as f64 - hits;
    if hits < 2.0 || others < 2.0 {
        return None;
    }
    let (mut of_hits, mut of_others) = (Vec::new(), Vec::new());
    let (mut hits_below, mut others_below) = (0.0, 0.0);
    for ties in scored.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
        let here = ties.iter().filter(|(_, is)| *is).count() as f64;
        let others_here = ties.len() as f64 - here;
        for (_, is) in ties {
            if *is {
                of_hits.push((others_below + others_here / 2.0) / others);
            } else {
                of_others.push(1.0 - (hits_below + here / 2.0) / hits);
            }
        }
        hits_below += here;
        others_below += others_here;
    }
    let (area, spread) = mean_and_variance(of_hits.into_iter());
    let (_, other_spread) = mean_and_variance(of_others.into_iter());
    let half = Z95 * (spread / hits + other_spread / others).sqrt();
    Some([(area - half).max(0.0), (area + half).min(1.0)])
}

/// Precision, recall and F1, drawn again from the cells of the confusion matrix (B. Efron, "Bootstrap
/// methods", Annals of Statistics 7, 1979): each cell's count as a Poisson draw, by its normal
/// approximation where it is large.
fn drawn(cells: &BTreeMap<(usize, usize), u32>, classes: usize) -> [[f64; 2]; 3] {
    let mut random = SplitMix(0);
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..DRAWS {
        let (mut hit, mut is, mut said) =
            (vec![0.0; classes], vec![0.0; classes], vec![0.0; classes]);
        for ((truth, predicted), count) in cells {
            let count = poisson(f64::from(*count), &mut random);
            let add = |of: &mut Vec<f64>, class: usize| {
                if let Some(sum) = of.get_mut(class) {
                    *sum += count;
                }
            };
            add(&mut is, *truth);
            add(&mut said, *predicted);
            if truth == predicted {
                add(&mut hit, *truth);
            }
        }
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        let mut sums = [0.0; 3];
        for ((hit, is), said) in hit.iter().zip(&is).zip(&said) {
            let (precision, recall) = (share(*hit, *said), share(*hit, *is));
            let f1 = share(2.0 * precision * recall, precision + recall);
            sums = [sums[0] + precision, sums[1] + recall, sums[2] + f1];
        }
        for (figure, sum) in figures.iter_mut().zip(sums) {
            figure.push(sum / classes.max(1) as f64);
        }
    }
    figures.map(|mut figure| {
        figure.sort_unstable_by(f64::total_cmp);
        let at = |place: usize| figure.get(place).copied().unwrap_or(0.0);
        [at(DRAWS * 25 / 1_000), at(DRAWS - 1 - DRAWS * 25 / 1_000)]
    })
}

fn poisson(mean: f64, random: &mut SplitMix) -> f64 {
    if mean > 30.0 {
        // The sum of twelve uniform numbers less 6 is nearly normal.
        let normal = (0..12).map(|_| random.uniform()).sum::<f64>() - 6.0;
        return (mean + mean.sqrt() * normal).round().max(0.0);
    }
    let (limit, mut product, mut count) = ((-mean).exp(), random.uniform(), 0.0);
    while product > limit {
        product *= random.uniform();
        count += 1.0;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_their_figure_and_shrink_with_rows() {
        let rows = |n: usize| -> (Vec<f64>, Vec<usize>) {
            let mut random = SplitMix(5);
            let scores: Vec<f64> = (0..n).map(|_| random.uniform()).collect();
            let truth = scores.iter().map(|p| usize::from(random.uniform() < *p)).collect();
            (scores.iter().flat_map(|p| [1.0 - p, *p]).collect(), truth)
        };
        let of = |n| {
            let (probabilities, truth) = rows(n);
            let quality = crate::metrics::ClassQuality::of(&probabilities, 2, &truth);
            (of_classes(&probabilities, &truth, 2), quality)
        };
        let (small, _) = of(200);
        let (large, quality) = of(20_000);
        for (name, figure) in [
            ("accuracy", quality.accuracy),
            ("f1", quality.f1),
            ("precision", quality.precision),
            ("recall", quality.recall),
            ("roc_auc", quality.roc_auc),
            ("log_loss", quality.log_loss),
        ] {
            let [low, high] = large[name];
            assert!(low <= figure && figure <= high, "{name}: {figure} in {low} … {high}");
            let ratio = (small[name][1] - small[name][0]) / (high - low);
            assert!((6.0..16.0).contains(&ratio), "{name}: a hundredth of the rows, {ratio} times");
        }
    }

    #[test]
    fn the_area_by_hand() {
        // Hits at 0.9 and 0.4 beat 2 and 1 of the others 0.5, 0.1: area 0.75; variances 1/8 and 1/8.
        let scored = vec![(0.9, true), (0.4, true), (0.5, false), (0.1, false)];
        let [low, _] = of_area(scored).unwrap();
        assert!((low - (0.75 - Z95 * 0.125_f64.sqrt())).abs() < 1e-9, "{low}");
    }

    #[test]
    fn numbers_are_counted() {
        let pairs: Vec<(f64, f64)> = (0..1_000)
            .map(|row| (f64::from(row), f64::from(row) + f64::from(row % 5) - 2.0))
            .collect();
        let of = of_numbers(&pairs);
        assert!(of["mae"][0] < 1.2 && 1.2 < of["mae"][1], "{of:?}");
        assert!(of["rmse"][0] < 2.0_f64.sqrt() && 2.0_f64.sqrt() < of["rmse"][1]);
        assert!(of["r_squared"][1] > 0.999);
    }
}
