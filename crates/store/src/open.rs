//! The data folder: made, locked, and its database opened.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    StoreError,
    schema::{check, migrate, open_error},
};

/// The database in the folder.
pub(crate) const DATABASE: &str = "bellwether.db";

/// Held locked for as long as a server works on the folder; says which.
pub(crate) const LOCK: &str = "bellwether.lock";

/// How long a connection waits for another one's lock. Only a checkpoint ever holds one for long.
const BUSY: Duration = Duration::from_secs(5);

/// Page cache of the connection that writes, and of each that reads. Small, because the whole
/// server has 40 MB; the kernel's own cache keeps what is hot.
const WRITER_CACHE_KIB: i64 = 1024;
const READER_CACHE_KIB: i64 = 256;

/// Half of the usual page. A commit writes whole pages, about two of them; and chunks of any length
/// fill small pages better: 0.65 instead of 0.74 bytes a sample (`examples/storing_cost.rs`).
const PAGE_BYTES: i64 = 2048;

/// Pages in the write-ahead log before they go to their places: 1 MiB.
const CHECKPOINT_PAGES: i64 = 512;

/// What is left of the log after a larger transaction (sealing) was copied.
const LOG_BYTES: i64 = 2 * 1024 * 1024;

/// The most that a store in memory may take.
const MEMORY_BYTES: i64 = 64 * 1024 * 1024;

/// Counts stores in memory: each is another database.
static IN_MEMORY: AtomicU64 = AtomicU64::new(0);

/// A folder that nobody else works on for as long as this lives; or, in its place, memory.
pub(crate) struct Folder {
    path: PathBuf,
    /// The lock ends with the descriptor, however the process ends. A folder that cannot be written
    /// has none.
    lock: Option<File>,
    /// Names the database in memory that stands in for the folder's.
    memory: Option<String>,
}

impl Folder {
    /// Makes the folder if it is not there, and locks it.
    pub(crate) fn lock(path: &Path) -> Result<Self, StoreError> {
        // Only a folder that we make gets our mode: `--data /tmp` must not close /tmp to others.
        // The files are closed to others in any case.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
        let file = path.join(LOCK);
        let mut lock = private(&file)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse { folder: path.to_owned(), pid: holder(&mut lock) });
            }
            Err(TryLockError::Error(source)) => {
                return Err(StoreError::NotWritable { path: file, source });
            }
        }
        sign(&mut lock).map_err(|source| not_writable(&file, source))?;
        Ok(Self { path: path.to_owned(), lock: Some(lock), memory: None })
    }

    /// The same folder with its database in memory: nothing in it is touched. A lock that is held
    /// stays.
    pub(crate) fn in_memory(path: &Path, held: Option<Self>) -> Self {
        // The slash makes it one database for all connections of the process.
        let memory = format!("file:/bellwether-{}?vfs=memdb", IN_MEMORY.fetch_add(1, Relaxed));
        let lock = held.and_then(|folder| folder.lock);
        Self { path: path.to_owned(), lock, memory: Some(memory) }
    }

    /// Lets others have it, once our connections are closed.
    pub(crate) fn unlock(&self) {
        let Some(lock) = &self.lock else { return };
        if let Err(error) = lock.unlock() {
            tracing::warn!(%error, "the data folder stays locked until the process ends");
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Opens the connection that writes, with the file brought up to date.
    pub(crate) fn open_writer(&self) -> Result<Connection, StoreError> {
        let path = self.database();
        if let Some(memory) = &self.memory {
            return open_memory(memory, &path);
        }
        // Made here, because SQLite would let others read it; its log files copy this mode.
        private(&path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags)
            .map_err(|source| open_error(&path, "open", source))?;
        let prepare = || {
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "page_size", PAGE_BYTES) // of a new file
        };
        prepare().map_err(|source| open_error(&path, "open", source))?;
        // Read first: what is damaged or not ours stays as it is.
        let version = check(&connection, &path)?;
        let set_up = || {
            // A write-ahead log, copied at checkpoints: a commit is a write without a sync, which
            // survives the end of the process; a loss of power may cost the last seconds.
            let _mode: String =
                connection
                    .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
            connection.pragma_update(None, "synchronous", "normal")?;
            connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
            connection.pragma_update(None, "journal_size_limit", LOG_BYTES)
        };
        set_up().map_err(|source| open_error(&path, "set up", source))?;
        // With the log in place: in a new file the tables cost no wait for the disk.
        migrate(&mut connection, &path, version)?;
        Ok(connection)
    }

    /// Opens a connection that only reads.
    pub(crate) fn open_reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &self.memory {
            Some(memory) => {
                Connection::open_with_flags(memory, flags | OpenFlags::SQLITE_OPEN_URI)?
            }
            None => Connection::open_with_flags(self.database(), flags)?,
        };
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        Ok(connection)
    }

    /// Size of the database and its logs on disk, in bytes.
    pub(crate) fn size_bytes(&self) -> u64 {
        if self.memory.is_some() {
            return 0;
        }
        ["", "-wal", "-shm"]
            .iter()
            .filter_map(|ending| {
                let name = format!("{DATABASE}{ending}");
                Some(std::fs::metadata(self.path.join(name)).ok()?.len())
            })
            .sum()
    }
}

fn open_memory(name: &str, path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(name, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        // What takes a change back is in memory too.
        let _mode: String =
            connection.pragma_update_and_check(None, "journal_mode", "memory", |row| row.get(0))?;
        let pages = MEMORY_BYTES / PAGE_BYTES;
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
        Ok(connection)
    };
    let mut connection = open().map_err(|source| open_error(path, "make in memory", source))?;
    migrate(&mut connection, path, 0)?;
    Ok(connection)
}

/// Opens a file to read and write, made if needed, for nobody else to see.
pub(crate) fn private(path: &Path) -> Result<File, StoreError> {
    let open = || {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(PermissionsExt::from_mode(0o600))?;
        }
        Ok(file)
    };
    open().map_err(|source| not_writable(path, source))
}

fn not_writable(path: &Path, source: io::Error) -> StoreError {
    if source.kind() == io::ErrorKind::StorageFull {
        return StoreError::Full { path: path.to_owned() };
    }
    StoreError::NotWritable { path: path.to_owned(), source }
}

/// Leaves our process id in the lock, for the message that the next one prints.
fn sign(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    write!(lock, "{}", std::process::id())
}

fn holder(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.take(16).read_to_string(&mut text).ok()?;
    text.parse().ok()
}
