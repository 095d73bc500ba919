//! Units. A field's unit stands at the end of its name (`used_bytes`), so name and unit cannot
//! drift apart, and the unit fixes the resolution at which the field is measured, sent and kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Per cent, 0 to 100 unless the field says otherwise.
    Percent,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Something counted, in a second.
    PerSecond,
    /// Milliseconds of duration.
    Milliseconds,
    /// Microseconds of duration.
    Microseconds,
    /// Seconds of duration.
    Seconds,
    /// Wall-clock time, milliseconds since 1970.
    EpochMilliseconds,
    /// Megahertz.
    Megahertz,
    /// Degrees Celsius.
    Celsius,
    /// Watts.
    Watts,
    /// Watt-hours.
    WattHours,
    /// Volts.
    Volts,
    /// Amperes.
    Amperes,
    /// Turns in a minute.
    Rpm,
    /// Megabits in a second: the speed of a link.
    MegabitsPerSecond,
    /// A plain number: something counted, a ratio, a load average.
    Number,
}

/// Endings of field names, longest first where one ends with another.
const ENDINGS: [(&str, Unit); 17] = [
    ("bytes_per_second", Unit::BytesPerSecond),
    ("megabits_per_second", Unit::MegabitsPerSecond),
    ("per_second", Unit::PerSecond),
    ("percent", Unit::Percent),
    ("bytes", Unit::Bytes),
    ("at_ms", Unit::EpochMilliseconds),
    ("ms", Unit::Milliseconds),
    ("us", Unit::Microseconds),
    ("seconds", Unit::Seconds),
    ("mhz", Unit::Megahertz),
    ("celsius", Unit::Celsius),
    ("watts", Unit::Watts),
    ("watt_hours", Unit::WattHours),
    ("volts", Unit::Volts),
    ("amperes", Unit::Amperes),
    ("rpm", Unit::Rpm),
    ("", Unit::Number),
];

impl Unit {
    /// The unit that a field's name ends with; [`Unit::Number`] when it names none.
    pub fn of_field(name: &str) -> Self {
        let named = ENDINGS.iter().find(|(ending, _)| {
            name.strip_suffix(ending)
                .is_some_and(|rest| ending.is_empty() || rest.is_empty() || rest.ends_with('_'))
        });
        named.map_or(Self::Number, |(_, unit)| *unit)
    }

    /// Steps in one unit: 10 means that values are kept to 0.1.
    pub fn steps(self) -> f64 {
        match self {
            Self::Percent | Self::PerSecond | Self::Celsius | Self::Watts | Self::WattHours => 10.0,
            Self::Volts | Self::Amperes => 1_000.0,
            Self::Milliseconds | Self::Number | Self::Seconds => 100.0,
            Self::Bytes
            | Self::BytesPerSecond
            | Self::Microseconds
            | Self::EpochMilliseconds
            | Self::Megahertz
            | Self::Rpm
            | Self::MegabitsPerSecond => 1.0,
        }
    }

    /// The nearest value at this unit's resolution; `None` for what is no number at all.
    pub fn round(self, value: f64) -> Option<f64> {
        let steps = self.steps();
        // Adding zero turns -0.0 into 0.0, which would be a change on the wire otherwise.
        value.is_finite().then(|| (value * steps).round() / steps + 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_their_unit() {
        let check = |name: &str, unit: Unit| assert_eq!(Unit::of_field(name), unit, "{name}");
        check("total_percent", Unit::Percent);
        check("read_bytes_per_second", Unit::BytesPerSecond);
        check("reads_per_second", Unit::PerSecond);
        check("speed_megabits_per_second", Unit::MegabitsPerSecond);
        check("used_bytes", Unit::Bytes);
        check("read_latency_ms", Unit::Milliseconds);
        check("started_at_ms", Unit::EpochMilliseconds);
        check("cost_us", Unit::Microseconds);
        check("load_1m", Unit::Number);
        check("status", Unit::Number);
        check("columns", Unit::Number);
        check("frequency_mhz", Unit::Megahertz);
        check("full_watt_hours", Unit::WattHours);
        check("now_volts", Unit::Volts);
        check("speed_rpm", Unit::Rpm);
    }

    #[test]
    fn rounding_keeps_the_resolution() {
        assert_eq!(Unit::Percent.round(12.345), Some(12.3));
        assert_eq!(Unit::Bytes.round(12.5), Some(13.0));
        assert_eq!(Unit::Percent.round(f64::NAN), None);
        assert!(Unit::Percent.round(-0.01).is_some_and(f64::is_sign_positive));
    }
}
