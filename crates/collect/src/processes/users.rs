//! Names of users, out of `/etc/passwd`. Users of a directory service are known by number only:
//! asking one would wait for a network.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::text::{clean, lines, number};

/// Pause between two looks at whether the file has changed.
const PAUSE: Duration = Duration::from_secs(10);

/// Names by user id, read again when the file has changed.
pub(super) struct Users {
    path: PathBuf,
    changed: Option<SystemTime>,
    looked_at: Option<Duration>,
    names: HashMap<u32, Arc<str>>,
}

impl Users {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, changed: None, looked_at: None, names: HashMap::new() }
    }

    /// A user's name, or the number where there is none.
    pub(super) fn name(&mut self, id: u32, now: Duration) -> Arc<str> {
        if self.looked_at.is_none_or(|at| now.saturating_sub(at) >= PAUSE) {
            self.looked_at = Some(now);
            self.refresh();
        }
        // A number without a name is kept too, so that it is made once.
        let name = self.names.entry(id).or_insert_with(|| id.to_string().into());
        Arc::clone(name)
    }

    fn refresh(&mut self) {
        let changed = fs::metadata(&self.path).and_then(|meta| meta.modified()).ok();
        if changed == self.changed && changed.is_some() {
            return;
        }
        self.changed = changed;
        self.names = fs::read(&self.path).map(|text| parse(&text)).unwrap_or_default();
    }
}

/// Lines read `name:password:uid:…`; the first of several names for one id counts.
fn parse(text: &[u8]) -> HashMap<u32, Arc<str>> {
    let mut names = HashMap::new();
    for line in lines(text) {
        let mut fields = line.split(|byte| *byte == b':');
        let (Some(name), Some(id)) = (fields.next(), fields.nth(1).and_then(number)) else {
            continue;
        };
        if let (Ok(id), false) = (u32::try_from(id), name.is_empty()) {
            names.entry(id).or_insert_with(|| clean(name).into());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_follow_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passwd");
        fs::write(&path, "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\n\n#\nweb:x:33:33\n").unwrap();
        let mut users = Users::new(path.clone());
        let second = Duration::from_secs;
        assert_eq!(&*users.name(0, second(1)), "root");
        assert_eq!(&*users.name(33, second(1)), "web");
        assert_eq!(&*users.name(70_000, second(1)), "70000");
        fs::remove_file(&path).unwrap();
        assert_eq!(&*users.name(33, second(5)), "web");
        assert_eq!(&*users.name(33, second(11)), "33");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes);
        }
    }
}
