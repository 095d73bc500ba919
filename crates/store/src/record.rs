//! Records: small things that other rooms keep as one JSON text each, by kind and id. The rooms hold
//! them in memory and read them once, at their start.

use bellwether_signal::ports::RecordChange;
use rusqlite::Connection;
use serde_json::Value;

use crate::StoreError;

/// The most that one record may take, as JSON text.
pub const MAX_RECORD_BYTES: usize = 4 * 1024 * 1024;
/// Records of one kind; one more is refused.
pub const MAX_RECORDS: usize = 20_000;

/// All of a kind, by id.
pub(crate) fn all(connection: &Connection, kind: &str) -> Result<Vec<(String, Value)>, StoreError> {
    let read = || -> rusqlite::Result<Vec<(String, String)>> {
        connection
            .prepare_cached("SELECT id, body FROM record WHERE kind = ?1 ORDER BY id")?
            .query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    let found = read().map_err(StoreError::read("read records"))?;
    let value = |(id, body): (String, String)| match serde_json::from_str(&body) {
        Ok(body) => Ok((id, body)),
        Err(_) => Err(StoreError::Record { what: format!("{kind} {id}") }),
    };
    found.into_iter().map(value).collect()
}

/// Makes all changes; the caller's transaction makes it all or none.
pub(crate) fn change(connection: &Connection, changes: &[RecordChange]) -> Result<(), StoreError> {
    for RecordChange { kind, id, body } in changes {
        let Some(body) = body else {
            connection
                .prepare_cached("DELETE FROM record WHERE kind = ?1 AND id = ?2")?
                .execute((kind, id))?;
            continue;
        };
        let text = body.to_string();
        if text.len() > MAX_RECORD_BYTES {
            let (what, bytes) = (format!("{kind} {id}"), text.len());
            return Err(StoreError::RecordTooLarge { what, bytes, limit: MAX_RECORD_BYTES });
        }
        connection
            .prepare_cached("INSERT OR REPLACE INTO record (kind, id, body) VALUES (?1, ?2, ?3)")?
            .execute((kind, id, text))?;
        let count: u32 = connection
            .prepare_cached("SELECT count(*) FROM record WHERE kind = ?1")?
            .query_row([kind], |row| row.get(0))?;
        if count as usize > MAX_RECORDS {
            return Err(StoreError::TooManyRecords { kind, limit: MAX_RECORDS });
        }
    }
    Ok(())
}
