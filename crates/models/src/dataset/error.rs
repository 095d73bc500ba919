//! What can be wrong with a file, with its row and column.

/// Rows are counted as a person counts them: the first line of the file is row 1, the header included.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing but white space.
    #[error("the file is empty; it needs a header and at least one row")]
    Empty,
    /// A header without rows.
    #[error("the file has a header but no rows")]
    HeaderOnly,
    /// A byte that no text has.
    #[error(
        "row {row}, column {column:?}: a NUL byte stands there; no text has one, save the table anew"
    )]
    Nul {
        /// Which row.
        row: u64,
        /// The column's name.
        column: String,
    },
    /// Bytes that no text has.
    #[error("the file is not text: byte {at} is NUL; save the table as CSV")]
    Binary {
        /// Offset in the file.
        at: u64,
    },
    /// A row is longer or shorter than the header.
    #[error("row {row} has {found} cells, the header has {wanted}")]
    Ragged {
        /// Which row.
        row: u64,
        /// Its cells.
        found: u64,
        /// The header's.
        wanted: u64,
    },
    /// Two columns have one name.
    #[error("two columns are called {name:?} (columns {first} and {second}); rename one of them")]
    SameName {
        /// The name.
        name: String,
        /// The first of the two, counted from 1.
        first: usize,
        /// The other.
        second: usize,
    },
    /// More than is taken.
    #[error("the file has more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// No column has this name.
    #[error("there is no column {0:?}")]
    NoColumn(String),
}

impl DatasetError {
    /// The row that it is about, where it is about one.
    pub fn row(&self) -> Option<u64> {
        match self {
            Self::Ragged { row, .. } | Self::Nul { row, .. } => Some(*row),
            Self::Io(_)
            | Self::Empty
            | Self::HeaderOnly
            | Self::Binary { .. }
            | Self::SameName { .. }
            | Self::TooMany { .. }
            | Self::NoColumn(_) => None,
        }
    }
}

impl From<csv::Error> for DatasetError {
    fn from(error: csv::Error) -> Self {
        let row = error.position().map_or(0, csv::Position::line);
        if let csv::ErrorKind::UnequalLengths { expected_len, len, .. } = *error.kind() {
            return Self::Ragged { row, found: len, wanted: expected_len };
        }
        // Text is decoded before and nothing is deserialised, so all else is the file's fault.
        Self::Io(error.into())
    }
}
