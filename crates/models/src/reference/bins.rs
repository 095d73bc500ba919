//! A distribution in a few bins: what stood in the training sample, to compare later values with.
//!
//! Distances are those of Jensen and Shannon, to the base 2, as a root (J. Lin, "Divergence measures
//! based on the Shannon entropy", IEEE Transactions on Information Theory 37, 1991): 0 the same, 1
//! nothing in common.

use serde::{Deserialize, Serialize};

use crate::statistics::{chi_square_above, mean_and_variance};

/// Bins of numbers: tenths of the training rows each.
const BINS: usize = 10;
/// Chunks of the training sample whose distances from the whole say how far is usual.
const CHUNKS: usize = 10;
/// Fewest rows of such a chunk.
const CHUNK_ROWS: usize = 30;
/// Categories of which fewer rows are expected are compared together.
const EXPECTED: f64 = 5.0;
/// Share of a bin that is empty, so that the population stability index stays finite.
const LEAST_SHARE: f64 = 1e-4;

/// What values fall into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bins {
    /// Each bin ends with its edge, the last has none: `(-∞, e₁], (e₁, e₂], …, (eₙ, ∞)`.
    Numbers {
        /// Rising.
        edges: Vec<f64>,
    },
    /// One bin for each text, most frequent first, and a last one for all others.
    Texts {
        /// The texts.
        names: Vec<Box<str>>,
    },
}

/// A distribution: the share of the rows in each bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// The bins.
    pub bins: Bins,
    /// Share of the rows in each bin, 0 to 1; with `missing` they add up to 1.
    pub shares: Vec<f64>,
    /// Share of the rows without a value.
    pub missing: f64,
    /// Rows that were counted.
    pub rows: usize,
    /// How far parts of the training sample are from the whole of it: mean and three standard
    /// deviations of the distance; 0 where the sample is too small for parts.
    pub spread: f64,
}

/// How far later values are from a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Distance of Jensen and Shannon, 0 to 1.
    pub distance: f64,
    /// Population stability index; below 0.1 is called none, above 0.25 strong.
    pub stability_index: f64,
    /// Distance from which on it is more than what parts of the training sample, and chance, explain.
    pub threshold: f64,
    /// Share of the values that are missing.
    pub missing: f64,
    /// Share of the values that are none of the known texts; of texts.
    pub unseen: Option<f64>,
}

impl Comparison {
    /// Whether the distance is over its threshold.
    pub fn is_drifted(&self) -> bool {
        self.distance > self.threshold
    }
}

/// Where a value falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Bin(usize),
    Missing,
}

impl Bins {
    /// Bins with about as many of these numbers each. NaN is left out.
    pub(crate) fn of_numbers(numbers: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.filter(|number| !number.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let Some(last) = sorted.last().copied() else { return Self::Numbers { edges: Vec::new() } };
        let at = |tenth: usize| sorted.get((tenth * sorted.len()).div_ceil(BINS).max(1) - 1);
        let mut edges: Vec<f64> = (1..BINS).filter_map(at).copied().collect();
        edges.dedup();
        edges.retain(|edge| *edge < last);
        Self::Numbers { edges }
    }

    /// Bins, without that for missing values.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers { edges } => edges.len() + 1,
            Self::Texts { names } => names.len() + 1,
        }
    }

    /// Never: there is at least the bin for all that has none.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Where a feature falls: a number, or the place of a text. Of texts `is_there` tells whether
    /// something unknown stands in place of a NaN.
    pub(crate) fn place(&self, feature: f64, is_there: impl FnOnce() -> bool) -> Place {
        match self {
            Self::Numbers { .. } if feature.is_nan() => Place::Missing,
            Self::Numbers { edges } => Place::Bin(edges.partition_point(|edge| *edge < feature)),
            Self::Texts { names } if feature.is_nan() => {
                if is_there() {
                    Place::Bin(names.len())
                } else {
                    Place::Missing
                }
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in a list, from 0"
            )]
            Self::Texts { names } => Place::Bin((feature.max(0.0) as usize).min(names.len())),
        }
    }

    /// What a bin holds, for people.
    pub fn label(&self, bin: usize) -> String {
        match self {
            Self::Texts { names } => names.get(bin).map_or("other", |name| name).to_owned(),
            Self::Numbers { edges } => {
                let below = bin.checked_sub(1).and_then(|place| edges.get(place));
                match (below, edges.get(bin)) {
                    (None, None) => "any number".to_owned(),
                    (None, Some(to)) => format!("up to {}", short(*to)),
                    (Some(from), None) => format!("over {}", short(*from)),
                    (Some(from), Some(to)) => format!("{} to {}", short(*from), short(*to)),
                }
            }
        }
    }
}

/// A number with four digits that tell.
pub(crate) fn short(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double")]
    let digits = 3 - number.abs().log10().floor() as i32;
    let text = format!("{number:.*}", usize::try_from(digits.clamp(0, 12)).unwrap_or_default());
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

impl Distribution {
    /// Counts the places of the training rows, in their order.
    pub(crate) fn of(bins: Bins, places: &[Place]) -> Self {
        let rows = places.len();
        let counts = counts_of(&bins, places);
        let share = |count: u32| f64::from(count) / rows.max(1) as f64;
        let missing = counts.last().copied().map_or(0.0, share);
        let shares = counts.iter().take(bins.len()).map(|count| share(*count)).collect();
        let mut one = Self { bins, shares, missing, rows, spread: 0.0 };
        one.spread = one.spread_of(places);
        one
    }

    fn spread_of(&self, places: &[Place]) -> f64 {
        let chunks = CHUNKS.min(places.len() / CHUNK_ROWS);
        if chunks < 3 {
            return 0.0;
        }
        let rows = places.len().div_ceil(chunks);
        let distances = places.chunks(rows).map(|chunk| {
            let (distance, _) = self.distance(&counts_of(&self.bins, chunk));
            distance
        });
        let (mean, variance) = mean_and_variance(distances);
        mean + 3.0 * variance.sqrt()
    }

    /// Counters for it: one for each bin, and a last one for missing values.
    pub fn counters(&self) -> usize {
        self.bins.len() + 1
    }

    /// Compares later values, counted in the same bins. `share` is the chance, where nothing changed,
    /// of a distance over the threshold by the draw of the values alone.
    pub fn compare(&self, counts: &[u32], share: f64) -> Comparison {
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let of = |place: usize| f64::from(counts.get(place).copied().unwrap_or(0)) / all.max(1.0);
        let (distance, kinds) = self.distance(counts);
        // Near nothing, 8 n times the divergence (in nats) is distributed as chi-square: what chance
        // alone explains. Both samples are draws.
        let draws = 1.0 / all.max(1.0) + 1.0 / self.rows.max(1) as f64;
        let degrees = kinds.saturating_sub(1).max(1) as f64;
        let nats = chi_square_above(degrees, share) * draws / 8.0;
        let chance = (nats / std::f64::consts::LN_2).sqrt().min(1.0);
        let with_missing = self.shares.iter().copied().chain([self.missing]);
        let stability_index = with_missing
            .enumerate()
            .map(|(place, then)| (then.max(LEAST_SHARE), of(place).max(LEAST_SHARE)))
            .map(|(then, now)| (now - then) * (now / then).ln())
            .sum();
        let unseen = match &self.bins {
            Bins::Texts { names } => Some(of(names.len())),
            Bins::Numbers { .. } => None,
        };
        Comparison {
            distance,
            stability_index,
            threshold: self.spread.max(chance),
            missing: of(self.bins.len()),
            unseen,
        }
    }

    /// Distance of counted values, and the kinds of values that were told apart. Rare texts are put
    /// together: of each alone too few are expected to tell.
    fn distance(&self, counts: &[u32]) -> (f64, usize) {
        let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        if all <= 0.0 {
            return (0.0, 1);
        }
        let texts = match &self.bins {
            Bins::Texts { names } => names.len(),
            Bins::Numbers { .. } => 0,
        };
        let (mut divergence, mut kinds) = (0.0, 0);
        let mut rare = (0.0, 0.0);
        let shares = self.shares.iter().copied().chain([self.missing]);
        for (place, (then, count)) in shares.zip(counts).enumerate() {
            let now = f64::from(*count) / all;
            if place < texts && then * all < EXPECTED {
                rare = (rare.0 + then, rare.1 + now);
                continue;
            }
            divergence += divergence_of(then, now);
            kinds += usize::from(then > 0.0 || now > 0.0);
        }
        divergence += divergence_of(rare.0, rare.1);
        kinds += usize::from(rare.0 > 0.0 || rare.1 > 0.0);
        (divergence.clamp(0.0, 1.0).sqrt(), kinds)
    }
}

/// What one bin adds to the divergence, in bits.
fn divergence_of(then: f64, now: f64) -> f64 {
    let middle = f64::midpoint(then, now);
    let part = |share: f64| if share > 0.0 { share * (share / middle).log2() / 2.0 } else { 0.0 };
    part(then) + part(now)
}

fn counts_of(bins: &Bins, places: &[Place]) -> Vec<u32> {
    let mut counts = vec![0; bins.len() + 1];
    for place in places {
        let place = match place {
            Place::Bin(bin) => *bin,
            Place::Missing => bins.len(),
        };
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(seed: u64, rows: usize) -> Vec<f64> {
        let mut random = crate::folds::SplitMix(seed);
        (0..rows).map(|_| random.below(1_000_000) as f64 / 1e6).collect()
    }

    fn places(bins: &Bins, values: &[f64]) -> Vec<Place> {
        values.iter().map(|value| bins.place(*value, || false)).collect()
    }

    #[test]
    fn tenths_of_the_rows_are_bins() {
        let bins = Bins::of_numbers((1..=100).map(f64::from));
        let Bins::Numbers { edges } = &bins else { panic!("numbers") };
        assert_eq!(edges, &[10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0]);
        let values: Vec<f64> = (1..=100).map(f64::from).chain([f64::NAN]).collect();
        let one = Distribution::of(bins.clone(), &places(&bins, &values));
        assert!(one.shares.iter().all(|share| (share - 10.0 / 101.0).abs() < 1e-12));
        assert!((one.missing - 1.0 / 101.0).abs() < 1e-12);
        assert_eq!(bins.label(0), "up to 10");
        assert_eq!(bins.label(9), "over 90");
        // Two values are two bins, one is one.
        assert_eq!(Bins::of_numbers([0.0, 1.0, 0.0, 1.0].into_iter()).len(), 2);
        assert_eq!(Bins::of_numbers([3.0, 3.0].into_iter()).len(), 1);
    }

    #[test]
    fn distances_are_those_of_the_formula() {
        // Shares 1/2, 1/2 against 1, 0: m = 3/4, 1/4. D = (1/2 log2 2/3 + 1/2 log2 2 + log2 4/3) / 2.
        let bins = Bins::Numbers { edges: vec![0.0] };
        let one =
            Distribution { bins, shares: vec![0.5, 0.5], missing: 0.0, rows: 1_000, spread: 0.0 };
        let expected = f64::midpoint(
            0.5 * (2.0_f64 / 3.0).log2() + 0.5 * 2.0_f64.log2(),
            (4.0_f64 / 3.0).log2(),
        );
        let found = one.compare(&[40, 0, 0], 0.001);
        assert!((found.distance - expected.sqrt()).abs() < 1e-12, "{found:?}");
        assert!(found.is_drifted());
        assert!(one.compare(&[20, 20, 0], 0.001).distance < 1e-9);
        // (0.75 - 0.5) ln 1.5 + (0.25 - 0.5) ln 0.5 = 0.27465
        let index = one.compare(&[30, 10, 0], 0.001).stability_index;
        assert!((index - 0.274_65).abs() < 1e-4, "{index}");
    }

    #[test]
    fn the_same_source_is_hardly_ever_over_the_threshold() {
        let values = sample(1, 5_000);
        let bins = Bins::of_numbers(values.iter().copied());
        let one = Distribution::of(bins.clone(), &places(&bins, &values));
        for rows in [100, 300, 1_000] {
            let alarms = (0..400).filter(|seed| {
                let later = sample(1_000 + seed, rows);
                one.compare(&counts_of(&bins, &places(&bins, &later)), 0.001).is_drifted()
            });
            assert!(alarms.count() <= 3, "of 400 samples of {rows}, at a share of 0.001");
            let moved: Vec<f64> = sample(7, rows).iter().map(|value| value.powf(1.6)).collect();
            let found = one.compare(&counts_of(&bins, &places(&bins, &moved)), 0.001);
            // A hundred rows are too few for a shift of this size.
            assert_eq!(found.is_drifted(), rows > 100, "{rows} rows: {found:?}");
        }
    }

    #[test]
    fn texts_that_training_never_saw_are_counted() {
        let bins = Bins::Texts { names: vec!["a".into(), "b".into()] };
        let training: Vec<Place> = (0..200).map(|row| Place::Bin(row % 2)).collect();
        let one = Distribution::of(bins.clone(), &training);
        assert_eq!(bins.place(f64::NAN, || true), Place::Bin(2));
        assert_eq!(bins.place(f64::NAN, || false), Place::Missing);
        let found = one.compare(&[30, 40, 20, 10], 0.001);
        assert_eq!((found.unseen, found.missing), (Some(0.2), 0.1));
        assert!(found.is_drifted());
    }

    #[test]
    fn numbers_are_told_shortly() {
        let check = |number, text: &str| assert_eq!(short(number), text);
        check(0.0, "0");
        check(1234.567, "1235");
        check(12.5, "12.5");
        check(0.001_234_56, "0.001235");
        check(-3.0, "-3");
        check(1e9, "1000000000");
    }
}
