//! Texts for people, as this dialect has them: points in time, durations, sizes. Our own protocol
//! carries numbers.

use bellwether_signal::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// RFC 3339 in UTC with milliseconds: `2026-11-21T20:26:05.123Z`.
///
/// The day is counted in eras of 400 years that start in March, where every era has the same length
/// and the leap day comes last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let (days, in_day) = (at.0.div_euclid(DAY_MS), at.0.rem_euclid(DAY_MS));
    let days = days + 719_468; // from 0000-03-01
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (second, milli) = (in_day / 1_000 % 60, in_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// `0m 15s`, `4m 23s`, `2h 5m 0s`.
pub(super) fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round();
    let (hours, minutes) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0);
    let rest = seconds % 60.0;
    if hours > 0.0 { format!("{hours}h {minutes}m {rest}s") } else { format!("{minutes}m {rest}s") }
}

/// `512 B`, `2.3 MB`: powers of 1,000.
pub(crate) fn size(bytes: f64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "KB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes / unit),
        None => format!("{bytes:.0} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_are_rfc_3339() {
        let check = |ms: i64, text: &str| assert_eq!(rfc3339(Timestamp(ms)), text);
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_795_292_765_123, "2026-11-21T20:26:05.123Z");
        check(1_798_761_599_999, "2026-12-31T23:59:59.999Z");
        check(-1, "1969-12-31T23:59:59.999Z");
        check(4_107_542_400_000, "2100-03-01T00:00:00.000Z");
    }

    #[test]
    fn durations_and_sizes_are_for_people() {
        assert_eq!(duration(15.2), "0m 15s");
        assert_eq!(duration(263.0), "4m 23s");
        assert_eq!(duration(7_500.0), "2h 5m 0s");
        assert_eq!(size(512.0), "512 B");
        assert_eq!(size(2_345_678.0), "2.3 MB");
    }
}
