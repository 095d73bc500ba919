//! A histogram that many threads add to: one counter a bucket, cumulative only where it is written.

use crate::metrics::{Count, Lanes};

/// Upper bounds, ascending; what is above the last one counts in a bucket of its own.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
    lanes: Lanes<Counted>,
}

/// What one thread has counted.
#[derive(Debug)]
struct Counted {
    counts: Box<[Count]>,
    sum: Count,
}

/// One reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Upper bound → how many were at most that and above the one before; the last is `None`, for
    /// the rest.
    pub(crate) buckets: Vec<(Option<u64>, u64)>,
    pub(crate) sum: u64,
}

impl Histogram {
    pub(crate) fn new(bounds: &'static [u64]) -> Self {
        let counts = || (0..=bounds.len()).map(|_| Count::default()).collect();
        Self { bounds, lanes: Lanes::new(|| Counted { counts: counts(), sum: Count::default() }) }
    }

    /// Counts values, each as often as `times` says. They are mostly alike: neighbours in the same
    /// bucket are added at once.
    pub(crate) fn observe_all(&self, values: impl IntoIterator<Item = u64>, times: u64) {
        let counted = self.lanes.own();
        let (mut place, mut alike, mut sum) = (0, 0, 0);
        for value in values {
            let its = self.bounds.partition_point(|bound| *bound < value);
            if its != place {
                counted.add(place, alike * times);
                (place, alike) = (its, 0);
            }
            alike += 1;
            sum += value;
        }
        counted.add(place, alike * times);
        if sum * times > 0 {
            counted.sum.add(sum * times);
        }
    }

    /// How many are in each bucket, and the sum of all values.
    pub(crate) fn read(&self) -> Reading {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        let in_bucket = |place: usize| {
            self.lanes.all().filter_map(|lane| lane.counts.get(place)).map(Count::value).sum()
        };
        let buckets = bounds.zip((0..).map(in_bucket)).collect();
        Reading { buckets, sum: self.lanes.all().map(|lane| lane.sum.value()).sum() }
    }
}

impl Counted {
    fn add(&self, place: usize, count: u64) {
        if let Some(counted) = self.counts.get(place).filter(|_| count > 0) {
            counted.add(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_is_at_most_that_bound() {
        let histogram = Histogram::new(&[1, 10]);
        histogram.observe_all([0, 500, 1, 2, 10], 1);
        histogram.observe_all([11], 1);
        let Reading { buckets, sum } = histogram.read();
        assert_eq!(buckets, [(Some(1), 2), (Some(10), 2), (None, 2)]);
        assert_eq!(sum, 524);
        histogram.observe_all([1, 1, 20], 3);
        let Reading { buckets, sum } = histogram.read();
        assert_eq!(buckets, [(Some(1), 8), (Some(10), 2), (None, 5)]);
        assert_eq!(sum, 524 + 66);
    }
}
