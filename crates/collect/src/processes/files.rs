//! The files of processes: kept open while descriptors last, opened for one read beyond.

use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use bellwether_sys::Errno;

/// Longest file of a process that is read: `stat` has 350 bytes, `status` 1,500, and of a command
/// line no more is looked at.
pub(super) const READ_BYTES: usize = 4_096;

/// A file of one process between two reads.
#[derive(Debug, Default)]
pub(super) enum Kept {
    /// Not open.
    #[default]
    Closed,
    /// Open: the next read is one system call.
    Open(File),
    /// Not there, or not for us; it is not asked for again.
    Refused,
}

/// Reads files of processes into one buffer.
pub(super) struct Reader {
    proc: PathBuf,
    buffer: Vec<u8>,
    /// How many more descriptors may be kept.
    spare: usize,
}

/// Why a file of a process could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The process is no more.
    Gone,
    /// We may not.
    Denied,
    /// Something else, such as no descriptors left: perhaps next time.
    NotNow,
}

impl Kept {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self, Self::Refused)
    }

    /// Gives the descriptor back.
    pub(super) fn close(&mut self) {
        if self.is_open() {
            *self = Self::Closed;
        }
    }
}

impl Reader {
    pub(super) fn new(proc: &Path) -> Self {
        Self { proc: proc.to_owned(), buffer: vec![0; READ_BYTES], spare: 0 }
    }

    /// Says how many descriptors may be kept from now on, on top of those that are.
    pub(super) fn allow(&mut self, spare: usize) {
        self.spare = spare;
    }

    /// Reads a file that is worth keeping open.
    pub(super) fn kept(&mut self, kept: &mut Kept, pid: u32, name: &str) -> Result<&[u8], Refusal> {
        let length = match kept {
            Kept::Refused => return Err(Refusal::Denied),
            Kept::Open(file) => {
                file.read_at(&mut self.buffer, 0).map_err(|error| refusal(&error))?
            }
            Kept::Closed => {
                let (file, length) = self.open_and_read(pid, name)?;
                if self.spare > 0 {
                    self.spare -= 1;
                    *kept = Kept::Open(file);
                }
                length
            }
        };
        Ok(self.buffer.get(..length).unwrap_or_default())
    }

    /// Reads a file once, as far as the buffer reaches.
    pub(super) fn once(&mut self, pid: u32, name: &str) -> Result<&[u8], Refusal> {
        let (_, length) = self.open_and_read(pid, name)?;
        Ok(self.buffer.get(..length).unwrap_or_default())
    }

    fn open_and_read(&mut self, pid: u32, name: &str) -> Result<(File, usize), Refusal> {
        let path = self.proc.join(format!("{pid}/{name}"));
        let file = File::open(path).map_err(|error| refusal(&error))?;
        let length = file.read_at(&mut self.buffer, 0).map_err(|error| refusal(&error))?;
        Ok((file, length))
    }
}

fn refusal(error: &io::Error) -> Refusal {
    if Errno::from_io_error(error) == Some(Errno::SRCH) || error.kind() == ErrorKind::NotFound {
        Refusal::Gone
    } else if error.kind() == ErrorKind::PermissionDenied {
        Refusal::Denied
    } else {
        Refusal::NotNow
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn descriptors_are_kept_while_they_last() {
        let mut reader = Reader::new(Path::new("/proc"));
        let pid = std::process::id();
        let (mut first, mut second) = (Kept::Closed, Kept::Closed);
        reader.allow(1);
        assert!(!reader.kept(&mut first, pid, "stat").unwrap().is_empty());
        assert!(!reader.kept(&mut second, pid, "stat").unwrap().is_empty());
        assert!(first.is_open() && !second.is_open());
        assert!(!reader.kept(&mut first, pid, "stat").unwrap().is_empty());
        assert!(!reader.once(pid, "status").unwrap().is_empty());
        assert_eq!(reader.kept(&mut Kept::Refused, pid, "stat"), Err(Refusal::Denied));
    }

    #[test]
    fn an_exited_process_is_gone_for_kept_and_new_files() {
        let mut child =
            Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut reader = Reader::new(Path::new("/proc"));
        reader.allow(1);
        let mut kept = Kept::Closed;
        assert!(reader.kept(&mut kept, child.id(), "stat").is_ok());
        assert!(kept.is_open());
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(reader.kept(&mut kept, child.id(), "stat"), Err(Refusal::Gone));
        assert_eq!(reader.once(child.id(), "stat"), Err(Refusal::Gone));
    }
}
