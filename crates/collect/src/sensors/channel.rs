//! One channel of a chip: its number in the units of the kernel, judged and turned into ours.

use bellwether_signal::Unit;
use bellwether_sys::Errno;

/// What a channel measures. Units and file names are those of hwmon/sysfs-interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Thousandths of a degree Celsius.
    Temperature,
    /// Turns in a minute.
    Fan,
    /// Thousandths of a volt.
    Voltage,
    /// Thousandths of an ampere.
    Current,
    /// Millionths of a watt.
    Power,
    /// Millionths of a joule, counted.
    Energy,
}

impl Kind {
    /// The kind whose files begin with this word.
    pub(super) fn of_prefix(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "temp" => Self::Temperature,
            "fan" => Self::Fan,
            "in" => Self::Voltage,
            "curr" => Self::Current,
            "power" => Self::Power,
            "energy" => Self::Energy,
            _ => return None,
        })
    }

    /// The value in our unit, if it can be one.
    ///
    /// Sensors without anything connected say what their register holds: all bits set or none, the
    /// lowest or the highest number (lm-sensors' FAQ, "one of my sensors shows a wrong value").
    pub(super) fn judge(self, raw: i64) -> Result<f64, Fault> {
        let (scale, unit, range) = match self {
            Self::Temperature => (1e3, Unit::Celsius, -50.0..=150.0),
            Self::Fan => (1.0, Unit::Rpm, 0.0..=30_000.0),
            Self::Voltage => (1e3, Unit::Volts, -1_000.0..=1_000.0),
            Self::Current => (1e3, Unit::Amperes, -1_000.0..=1_000.0),
            Self::Power | Self::Energy => (1e6, Unit::Watts, 0.0..=100_000.0),
        };
        let value = raw as f64 / scale;
        let is_highest_of_a_byte = self == Self::Temperature && (127.0..128.0).contains(&value);
        if !range.contains(&value) || is_highest_of_a_byte {
            return Err(Fault::Nonsense);
        }
        unit.round(value).ok_or(Fault::Nonsense)
    }

    /// A limit in our unit; one that nobody set is none.
    pub(super) fn limit(self, raw: i64) -> Option<f64> {
        // Drivers write the ends of their registers where there is no limit.
        let is_set = match self {
            Self::Voltage | Self::Current => true,
            Self::Temperature | Self::Fan | Self::Power | Self::Energy => raw > 0,
        };
        self.judge(raw).ok().filter(|_| is_set)
    }
}

/// Why a channel has no number now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It says what cannot be.
    Nonsense,
    /// Its chip says that it is broken or not connected.
    Disconnected,
    /// The driver has no data for now.
    NotReady,
    /// The bus or the controller failed.
    NoAnswer,
    /// We may not read it.
    Denied,
    /// Its device sleeps, and reading would wake it.
    Asleep,
    /// Its device is no more.
    Gone,
}

impl Fault {
    /// What an error of reading means.
    pub(super) fn of(error: &std::io::Error) -> Self {
        match Errno::from_io_error(error) {
            Some(Errno::AGAIN | Errno::NODATA | Errno::BUSY) => Self::NotReady,
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied,
            Some(Errno::NODEV | Errno::NXIO | Errno::NOENT) => Self::Gone,
            _ => Self::NoAnswer,
        }
    }

    /// The same for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Nonsense => "reads what cannot be",
            Self::Disconnected => "not connected",
            Self::NotReady => "no data for now",
            Self::NoAnswer => "does not answer",
            Self::Denied => "only root may read it",
            Self::Asleep => "asleep, and left alone",
            Self::Gone => "gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nonsense_has_no_number() {
        let check = |kind: Kind, raw: i64, expected: Result<f64, Fault>| {
            assert_eq!(kind.judge(raw), expected, "{kind:?} {raw}");
        };
        check(Kind::Temperature, 45_250, Ok(45.3));
        check(Kind::Temperature, -5_000, Ok(-5.0));
        for raw in [-273_150, 255_000, 127_000, 127_500, -128_000, i64::MAX, i64::MIN] {
            check(Kind::Temperature, raw, Err(Fault::Nonsense));
        }
        check(Kind::Fan, 1_200, Ok(1_200.0));
        check(Kind::Fan, 0, Ok(0.0));
        check(Kind::Fan, 65_535, Err(Fault::Nonsense));
        check(Kind::Fan, -1, Err(Fault::Nonsense));
        check(Kind::Voltage, 12_096, Ok(12.096));
        check(Kind::Voltage, 1_000_000_000, Err(Fault::Nonsense));
        check(Kind::Power, 65_250_000, Ok(65.3));
        check(Kind::Power, 1_000_000_000_000_000, Err(Fault::Nonsense));
    }

    #[test]
    fn limits_that_nobody_set_are_none() {
        assert_eq!(Kind::Temperature.limit(100_000), Some(100.0));
        assert_eq!(Kind::Temperature.limit(0), None);
        assert_eq!(Kind::Temperature.limit(65_261_850), None);
        assert_eq!(Kind::Fan.limit(0), None);
        assert_eq!(Kind::Voltage.limit(0), Some(0.0));
    }

    proptest! {
        #[test]
        fn every_number_is_judged(raw: i64) {
            for prefix in ["temp", "fan", "in", "curr", "power", "energy"] {
                let kind = Kind::of_prefix(prefix).unwrap();
                prop_assert!(kind.judge(raw).is_ok_and(f64::is_finite) || kind.judge(raw).is_err());
                kind.limit(raw);
            }
        }
    }
}
