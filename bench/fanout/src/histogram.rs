//! Latencies, counted in classes that are 3 % wide.

use std::time::Duration;

/// Classes to each doubling.
const STEPS: usize = 32;

/// How often which latency was seen.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    classes: Vec<u64>,
    total: u64,
    most: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { classes: vec![0; STEPS * 40], total: 0, most: Duration::ZERO }
    }
}

impl Histogram {
    pub(crate) fn add(&mut self, latency: Duration) {
        let micros = usize::try_from(latency.as_micros()).unwrap_or(usize::MAX).max(1);
        let doublings = micros.ilog2() as usize;
        // The bits below the highest one, as 1/32 of a doubling.
        let step = ((micros << 5) >> doublings) & (STEPS - 1);
        if let Some(class) = self.classes.get_mut(doublings * STEPS + step) {
            *class += 1;
        }
        self.total += 1;
        self.most = self.most.max(latency);
    }

    /// The latency, in milliseconds, that this share of all stayed below.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let mut left = share * self.total as f64;
        for (index, class) in self.classes.iter().enumerate() {
            left -= *class as f64;
            if *class > 0 && left <= 0.0 {
                let base = 2_f64.powi(i32::try_from(index / STEPS).unwrap_or(40));
                let within = 1.0 + ((index % STEPS) as f64 + 0.5) / STEPS as f64;
                return base * within / 1_000.0;
            }
        }
        f64::NAN
    }

    pub(crate) fn most_ms(&self) -> f64 {
        self.most.as_secs_f64() * 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_three_per_cent() {
        let mut histogram = Histogram::default();
        for micros in 1..=10_000 {
            histogram.add(Duration::from_micros(micros));
        }
        for (share, expected) in [(0.5, 5.0), (0.99, 9.9), (0.1, 1.0)] {
            let found = histogram.quantile_ms(share);
            assert!((found / expected - 1.0).abs() < 0.03, "{share}: {found}");
        }
        assert!((histogram.most_ms() - 10.0).abs() < 1e-9);
        assert!(Histogram::default().quantile_ms(0.5).is_nan());
    }
}
