//! The versions of the file. Each is one SQL file; a released one is never edited again.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::{StoreError, seal};

/// What leads from version n to n + 1, from an empty file on.
const MIGRATIONS: [&str; 7] = [
    include_str!("migrations/0001_head.sql"),
    include_str!("migrations/0002_chunks.sql"),
    include_str!("migrations/0003_events.sql"),
    include_str!("migrations/0004_levels.sql"),
    include_str!("migrations/0005_durables.sql"),
    include_str!("migrations/0006_records.sql"),
    include_str!("migrations/0007_predictions.sql"),
];

/// The version from which on there are logged topics.
pub(crate) const EVENTS: i64 = 3;

/// The version from which on sealed hours have coarser rows.
const LEVELS: i64 = 4;

/// Marks the file as ours in its header: "BLWR".
const APPLICATION_ID: i64 = 0x424c_5752;

/// Each migration with the version that it leads to.
fn versions() -> impl Iterator<Item = (&'static str, i64)> {
    MIGRATIONS.into_iter().zip(1..)
}

/// The version that this program writes.
pub(crate) fn known() -> i64 {
    versions().map(|(_, version)| version).max().unwrap_or_default()
}

/// Says which version a file has, 0 when it is empty; an error when it is not for us. Writes nothing.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let read = || {
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((tables, pragma("application_id")?, pragma("user_version")?))
    };
    let (tables, application, found) = read().map_err(|source| open_error(path, "read", source))?;
    if tables > 0 && application != APPLICATION_ID {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let known = known();
    if found > known {
        return Err(StoreError::NewerSchema { path: path.to_owned(), found, known });
    }
    Ok(found)
}

/// Brings the file up to date. Each version is one transaction: a kill leaves the one before it.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: &Path,
    found: i64,
) -> Result<(), StoreError> {
    for (sql, version) in versions().filter(|(_, version)| *version > found) {
        apply(connection, sql, version)
            .map_err(|source| open_error(path, "bring up to date", source))?;
    }
    Ok(())
}

fn apply(connection: &mut Connection, sql: &str, version: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(sql)?;
    if version == LEVELS {
        seal::fill_all(&transaction)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Says what an error while opening means.
pub(crate) fn open_error(path: &Path, doing: &'static str, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { path, source }
        }
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        _ => StoreError::Open { path, doing, source },
    }
}
