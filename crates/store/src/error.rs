//! What can go wrong, each with its place and what to do about it.

use std::{fmt, io, path::PathBuf};

use rusqlite::ErrorCode;

/// Why the store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder is not there and cannot be made.
    #[error("cannot create the data folder {}: {source}; choose another one with --data", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder or a file in it cannot be written.
    #[error("cannot write {}: {source}; let the user that runs bellwether write there, or choose another folder with --data", .path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    NotReadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another server works on the folder.
    #[error("the data folder {} is in use by another bellwether{}; stop that one, or choose another folder with --data", .folder.display(), process(*.pid))]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// The other's process id, as it left it there.
        pid: Option<u32>,
    },
    /// The file was written by a newer program.
    #[error("{} has schema version {found}, this program knows versions up to {known}; use the newer program, or another folder with --data", .path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that we know.
        known: i64,
    },
    /// The file is another program's database.
    #[error("{} belongs to another program; choose another folder with --data", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is no database, or one with holes.
    #[error("{} is damaged ({source}); it was left as it is: restore a copy of it, or move it away to start with an empty one", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: rusqlite::Error,
    },
    /// There is no room to begin with.
    #[error("no space left for {}; free some, or choose another folder with --data", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened or brought up to date, for another reason.
    #[error("cannot {doing} {}: {source}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What we were at.
        doing: &'static str,
        /// What the database said.
        source: rusqlite::Error,
    },
    /// The writer's thread did not start.
    #[error("cannot start the thread that writes: {0}")]
    Thread(io::Error),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Too many changes wait to be written.
    #[error("too many changes are waiting to be written; try again")]
    Busy,
    /// Nothing could be written; nothing was changed.
    #[error("not written: {0}")]
    NotWritten(Fault),
    /// A read failed.
    #[error("cannot {doing}: {source}")]
    Read {
        /// What we were at.
        doing: &'static str,
        /// What the database said.
        source: rusqlite::Error,
    },
    /// A stored value is not what we wrote.
    #[error("{what} is damaged in the store")]
    Record {
        /// Which value.
        what: String,
    },
    /// The range holds more than one answer may.
    #[error("the range holds more than {limit} rows; ask for a shorter one or a wider step")]
    RangeTooLarge {
        /// The most rows of one answer, over all of its series.
        limit: usize,
    },
    /// The step is no length of time.
    #[error("a step of {0} ms is none; it has to be positive")]
    Step(i64),
    /// A user's settings would grow too large.
    #[error("the settings of {user} would take {bytes} bytes, the most is {limit}")]
    SettingsTooLarge {
        /// Whose.
        user: String,
        /// How large.
        bytes: usize,
        /// The most.
        limit: usize,
    },
    /// An event is too large.
    #[error("an event of {topic} takes {bytes} bytes, the most is {limit}")]
    EventTooLarge {
        /// Where it was to be logged.
        topic: String,
        /// How large.
        bytes: usize,
        /// The most.
        limit: usize,
    },
    /// A backup would be written over what is there.
    #[error("{} is there already; name another file, or write over it with --force", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A backup is to be written over the database that it is of.
    #[error("{} is where the server keeps its data; name a file elsewhere", .path.display())]
    OwnFile {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to back up.
    #[error("there is no database in {}; name the server's folder with --data", .folder.display())]
    NothingThere {
        /// The folder.
        folder: PathBuf,
    },
    /// A restored database would take the place of another one.
    #[error("there is a database in {} already; --force puts it aside", .folder.display())]
    DataThere {
        /// The folder.
        folder: PathBuf,
    },
    /// A copy could not be written.
    #[error("cannot write {}: {source}", .path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// What the system or the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A copy is not what it is to be.
    #[error("{} is damaged ({what}); use another copy", .path.display())]
    BadCopy {
        /// The file.
        path: PathBuf,
        /// What the database said of it.
        what: String,
    },
    /// A token's name is no name.
    #[error("a token's name has 1 to {limit} characters, none of them a control character")]
    TokenName {
        /// The most characters.
        limit: usize,
    },
    /// Too many tokens.
    #[error("there are {limit} tokens and sessions already; revoke some")]
    TooManyTokens {
        /// The most.
        limit: usize,
    },
    /// A record is too large.
    #[error("{what} takes {bytes} bytes; a record takes at most {limit}")]
    RecordTooLarge {
        /// Its kind and id.
        what: String,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// One record more than there may be.
    #[error("there are {limit} records of kind {kind} already; remove some first")]
    TooManyRecords {
        /// What kind.
        kind: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// Too many durable subscriptions.
    #[error("there are {limit} durable subscriptions already; delete some, or use their names")]
    TooManyDurables {
        /// The most, of the user or of all.
        limit: usize,
    },
    /// A durable subscription would keep its place in too many topics.
    #[error("the durable subscription {name} would keep its place in more than {limit} topics")]
    TooManyPlaces {
        /// Its name.
        name: String,
        /// The most.
        limit: usize,
    },
    /// The system gave no random bits.
    #[error("the system gave no random bits: {0}")]
    Random(getrandom::Error),
}

fn process(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl StoreError {
    /// Whether it is about the database in the folder: memory can take its place then.
    pub(crate) fn is_of_the_database(&self) -> bool {
        matches!(
            self,
            Self::NotWritable { .. }
                | Self::NewerSchema { .. }
                | Self::Foreign { .. }
                | Self::Damaged { .. }
                | Self::Full { .. }
                | Self::Open { .. }
        )
    }

    /// For `map_err` where the database is read.
    pub(crate) fn read(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Read { doing, source }
    }
}

/// Inside a job of the writer a failed statement is a failed write.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::NotWritten(Fault::of(&error))
    }
}

/// Why a write failed, as something to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No space left.
    Full,
    /// The file or its folder became read-only.
    ReadOnly,
    /// The file is damaged.
    Damaged(String),
    /// Anything else.
    Other(String),
}

impl Fault {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Full => "free some space",
            Self::ReadOnly => "make it writable again",
            Self::Damaged(_) => "stop bellwether, then restore a copy or move the file away",
            Self::Other(_) => "check the disk and the log",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => out.write_str("the disk is full"),
            Self::ReadOnly => out.write_str("the file is read-only"),
            Self::Damaged(text) => write!(out, "the file is damaged ({text})"),
            Self::Other(text) => out.write_str(text),
        }
    }
}
