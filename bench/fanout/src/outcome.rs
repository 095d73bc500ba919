//! What one measurement of one server gave, and the middle of several.

use std::time::Duration;

use crate::{process::Cost, tally::Tally};

/// Figures of one run; what a workload does not measure is NaN.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) connecting: Duration,
    /// Processor time of the server per delivered message, in microseconds.
    pub(crate) cpu_us: f64,
    /// Share of it outside the kernel, in per cent.
    pub(crate) user_percent: f64,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) most_ms: f64,
    /// Bytes per delivered message, as they come off the socket.
    pub(crate) wire_bytes: f64,
    /// Missing without having been told.
    pub(crate) lost: u64,
    pub(crate) told: u64,
    pub(crate) disordered: u64,
    /// Resident memory per idle connection.
    pub(crate) idle_kib: f64,
    /// Processor time per idle connection and second.
    pub(crate) idle_us: f64,
    /// Growth of resident memory per stalled subscriber.
    pub(crate) grown_kib: f64,
    /// Stalled subscribers that the server closed.
    pub(crate) cut: usize,
    /// Until all were back.
    pub(crate) back_seconds: f64,
}

impl Default for Outcome {
    fn default() -> Self {
        Self {
            connecting: Duration::ZERO,
            cpu_us: f64::NAN,
            user_percent: f64::NAN,
            per_second: f64::NAN,
            p50_ms: f64::NAN,
            p99_ms: f64::NAN,
            most_ms: f64::NAN,
            wire_bytes: f64::NAN,
            lost: 0,
            told: 0,
            disordered: 0,
            idle_kib: f64::NAN,
            idle_us: f64::NAN,
            grown_kib: f64::NAN,
            cut: 0,
            back_seconds: f64::NAN,
        }
    }
}

impl Outcome {
    pub(crate) fn of(tally: &Tally, before: &Cost, after: &Cost) -> Self {
        let delivered = tally.delivered as f64;
        Self {
            cpu_us: after.since(before).as_secs_f64() * 1e6 / delivered,
            user_percent: after.user_share_since(before) * 100.0,
            p50_ms: tally.latency.quantile_ms(0.5),
            p99_ms: tally.latency.quantile_ms(0.99),
            most_ms: tally.latency.most_ms(),
            wire_bytes: tally.wire_bytes as f64 / delivered,
            lost: tally.missing.saturating_sub(tally.told),
            told: tally.told,
            disordered: tally.disordered,
            ..Self::default()
        }
    }

    /// The median of each figure; of losses the worst, of cuts the fewest.
    pub(crate) fn middle(runs: &[Self]) -> Option<Self> {
        let first = runs.first()?;
        let median = |figure: fn(&Self) -> f64| {
            let mut all: Vec<f64> = runs.iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let most = |count: fn(&Self) -> u64| runs.iter().map(count).max().unwrap_or_default();
        Some(Self {
            connecting: first.connecting,
            cpu_us: median(|run| run.cpu_us),
            user_percent: median(|run| run.user_percent),
            per_second: median(|run| run.per_second),
            p50_ms: median(|run| run.p50_ms),
            p99_ms: median(|run| run.p99_ms),
            most_ms: median(|run| run.most_ms),
            wire_bytes: median(|run| run.wire_bytes),
            lost: most(|run| run.lost),
            told: most(|run| run.told),
            disordered: most(|run| run.disordered),
            idle_kib: median(|run| run.idle_kib),
            idle_us: median(|run| run.idle_us),
            grown_kib: median(|run| run.grown_kib),
            cut: runs.iter().map(|run| run.cut).min().unwrap_or_default(),
            back_seconds: median(|run| run.back_seconds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_hides_no_loss() {
        let run = |cpu_us, lost| Outcome { cpu_us, lost, ..Outcome::default() };
        let middle = Outcome::middle(&[run(3.0, 0), run(1.0, 7), run(2.0, 0)]).unwrap();
        assert!((middle.cpu_us - 2.0).abs() < 1e-9);
        assert_eq!(middle.lost, 7);
        assert!(Outcome::middle(&[]).is_none());
    }
}
