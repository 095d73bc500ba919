//! Reading a directory again and again without allocating.

use std::{fs::File, io, mem::MaybeUninit, path::Path};

use rustix::fs::{RawDir, SeekFrom, seek};

/// Room for about 1,000 entries of `/proc` in one system call.
const BUFFER_BYTES: usize = 32 * 1_024;

/// A directory that stays open.
pub struct Directory {
    file: File,
    buffer: Box<[MaybeUninit<u8>]>,
}

impl Directory {
    /// Opens it.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { file, buffer: Box::new_uninit_slice(BUFFER_BYTES) })
    }

    /// Calls `visit` with each name in it, `.` and `..` included, from the start.
    pub fn each_name(&mut self, mut visit: impl FnMut(&[u8])) -> io::Result<()> {
        seek(&self.file, SeekFrom::Start(0))?;
        let mut entries = RawDir::new(&self.file, &mut self.buffer);
        while let Some(entry) = entries.next() {
            visit(entry?.file_name().to_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_starts_over() {
        let mut directory = Directory::open(Path::new("/proc/self")).unwrap();
        for round in 0..2 {
            let mut found = 0;
            directory.each_name(|name| found += i32::from(name == b"stat")).unwrap();
            assert_eq!(found, 1, "round {round}");
        }
    }

    #[test]
    fn a_file_is_no_directory() {
        let error = Directory::open(Path::new("/proc/self/stat")).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }
}
