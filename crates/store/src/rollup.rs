//! Filling the coarser levels, in the transaction that seals an hour.
//!
//! As long as an hour's samples are kept, its rows are made anew from all of them whenever it is
//! sealed again: nothing counts twice. Samples that come when the hour's were dropped already go into
//! the rows directly, and nowhere else.

use rusqlite::Connection;

use crate::{
    chunk::WINDOW_MS,
    level::{Dropped, HOUR, LevelRows, Loaded, MINUTE, join},
    rows::{Bucket, Sample},
};

/// Whether samples are all of their hour, or come on top of what the rows count already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    All,
    More,
}

/// Puts one series' samples of an hour, in the order of time, into minutes and hours.
pub(crate) fn fill(
    connection: &Connection,
    window: i64,
    series: u32,
    (samples, interval_ms): (&[Sample], u32),
    fill: Fill,
    dropped: Dropped,
) -> rusqlite::Result<()> {
    let minutes = MINUTE.rows_of(samples);
    if window >= dropped.minutes_before {
        let mut chunk = LevelRows { rows: Vec::new(), interval_ms };
        if fill == Fill::More {
            chunk = known(MINUTE.load(connection, window, series)?, interval_ms);
        }
        join(&mut chunk.rows, &minutes);
        MINUTE.save(connection, window, series, &chunk)?;
    }
    let start_ms = window * WINDOW_MS;
    let day = HOUR.window_of(start_ms);
    let mut chunk = known(HOUR.load(connection, day, series)?, interval_ms);
    if fill == Fill::All {
        chunk.rows.retain(|row| row.start_ms != start_ms);
    }
    let hour: Vec<Bucket> = minutes
        .into_iter()
        .map(|minute| Bucket { start_ms, ..minute })
        .reduce(|mut hour, minute| {
            hour.merge(&minute);
            hour
        })
        .into_iter()
        .collect();
    join(&mut chunk.rows, &hour);
    HOUR.save(connection, day, series, &chunk)
}

/// What is there already; a chunk that cannot be read is overwritten: nobody could read it either.
fn known(found: Loaded, interval_ms: u32) -> LevelRows {
    let mut chunk = match found {
        Loaded::Chunk(chunk) => chunk,
        Loaded::Nothing => LevelRows::default(),
        Loaded::Damaged => {
            tracing::warn!("a damaged chunk of minutes or hours is replaced");
            LevelRows::default()
        }
    };
    chunk.interval_ms = chunk.interval_ms.max(interval_ms);
    chunk
}
