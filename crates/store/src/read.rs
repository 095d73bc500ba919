//! History as it comes back: samples where few enough, otherwise steps, made from the coarsest level
//! that is exact for them.
//!
//! The range is walked hour by hour (day by day where hours are enough). Each hour of each series is
//! read from one place: from its samples when the head has some of it, or the range or a step cuts
//! it where a coarser row would not; else from its minutes, or from its hour's row. Where the level
//! that would be exact was dropped already, the next coarser one answers, each row in the step that it
//! starts in.

use std::collections::BTreeMap;

use bellwether_signal::{
    Timestamp, Unit,
    answer::{SeriesAnswer, SeriesColumns},
    series::SeriesName,
};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    StoreError,
    chunk::{WINDOW_MS, id_in, window_of, window_of_id},
    head::{self, MAX_AT_MS, at_ms},
    level::{Dropped, HOUR, Level, LevelRows, Loaded, MINUTE, join},
    rows::{Bucket, Steps, empty, raw_columns, step_for},
    search::{Found, Samples, search},
};

/// Rows of one answer, over all of its series; a range with more is refused. They take about
/// 10 MB while the answer is made.
pub const MAX_ROWS: usize = 100_000;

/// Hours of a day: windows of the hours' chunks.
const DAY: i64 = HOUR.window_ms / WINDOW_MS;

/// How finely history is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Samples as they were measured, as long as they are kept.
    Raw,
    /// Lowest, highest and mean of each step of so many milliseconds; steps start at multiples of
    /// their length since 1970, so that the first may start before the range. Older history has
    /// a row a minute or an hour at best.
    Step(i64),
    /// At most so many rows a series: samples if that are enough of them, otherwise steps.
    Points(usize),
}

/// Answers from one state of the database, whatever is written meanwhile.
pub(crate) fn series(
    connection: &Connection,
    names: &[SeriesName],
    (from, to): (Timestamp, Timestamp),
    resolution: Resolution,
) -> Result<SeriesAnswer, StoreError> {
    if let Resolution::Step(step) = resolution
        && step <= 0
    {
        return Err(StoreError::Step(step));
    }
    if let Resolution::Points(points) = resolution
        && points.saturating_mul(names.len()) > MAX_ROWS
    {
        return Err(StoreError::RangeTooLarge { limit: MAX_ROWS });
    }
    let failed = || StoreError::read("read history");
    let snapshot = connection.unchecked_transaction().map_err(failed())?;
    let ids = ids(&snapshot, names).map_err(failed())?;
    let dropped = Dropped::load(&snapshot).map_err(failed())?;
    let (mut from_ms, mut to_ms) = (from.0.max(0), to.0.min(MAX_AT_MS + 1));
    if let Some((first_ms, last_ms)) = extent(&snapshot).map_err(failed())? {
        // "Everything" is cut to what there is, before its steps are chosen.
        (from_ms, to_ms) = (from_ms.max(first_ms), to_ms.min(last_ms + 1));
    } else {
        to_ms = from_ms;
    }
    let known: BTreeMap<u32, Unit> =
        ids.iter().zip(names).filter_map(|(id, name)| Some(((*id)?, name.unit()))).collect();
    let search = Range { connection: &snapshot, from_ms, to_ms, dropped };
    let (step_ms, columns) = match resolution {
        Resolution::Raw => match search.samples(&known, MAX_ROWS)? {
            Some(columns) => (0, columns),
            None => return Err(StoreError::RangeTooLarge { limit: MAX_ROWS }),
        },
        Resolution::Step(step_ms) => (step_ms, search.steps(&known, step_ms)?),
        Resolution::Points(points) => {
            if let Some(columns) = search.few_samples(&known, points)? {
                (0, columns)
            } else {
                let step_ms = step_for(from_ms, to_ms, points);
                (step_ms, search.steps(&known, step_ms)?)
            }
        }
    };
    let column = |(id, name): (&Option<u32>, &SeriesName)| {
        let found = id.and_then(|id| columns.get(&id)).cloned();
        let found = found.unwrap_or_else(|| empty("", name.unit(), 0));
        SeriesColumns { name: name.as_str().to_owned(), ..found }
    };
    Ok(SeriesAnswer { from, to, step_ms, series: ids.iter().zip(names).map(column).collect() })
}

fn ids(connection: &Connection, names: &[SeriesName]) -> rusqlite::Result<Vec<Option<u32>>> {
    let mut find = connection.prepare_cached("SELECT id FROM series WHERE name = ?1")?;
    names.iter().map(|name| find.query_row([name.as_str()], |row| row.get(0)).optional()).collect()
}

/// Time of the first and the last sample there is, to the millisecond or wider.
pub(crate) fn extent(connection: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let (mut first_ms, mut last_ms) = (None, None);
    for (table, window_ms) in
        [("head", 0), ("chunk", WINDOW_MS), ("minute", MINUTE.window_ms), ("hour", HOUR.window_ms)]
    {
        let found: (Option<i64>, Option<i64>) = connection
            .prepare_cached(&format!(
                "SELECT (SELECT min(id) FROM {table}), (SELECT max(id) FROM {table})"
            ))?
            .query_row([], |row| row.try_into())?;
        let Some((first, last)) = found.0.zip(found.1) else { continue };
        let (first, last) = match window_ms {
            0 => (at_ms(first), at_ms(last)),
            _ => (window_of_id(first) * window_ms, (window_of_id(last) + 1) * window_ms - 1),
        };
        first_ms = Some(first_ms.map_or(first, |known: i64| known.min(first)));
        // What is in days is in hours too, for long: the end of a day would be far too late.
        last_ms = match last_ms {
            Some(known) if table == HOUR.table => Some(known),
            known => Some(known.map_or(last, |known: i64| known.max(last))),
        };
    }
    Ok(first_ms.zip(last_ms))
}

/// Where to look, in one state of the database.
struct Range<'a> {
    connection: &'a Connection,
    from_ms: i64,
    to_ms: i64,
    dropped: Dropped,
}

/// Answers by the ids of their series, still without names.
type Columns = BTreeMap<u32, SeriesColumns>;

/// Steps of one series, as they grow.
struct Growing {
    steps: Steps,
    interval_ms: i64,
    /// The day that was read last.
    day: Option<(i64, LevelRows)>,
}

impl Range<'_> {
    /// The first hour from `window` on that has anything.
    fn next_window(&self, window: i64) -> Result<Option<i64>, StoreError> {
        let find = || {
            let (first, _) = head::ids_in_window(window);
            let (hour, day) = (id_in(window, 0), id_in(window.div_euclid(DAY), 0));
            let found: (Option<i64>, Option<i64>, Option<i64>, Option<i64>) = self
                .connection
                .prepare_cached(
                    "SELECT (SELECT min(id) FROM head WHERE id >= ?1),
                            (SELECT min(id) FROM chunk WHERE id >= ?2),
                            (SELECT min(id) FROM minute WHERE id >= ?2),
                            (SELECT min(id) FROM hour WHERE id >= ?3)",
                )?
                .query_row((first, hour, day), |row| row.try_into())?;
            let (row, chunk, minute, hour) = found;
            let row = row.map(|id| window_of(at_ms(id)));
            let hour = hour.map(|id| (window_of_id(id) * DAY).max(window));
            let others = [chunk, minute].into_iter().flatten().map(window_of_id);
            Ok(row.into_iter().chain(others).chain(hour).min())
        };
        let next: Result<Option<i64>, rusqlite::Error> = find();
        let next = next.map_err(StoreError::read("read history"))?;
        Ok(next.filter(|next| *next * WINDOW_MS < self.to_ms))
    }

    /// All samples, when they are all kept and no series has more than `most` of them.
    fn few_samples(
        &self,
        known: &BTreeMap<u32, Unit>,
        most: usize,
    ) -> Result<Option<Columns>, StoreError> {
        let kept = window_of(self.from_ms) >= self.dropped.samples_before;
        if kept { self.samples(known, most) } else { Ok(None) }
    }

    /// All samples that are kept; `None` when a series has more than `most`, or all together
    /// more than an answer may have.
    fn samples(
        &self,
        known: &BTreeMap<u32, Unit>,
        most: usize,
    ) -> Result<Option<Columns>, StoreError> {
        let mut all: BTreeMap<u32, Found> =
            known.keys().map(|id| (*id, Found::default())).collect();
        let mut of_hour: Samples = known.keys().map(|id| (*id, Found::default())).collect();
        let (mut window, mut total) = (window_of(self.from_ms), 0);
        while self.from_ms < self.to_ms
            && !known.is_empty()
            && let Some(next) = self.next_window(window)?
        {
            search(self.connection, next, (self.from_ms, self.to_ms), true, &mut of_hour)?;
            for (found, all) in of_hour.values().zip(all.values_mut()) {
                all.samples.extend_from_slice(&found.samples);
                all.interval_ms = all.interval_ms.max(found.interval_ms);
                total += found.samples.len();
                if all.samples.len() > most || total > MAX_ROWS {
                    return Ok(None);
                }
            }
            window = next + 1;
        }
        let column = |(id, found): (u32, Found)| {
            let unit = known.get(&id).copied().unwrap_or(Unit::Number);
            (id, raw_columns("", unit, found.interval_ms, &found.samples))
        };
        Ok(Some(all.into_iter().map(column).collect()))
    }

    /// Steps of this length.
    fn steps(&self, known: &BTreeMap<u32, Unit>, step_ms: i64) -> Result<Columns, StoreError> {
        let mut growing: BTreeMap<u32, Growing> = known
            .keys()
            .map(|id| (*id, Growing { steps: Steps::new(step_ms), interval_ms: 0, day: None }))
            .collect();
        let mut of_hour: Samples = known.keys().map(|id| (*id, Found::default())).collect();
        let mut window = window_of(self.from_ms);
        while self.from_ms < self.to_ms
            && !known.is_empty()
            && let Some(next) = self.next_window(window)?
        {
            window = self.add(next, step_ms, &mut growing, &mut of_hour)?;
            let rows: usize = growing.values().map(|growing| growing.steps.len()).sum();
            if rows > MAX_ROWS {
                return Err(StoreError::RangeTooLarge { limit: MAX_ROWS });
            }
        }
        let column = |(id, growing): (u32, Growing)| {
            let unit = known.get(&id).copied().unwrap_or(Unit::Number);
            (id, growing.steps.columns("", unit, growing.interval_ms))
        };
        Ok(growing.into_iter().map(column).collect())
    }

    /// Adds an hour, or the day that begins with it. Returns the hour to go on with.
    fn add(
        &self,
        window: i64,
        step_ms: i64,
        growing: &mut BTreeMap<u32, Growing>,
        of_hour: &mut Samples,
    ) -> Result<i64, StoreError> {
        let has_rows = |from_ms, to_ms| {
            head::has_rows(self.connection, from_ms, to_ms)
                .map_err(StoreError::read("read history"))
        };
        let (start_ms, end_ms) = (window * WINDOW_MS, (window + 1) * WINDOW_MS);
        let hours = step_ms % HOUR.step_ms == 0;
        if hours && window % DAY == 0 {
            let last_ms = start_ms + HOUR.window_ms;
            if self.holds(start_ms, last_ms) && !has_rows(start_ms, last_ms)? {
                for (series, growing) in growing {
                    let rows = self.level_rows(&HOUR, *series, (start_ms, last_ms), growing)?;
                    growing.steps.add_rows(&rows);
                }
                return Ok(window + DAY);
            }
        }
        let fresh = has_rows(start_ms, end_ms)?;
        let cut = self.from_ms.max(start_ms) % MINUTE.step_ms != 0
            || self.to_ms.min(end_ms) % MINUTE.step_ms != 0;
        let samples_kept = window >= self.dropped.samples_before;
        let finer = step_ms % MINUTE.step_ms != 0 || cut || fresh;
        if finer && samples_kept {
            search(self.connection, window, (self.from_ms, self.to_ms), true, of_hour)?;
            for (found, growing) in of_hour.values().zip(growing.values_mut()) {
                growing.steps.add(&found.samples);
                growing.interval_ms = growing.interval_ms.max(found.interval_ms);
            }
            return Ok(window + 1);
        }
        let whole = self.holds(start_ms, end_ms);
        let minutes_kept = window >= self.dropped.minutes_before;
        let level = if minutes_kept && !(hours && whole) { MINUTE } else { HOUR };
        if fresh {
            // Late samples of an hour whose chunks are gone: they come on top of its rows.
            search(self.connection, window, (self.from_ms, self.to_ms), false, of_hour)?;
        }
        for (series, growing) in growing {
            let mut rows = self.level_rows(&level, *series, (start_ms, end_ms), growing)?;
            if fresh && let Some(found) = of_hour.get(series) {
                join(&mut rows, &level.rows_of(&found.samples));
                growing.interval_ms = growing.interval_ms.max(found.interval_ms);
            }
            growing.steps.add_rows(&rows);
        }
        Ok(window + 1)
    }

    /// Whether all of this lies in the range.
    fn holds(&self, start_ms: i64, end_ms: i64) -> bool {
        self.from_ms <= start_ms && end_ms <= self.to_ms
    }

    /// Rows of a level in a part of one of its windows, as far as they touch the range.
    fn level_rows(
        &self,
        level: &Level,
        series: u32,
        (start_ms, end_ms): (i64, i64),
        growing: &mut Growing,
    ) -> Result<Vec<Bucket>, StoreError> {
        let window = level.window_of(start_ms);
        let read = || {
            let found = level.load(self.connection, window, series);
            match found.map_err(StoreError::read("read history"))? {
                Loaded::Chunk(chunk) => Ok(chunk),
                Loaded::Nothing => Ok(LevelRows::default()),
                Loaded::Damaged => {
                    let what = format!("history of {} {window} since 1970", level.what);
                    Err(StoreError::Record { what })
                }
            }
        };
        let fresh;
        let chunk = if *level == HOUR {
            // Asked for hour by hour, a day is read once.
            if growing.day.as_ref().is_none_or(|(day, _)| *day != window) {
                growing.day = Some((window, read()?));
            }
            growing.day.as_ref().map(|(_, chunk)| chunk)
        } else {
            fresh = read()?;
            Some(&fresh)
        };
        let Some(chunk) = chunk else { return Ok(Vec::new()) };
        let touches = |row: &&Bucket| {
            let end = row.start_ms + level.step_ms;
            let in_part = start_ms <= row.start_ms && row.start_ms < end_ms;
            in_part && row.start_ms < self.to_ms && self.from_ms < end
        };
        let rows: Vec<Bucket> = chunk.rows.iter().filter(touches).copied().collect();
        if !rows.is_empty() {
            // Where rows are coarser than the steps, so is the pace.
            let coarser = if level.step_ms > growing.steps.step_ms() { level.step_ms } else { 0 };
            let interval_ms = i64::from(chunk.interval_ms).max(coarser);
            growing.interval_ms = growing.interval_ms.max(interval_ms);
        }
        Ok(rows)
    }
}
