//! When the host was booted: `proc_uptime(5)` against the clock on the wall.

use std::time::Duration;

use bellwether_signal::Moment;

use crate::{CollectError, HostRoot, kept_file::KeptFile, text};

/// A clock that was set moves the time of boot; smaller differences are the clocks' own noise.
const CLOCK_STEP_MS: u64 = 1_000;

/// The time of boot. It stays what it was until the clock is set, so that nothing that counts from
/// it changes from round to round.
pub(crate) struct BootTime {
    uptime: Option<KeptFile>,
    at_ms: Option<i64>,
}

impl BootTime {
    pub(crate) fn open(root: &HostRoot) -> Result<Self, CollectError> {
        let uptime = KeptFile::open_if_offered(root.proc.join("uptime"))?;
        Ok(Self { uptime, at_ms: None })
    }

    /// Milliseconds since 1970, and how long ago that is.
    pub(crate) fn read(&mut self, now: Moment) -> Result<(i64, Duration), CollectError> {
        let uptime = match &mut self.uptime {
            Some(file) => parse(file.read()?),
            None => None,
        };
        // The monotonic clock that is handed in counts from boot as well (CLOCK_BOOTTIME).
        let uptime = uptime.unwrap_or(now.monotonic);
        let up_ms = i64::try_from(uptime.as_millis()).unwrap_or(i64::MAX);
        let computed = now.wall.0.saturating_sub(up_ms);
        let kept = self.at_ms.filter(|kept| kept.abs_diff(computed) < CLOCK_STEP_MS);
        Ok((*self.at_ms.insert(kept.unwrap_or(computed)), uptime))
    }
}

/// `2005.59 3594.83`: seconds since boot, and seconds idle.
fn parse(bytes: &[u8]) -> Option<Duration> {
    let seconds = text::words(bytes).next().and_then(text::decimal)?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Timestamp;

    use super::*;

    fn moment(wall_ms: i64, seconds: u64) -> Moment {
        Moment { wall: Timestamp(wall_ms), monotonic: Duration::from_secs(seconds) }
    }

    #[test]
    fn the_time_of_boot_moves_with_the_clock_only() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("proc")).unwrap();
        let file = folder.path().join("proc/uptime");
        std::fs::write(&file, "100.50 3.00\n").unwrap();
        let mut boot = BootTime::open(&HostRoot::recorded(folder.path())).unwrap();
        let (at, uptime) = boot.read(moment(1_000_000, 7)).unwrap();
        assert_eq!((at, uptime), (899_500, Duration::from_millis(100_500)));
        std::fs::write(&file, "101.49 3.00\n").unwrap();
        assert_eq!(boot.read(moment(1_001_000, 8)).unwrap().0, 899_500);
        assert_eq!(boot.read(moment(9_001_000, 9)).unwrap().0, 8_899_510);
    }

    #[test]
    fn without_uptime_the_monotonic_clock_has_to_do() {
        let mut boot = BootTime { uptime: None, at_ms: None };
        assert_eq!(boot.read(moment(50_000, 20)).unwrap().0, 30_000);
        assert_eq!(parse(b"x y"), None);
        assert_eq!(parse(b"-1.00 0"), None);
        assert_eq!(parse(b"1e300 0"), None);
    }
}
