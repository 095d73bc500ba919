//! Who is signed in: terminals, remote shells, desktops.
//!
//! systemd keeps a file for each session in `/run/systemd/sessions` (`key=value`, private to systemd
//! and unchanged for many years); elsewhere, and before, there are the records of `utmp(5)`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    HostRoot,
    kept_file::read_once,
    text::{clean, lines},
};

/// Most sessions that are counted.
const MOST: usize = 10_000;
/// Longest list of records that is read: systems that lost their writer grow it without end.
const MOST_BYTES: u64 = 4 * 1_024 * 1_024;
/// Type of a record of somebody who is signed in.
const USER_PROCESS: [u8; 2] = 7_i16.to_ne_bytes();

/// Where sessions are written down.
pub(super) struct Sessions {
    systemd: PathBuf,
    utmp: PathBuf,
    record_bytes: usize,
}

impl Sessions {
    pub(super) fn new(root: &HostRoot) -> Self {
        // Where times have 64 bits in these records, which is so on newer architectures only.
        let has_long_times = ["aarch64", "riscv64", "loongarch64", "s390x"]
            .contains(&root.calls.kernel.architecture.as_str());
        Self {
            systemd: root.root.join("run/systemd/sessions"),
            utmp: root.root.join("run/utmp"),
            record_bytes: if has_long_times { 400 } else { 384 },
        }
    }

    /// Open sessions by user. Records of processes that are no more were left behind by a crash.
    pub(super) fn by_user(&self, is_there: impl Fn(u32) -> bool) -> BTreeMap<String, u32> {
        let mut users = of_systemd(&self.systemd);
        let small = fs::metadata(&self.utmp).is_ok_and(|found| found.len() <= MOST_BYTES);
        if users.is_empty() && small {
            let records = read_once(&self.utmp).unwrap_or_default();
            for (user, pid) in parse(&records, self.record_bytes).take(MOST) {
                if is_there(pid) {
                    *users.entry(user).or_default() += 1;
                }
            }
        }
        users
    }
}

fn of_systemd(folder: &Path) -> BTreeMap<String, u32> {
    let mut users = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return users };
    for entry in entries.flatten().take(MOST) {
        // Beside each session lies a pipe that tells of its end: never opened.
        if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let text = read_once(entry.path()).unwrap_or_default();
        let value = |key: &[u8]| lines(&text).find_map(|line| line.strip_prefix(key));
        // Others are greeters, and managers that work for sessions.
        let is_of_user = value(b"CLASS=").is_some_and(|class| class.starts_with(b"user"));
        let is_over = value(b"STATE=") == Some(b"closing");
        if let (Some(user), true, false) = (value(b"USER="), is_of_user, is_over) {
            *users.entry(clean(user)).or_default() += 1;
        }
    }
    users
}

/// Users and their processes, of those who are signed in.
fn parse(records: &[u8], record_bytes: usize) -> impl Iterator<Item = (String, u32)> {
    records.chunks_exact(record_bytes).filter_map(|record| {
        if record.get(..2)? != USER_PROCESS {
            return None;
        }
        let pid = u32::from_ne_bytes(record.get(4..8)?.try_into().ok()?);
        let name = record.get(44..76)?.split(|byte| *byte == 0).next()?;
        (!name.is_empty()).then(|| (clean(name), pid))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(kind: i16, pid: i32, user: &[u8]) -> Vec<u8> {
        let mut record = vec![0; 384];
        record.splice(0..2, kind.to_ne_bytes());
        record.splice(4..8, pid.to_ne_bytes());
        record.splice(44..44 + user.len(), user.iter().copied());
        record
    }

    #[test]
    fn records_of_those_who_are_signed_in() {
        let mut records = record(2, 0, b"reboot");
        records.extend(record(7, 812, b"anna"));
        records.extend(record(8, 813, b"gone"));
        records.extend(record(7, 814, b"a\x1b[31mname-of-thirty-two-bytes!!"));
        records.extend(&record(7, 815, b"cut")[..200]);
        let found: Vec<_> = parse(&records, 384).collect();
        let odd = "a\u{fffd}[31mname-of-thirty-two-bytes!!".to_owned();
        assert_eq!(found, [("anna".to_owned(), 812), (odd, 814)]);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1_000)) {
            for size in [384, 400] {
                prop_assert!(parse(&bytes, size).count() <= 2);
            }
        }
    }
}
