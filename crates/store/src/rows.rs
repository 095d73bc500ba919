//! Rows of an answer: samples as they are, or one row for each step.
//!
//! Both take samples of one series in the order of time, each time once.

use bellwether_signal::{Timestamp, Unit, answer::SeriesColumns};

use crate::names::value_of;

/// A sample, its value in steps of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) at_ms: i64,
    pub(crate) value: i64,
}

/// Puts samples in the order of time; of equal times the last one in stays.
pub(crate) fn settle(samples: &mut Vec<Sample>) {
    if !samples.is_sorted_by_key(|sample| sample.at_ms) {
        samples.sort_by_key(|sample| sample.at_ms);
    }
    samples.dedup_by(|later, kept| {
        let same = later.at_ms == kept.at_ms;
        if same {
            *kept = *later;
        }
        same
    });
}

/// The samples of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) start_ms: i64,
    pub(crate) count: u32,
    /// Exact: the mean does not depend on the order of adding.
    pub(crate) sum: i128,
    pub(crate) min: i64,
    pub(crate) max: i64,
}

impl Bucket {
    pub(crate) fn of(start_ms: i64, value: i64) -> Self {
        Self { start_ms, count: 1, sum: value.into(), min: value, max: value }
    }

    pub(crate) fn add(&mut self, value: i64) {
        self.merge(&Self::of(self.start_ms, value));
    }

    /// Takes in other samples of the same step.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// One row for each step that has samples.
#[derive(Debug)]
pub(crate) struct Steps {
    step_ms: i64,
    buckets: Vec<Bucket>,
}

impl Steps {
    /// `step_ms` is positive.
    pub(crate) fn new(step_ms: i64) -> Self {
        Self { step_ms, buckets: Vec::new() }
    }

    pub(crate) fn add(&mut self, samples: &[Sample]) {
        for sample in samples {
            self.add_bucket(&Bucket::of(sample.at_ms, sample.value));
        }
    }

    /// Adds the rows of a coarser level; each counts in the step that it starts in.
    pub(crate) fn add_rows(&mut self, rows: &[Bucket]) {
        for row in rows {
            self.add_bucket(row);
        }
    }

    fn add_bucket(&mut self, bucket: &Bucket) {
        let start_ms = bucket.start_ms - bucket.start_ms.rem_euclid(self.step_ms);
        match self.buckets.last_mut() {
            Some(last) if last.start_ms == start_ms => last.merge(bucket),
            _ => self.buckets.push(Bucket { start_ms, ..*bucket }),
        }
    }

    pub(crate) fn step_ms(&self) -> i64 {
        self.step_ms
    }

    pub(crate) fn len(&self) -> usize {
        self.buckets.len()
    }

    /// The answer, for samples that are `interval_ms` apart when nothing is missing.
    pub(crate) fn columns(&self, name: &str, unit: Unit, interval_ms: i64) -> SeriesColumns {
        // Steps narrower than the pace: the longest way from one that has a sample to the next.
        let steps_apart = interval_ms.div_euclid(self.step_ms)
            + i64::from(interval_ms.rem_euclid(self.step_ms) > 0);
        let mut columns = empty(name, unit, self.step_ms * steps_apart.max(1));
        for bucket in &self.buckets {
            columns.at_ms.push(Timestamp(bucket.start_ms));
            columns.mean.push(bucket.sum as f64 / f64::from(bucket.count) / unit.steps());
            columns.min.push(value_of(unit, bucket.min));
            columns.max.push(value_of(unit, bucket.max));
        }
        columns
    }
}

/// Samples as rows.
pub(crate) fn raw_columns(
    name: &str,
    unit: Unit,
    interval_ms: i64,
    samples: &[Sample],
) -> SeriesColumns {
    let mut columns = empty(name, unit, interval_ms);
    columns.at_ms = samples.iter().map(|sample| Timestamp(sample.at_ms)).collect();
    columns.mean = samples.iter().map(|sample| value_of(unit, sample.value)).collect();
    columns.min.clone_from(&columns.mean);
    columns.max.clone_from(&columns.mean);
    columns
}

/// No rows.
pub(crate) fn empty(name: &str, unit: Unit, interval_ms: i64) -> SeriesColumns {
    SeriesColumns {
        name: name.to_owned(),
        unit,
        interval_ms,
        at_ms: Vec::new(),
        mean: Vec::new(),
        min: Vec::new(),
        max: Vec::new(),
    }
}

/// Lengths of a step that people count in, in seconds.
const STEPS_SECONDS: [i64; 18] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400,
];

/// The shortest step from the list (or of whole days) that cuts the range into at most `rows`.
pub(crate) fn step_for(from_ms: i64, to_ms: i64, rows: usize) -> i64 {
    const DAY_MS: i64 = 86_400_000;
    let rows = i64::try_from(rows).unwrap_or(i64::MAX).max(1);
    let cuts = |step_ms: i64| {
        let last = (to_ms - 1).max(from_ms);
        last.div_euclid(step_ms) - from_ms.div_euclid(step_ms) < rows
    };
    let listed = STEPS_SECONDS.iter().map(|seconds| seconds * 1_000).find(|step| cuts(*step));
    listed.unwrap_or_else(|| {
        // Enough days that the range has at most `rows` of them, and one more for both cut ends;
        // a single row takes whatever holds both ends.
        let mut days = (to_ms - from_ms).div_euclid(DAY_MS) / rows + 1;
        while !cuts(days * DAY_MS) {
            days *= 2;
        }
        days * DAY_MS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_that_people_count_in() {
        let check = |range_s: i64, rows, expected_s: i64| {
            let from = 1_700_000_000_000;
            assert_eq!(
                step_for(from, from + range_s * 1_000, rows),
                expected_s * 1_000,
                "{range_s}"
            );
        };
        check(900, 1_000, 1);
        check(3_600, 1_000, 5);
        check(86_400, 1_000, 120);
        check(7 * 86_400, 1_000, 900);
        check(10 * 365 * 86_400, 1_000, 4 * 86_400);
    }

    #[test]
    fn a_step_cuts_into_no_more_than_asked() {
        for rows in [1, 2, 10_u8] {
            for range in [1, 999, 86_400_000, 1 << 42] {
                let step = step_for(3, 3 + range, rows.into());
                assert!((2 + range) / step - 3 / step < rows.into(), "{range} {rows}: {step}");
            }
        }
    }

    #[test]
    fn an_empty_step_has_no_row() {
        let mut steps = Steps::new(1_000);
        let sample = |at_ms, value| Sample { at_ms, value };
        steps.add(&[sample(1_100, 10), sample(1_900, 40)]);
        steps.add(&[sample(5_000, 7)]);
        let columns = steps.columns("a/b_percent", Unit::Percent, 250);
        assert_eq!(columns.at_ms, [Timestamp(1_000), Timestamp(5_000)]);
        assert_eq!(columns.mean, [2.5, 0.7]);
        assert_eq!(columns.min, [1.0, 0.7]);
        assert_eq!(columns.max, [4.0, 0.7]);
        assert_eq!(columns.interval_ms, 1_000);
        assert_eq!(steps.columns("a", Unit::Percent, 2_500).interval_ms, 3_000);
    }
}
