//! History as it comes back: window by window, each series in the order of time, each time once.

use std::collections::{BTreeMap, btree_map::Entry};

use bellwether_signal::{
    Timestamp, Unit,
    answer::{SeriesAnswer, SeriesColumns},
    series::SeriesName,
};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    StoreError,
    chunk::{WINDOW_MS, id_in, unpack, window_of, window_of_id},
    frame::Unpack,
    rows::{Sample, Steps, empty, raw_columns, settle, step_for},
    seal::{joined, times},
    writer::{MAX_AT_MS, SAME_MS_BITS},
};

/// Rows of one answer, over all of its series; a range with more is refused. They take about
/// 10 MB while the answer is made.
pub const MAX_ROWS: usize = 100_000;

/// How finely history is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Samples as they were measured.
    Raw,
    /// Lowest, highest and mean of each step of so many milliseconds; steps start at multiples of
    /// their length since 1970, so that the first may start before the range.
    Step(i64),
    /// At most so many rows a series: samples if that are enough of them, otherwise steps.
    Points(usize),
}

/// What was found of one series.
struct Found {
    unit: Unit,
    /// Samples as they are; gone once there are too many.
    raw: Option<Vec<Sample>>,
    steps: Option<Steps>,
    /// The longest pace at which samples came.
    interval_ms: i64,
}

/// What one answer needs, by the ids of its series.
struct Search {
    from_ms: i64,
    to_ms: i64,
    max_raw: usize,
    found: BTreeMap<u32, Found>,
    /// Values of the chunk at hand.
    values: Vec<i64>,
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
    let (mut from_ms, mut to_ms) = (from.0.max(0), to.0.min(MAX_AT_MS + 1));
    if let Some((first_ms, last_ms)) = extent(&snapshot).map_err(failed())? {
        // "Everything" is cut to what there is, before its steps are chosen.
        (from_ms, to_ms) = (from_ms.max(first_ms), to_ms.min(last_ms + 1));
    } else {
        to_ms = from_ms;
    }
    let (max_raw, step_ms) = match resolution {
        Resolution::Raw => (MAX_ROWS, None),
        Resolution::Step(step_ms) => (0, Some(step_ms)),
        Resolution::Points(points) => (points, Some(step_for(from_ms, to_ms, points))),
    };
    let mut search = Search::new(from_ms, to_ms, max_raw);
    for (id, name) in ids.iter().zip(names) {
        let Some(id) = id else { continue };
        search.found.entry(*id).or_insert_with(|| Found {
            unit: name.unit(),
            raw: (max_raw > 0).then(Vec::new),
            steps: step_ms.map(Steps::new),
            interval_ms: 0,
        });
    }
    search.run(&snapshot)?;
    let raw = search.found.values().all(|found| found.raw.is_some()) && max_raw > 0;
    let columns = |(id, name): (&Option<u32>, &SeriesName)| {
        let found = id.and_then(|id| search.found.get(&id));
        found.map_or_else(
            || empty(name.as_str(), name.unit(), 0),
            |found| found.columns(name.as_str(), raw),
        )
    };
    Ok(SeriesAnswer {
        from,
        to,
        step_ms: if raw { 0 } else { step_ms.unwrap_or(0) },
        series: ids.iter().zip(names).map(columns).collect(),
    })
}

fn ids(connection: &Connection, names: &[SeriesName]) -> rusqlite::Result<Vec<Option<u32>>> {
    let mut find = connection.prepare_cached("SELECT id FROM series WHERE name = ?1")?;
    names.iter().map(|name| find.query_row([name.as_str()], |row| row.get(0)).optional()).collect()
}

/// Time of the first and the last sample there is, to the millisecond or wider.
pub(crate) fn extent(connection: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let (first_row, last_row, first_chunk, last_chunk): Ends = connection
        .prepare_cached(
            "SELECT (SELECT min(id) FROM head), (SELECT max(id) FROM head),
                    (SELECT min(id) FROM chunk), (SELECT max(id) FROM chunk)",
        )?
        .query_row([], |row| row.try_into())?;
    let at_ms = |id: i64| id >> SAME_MS_BITS;
    let start_ms = |id: i64| window_of_id(id) * WINDOW_MS;
    let first = first_row.map(at_ms).into_iter().chain(first_chunk.map(start_ms)).min();
    let last_ms = last_chunk.map(|id| start_ms(id) + WINDOW_MS - 1);
    Ok(first.zip(last_row.map(at_ms).into_iter().chain(last_ms).max()))
}

type Ends = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// The first window from `window` on that has anything.
fn next_window(connection: &Connection, window: i64) -> rusqlite::Result<Option<i64>> {
    let first = (window * WINDOW_MS) << SAME_MS_BITS;
    let (row, chunk): (Option<i64>, Option<i64>) = connection
        .prepare_cached(
            "SELECT (SELECT min(id) FROM head WHERE id >= ?1),
                    (SELECT min(id) FROM chunk WHERE id >= ?2)",
        )?
        .query_row((first, id_in(window, 0)), |row| row.try_into())?;
    let row = row.map(|id| window_of(id >> SAME_MS_BITS));
    Ok(row.into_iter().chain(chunk.map(window_of_id)).min())
}

impl Search {
    fn new(from_ms: i64, to_ms: i64, max_raw: usize) -> Self {
        Self { from_ms, to_ms, max_raw, found: BTreeMap::new(), values: Vec::new() }
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if self.from_ms >= self.to_ms || self.found.is_empty() {
            return Ok(());
        }
        let failed = || StoreError::read("read history");
        let mut samples: BTreeMap<u32, Vec<Sample>> =
            self.found.keys().map(|id| (*id, Vec::new())).collect();
        let mut window = window_of(self.from_ms);
        while let Some(next) = next_window(connection, window).map_err(failed())?
            && next * WINDOW_MS < self.to_ms
        {
            self.chunks(connection, next, &mut samples)?;
            self.head(connection, next, &mut samples).map_err(failed())?;
            for (id, samples) in &mut samples {
                settle(samples);
                if let Some(found) = self.found.get_mut(id) {
                    found.add(samples, self.max_raw);
                }
                samples.clear();
            }
            let rows: usize = self.found.values().map(Found::rows).sum();
            if rows > MAX_ROWS || self.found.values().any(Found::overflowed) {
                return Err(StoreError::RangeTooLarge { limit: MAX_ROWS });
            }
            window = next + 1;
        }
        Ok(())
    }

    /// Adds what is sealed of a window, as far as it is in the range.
    fn chunks(
        &mut self,
        connection: &Connection,
        window: i64,
        samples: &mut BTreeMap<u32, Vec<Sample>>,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::read("read history");
        let damaged =
            || StoreError::Record { what: format!("history of hour {window} since 1970") };
        let mut select = connection
            .prepare_cached("SELECT clock, interval_ms, samples FROM chunk WHERE id = ?1")
            .map_err(failed())?;
        let mut clocks = BTreeMap::new();
        for (series, samples) in samples {
            let mut rows = select.query([id_in(window, *series)]).map_err(failed())?;
            let Some(row) = rows.next().map_err(failed())? else { continue };
            let number: u32 = row.get(0).map_err(failed())?;
            let offsets = match clocks.entry(number) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let times = times(connection, window, number).map_err(failed())?;
                    unknown.insert(times.ok_or_else(damaged)?)
                }
            };
            let packed = row.get_ref(2).map_err(failed())?.as_blob().map_err(|_| damaged())?;
            unpack(packed, offsets.len(), &mut self.values).ok_or_else(damaged)?;
            let range = self.from_ms..self.to_ms;
            let before = samples.len();
            samples.extend(
                joined(window, offsets, &self.values)
                    .filter(|sample| range.contains(&sample.at_ms)),
            );
            if let Some(found) = self.found.get_mut(series)
                && samples.len() > before
            {
                let interval_ms: i64 = row.get(1).map_err(failed())?;
                found.interval_ms = found.interval_ms.max(interval_ms);
            }
        }
        Ok(())
    }

    /// Adds what the head has of a window, in the order of arrival for each time.
    fn head(
        &mut self,
        connection: &Connection,
        window: i64,
        samples: &mut BTreeMap<u32, Vec<Sample>>,
    ) -> rusqlite::Result<()> {
        let Some((&last, _)) = samples.last_key_value() else { return Ok(()) };
        let from_ms = self.from_ms.max(window * WINDOW_MS);
        let to_ms = self.to_ms.min((window + 1) * WINDOW_MS);
        let mut select = connection.prepare_cached(
            "SELECT id, interval_ms, samples FROM head WHERE id >= ?1 AND id < ?2 ORDER BY id",
        )?;
        let mut rows = select.query((from_ms << SAME_MS_BITS, to_ms << SAME_MS_BITS))?;
        while let Some(row) = rows.next()? {
            let at_ms = row.get::<_, i64>(0)? >> SAME_MS_BITS;
            let interval_ms: i64 = row.get(1)?;
            let packed = row.get_ref(2)?.as_blob()?;
            for quantum in Unpack::new(packed).take_while(|quantum| quantum.series <= last) {
                let Some(found) = self.found.get_mut(&quantum.series) else { continue };
                found.interval_ms = found.interval_ms.max(interval_ms);
                if let Some(samples) = samples.get_mut(&quantum.series) {
                    samples.push(Sample { at_ms, value: quantum.value });
                }
            }
        }
        Ok(())
    }
}

impl Found {
    fn add(&mut self, samples: &[Sample], max_raw: usize) {
        if let Some(raw) = &mut self.raw {
            if raw.len() + samples.len() <= max_raw {
                raw.extend_from_slice(samples);
            } else {
                self.raw = None;
            }
        }
        if let Some(steps) = &mut self.steps {
            steps.add(samples);
        }
    }

    fn rows(&self) -> usize {
        let raw = self.raw.as_ref().map_or(0, Vec::len);
        raw.max(self.steps.as_ref().map_or(0, Steps::len))
    }

    /// More samples than fit, and no steps to say them with.
    fn overflowed(&self) -> bool {
        self.raw.is_none() && self.steps.is_none()
    }

    fn columns(&self, name: &str, raw: bool) -> SeriesColumns {
        match (&self.raw, &self.steps) {
            (Some(samples), _) if raw => raw_columns(name, self.unit, self.interval_ms, samples),
            (_, Some(steps)) => steps.columns(name, self.unit, self.interval_ms),
            (_, None) => empty(name, self.unit, self.interval_ms),
        }
    }
}
