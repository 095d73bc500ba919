//! Sealing: turns an hour of the head into chunks, and drops what is too old.
//!
//! Each step is one transaction: whenever the process is killed, a sample lies in the head or in a
//! chunk. Late samples of a sealed hour are merged into its chunks when it is sealed again; those of an
//! hour whose chunks were dropped go into its coarser rows alone.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use crate::{
    chunk::{WINDOW_MS, id_in, pack, series_of_id, unpack, window_of_id},
    frame::Unpack,
    head::{self, MAX_AT_MS},
    level::{Dropped, HOUR, MINUTE, note_dropped},
    rollup::{Fill, fill},
    rows::{Sample, settle},
};

/// Samples that are sorted into series at a time, 16 bytes each; an hour with more of them is read
/// from the head again for each further part.
const PART_SAMPLES: usize = 200_000;

/// Clocks that are compared with the next series' times. Series of one collector have ids that
/// follow each other, so few are enough.
const RECENT_CLOCKS: usize = 8;

/// The oldest window of a table of chunks.
pub(crate) fn oldest(connection: &Connection, table: &str) -> rusqlite::Result<Option<i64>> {
    let id: Option<i64> = connection
        .prepare_cached(&format!("SELECT min(id) FROM {table}"))?
        .query_row([], |row| row.get(0))?;
    Ok(id.map(window_of_id))
}

/// The oldest window that has a chunk of this id or a later one.
pub(crate) fn oldest_from(connection: &Connection, id: i64) -> rusqlite::Result<Option<i64>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT min(id) FROM chunk WHERE id >= ?1")?
        .query_row([id], |row| row.get(0))?;
    Ok(id.map(window_of_id))
}

/// Ids of chunks or clocks in a window.
pub(crate) fn ids_in(window: i64) -> (i64, i64) {
    (id_in(window, 0), id_in(window, u32::MAX))
}

/// Turns a window of the head into chunks. Runs in the caller's transaction.
pub(crate) fn seal(connection: &Connection, window: i64) -> rusqlite::Result<()> {
    let counts = count(connection, window)?;
    let dropped = Dropped::load(connection)?;
    let mut clocks = Clocks::new(connection, window)?;
    let resealed = clocks.next > 0;
    let mut part = BTreeMap::new();
    let mut samples = 0;
    for (series, count) in counts {
        if samples + count > PART_SAMPLES && samples > 0 {
            seal_part(connection, window, std::mem::take(&mut part), &mut clocks, dropped)?;
            samples = 0;
        }
        samples += count;
        part.insert(series, Column::default());
    }
    seal_part(connection, window, part, &mut clocks, dropped)?;
    connection
        .prepare_cached("DELETE FROM head WHERE id >= ?1 AND id < ?2")?
        .execute(head::ids_in_window(window))?;
    if resealed {
        connection
            .prepare_cached(
                "DELETE FROM clock WHERE id BETWEEN ?1 AND ?2 AND (id & 4294967295) NOT IN
                     (SELECT clock FROM chunk WHERE id BETWEEN ?1 AND ?2)",
            )?
            .execute(ids_in(window))?;
    }
    Ok(())
}

/// Samples of one series in the window.
#[derive(Default)]
struct Column {
    samples: Vec<Sample>,
    interval_ms: u32,
    /// There was a chunk and it could not be read: what it held is in the coarser rows only.
    damaged: bool,
}

/// The window's times, from the first up to and without the last.
fn span(window: i64) -> (i64, i64) {
    (window * WINDOW_MS, (window + 1) * WINDOW_MS)
}

/// How many samples each series has in the window's head.
fn count(connection: &Connection, window: i64) -> rusqlite::Result<BTreeMap<u32, usize>> {
    let mut counts = BTreeMap::new();
    head::visit(connection, span(window), |_, _, samples| {
        for quantum in Unpack::new(samples) {
            *counts.entry(quantum.series).or_default() += 1;
        }
    })?;
    Ok(counts)
}

fn seal_part(
    connection: &Connection,
    window: i64,
    mut part: BTreeMap<u32, Column>,
    clocks: &mut Clocks,
    dropped: Dropped,
) -> rusqlite::Result<()> {
    for (series, column) in &mut part {
        reopen(connection, window, *series, column)?;
    }
    head::visit(connection, span(window), |at_ms, interval_ms, samples| {
        for quantum in Unpack::new(samples) {
            let Some(column) = part.get_mut(&quantum.series) else { continue };
            column.samples.push(Sample { at_ms, value: quantum.value });
            column.interval_ms = column.interval_ms.max(interval_ms);
        }
    })?;
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO chunk (id, clock, interval_ms, samples) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut seen = connection
        .prepare_cached("UPDATE series SET last_window = ?2 WHERE id = ?1 AND last_window < ?2")?;
    let (mut offsets, mut values) = (Vec::new(), Vec::new());
    for (series, mut column) in part {
        settle(&mut column.samples);
        let rows = (column.samples.as_slice(), column.interval_ms);
        seen.execute((series, window))?;
        if window < dropped.samples_before {
            fill(connection, window, series, rows, Fill::More, dropped)?;
            continue;
        }
        let all = if column.damaged { Fill::More } else { Fill::All };
        fill(connection, window, series, rows, all, dropped)?;
        offsets.clear();
        values.clear();
        for sample in &column.samples {
            offsets.push(sample.at_ms - window * WINDOW_MS);
            values.push(sample.value);
        }
        let clock = clocks.number(connection, window, &offsets)?;
        insert.execute((id_in(window, series), clock, column.interval_ms, pack(&values)))?;
    }
    Ok(())
}

/// Takes the samples of a chunk that is there already. One that cannot be read any more is left out
/// and overwritten: nobody could read it either.
fn reopen(
    connection: &Connection,
    window: i64,
    series: u32,
    column: &mut Column,
) -> rusqlite::Result<()> {
    let found = connection
        .prepare_cached("SELECT clock, interval_ms, samples FROM chunk WHERE id = ?1")?
        .query_row([id_in(window, series)], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()?;
    let Some((clock, interval_ms, packed)) = found else { return Ok(()) };
    let mut values = Vec::new();
    let offsets = times(connection, window, clock)?;
    let read = offsets.and_then(|offsets| {
        unpack(&packed, offsets.len(), &mut values)?;
        Some(offsets)
    });
    let Some(offsets) = read else {
        tracing::warn!(series, window, "a damaged chunk is replaced");
        column.damaged = true;
        return Ok(());
    };
    column.interval_ms = interval_ms;
    column.samples = joined(window, &offsets, &values).collect();
    Ok(())
}

/// Samples of times and values.
pub(crate) fn joined(window: i64, offsets: &[i64], values: &[i64]) -> impl Iterator<Item = Sample> {
    let start_ms = window * WINDOW_MS;
    offsets
        .iter()
        .zip(values)
        .map(move |(offset, value)| Sample { at_ms: start_ms + offset, value: *value })
}

/// The times of a clock; `None` when they are damaged or gone.
pub(crate) fn times(
    connection: &Connection,
    window: i64,
    number: u32,
) -> rusqlite::Result<Option<Vec<i64>>> {
    let found = connection
        .prepare_cached("SELECT count, times FROM clock WHERE id = ?1")?
        .query_row([id_in(window, number)], |row| {
            let (count, mut offsets) = (row.get::<_, u32>(0)?, Vec::new());
            let read = unpack(row.get_ref(1)?.as_blob()?, count as usize, &mut offsets);
            Ok(read.map(|()| offsets))
        })
        .optional()?;
    Ok(found.flatten())
}

/// Clocks of the window that is being sealed.
struct Clocks {
    /// The last ones used, newest first.
    recent: Vec<(u32, Vec<i64>)>,
    next: u32,
}

impl Clocks {
    fn new(connection: &Connection, window: i64) -> rusqlite::Result<Self> {
        let (first, last) = ids_in(window);
        let newest: Option<i64> = connection
            .prepare_cached("SELECT max(id) FROM clock WHERE id BETWEEN ?1 AND ?2")?
            .query_row((first, last), |row| row.get(0))?;
        let next = newest.map_or(0, |id| id - first + 1);
        Ok(Self { recent: Vec::new(), next: u32::try_from(next).unwrap_or(u32::MAX) })
    }

    /// The number of the clock with these times, written when there is none.
    fn number(
        &mut self,
        connection: &Connection,
        window: i64,
        offsets: &[i64],
    ) -> rusqlite::Result<u32> {
        if let Some(place) = self.recent.iter().position(|(_, known)| known == offsets) {
            let used = self.recent.remove(place);
            let number = used.0;
            self.recent.insert(0, used);
            return Ok(number);
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        connection
            .prepare_cached("INSERT INTO clock (id, count, times) VALUES (?1, ?2, ?3)")?
            .execute((
                id_in(window, number),
                u32::try_from(offsets.len()).unwrap_or(u32::MAX),
                pack(offsets),
            ))?;
        self.recent.truncate(RECENT_CLOCKS - 1);
        self.recent.insert(0, (number, offsets.to_vec()));
        Ok(number)
    }
}

/// Makes the coarser rows of chunks that were sealed before there were any. Runs in the caller's
/// transaction.
pub(crate) fn fill_all(connection: &Connection) -> rusqlite::Result<()> {
    let dropped = Dropped::load(connection)?;
    let mut select = connection.prepare_cached("SELECT id FROM chunk ORDER BY id")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (window, series) = (window_of_id(id), series_of_id(id));
        let mut column = Column::default();
        reopen(connection, window, series, &mut column)?;
        let samples = (column.samples.as_slice(), column.interval_ms);
        fill(connection, window, series, samples, Fill::All, dropped)?;
    }
    Ok(())
}

/// Drops the samples of a sealed window. Runs in the caller's transaction.
pub(crate) fn drop_samples(connection: &Connection, window: i64) -> rusqlite::Result<()> {
    delete(connection, "clock", window)?;
    delete(connection, "chunk", window)?;
    note_dropped(connection, "chunk", window)
}

/// Drops the minutes of a window. Runs in the caller's transaction.
pub(crate) fn drop_minutes(connection: &Connection, window: i64) -> rusqlite::Result<()> {
    delete(connection, MINUTE.table, window)?;
    note_dropped(connection, MINUTE.table, window)
}

fn delete(connection: &Connection, table: &str, window: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2"))?
        .execute(ids_in(window))?;
    Ok(())
}

/// Drops the hours of a day, and the names that have nothing left. Returns those names. Runs in the
/// caller's transaction.
pub(crate) fn drop_hours(connection: &Connection, day: i64) -> rusqlite::Result<Vec<Box<str>>> {
    delete(connection, HOUR.table, day)?;
    let last = (day + 1) * (HOUR.window_ms / WINDOW_MS) - 1;
    let mut select = connection.prepare_cached("SELECT id FROM series WHERE last_window <= ?1")?;
    let quiet = select.query_map([last], |row| row.get(0))?;
    let mut quiet = quiet.collect::<rusqlite::Result<BTreeSet<u32>>>()?;
    if quiet.is_empty() {
        return Ok(Vec::new());
    }
    // What is in the head is not quiet any more.
    head::visit(connection, (0, MAX_AT_MS), |_, _, samples| {
        for quantum in Unpack::new(samples) {
            quiet.remove(&quantum.series);
        }
    })?;
    let mut forget =
        connection.prepare_cached("DELETE FROM series WHERE id = ?1 RETURNING name")?;
    quiet.iter().map(|id| forget.query_row([id], |row| row.get(0))).collect()
}
