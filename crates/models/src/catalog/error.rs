//! Why a dataset is not taken, or not found.

use std::io;

use bellwether_signal::ports::KeepError;

use crate::dataset::DatasetError;

/// Why the catalog did not do what it was asked. The texts say what to do.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// No dataset has this id.
    #[error("there is no dataset {0:?}; GET /api/datasets lists what there is")]
    NoDataset(String),
    /// No upload has this id: it never was, it is done, it failed or it expired.
    #[error("there is no upload {0:?}; it is done, it failed or it has expired: start a new one")]
    NoUpload(String),
    /// The name says that it is something else.
    #[error("{0:?} is no CSV file by its name; the name has to end in .csv, .tsv or .txt")]
    Name(String),
    /// The hash is none.
    #[error("sha256 has to be 64 hexadecimal digits")]
    NotAHash,
    /// Larger than one may be.
    #[error("the file is larger than {limit} bytes, the limit of this server (--max-upload)")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// More came than was announced.
    #[error("more came than the {announced} bytes that were announced; start a new upload")]
    TooLong {
        /// What was announced.
        announced: u64,
    },
    /// Too many at the same time.
    #[error("{limit} uploads are open already; finish or delete one, or wait")]
    TooManyUploads {
        /// How many there may be.
        limit: usize,
    },
    /// Too many in all.
    #[error("there are {limit} datasets already; delete some that are not needed")]
    TooManyDatasets {
        /// How many there may be.
        limit: usize,
    },
    /// The bytes do not go on where the last ones ended.
    #[error("{expected} bytes are here; go on from there")]
    Offset {
        /// Where to go on.
        expected: u64,
    },
    /// Another request goes on with the upload.
    #[error("another request goes on with this upload; ask for its offset and go on from there")]
    Superseded,
    /// It is being read already.
    #[error("this upload is being finished already; wait for it")]
    Finishing,
    /// Bytes are missing.
    #[error("{received} of {announced} bytes are here; send the rest first")]
    Incomplete {
        /// What is here.
        received: u64,
        /// What was announced.
        announced: u64,
    },
    /// What came is not what was sent.
    #[error("the bytes have the SHA-256 {found}, announced was {announced}; send the file anew")]
    Hash {
        /// What was announced.
        announced: String,
        /// What came.
        found: String,
    },
    /// What is in the file cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// A column that is not there, or cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// A run needs it.
    #[error("a training needs this dataset; cancel it or wait for its end")]
    InUse,
    /// The disk is full.
    #[error("the disk is full: free some space and go on, what was acknowledged is kept")]
    DiskFull,
    /// A file cannot be read or written.
    #[error("a file of datasets: {0}")]
    File(#[source] io::Error),
    /// A record is not kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// The server stops.
    #[error("the server is stopping; finish the upload once it is back")]
    Stopping,
}

impl From<io::Error> for CatalogError {
    fn from(error: io::Error) -> Self {
        let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
        if full.contains(&error.kind()) { Self::DiskFull } else { Self::File(error) }
    }
}

impl CatalogError {
    /// Whether the fault is in what was sent, so that there is no use in keeping it.
    pub(super) fn is_of_the_file(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::TooLong { .. }
            | Self::Hash { .. }
            | Self::Unusable(_)
            | Self::Dataset(_) => true,
            Self::NoDataset(_)
            | Self::NoUpload(_)
            | Self::Name(_)
            | Self::NotAHash
            | Self::TooManyUploads { .. }
            | Self::TooManyDatasets { .. }
            | Self::Offset { .. }
            | Self::Superseded
            | Self::Finishing
            | Self::Incomplete { .. }
            | Self::InUse
            | Self::DiskFull
            | Self::File(_)
            | Self::Keep(_)
            | Self::Stopping => false,
        }
    }
}
