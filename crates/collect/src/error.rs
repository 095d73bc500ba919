//! Why a round failed.

use std::{io, path::PathBuf};

/// Longest piece of a file that an error quotes, in bytes.
const QUOTED_BYTES: usize = 80;

/// Why a collector could not be opened or a round failed.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// A file that has to be there cannot be opened or read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file says something else than its documentation promises.
    #[error("{path} has no {wanted}: {found:?}")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// What should have been there.
        wanted: &'static str,
        /// How the file begins.
        found: String,
    },
    /// The collector panicked: a mistake of ours.
    #[error("panicked: {0}")]
    Panicked(String),
}

impl CollectError {
    /// [`Self::Parse`] with the beginning of what was found instead.
    pub(crate) fn parse(path: impl Into<PathBuf>, wanted: &'static str, found: &[u8]) -> Self {
        let start = found.get(..QUOTED_BYTES).unwrap_or(found);
        Self::Parse { path: path.into(), wanted, found: crate::text::clean(start) }
    }
}
