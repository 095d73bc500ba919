//! Files that are named by their content: equal ones are one file, and one that is there is whole.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// A folder of such files.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    extension: &'static str,
}

impl Files {
    pub(crate) fn new(folder: PathBuf, extension: &'static str) -> Self {
        Self { folder, extension }
    }

    /// Where the file with that SHA-256, in hexadecimal, is or would be.
    pub(crate) fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.{}", self.extension))
    }

    /// Puts bytes there; answers their SHA-256. On disk when it returns.
    pub(crate) fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let sha256 = hexadecimal(&Sha256::digest(bytes));
        let path = self.path(&sha256);
        if path.exists() {
            return Ok(sha256);
        }
        fs::create_dir_all(&self.folder)?;
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&part, &path)) {
            // What is half there is of use to nobody; if it stays, the next try replaces it.
            drop(fs::remove_file(&part));
            return Err(error);
        }
        sync_folder(&self.folder)?;
        Ok(sha256)
    }

    /// Takes over a finished file of ours and leaves it where it is, too: until what refers to it is
    /// written down, either place may be the one that counts. On disk when it returns.
    pub(crate) fn share(&self, part: &Path, sha256: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(sha256);
        if path.exists() {
            return Ok(());
        }
        fs::File::open(part)?.sync_all()?;
        // File systems without hard links: a copy under another name first, so that what is there is whole.
        if fs::hard_link(part, &path).is_err() && !path.exists() {
            let copy = path.with_extension("part");
            let copied = fs::copy(part, &copy)
                .and_then(|_| fs::File::open(&copy)?.sync_all())
                .and_then(|()| fs::rename(&copy, &path));
            if let Err(error) = copied {
                drop(fs::remove_file(&copy));
                return Err(error);
            }
        }
        sync_folder(&self.folder)
    }

    /// Removes files that nothing refers to, and what is half there.
    pub(crate) fn keep_only(&self, mut wanted: impl FnMut(&str) -> bool) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let is_ours = path.extension().is_some_and(|it| it == self.extension);
            if path.is_file() && !(is_ours && wanted(stem)) {
                // What stays is tried again at the next start.
                drop(fs::remove_file(&path));
            }
        }
    }

    pub(crate) fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha256))
    }

    /// Removes a file; it is no error when there is none.
    pub(crate) fn remove(&self, sha256: &str) -> io::Result<()> {
        match fs::remove_file(self.path(sha256)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// A renamed file is there after a loss of power once its folder is written.
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a text cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_files_are_one() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("a/b"), "csv");
        let one = files.put(b"x,y\n1,2\n").unwrap();
        assert_eq!(one, files.put(b"x,y\n1,2\n").unwrap());
        assert_eq!(files.read(&one).unwrap(), b"x,y\n1,2\n");
        assert_eq!(fs::read_dir(folder.path().join("a/b")).unwrap().count(), 1);
        files.remove(&one).unwrap();
        files.remove(&one).unwrap();
        assert!(files.read(&one).is_err());
    }
}
