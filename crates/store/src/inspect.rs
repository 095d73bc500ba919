//! A look at a data folder without opening it for work: nothing is locked, brought up to date or
//! changed, and a server may be at work on it.

use std::{fs, io, path::Path};

use bellwether_signal::Timestamp;
use rusqlite::{Connection, OpenFlags};

use crate::{
    StoreError,
    open::{DATABASE, LOCK},
    read::extent,
    schema::{check, known, open_error},
};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Size of the database and its log.
    pub size_bytes: u64,
    /// The file's version, and the version that this program brings it to.
    pub version: (i64, i64),
    /// When the newest sample was taken.
    pub newest: Option<Timestamp>,
    /// What the database says of its own order; nothing when all is well.
    pub damage: Option<String>,
    /// The process of the server that works on the folder.
    pub server: Option<u32>,
}

/// Looks at the database in a folder; nothing when there is none yet. Its whole content is read,
/// which takes about a second a gigabyte.
pub fn inspect(folder: &Path) -> Result<Option<Inspection>, StoreError> {
    let path = folder.join(DATABASE);
    let size = |ending: &str| {
        fs::metadata(folder.join(format!("{DATABASE}{ending}"))).map_or(0, |file| file.len())
    };
    match fs::metadata(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::NotReadable { path, source }),
    }
    if let Err(source) = fs::File::open(&path) {
        return Err(StoreError::NotReadable { path, source });
    }
    let connection =
        open(&path, size("-wal") > 0).map_err(|source| open_error(&path, "open", source))?;
    let version = check(&connection, &path)?;
    let read = || {
        // A version that is to be brought up to date may lack a table.
        let newest = if version == known() { extent(&connection)? } else { None };
        let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((newest.map(|(_, last)| Timestamp(last)), (said != "ok").then_some(said)))
    };
    let (newest, damage) = read().map_err(|source| open_error(&path, "read", source))?;
    let server = holder(folder);
    let size_bytes = size("") + size("-wal");
    Ok(Some(Inspection { size_bytes, version: (version, known()), newest, damage, server }))
}

/// Opens it to read. Without a log nobody works on it; it is taken as it is then, because `SQLite`
/// would make a log beside it, which the server might not be allowed to write later.
pub(crate) fn open(path: &Path, has_log: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if has_log {
        return Connection::open_with_flags(path, flags);
    }
    let text = path.to_string_lossy();
    let quoted: String = text
        .chars()
        .map(|it| match it {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            it => it.to_string(),
        })
        .collect();
    let address = format!("file:{quoted}?immutable=1");
    Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)
}

/// Who holds the folder's lock, if somebody does.
fn holder(folder: &Path) -> Option<u32> {
    let path = folder.join(LOCK);
    let lock = fs::File::open(&path).ok()?;
    match lock.try_lock_shared() {
        Err(fs::TryLockError::WouldBlock) => fs::read_to_string(path).ok()?.trim().parse().ok(),
        Ok(()) | Err(fs::TryLockError::Error(_)) => None,
    }
}
