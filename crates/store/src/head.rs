//! The head: what came in last, as rows whose ids say when.

use rusqlite::{Connection, Row};

use crate::chunk::{WINDOW_MS, window_of};

/// Bits of a row's id that count rows of the same millisecond.
pub(crate) const SAME_MS_BITS: u32 = 20;

/// Times that a row's id can hold: up to the year 2248.
pub(crate) const MAX_AT_MS: i64 = (1 << (63 - SAME_MS_BITS)) - 1;

/// Ids of the rows from one time up to and without another.
pub(crate) fn ids_between(from_ms: i64, to_ms: i64) -> (i64, i64) {
    (from_ms << SAME_MS_BITS, to_ms << SAME_MS_BITS)
}

/// Ids of the rows in a window.
pub(crate) fn ids_in_window(window: i64) -> (i64, i64) {
    ids_between(window * WINDOW_MS, (window + 1) * WINDOW_MS)
}

/// When the row of an id was measured.
pub(crate) fn at_ms(id: i64) -> i64 {
    id >> SAME_MS_BITS
}

/// The oldest window that has rows.
pub(crate) fn oldest_window(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let id: Option<i64> =
        connection.prepare_cached("SELECT min(id) FROM head")?.query_row([], |row| row.get(0))?;
    Ok(id.map(|id| window_of(at_ms(id))))
}

/// Whether there are rows from one time up to and without another.
pub(crate) fn has_rows(
    connection: &Connection,
    from_ms: i64,
    to_ms: i64,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM head WHERE id >= ?1 AND id < ?2)")?
        .query_row(ids_between(from_ms, to_ms), |row| row.get(0))
}

/// Calls `visit` with time, pace and samples of each row between two times, in the order of time and
/// arrival.
pub(crate) fn visit(
    connection: &Connection,
    (from_ms, to_ms): (i64, i64),
    mut visit: impl FnMut(i64, u32, &[u8]),
) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(
        "SELECT id, interval_ms, samples FROM head WHERE id >= ?1 AND id < ?2 ORDER BY id",
    )?;
    let mut rows = select.query(ids_between(from_ms, to_ms))?;
    while let Some(row) = rows.next()? {
        read(row, &mut visit)?;
    }
    Ok(())
}

fn read(row: &Row<'_>, visit: &mut impl FnMut(i64, u32, &[u8])) -> rusqlite::Result<()> {
    visit(at_ms(row.get(0)?), row.get(1)?, row.get_ref(2)?.as_blob()?);
    Ok(())
}
