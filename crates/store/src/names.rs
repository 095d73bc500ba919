//! Names of series and the ids that stand for them on disk. Belongs to the writer.

use std::collections::HashMap;

use bellwether_signal::Unit;
use rusqlite::Connection;

use crate::frame::Quantum;

/// Every name that the store knows.
pub(crate) struct Names {
    known: HashMap<Box<str>, Series>,
    /// Not written yet, in the order of their ids.
    fresh: Vec<(u32, Box<str>)>,
    next_id: u32,
    limit: usize,
}

#[derive(Clone, Copy)]
struct Series {
    id: u32,
    unit: Unit,
}

/// Why a sample is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There are as many names as may be.
    TooManyNames,
    /// The value is no number, or none that fits.
    NoNumber,
    /// The time is before 1970 or after 2248.
    NoTime,
}

impl Names {
    /// Reads what is known; `limit` is the most names that there may be.
    pub(crate) fn load(connection: &Connection, limit: usize) -> rusqlite::Result<Self> {
        let mut known = HashMap::new();
        let mut next_id = 0;
        let mut statement = connection.prepare("SELECT id, name FROM series")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, name): (u32, Box<str>) = (row.get(0)?, row.get(1)?);
            next_id = next_id.max(id.saturating_add(1));
            let unit = unit_of(&name);
            known.insert(name, Series { id, unit });
        }
        Ok(Self { known, fresh: Vec::new(), next_id, limit })
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// A sample as it is kept; a new name gets an id.
    pub(crate) fn quantum(&mut self, name: &str, value: f64) -> Result<Quantum, Refused> {
        if let Some(series) = self.known.get(name) {
            return Ok(Quantum { series: series.id, value: quantise(series.unit, value)? });
        }
        let unit = unit_of(name);
        let value = quantise(unit, value)?;
        if self.known.len() >= self.limit || self.next_id == u32::MAX {
            return Err(Refused::TooManyNames);
        }
        let id = self.next_id;
        self.next_id += 1;
        self.known.insert(name.into(), Series { id, unit });
        self.fresh.push((id, name.into()));
        Ok(Quantum { series: id, value })
    }

    /// Writes the new ones, as part of the transaction that first needs them.
    pub(crate) fn write_fresh(&self, connection: &Connection) -> rusqlite::Result<()> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let mut insert =
            connection.prepare_cached("INSERT OR IGNORE INTO series (id, name) VALUES (?1, ?2)")?;
        for (id, name) in &self.fresh {
            insert.execute((id, name))?;
        }
        Ok(())
    }

    /// Frees the names that have no samples left.
    pub(crate) fn forget(&mut self, names: &[Box<str>]) {
        for name in names {
            self.known.remove(name);
        }
    }

    /// The transaction is on disk.
    pub(crate) fn written(&mut self) {
        self.fresh = Vec::new();
    }
}

/// The unit that the last segment of a series' name ends with.
pub(crate) fn unit_of(name: &str) -> Unit {
    Unit::of_field(name.rsplit('/').next().unwrap_or_default())
}

/// A value in steps of its unit. What 64 bits cannot hold is refused: a wrong value is worse than
/// none.
fn quantise(unit: Unit, value: f64) -> Result<i64, Refused> {
    /// 2^63: every float below fits.
    const END: f64 = 9_223_372_036_854_775_808.0;
    let steps = (value * unit.steps()).round();
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    (steps.abs() < END).then_some(steps as i64).ok_or(Refused::NoNumber)
}

/// The value that so many steps stand for; what [`Unit::round`] says for the value that came in.
pub(crate) fn value_of(unit: Unit, steps: i64) -> f64 {
    steps as f64 / unit.steps()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_come_back_at_their_resolution(value in prop_oneof![-1e15..1e15, -100.0..100.0]) {
            for unit in [Unit::Percent, Unit::Bytes, Unit::Number] {
                let kept = quantise(unit, value).map(|steps| value_of(unit, steps));
                prop_assert_eq!(kept.ok(), unit.round(value));
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e19] {
            assert_eq!(quantise(Unit::Bytes, value), Err(Refused::NoNumber), "{value}");
        }
    }
}
