//! A file that stays open: a round costs one `pread` and no allocation.

use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use bellwether_sys::Errno;

use crate::CollectError;

/// What most files of a host fit into.
const FIRST_BYTES: usize = 4_096;
/// No file of the kernel is longer; what goes on for ever is cut here.
const MOST_BYTES: usize = 16 * 1_024 * 1_024;

/// A file of `/proc` or `/sys`, kept open, and the buffer it is read into.
pub(crate) struct KeptFile {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
}

impl KeptFile {
    /// Opens it.
    pub(crate) fn open(path: impl Into<PathBuf>) -> Result<Self, CollectError> {
        let path = path.into();
        match File::open(&path) {
            Ok(file) => Ok(Self { path, file, buffer: vec![0; FIRST_BYTES] }),
            Err(source) => Err(CollectError::Read { path, source }),
        }
    }

    /// Opens it; `None` when this kernel has no such file, or has it switched off.
    pub(crate) fn open_if_offered(path: impl Into<PathBuf>) -> Result<Option<Self>, CollectError> {
        match Self::open(path).and_then(|mut file| file.read().map(drop).map(|()| file)) {
            Ok(file) => Ok(Some(file)),
            Err(CollectError::Read { source, .. }) if not_offered(&source) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole file as it is now.
    ///
    /// The kernel hands out at most a page of a table at a time, so that a short read does not mean
    /// the end; asking once more costs a third of a microsecond.
    pub(crate) fn read(&mut self) -> Result<&[u8], CollectError> {
        let mut length = 0;
        loop {
            if length == self.buffer.len() && length < MOST_BYTES {
                self.buffer.resize(length * 2, 0);
            }
            let room = self.buffer.get_mut(length..).unwrap_or_default();
            match self.file.read_at(room, length as u64) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(CollectError::Read { path: self.path.clone(), source });
                }
            }
        }
        Ok(self.buffer.get(..length).unwrap_or_default())
    }
}

/// Whether an error means that this host has no such thing, rather than that something is wrong.
pub(crate) fn not_offered(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
        || Errno::from_io_error(error)
            .is_some_and(|errno| matches!(errno, Errno::OPNOTSUPP | Errno::NODEV | Errno::NXIO))
}

/// Reads a small file once, such as one of sysfs; `None` when it cannot be read.
pub(crate) fn read_once(path: impl AsRef<Path>) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_read_sees_the_file_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stat");
        fs::write(&path, "one").unwrap();
        let mut file = KeptFile::open(&path).unwrap();
        assert_eq!(file.read().unwrap(), b"one");
        fs::write(&path, "x".repeat(3 * FIRST_BYTES)).unwrap();
        assert_eq!(file.read().unwrap().len(), 3 * FIRST_BYTES);
        fs::write(&path, "").unwrap();
        assert_eq!(file.read().unwrap(), b"");
    }

    #[test]
    fn a_long_table_of_the_kernel_is_read_to_its_end() {
        let mut file = KeptFile::open("/proc/self/smaps").unwrap();
        let kept = file.read().unwrap().len();
        assert!(kept > FIRST_BYTES, "{kept}");
        assert!(file.buffer.get(..kept).unwrap().ends_with(b"\n"));
    }

    #[test]
    fn what_is_switched_off_is_not_offered() {
        // A kernel with `psi=0` has the files of PSI and refuses to read them.
        assert!(not_offered(&io::Error::from(Errno::OPNOTSUPP)));
        assert!(!not_offered(&io::Error::from(Errno::ACCESS)));
        assert!(!not_offered(&io::Error::from(Errno::IO)));
    }

    #[test]
    fn missing_is_not_offered_and_a_folder_is_an_error() {
        assert!(KeptFile::open_if_offered("/proc/no-such-file").unwrap().is_none());
        let error = KeptFile::open_if_offered("/proc").err().unwrap();
        assert!(error.to_string().starts_with("cannot read /proc: "), "{error}");
    }
}
