//! The file that an upload grows in, until it is whole.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

/// Grows at its end.
pub(super) trait Part: Send {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// What was written survives a loss of power once this has returned.
    fn sync(&mut self) -> io::Result<()>;
    /// Takes back what was written beyond so many bytes.
    fn cut(&mut self, bytes: u64) -> io::Result<()>;
}

/// Opens one, or makes it. A test hands in one whose disk is full.
pub(super) type OpenPart = Arc<dyn Fn(&Path) -> io::Result<Box<dyn Part>> + Send + Sync>;

pub(super) fn on_disk() -> OpenPart {
    Arc::new(|path| {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Box::new(file) as Box<dyn Part>)
    })
}

impl Part for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }
}
