//! `/proc/diskstats`: what each block device did since boot.

use std::collections::BTreeMap;

use bellwether_signal::{Unit, host::BlockDevice};

use super::SECTOR_BYTES;
use crate::{
    rate::{bounded_percent, byte_rate, count_rate, per_second},
    text::{clean, lines, number, words},
};

/// Counters of one device. Times are milliseconds, kept in 32 bits: they wrap after 50 days of work,
/// and then tell nothing for one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    reads: u64,
    read_sectors: u64,
    read_ms: u64,
    writes: u64,
    written_sectors: u64,
    write_ms: u64,
    busy_ms: u64,
    /// Sum over all requests of the time that each was under way.
    waited_ms: u64,
}

/// Devices by name. Lines read `254 0 vda` and then at least eleven numbers.
pub(super) fn parse(bytes: &[u8]) -> BTreeMap<String, Counters> {
    let line = |line| {
        let mut words = words(line).skip(2);
        let name = clean(words.next()?);
        let mut columns = [0; 11];
        for column in &mut columns {
            *column = number(words.next()?)?;
        }
        let [
            reads,
            _,
            read_sectors,
            read_ms,
            writes,
            _,
            written_sectors,
            write_ms,
            _,
            busy_ms,
            waited_ms,
        ] = columns;
        Some((
            name,
            Counters {
                reads,
                read_sectors,
                read_ms,
                writes,
                written_sectors,
                write_ms,
                busy_ms,
                waited_ms,
            },
        ))
    };
    lines(bytes).filter_map(line).collect()
}

impl Counters {
    /// What the device did since `before`.
    pub(super) fn since(&self, before: &Self, seconds: f64) -> BlockDevice {
        let bytes = |now, before| byte_rate(Some(now), Some(before), SECTOR_BYTES, seconds);
        let count = |now, before| count_rate(Some(now), Some(before), seconds);
        BlockDevice {
            read_bytes_per_second: bytes(self.read_sectors, before.read_sectors),
            written_bytes_per_second: bytes(self.written_sectors, before.written_sectors),
            reads_per_second: count(self.reads, before.reads),
            writes_per_second: count(self.writes, before.writes),
            read_latency_ms: mean((self.read_ms, before.read_ms), (self.reads, before.reads)),
            write_latency_ms: mean((self.write_ms, before.write_ms), (self.writes, before.writes)),
            busy_percent: per_second(self.busy_ms, before.busy_ms, seconds)
                .and_then(|ms| bounded_percent(ms, 1_000.0)),
            queue_length: per_second(self.waited_ms, before.waited_ms, seconds)
                .and_then(|ms| Unit::Number.round(ms / 1_000.0)),
            ..BlockDevice::default()
        }
    }
}

/// Mean time of what was finished; nothing when nothing was.
fn mean(ms: (u64, u64), finished: (u64, u64)) -> Option<f64> {
    let (ms, finished) = (ms.0.checked_sub(ms.1)?, finished.0.checked_sub(finished.1)?);
    if finished > 0 { Unit::Milliseconds.round(ms as f64 / finished as f64) } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(line: &str) -> Counters {
        parse(line.as_bytes()).into_values().next().unwrap()
    }

    #[test]
    fn a_device_is_told_by_its_differences() {
        let before = one(" 254 0 vda 100 9 2000 50 10 9 400 20 0 1000 70 0 0 0 0 7 8");
        let now = one(" 254 0 vda 120 9 2400 150 10 9 400 20 3 2000 2070 0 0 0 0 7 8");
        let device = now.since(&before, 2.0);
        assert_eq!(device.read_bytes_per_second, Some(102_400.0));
        assert_eq!(device.reads_per_second, Some(10.0));
        assert_eq!((device.read_latency_ms, device.write_latency_ms), (Some(5.0), None));
        assert_eq!(device.written_bytes_per_second, Some(0.0));
        assert_eq!((device.busy_percent, device.queue_length), (Some(50.0), Some(1.0)));
    }

    #[test]
    fn a_counter_that_wrapped_tells_nothing() {
        let before = one("8 0 sda 100 0 0 4294967290 10 0 0 0 0 4294967290 5");
        let now = one("8 0 sda 110 0 0 5 20 0 0 40 0 5 6");
        let device = now.since(&before, 1.0);
        assert_eq!((device.read_latency_ms, device.busy_percent), (None, None));
        assert_eq!((device.reads_per_second, device.write_latency_ms), (Some(10.0), Some(4.0)));
    }

    #[test]
    fn short_and_odd_lines_are_left_out() {
        let text =
            b"\n8 0 sda 1 2 3\n8 1 sdb a b c d e f g h i j k\n8 2 sdc 1 2 3 4 5 6 7 8 9 10 11\n";
        assert_eq!(parse(text).into_keys().collect::<Vec<_>>(), ["sdc"]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes);
        }

        #[test]
        fn no_rate_is_negative(before: [u32; 11], now: [u32; 11], seconds in 0.0..100.0_f64) {
            let line = |columns: [u32; 11]| {
                one(&columns.iter().fold("8 0 sda".to_owned(), |line, n| format!("{line} {n}")))
            };
            let device = line(now).since(&line(before), seconds);
            for value in [device.reads_per_second, device.read_latency_ms, device.queue_length] {
                prop_assert!(value.is_none_or(|value| value >= 0.0));
            }
            prop_assert!(device.busy_percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)));
        }
    }
}
