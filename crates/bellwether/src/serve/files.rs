//! Where the files of datasets and models lie: beside the database, or in a folder of their own that ends
//! with the program where memory stands in for the database, or nobody is to touch what is there.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tracing::warn;

pub(super) struct Files {
    folder: PathBuf,
    /// Removed when this is dropped.
    temporary: Option<TempDir>,
}

impl Files {
    /// Beside the database, or in the system's folder for temporary files. Where that takes none either,
    /// what is live goes on, and who wants to write a file is told.
    pub(super) fn choose(folder: &Path, beside_database: bool) -> Self {
        if beside_database {
            return Self { folder: folder.to_owned(), temporary: None };
        }
        match tempfile::Builder::new().prefix("bellwether-").tempdir() {
            Ok(temporary) => {
                Self { folder: temporary.path().to_owned(), temporary: Some(temporary) }
            }
            Err(error) => {
                warn!(%error, "there is no room for temporary files: no dataset or model is kept");
                let folder = std::env::temp_dir().join("bellwether-without-a-folder");
                Self { folder, temporary: None }
            }
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes them, where they end with the program.
    pub(super) fn end(self) {
        if let Some(temporary) = self.temporary {
            let folder = temporary.path().to_owned();
            if let Err(error) = temporary.close() {
                warn!(folder = %folder.display(), %error, "temporary files are left behind");
            }
        }
    }
}
