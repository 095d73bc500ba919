//! What a process has used, and from two looks at it how fast.

use std::time::Duration;

use super::stat_line::Storage;
use crate::rate;

/// What it takes to turn the kernel's units into ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// At most 1,024 on any machine, and never zero.
    pub(super) ticks_per_second: u32,
    pub(super) page_bytes: u64,
    /// Memory of the host, once known.
    pub(super) memory_bytes: Option<u64>,
}

impl Scale {
    /// A time that the kernel counts in clock ticks.
    pub(super) fn time(self, ticks: u64) -> Duration {
        let each = u64::from(self.ticks_per_second);
        Duration::from_secs(ticks / each)
            + Duration::from_secs(ticks % each) / self.ticks_per_second
    }

    fn tick_ns(self) -> u64 {
        1_000_000_000 / u64::from(self.ticks_per_second)
    }
}

/// What a process has used so far, as of one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) at: Duration,
    pub(super) cpu_ticks: u64,
    /// Exact run time of the main thread, while it is the only one.
    pub(super) run_ns: Option<u64>,
    /// None where we may not know.
    pub(super) storage: Option<Storage>,
}

impl Usage {
    /// The same process when it had used nothing yet.
    pub(super) fn unborn(self, at: Duration) -> Self {
        Self {
            at,
            cpu_ticks: 0,
            run_ns: self.run_ns.map(|_| 0),
            storage: self.storage.map(|_| Storage::default()),
        }
    }

    /// Processor time since an earlier look, in nanoseconds: exact where the main thread is and was
    /// the only one. Threads that came and went in between show in the ticks alone.
    pub(super) fn cpu_ns_since(&self, before: &Self, scale: Scale) -> Option<u64> {
        let tick_ns = scale.tick_ns();
        let ticks = self.cpu_ticks.checked_sub(before.cpu_ticks)?.saturating_mul(tick_ns);
        let Some((now, before)) = self.run_ns.zip(before.run_ns) else { return Some(ticks) };
        Some(now.checked_sub(before)?.max(ticks.saturating_sub(2 * tick_ns)))
    }

    /// Processor time since an earlier look, as a share of one core.
    pub(super) fn cpu_percent_since(&self, before: &Self, scale: Scale) -> Option<f64> {
        let cpu_ns = self.cpu_ns_since(before, scale)?;
        rate::share_percent(cpu_ns as f64 / 1e9, self.seconds_since(before))
    }

    /// Bytes read and written in a second, since an earlier look.
    pub(super) fn storage_rates_since(&self, before: &Self) -> Option<(f64, f64)> {
        let (now, then) = self.storage.zip(before.storage)?;
        let seconds = self.seconds_since(before);
        let rate = |now, then| rate::byte_rate(Some(now), Some(then), 1, seconds);
        Some((rate(now.read_bytes, then.read_bytes)?, rate(now.written_bytes, then.written_bytes)?))
    }

    fn seconds_since(&self, before: &Self) -> f64 {
        self.at.saturating_sub(before.at).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: Scale = Scale { ticks_per_second: 100, page_bytes: 4_096, memory_bytes: None };

    fn usage(at: u64, cpu_ticks: u64, run_ns: Option<u64>) -> Usage {
        Usage { at: Duration::from_secs(at), cpu_ticks, run_ns, storage: None }
    }

    #[test]
    fn run_time_is_exact_for_one_thread_and_in_ticks_for_more() {
        let check = |now: Usage, before: Usage, percent: Option<f64>| {
            assert_eq!(now.cpu_percent_since(&before, SCALE), percent, "{now:?} {before:?}");
        };
        check(usage(3, 15, Some(153_000_000)), usage(1, 10, Some(100_000_000)), Some(2.7));
        check(usage(3, 30, None), usage(1, 10, None), Some(10.0));
        check(usage(3, 30, None), usage(1, 10, Some(1)), Some(10.0));
        // A second thread worked and ended between the looks.
        check(usage(3, 210, Some(1_000)), usage(1, 10, Some(0)), Some(99.0));
        check(usage(3, 9, None), usage(1, 10, None), None);
        check(usage(3, 10, Some(1)), usage(1, 10, Some(2)), None);
        check(usage(1, 10, None), usage(1, 10, None), None);
    }

    #[test]
    fn storage_rates_need_both_looks() {
        let with = |at, read_bytes, written_bytes| Usage {
            storage: Some(Storage { read_bytes, written_bytes }),
            ..usage(at, 0, None)
        };
        assert_eq!(with(3, 4_096, 10).storage_rates_since(&with(1, 0, 0)), Some((2_048.0, 5.0)));
        assert_eq!(with(3, 1, 0).storage_rates_since(&with(1, 2, 0)), None);
        assert_eq!(with(3, 1, 0).storage_rates_since(&usage(1, 0, None)), None);
        assert_eq!(
            with(3, 9, 9).storage_rates_since(&with(3, 9, 9).unborn(Duration::ZERO)),
            Some((3.0, 3.0))
        );
    }

    #[test]
    fn ticks_become_time() {
        assert_eq!(SCALE.time(1_234), Duration::from_millis(12_340));
        assert!(SCALE.time(u64::MAX) > Duration::from_secs(1 << 50));
    }
}
