//! How many predictions are made, by the clock: the rate of the last minute, where it goes, and when it
//! changed markedly.

use std::{collections::VecDeque, time::Duration};

use bellwether_signal::model::RateTrend;

use crate::statistics::two_sided;

/// Minutes that are kept.
const MINUTES: u64 = 60;
/// Complete minutes that a trend is looked for in, at most and at least.
const TREND_MINUTES: usize = 10;
const TREND_LEAST: usize = 5;
/// A trend that chance gives less often than this is told.
const TREND_CHANCE: f64 = 0.05;
/// Minutes that are compared with those before, and those before, at least and at most.
const NEW_MINUTES: usize = 2;
const OLD_LEAST: usize = 5;
const OLD_MINUTES: usize = 10;
/// A change of rate is told when chance gives it less often than this, and it is by so much.
const CHANGE_CHANCE: f64 = 1e-4;
const CHANGE_FACTOR: f64 = 2.0;

/// Counts of the last minute by second, and of the last hour by minute.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates {
    seconds: VecDeque<(u64, u32)>,
    minutes: VecDeque<(u64, u32)>,
    /// The minute of the first prediction, or of the last change that was told: what is compared
    /// begins there.
    since: Option<u64>,
}

/// A rate that is not what it was, in predictions a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RateChange {
    pub(crate) before: f64,
    pub(crate) now: f64,
}

impl Rates {
    /// Counts one prediction. Those of the past (`at` before what was counted) are put where they belong.
    pub(crate) fn add(&mut self, at: Duration) {
        let (second, minute) = (at.as_secs(), at.as_secs() / 60);
        count(&mut self.seconds, second);
        count(&mut self.minutes, minute);
        while self.seconds.front().is_some_and(|(first, _)| first + 60 <= second) {
            self.seconds.pop_front();
        }
        while self.minutes.front().is_some_and(|(first, _)| first + MINUTES <= minute) {
            self.minutes.pop_front();
        }
        self.since = Some(self.since.map_or(minute, |since| since.min(minute)));
    }

    /// Predictions in the 60 seconds before `now`.
    pub(crate) fn per_minute(&self, now: Duration) -> u32 {
        let from = now.as_secs().saturating_sub(59);
        let within = self.seconds.iter().filter(|(second, _)| *second >= from);
        within.map(|(_, count)| count).sum()
    }

    /// Predictions of each of the last complete minutes, oldest first, at most so many.
    fn complete(&self, now: Duration, most: usize) -> Vec<f64> {
        let current = now.as_secs() / 60;
        let Some(since) = self.since else { return Vec::new() };
        // The minute in which it began was not a whole one.
        let from = (since + 1).max(current.saturating_sub(most as u64));
        let of = |minute: u64| {
            let found = self.minutes.iter().find(|(one, _)| *one == minute);
            found.map_or(0.0, |(_, count)| f64::from(*count))
        };
        (from..current).map(of).collect()
    }

    /// Where the rate goes, by the test of Mann and Kendall (H. B. Mann, "Nonparametric tests against
    /// trend", Econometrica 13, 1945) on the complete minutes; `None` while there are too few.
    pub(crate) fn trend(&self, now: Duration) -> Option<RateTrend> {
        let minutes = self.complete(now, TREND_MINUTES);
        if minutes.len() < TREND_LEAST || minutes.iter().all(|count| *count <= 0.0) {
            return None;
        }
        let z = mann_kendall(&minutes);
        Some(match two_sided(z) < TREND_CHANCE {
            true if z > 0.0 => RateTrend::Increasing,
            true => RateTrend::Decreasing,
            false => RateTrend::Stable,
        })
    }

    /// A marked change of rate, told once: two counts of Poisson processes, given their sum, are
    /// binomial (J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson
    /// series", Biometrika 31, 1940).
    pub(crate) fn change(&mut self, now: Duration) -> Option<RateChange> {
        let minutes = self.complete(now, OLD_MINUTES + NEW_MINUTES);
        let (old, new) = minutes.split_at_checked(minutes.len().checked_sub(NEW_MINUTES)?)?;
        if old.len() < OLD_LEAST {
            return None;
        }
        let (before, after): (f64, f64) = (old.iter().sum(), new.iter().sum());
        let share = new.len() as f64 / minutes.len() as f64;
        let (all, expected) = (before + after, (before + after) * share);
        if all < 20.0 {
            return None;
        }
        let z = (after - expected) / (expected * (1.0 - share)).sqrt();
        let (before, after) = (before / old.len() as f64, after / new.len() as f64);
        let markedly = after >= CHANGE_FACTOR * before || before >= CHANGE_FACTOR * after;
        if two_sided(z) >= CHANGE_CHANCE || !markedly {
            return None;
        }
        let begun = (now.as_secs() / 60).saturating_sub(NEW_MINUTES as u64);
        self.since = Some(begun.saturating_sub(1));
        Some(RateChange { before, now: after })
    }
}

fn count(counts: &mut VecDeque<(u64, u32)>, at: u64) {
    // Nearly always the newest one; what comes late is put in its place.
    let place = counts.iter().rposition(|(one, _)| *one <= at);
    match place.and_then(|place| counts.get_mut(place)) {
        Some((one, count)) if *one == at => *count += 1,
        Some(_) | None => counts.insert(place.map_or(0, |place| place + 1), (at, 1)),
    }
}

/// The statistic of Mann and Kendall in standard deviations, with the correction for ties.
fn mann_kendall(values: &[f64]) -> f64 {
    let mut score = 0.0_f64;
    for (place, early) in values.iter().enumerate() {
        for late in values.iter().skip(place + 1) {
            score += match late.total_cmp(early) {
                std::cmp::Ordering::Less => -1.0,
                std::cmp::Ordering::Equal => 0.0,
                std::cmp::Ordering::Greater => 1.0,
            };
        }
    }
    let variance = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0) / 18.0;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted
        .chunk_by(|a, b| a.total_cmp(b).is_eq())
        .map(|ties| variance(ties.len() as f64))
        .sum();
    let spread = (variance(values.len() as f64) - ties).sqrt();
    if spread > 0.0 && score != 0.0 { (score - score.signum()) / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_statistic_is_that_of_the_paper() {
        // Ten rising values: S = 45, variance 125, so z = 44 / sqrt(125).
        let rising: Vec<f64> = (0..10).map(f64::from).collect();
        assert!((mann_kendall(&rising) - 44.0 / 125.0_f64.sqrt()).abs() < 1e-12);
        assert!(mann_kendall(&[1.0; 8]).abs() < 1e-12);
    }

    #[test]
    fn a_trend_needs_more_than_its_last_two_minutes() {
        let run = |per_minute: &[u64]| {
            let mut rates = Rates::default();
            for (minute, count) in per_minute.iter().enumerate() {
                for one in 0..*count {
                    rates.add(at(minute as u64 * 60 + one * 60 / count.max(&1)));
                }
            }
            rates.trend(at(per_minute.len() as u64 * 60))
        };
        assert_eq!(run(&[9, 20, 20]), None, "too few minutes");
        assert_eq!(run(&[9, 20, 22, 19, 21, 20, 18, 21, 20, 19, 25]), Some(RateTrend::Stable));
        assert_eq!(run(&[9, 2, 4, 6, 9, 12, 15, 17, 20]), Some(RateTrend::Increasing));
        assert_eq!(run(&[9, 40, 31, 27, 22, 18, 10, 7, 3]), Some(RateTrend::Decreasing));
    }

    #[test]
    fn a_marked_change_is_told_once() {
        let mut rates = Rates::default();
        let mut told = Vec::new();
        for minute in 0..40_u64 {
            let count = if minute < 20 { 30 } else { 120 };
            for one in 0..count {
                rates.add(at(minute * 60 + one * 60 / count));
            }
            told.extend(rates.change(at((minute + 1) * 60)));
        }
        let [change] = told.as_slice() else { panic!("{told:?}") };
        assert!((change.before - 30.0).abs() < 10.0 && change.now >= 60.0, "{change:?}");
    }

    proptest! {
        #[test]
        fn the_rate_is_what_a_recount_says(steps in prop::collection::vec(0u64..9, 1..400)) {
            let mut rates = Rates::default();
            let mut times = Vec::new();
            let mut now = 100;
            for step in steps {
                now += step;
                rates.add(at(now));
                times.push(now);
                let counted = times.iter().filter(|time| **time + 60 > now).count();
                prop_assert_eq!(rates.per_minute(at(now)) as usize, counted);
            }
            let later = now + 30;
            let counted = times.iter().filter(|time| **time + 60 > later).count();
            prop_assert_eq!(rates.per_minute(at(later)) as usize, counted);
        }
    }
}
