//! Copies of the whole database, in both directions.
//!
//! Both are made by `VACUUM INTO` in one read transaction: one state of the database, whatever a server
//! writes meanwhile, without what was deleted. A copy is written beside its place, checked, synced and
//! then renamed: whenever this is killed, the place holds the old file or the whole new one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use bellwether_signal::Timestamp;
use rusqlite::Connection;

use crate::{
    StoreError,
    events::{epoch_after, standings},
    inspect,
    open::{DATABASE, Folder, private},
    schema::{EVENTS, check, open_error},
};

/// Names in the data folder that are the server's own start so.
const OWN: &str = "bellwether.";

/// Most old databases that are kept aside.
const MAX_ASIDE: u32 = 1_000;

/// The name of the database in a data folder.
pub const DATABASE_NAME: &str = DATABASE;

/// Writes a copy of a folder's database to a file, while a server may be at work on it. Returns its
/// size. Nothing is written over without `force`.
pub fn backup(folder: &Path, target: &Path, force: bool) -> Result<u64, StoreError> {
    may_write(folder, target, force)?;
    let (connection, _) = open(&folder.join(DATABASE))?;
    let copy = Copy::of(&connection, target)?;
    copy.put(target)
}

/// Whether there is something to copy in a folder, and the copy may have that name.
pub fn may_write(folder: &Path, target: &Path, force: bool) -> Result<(), StoreError> {
    if !folder.join(DATABASE).exists() {
        return Err(StoreError::NothingThere { folder: folder.to_owned() });
    }
    if is_own(folder, target) {
        return Err(StoreError::OwnFile { path: target.to_owned() });
    }
    if !force && fs::symlink_metadata(target).is_ok() {
        return Err(StoreError::Exists { path: target.to_owned() });
    }
    Ok(())
}

/// Puts a copy into a folder, which no server works on meanwhile. A database that is there already
/// is put aside with `force`, and refuses it otherwise; returns where it is then.
pub fn restore(copy: &Path, folder: &Path, force: bool) -> Result<Option<PathBuf>, StoreError> {
    restore_with(copy, folder, force, |_| Ok(()))
}

/// The same, with what belongs to the copy: `others` is called once it is known that the copy is good and
/// nobody works on the folder, with the place of the database that was put aside, before the copy takes
/// its place. When it fails, the database is the one that was there.
pub fn restore_with(
    copy: &Path,
    folder: &Path,
    force: bool,
    others: impl FnOnce(Option<&Path>) -> Result<(), StoreError>,
) -> Result<Option<PathBuf>, StoreError> {
    if let Err(source) = File::open(copy) {
        return Err(StoreError::NotReadable { path: copy.to_owned(), source });
    }
    // Before anything is made: what is no copy changes nothing.
    let (connection, version) = open(copy)?;
    if version == 0 {
        return Err(StoreError::BadCopy { path: copy.to_owned(), what: "it is empty".to_owned() });
    }
    sound(&connection, copy)?;
    let held = Folder::lock(folder)?;
    let place = held.database();
    let there = fs::metadata(&place).is_ok_and(|file| file.len() > 0);
    if there && !force {
        return Err(StoreError::DataThere { folder: folder.to_owned() });
    }
    let copy = Copy::of(&connection, &place)?;
    copy.begin_epochs(version)?;
    let aside = if there { Some(put_aside(&place)?) } else { None };
    others(aside.as_deref())?;
    copy.put(&place)?;
    held.unlock();
    Ok(aside)
}

/// Whether a file is one that the server works with, by whichever way it is named.
fn is_own(folder: &Path, target: &Path) -> bool {
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let inside = |path: &Path| {
        let same = fs::canonicalize(path).ok() == fs::canonicalize(folder).ok();
        same && fs::canonicalize(folder).is_ok()
    };
    let named =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(OWN));
    if inside(parent) && named(target) {
        return true;
    }
    // A link to one of them.
    fs::canonicalize(target).is_ok_and(|real| real.parent().is_some_and(inside) && named(&real))
}

/// Opens a database to read; one that is not ours is an error.
fn open(path: &Path) -> Result<(Connection, i64), StoreError> {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let has_log = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    let connection =
        inspect::open(path, has_log).map_err(|source| open_error(path, "open", source))?;
    let version = check(&connection, path)?;
    Ok((connection, version))
}

/// An error when the database says of itself that something is wrong.
fn sound(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let bad = |what: String| StoreError::BadCopy { path: path.to_owned(), what };
    let said: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| bad(error.to_string()))?;
    if said == "ok" { Ok(()) } else { Err(bad(said)) }
}

/// A copy beside the place where it is to be. Removed, unless it is put there.
struct Copy {
    beside: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Once it is in its place it is not here any more.
        let _gone = fs::remove_file(&self.beside);
    }
}

impl Copy {
    fn of(connection: &Connection, place: &Path) -> Result<Self, StoreError> {
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".partial-{}", std::process::id()));
        let copy = Self { beside: place.with_file_name(name) };
        let path = &copy.beside;
        // Made here, for nobody else to see; what a killed process of our number left is emptied.
        let file = private(path)?;
        file.set_len(0).map_err(|source| failed(path, source))?;
        connection
            .execute("VACUUM INTO ?1", [path.to_string_lossy()])
            .map_err(|source| failed(path, source))?;
        let (written, _) = open(path)?;
        sound(&written, path)?;
        file.sync_all().map_err(|source| failed(path, source))?;
        Ok(copy)
    }

    /// The positions after the copy was made were given to events that it has not: they are not given
    /// to others now, every logged topic begins a new epoch.
    fn begin_epochs(&self, version: i64) -> Result<(), StoreError> {
        if version < EVENTS {
            return Ok(());
        }
        let begin = || {
            let copy = Connection::open(&self.beside)?;
            for (topic, newest) in standings(&copy)? {
                let epoch = epoch_after(newest.epoch(), Timestamp(0)).cast_signed();
                let sql = "UPDATE event_topic SET epoch = ?2, offset = 0 WHERE topic = ?1";
                copy.execute(sql, (topic.as_str(), epoch))?;
            }
            copy.close().map_err(|(_, error)| error)
        };
        begin().map_err(|source| failed(&self.beside, source))?;
        let sync = || File::open(&self.beside)?.sync_all();
        sync().map_err(|source: io::Error| failed(&self.beside, source))
    }

    /// Puts it where it is to be; returns its size.
    fn put(self, place: &Path) -> Result<u64, StoreError> {
        fs::rename(&self.beside, place).map_err(|source| failed(place, source))?;
        sync_folder_of(place).map_err(|source| failed(place, source))?;
        Ok(fs::metadata(place).map_or(0, |file| file.len()))
    }
}

fn failed(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Copy { path: path.to_owned(), source: Box::new(source) }
}

/// A rename is on disk once its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Gives the database at a place a second name, and takes its log away from there.
fn put_aside(place: &Path) -> Result<PathBuf, StoreError> {
    // What is in the log belongs to it; a damaged one keeps its log beside it.
    if let Ok(old) = Connection::open(place) {
        let copied = old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        drop(copied);
    }
    let named = |number: u32, ending: &str| {
        let mut name = place.as_os_str().to_owned();
        name.push(format!(".old-{number}{ending}"));
        PathBuf::from(name)
    };
    let free = (1..=MAX_ASIDE).find(|number| fs::symlink_metadata(named(*number, "")).is_err());
    let Some(number) = free else {
        let source = io::Error::other("there are too many old databases beside it; remove some");
        return Err(failed(place, source));
    };
    let log = |ending: &str| PathBuf::from(format!("{}{ending}", place.display()));
    if fs::symlink_metadata(log("-wal")).is_ok() {
        fs::rename(log("-wal"), named(number, "-wal")).map_err(|source| failed(place, source))?;
    }
    // An index of the log, made anew by whoever opens it.
    let _gone = fs::remove_file(log("-shm"));
    let aside = named(number, "");
    // A second name first, where the file system has them: at no moment is there no database.
    if fs::hard_link(place, &aside).is_err() {
        fs::rename(place, &aside).map_err(|source| failed(place, source))?;
    }
    Ok(aside)
}
