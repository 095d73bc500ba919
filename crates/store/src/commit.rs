//! Commits that wait for the disk.

use rusqlite::Connection;

/// Records and events are few and are to survive a loss of power: their commits wait for the disk.
pub(crate) fn durably<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.pragma_update(None, "synchronous", "full")?;
    let result = work(connection);
    connection.pragma_update(None, "synchronous", "normal")?;
    result
}
