//! The clocks. Everything that needs the time gets [`now`] handed in, so that tests hand in theirs.

use std::time::Duration;

use bellwether_signal::{Moment, Timestamp};
use rustix::time::{ClockId, Timespec, clock_gettime};

/// Both clocks now: the wall's, and one that never goes back and counts time suspended.
pub fn now() -> Moment {
    let wall = clock_gettime(ClockId::Realtime);
    Moment {
        wall: Timestamp(wall.tv_sec * 1_000 + wall.tv_nsec / 1_000_000),
        monotonic: length(clock_gettime(ClockId::Boottime)),
    }
}

/// Processor time that the calling thread has used.
pub fn thread_cpu_time() -> Duration {
    length(clock_gettime(ClockId::ThreadCPUTime))
}

/// Processor time that this process has used, all threads together.
pub fn process_cpu_time() -> Duration {
    length(clock_gettime(ClockId::ProcessCPUTime))
}

/// These clocks start at zero; a negative reading cannot come and would be zero.
fn length(time: Timespec) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_now_and_never_goes_back() {
        let early = now();
        let late = now();
        assert!(late.monotonic >= early.monotonic);
        // After 2025-01-01 and before 2100: the unit is milliseconds.
        assert!((1_735_689_600_000..4_102_444_800_000).contains(&early.wall.0), "{early:?}");
    }

    #[test]
    fn work_costs_processor_time() {
        let (thread, process) = (thread_cpu_time(), process_cpu_time());
        let mut sum = 0_u64;
        while thread_cpu_time() == thread {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(thread_cpu_time() > thread);
        assert!(process_cpu_time() > process);
    }
}
