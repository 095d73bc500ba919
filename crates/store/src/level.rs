//! Coarser levels of history: lowest, highest, mean and count of each minute, and of each hour.
//!
//! A level's rows of one series lie in chunks, as columns packed like samples: distances between the
//! rows, counts, means rounded down and what the sums have beyond them (so that means are exact, also
//! of several rows together), and how far lowest and highest are from that mean. A quiet series takes
//! a few bytes a chunk.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    chunk::{self, id_in},
    frame::{push_varint, take_varint},
    rows::{Bucket, Sample},
};

/// A level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// The table that holds it.
    pub(crate) table: &'static str,
    /// What a chunk of it is.
    pub(crate) what: &'static str,
    /// How long a row is.
    pub(crate) step_ms: i64,
    /// How long a chunk is.
    pub(crate) window_ms: i64,
}

/// A minute a row, an hour a chunk.
pub(crate) const MINUTE: Level =
    Level { table: "minute", what: "hour", step_ms: 60_000, window_ms: 3_600_000 };

/// An hour a row, a day a chunk.
pub(crate) const HOUR: Level =
    Level { table: "hour", what: "day", step_ms: 3_600_000, window_ms: 86_400_000 };

/// Columns of a chunk.
const COLUMNS: usize = 6;

/// Rows of one series in one window of a level.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct LevelRows {
    /// In the order of time.
    pub(crate) rows: Vec<Bucket>,
    /// The longest pace at which samples came.
    pub(crate) interval_ms: u32,
}

/// What was found of a chunk.
#[derive(Debug, PartialEq)]
pub(crate) enum Loaded {
    Nothing,
    Chunk(LevelRows),
    Damaged,
}

impl Level {
    /// The window that a time is in.
    pub(crate) fn window_of(&self, at_ms: i64) -> i64 {
        at_ms.div_euclid(self.window_ms)
    }

    /// Samples in the order of time, as rows.
    pub(crate) fn rows_of(&self, samples: &[Sample]) -> Vec<Bucket> {
        let mut rows: Vec<Bucket> = Vec::new();
        for sample in samples {
            let start_ms = sample.at_ms - sample.at_ms.rem_euclid(self.step_ms);
            match rows.last_mut() {
                Some(row) if row.start_ms == start_ms => row.add(sample.value),
                _ => rows.push(Bucket::of(start_ms, sample.value)),
            }
        }
        rows
    }

    /// Reads a chunk.
    pub(crate) fn load(
        &self,
        connection: &Connection,
        window: i64,
        series: u32,
    ) -> rusqlite::Result<Loaded> {
        connection
            .prepare_cached(&format!("SELECT interval_ms, rows FROM {} WHERE id = ?1", self.table))?
            .query_row([id_in(window, series)], |row| {
                let interval_ms = row.get(0)?;
                Ok(match self.unpack(window, row.get_ref(1)?.as_blob()?) {
                    Some(rows) => Loaded::Chunk(LevelRows { rows, interval_ms }),
                    None => Loaded::Damaged,
                })
            })
            .optional()
            .map(|found| found.unwrap_or(Loaded::Nothing))
    }

    /// Writes a chunk in place of the one that is there.
    pub(crate) fn save(
        &self,
        connection: &Connection,
        window: i64,
        series: u32,
        chunk: &LevelRows,
    ) -> rusqlite::Result<()> {
        let sql = format!(
            "INSERT OR REPLACE INTO {} (id, interval_ms, rows) VALUES (?1, ?2, ?3)",
            self.table
        );
        let packed = self.pack(window, &chunk.rows);
        connection.prepare_cached(&sql)?.execute((
            id_in(window, series),
            chunk.interval_ms,
            packed,
        ))?;
        Ok(())
    }

    fn pack(&self, window: i64, rows: &[Bucket]) -> Vec<u8> {
        let mut columns: [Vec<i64>; COLUMNS] = Default::default();
        let mut before = window * self.window_ms - self.step_ms;
        for row in rows {
            let count = i128::from(row.count);
            let mean = i64::try_from(row.sum.div_euclid(count)).unwrap_or_default();
            let beyond = i64::try_from(row.sum.rem_euclid(count)).unwrap_or_default();
            let skipped = (row.start_ms - before) / self.step_ms - 1;
            before = row.start_ms;
            let (below, above) = (mean.wrapping_sub(row.min), row.max.wrapping_sub(mean));
            let values = [skipped, row.count.into(), mean, beyond, below, above];
            for (column, value) in columns.iter_mut().zip(values) {
                column.push(value);
            }
        }
        let mut packed = Vec::new();
        push_varint(&mut packed, rows.len() as u64);
        for column in columns {
            let column = chunk::pack(&column);
            push_varint(&mut packed, column.len() as u64);
            packed.extend_from_slice(&column);
        }
        packed
    }

    /// `None` when it is no such chunk.
    fn unpack(&self, window: i64, mut packed: &[u8]) -> Option<Vec<Bucket>> {
        let count = usize::try_from(take_varint(&mut packed)?).ok()?;
        if count > usize::try_from(self.window_ms / self.step_ms).ok()? {
            return None;
        }
        let mut columns: [Vec<i64>; COLUMNS] = Default::default();
        for column in &mut columns {
            let length = usize::try_from(take_varint(&mut packed)?).ok()?;
            let (bytes, rest) = packed.split_at_checked(length)?;
            chunk::unpack(bytes, count, column)?;
            packed = rest;
        }
        let [skipped, counts, means, beyond, below, above] = columns;
        let mut start_ms = window * self.window_ms - self.step_ms;
        let mut rows = Vec::with_capacity(count);
        let others = counts.into_iter().zip(means).zip(beyond).zip(below).zip(above);
        for (skipped, ((((count, mean), beyond), below), above)) in skipped.into_iter().zip(others)
        {
            let further = skipped.checked_add(1).filter(|further| *further > 0)?;
            start_ms = start_ms.checked_add(further.checked_mul(self.step_ms)?)?;
            rows.push(Bucket {
                start_ms,
                count: u32::try_from(count).ok().filter(|count| *count > 0)?,
                sum: i128::from(mean) * i128::from(count) + i128::from(beyond),
                min: mean.wrapping_sub(below),
                max: mean.wrapping_add(above),
            });
        }
        (start_ms < (window + 1) * self.window_ms).then_some(rows)
    }
}

/// Puts rows into others, both in the order of time; those of the same time become one.
pub(crate) fn join(rows: &mut Vec<Bucket>, more: &[Bucket]) {
    rows.extend_from_slice(more);
    rows.sort_by_key(|row| row.start_ms);
    rows.dedup_by(|later, kept| {
        let same = later.start_ms == kept.start_ms;
        if same {
            kept.merge(later);
        }
        same
    });
}

/// What was dropped, in hours since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// Samples of windows before this one.
    pub(crate) samples_before: i64,
    /// Minutes of windows before this one.
    pub(crate) minutes_before: i64,
}

impl Dropped {
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut select =
            connection.prepare_cached("SELECT before FROM dropped WHERE level = ?1")?;
        let mut before = |level: &str| {
            let found = select.query_row([level], |row| row.get(0)).optional()?;
            Ok::<i64, rusqlite::Error>(found.unwrap_or(i64::MIN))
        };
        Ok(Self { samples_before: before("chunk")?, minutes_before: before("minute")? })
    }
}

/// Notes that a table's windows up to this one are gone.
pub(crate) fn note_dropped(
    connection: &Connection,
    table: &str,
    window: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO dropped (level, before) VALUES (?1, ?2)
             ON CONFLICT (level) DO UPDATE SET before = max(before, excluded.before)",
        )?
        .execute((table, window + 1))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_back(
            values in prop::collection::vec((0..3_600_000_i64, any::<i64>()), 1..200),
            window in 0..1_000_000_i64,
        ) {
            let mut samples: Vec<Sample> = values
                .into_iter()
                .map(|(offset, value)| Sample { at_ms: window * 3_600_000 + offset, value })
                .collect();
            samples.sort_by_key(|sample| sample.at_ms);
            let rows = MINUTE.rows_of(&samples);
            prop_assert_eq!(MINUTE.unpack(window, &MINUTE.pack(window, &rows)), Some(rows.clone()));
            let mut halves = MINUTE.rows_of(&samples[..samples.len() / 2]);
            join(&mut halves, &MINUTE.rows_of(&samples[samples.len() / 2..]));
            prop_assert_eq!(halves, rows);
        }

        #[test]
        fn nonsense_is_no_chunk(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            // Ends, with or without rows; what matters is that it does.
            drop(MINUTE.unpack(5, &bytes));
            drop(HOUR.unpack(5, &bytes));
        }
    }

    #[test]
    fn a_quiet_series_takes_next_to_nothing() {
        let samples: Vec<_> =
            (0..3_600).map(|n| Sample { at_ms: n * 1_000, value: 16_384_000_000 }).collect();
        let packed = MINUTE.pack(0, &MINUTE.rows_of(&samples));
        assert!(packed.len() <= 26, "{}", packed.len());
    }
}
