//! Isotonic calibration: the chance that goes with a score.
//! Pool adjacent violators (M. Ayer and others, "An empirical distribution function for sampling with
//! incomplete information", Annals of Mathematical Statistics 26, 1955), straight lines in between, the
//! outermost values beyond: as scikit-learn's `IsotonicRegression(out_of_bounds="clip")` has it, so that
//! estimates can be compared with those of others.

use serde::{Deserialize, Serialize};

/// Most steps; more are put together where they differ least.
const STEPS: usize = 100;

/// A rising line: scores and the chances that go with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Score and chance, both rising; at most 200.
    pub points: Vec<[f64; 2]>,
}

/// Scores from `low` to `high` that have one chance.
struct Step {
    low: f64,
    high: f64,
    weight: f64,
    hits: f64,
}

impl Step {
    fn chance(&self) -> f64 {
        self.hits / self.weight
    }

    fn join(&mut self, next: &Self) {
        self.high = next.high;
        self.weight += next.weight;
        self.hits += next.hits;
    }
}

impl Isotonic {
    /// Fits it to scores of which is known whether they hit.
    pub(crate) fn fit(scored: impl Iterator<Item = (f64, bool)>) -> Self {
        let mut scored: Vec<(f64, bool)> = scored.filter(|(score, _)| !score.is_nan()).collect();
        scored.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut steps: Vec<Step> = Vec::new();
        for ties in scored.chunk_by(|(a, _), (b, _)| a.total_cmp(b).is_eq()) {
            let Some((score, _)) = ties.first() else { continue };
            let hits = ties.iter().filter(|(_, hit)| *hit).count() as f64;
            let mut step = Step { low: *score, high: *score, weight: ties.len() as f64, hits };
            while let Some(before) = steps.pop_if(|before| before.chance() >= step.chance()) {
                let mut joined = before;
                joined.join(&step);
                step = joined;
            }
            steps.push(step);
        }
        while steps.len() > STEPS {
            let cost = |pair: &[Step]| match pair {
                [a, b] => (b.chance() - a.chance()) * a.weight.min(b.weight),
                _ => f64::INFINITY,
            };
            let costs = steps.windows(2).map(cost).enumerate();
            let Some((place, _)) = costs.min_by(|(_, a), (_, b)| a.total_cmp(b)) else { break };
            let next = steps.remove(place + 1);
            if let Some(step) = steps.get_mut(place) {
                step.join(&next);
            }
        }
        let both = |step: &Step| {
            let first = [step.low, step.chance()];
            let last = (step.high > step.low).then(|| [step.high, step.chance()]);
            [Some(first), last].into_iter().flatten()
        };
        Self { points: steps.iter().flat_map(both).collect() }
    }

    /// The chance that goes with a score; the score itself where nothing was fitted.
    pub fn chance(&self, score: f64) -> f64 {
        let after = self.points.partition_point(|[at, _]| *at < score);
        let before = after.checked_sub(1).and_then(|place| self.points.get(place));
        match (before, self.points.get(after)) {
            (None, None) => score,
            (None, Some([_, chance])) | (Some([_, chance]), None) => *chance,
            (Some([from, low]), Some([to, high])) => {
                low + (high - low) * (score - from) / (to - from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled() {
        // By hand: 0.1→0, 0.2→1, 0.3→0 pool to 1/2 at 0.2 … 0.3; 0.4→1 stays.
        let scored = [(0.1, false), (0.2, true), (0.3, false), (0.4, true)];
        let fitted = Isotonic::fit(scored.into_iter());
        assert_eq!(fitted.points, [[0.1, 0.0], [0.2, 0.5], [0.3, 0.5], [0.4, 1.0]]);
        assert!((fitted.chance(0.15) - 0.25).abs() < 1e-12, "a line in between");
        assert!(fitted.chance(0.0).abs() < 1e-12 && (fitted.chance(0.9) - 1.0).abs() < 1e-12);
        assert!((Isotonic::default().chance(0.7) - 0.7).abs() < 1e-12);
    }

    #[test]
    fn ties_are_one_score() {
        let scored = [(0.5, true), (0.5, false), (0.5, false), (0.5, false)];
        assert_eq!(Isotonic::fit(scored.into_iter()).points, [[0.5, 0.25]]);
    }

    #[test]
    fn on_its_own_rows_the_mean_is_what_was_counted() {
        let mut random = crate::folds::SplitMix(3);
        let rows: Vec<(f64, bool)> = (0..5_000)
            .map(|_| {
                let score = random.below(1_000_000) as f64 / 1e6;
                (score, (random.below(1_000_000) as f64) < score * score * 1e6)
            })
            .collect();
        let fitted = Isotonic::fit(rows.iter().copied());
        assert!(fitted.points.len() <= 2 * STEPS);
        assert!(fitted.points.is_sorted_by(|a, b| a[0] < b[0] && a[1] <= b[1]));
        let mean = rows.iter().map(|(score, _)| fitted.chance(*score)).sum::<f64>() / 5_000.0;
        let counted = rows.iter().filter(|(_, hit)| *hit).count() as f64 / 5_000.0;
        assert!((mean - counted).abs() < 1e-3, "{mean} {counted}");
        assert!((fitted.chance(0.5) - 0.25).abs() < 0.05);
    }
}
