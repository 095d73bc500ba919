//! Samples of some series in one hour, from its chunks and from the head.

use std::collections::{BTreeMap, btree_map::Entry};

use rusqlite::Connection;

use crate::{
    StoreError,
    chunk::{WINDOW_MS, id_in, unpack},
    frame::Unpack,
    head,
    rows::{Sample, settle},
    seal::{joined, times},
};

/// Samples of one series.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of time, each time once.
    pub(crate) samples: Vec<Sample>,
    /// The longest pace at which they came; 0 when there are none.
    pub(crate) interval_ms: i64,
}

/// Samples by the ids of their series.
pub(crate) type Samples = BTreeMap<u32, Found>;

/// What an hour holds of the series that `samples` has, as far as it lies in the range. Replaces what
/// was found before.
pub(crate) fn search(
    connection: &Connection,
    window: i64,
    (from_ms, to_ms): (i64, i64),
    with_chunks: bool,
    samples: &mut Samples,
) -> Result<(), StoreError> {
    for found in samples.values_mut() {
        found.samples.clear();
        found.interval_ms = 0;
    }
    let from_ms = from_ms.max(window * WINDOW_MS);
    let to_ms = to_ms.min((window + 1) * WINDOW_MS);
    if with_chunks {
        chunks(connection, window, (from_ms, to_ms), samples)?;
    }
    from_head(connection, (from_ms, to_ms), samples).map_err(StoreError::read("read history"))?;
    for found in samples.values_mut() {
        settle(&mut found.samples);
    }
    Ok(())
}

fn chunks(
    connection: &Connection,
    window: i64,
    (from_ms, to_ms): (i64, i64),
    samples: &mut Samples,
) -> Result<(), StoreError> {
    let failed = || StoreError::read("read history");
    let damaged = || StoreError::Record { what: format!("history of hour {window} since 1970") };
    let mut select = connection
        .prepare_cached("SELECT clock, interval_ms, samples FROM chunk WHERE id = ?1")
        .map_err(failed())?;
    let (mut clocks, mut values) = (BTreeMap::new(), Vec::new());
    for (series, found) in samples {
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
        unpack(packed, offsets.len(), &mut values).ok_or_else(damaged)?;
        let range = from_ms..to_ms;
        let of_hour = joined(window, offsets, &values);
        found.samples.extend(of_hour.filter(|sample| range.contains(&sample.at_ms)));
        if !found.samples.is_empty() {
            found.interval_ms = row.get(1).map_err(failed())?;
        }
    }
    Ok(())
}

/// Adds what the head has, in the order of arrival for each time.
fn from_head(
    connection: &Connection,
    span: (i64, i64),
    samples: &mut Samples,
) -> rusqlite::Result<()> {
    let Some((&last, _)) = samples.last_key_value() else { return Ok(()) };
    head::visit(connection, span, |at_ms, interval_ms, packed| {
        for quantum in Unpack::new(packed).take_while(|quantum| quantum.series <= last) {
            let Some(found) = samples.get_mut(&quantum.series) else { continue };
            found.interval_ms = found.interval_ms.max(interval_ms.into());
            found.samples.push(Sample { at_ms, value: quantum.value });
        }
    })
}
