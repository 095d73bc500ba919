//! A histogram that many threads add to: one counter a bucket, cumulative only where it is written.

use crate::metrics::Count;

/// Upper bounds, ascending; what is above the last one counts in a bucket of its own.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
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
        let counts = (0..=bounds.len()).map(|_| Count::default()).collect();
        Self { bounds, counts, sum: Count::default() }
    }

    /// Counts one value.
    pub(crate) fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.add(1);
            self.sum.add(value);
        }
    }

    /// How many are in each bucket, and the sum of all values.
    pub(crate) fn read(&self) -> Reading {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        let buckets = bounds.zip(self.counts.iter().map(Count::value)).collect();
        Reading { buckets, sum: self.sum.value() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_is_at_most_that_bound() {
        let histogram = Histogram::new(&[1, 10]);
        for value in [0, 1, 2, 10, 11, 500] {
            histogram.observe(value);
        }
        let Reading { buckets, sum } = histogram.read();
        assert_eq!(buckets, [(Some(1), 2), (Some(10), 2), (None, 2)]);
        assert_eq!(sum, 524);
    }
}
