//! Space of mounted file systems.

use std::{io, path::Path};

use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};

/// What `statvfs(3)` says of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its size.
    pub total_bytes: u64,
    /// Not taken by files, reserve for root included.
    pub free_bytes: u64,
    /// What users without privileges may still take.
    pub available_bytes: u64,
    /// File entries; zero where they are not limited.
    pub inodes: u64,
    /// File entries not in use.
    pub inodes_free: u64,
    /// Whether it is mounted read-only.
    pub read_only: bool,
}

/// Asks for the space of the file system that holds `path`. On a network file system whose server
/// is gone this blocks without end: callers ask for local ones only.
pub fn space(path: &Path) -> io::Result<Space> {
    let answer = statvfs(path)?;
    // Counts are in fragments; ancient file systems leave the fragment size at zero.
    let unit = if answer.f_frsize == 0 { answer.f_bsize } else { answer.f_frsize };
    Ok(Space {
        total_bytes: answer.f_blocks.saturating_mul(unit),
        free_bytes: answer.f_bfree.saturating_mul(unit),
        available_bytes: answer.f_bavail.saturating_mul(unit),
        inodes: answer.f_files,
        inodes_free: answer.f_ffree,
        read_only: answer.f_flag.contains(StatVfsMountFlags::RDONLY),
    })
}

/// Whether this process may make files in a folder.
pub fn is_writable(folder: &Path) -> bool {
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_has_space() {
        let root = space(Path::new("/")).unwrap();
        assert!(root.total_bytes > 0);
        assert!(root.available_bytes <= root.free_bytes && root.free_bytes <= root.total_bytes);
    }

    #[test]
    fn only_a_folder_that_is_there_is_writable() {
        assert!(is_writable(&std::env::temp_dir()));
        assert!(!is_writable(Path::new("/no/such/path")));
    }

    #[test]
    fn a_missing_path_is_an_error() {
        let error = space(Path::new("/no/such/path")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
