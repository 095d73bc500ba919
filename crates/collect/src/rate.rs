//! From what the kernel counts to what we say: differences of counters, rounded at the source.

use bellwether_signal::Unit;

/// Shortest time over which a rate means anything; two rounds closer than this tell none.
const SHORTEST_SECONDS: f64 = 0.01;

/// How fast a counter grew. A counter that is smaller than before was reset or has wrapped, and
/// nobody knows by how much: there is no rate this time.
pub(crate) fn per_second(now: u64, before: u64, seconds: f64) -> Option<f64> {
    let grown = now.checked_sub(before)?;
    (seconds >= SHORTEST_SECONDS).then(|| grown as f64 / seconds)
}

/// [`per_second`] of counters that may be absent, as something counted.
pub(crate) fn count_rate(now: Option<u64>, before: Option<u64>, seconds: f64) -> Option<f64> {
    Unit::PerSecond.round(per_second(now?, before?, seconds)?)
}

/// [`per_second`] of counters that may be absent, as bytes; each count stands for `bytes`.
pub(crate) fn byte_rate(
    now: Option<u64>,
    before: Option<u64>,
    bytes: u64,
    seconds: f64,
) -> Option<f64> {
    Unit::BytesPerSecond.round(per_second(now?, before?, seconds)? * bytes as f64)
}

/// A share in per cent, rounded; `None` when there is no whole.
pub(crate) fn share_percent(part: f64, whole: f64) -> Option<f64> {
    if whole > 0.0 { Unit::Percent.round(part / whole * 100.0) } else { None }
}

/// [`share_percent`] of something that cannot exceed its whole; clocks that tick differently make
/// it seem so.
pub(crate) fn bounded_percent(part: f64, whole: f64) -> Option<f64> {
    Some(share_percent(part, whole)?.clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_come_from_growth() {
        assert_eq!(count_rate(Some(30), Some(10), 2.0), Some(10.0));
        assert_eq!(count_rate(Some(10), Some(10), 2.0), Some(0.0));
        assert_eq!(byte_rate(Some(3), Some(1), 512, 0.5), Some(2048.0));
    }

    #[test]
    fn a_counter_that_shrank_has_no_rate() {
        assert_eq!(count_rate(Some(1), Some(u64::from(u32::MAX)), 1.0), None);
        assert_eq!(count_rate(Some(1), None, 1.0), None);
        assert_eq!(count_rate(Some(2), Some(1), 0.0), None);
    }

    #[test]
    fn shares_are_bounded_where_they_must_be() {
        assert_eq!(bounded_percent(1.01, 1.0), Some(100.0));
        assert_eq!(share_percent(2.0, 1.0), Some(200.0));
        assert_eq!(share_percent(1.0, 0.0), None);
    }

    proptest! {
        #[test]
        fn no_rate_is_negative_or_endless(now: u64, before: u64, seconds in 0.0..1e6_f64) {
            if let Some(rate) = per_second(now, before, seconds) {
                prop_assert!(rate >= 0.0 && rate.is_finite());
            }
        }
    }
}
