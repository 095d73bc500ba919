//! The data folder: may it be written, is there space, is the database whole and for us?

use std::path::Path;

use bellwether_signal::Timestamp;
use bellwether_store::{Inspection, inspect};
use bellwether_sys::{clock, filesystem};

use super::{Finding, Scene};

/// Below this, history will stop soon.
const LITTLE_BYTES: u64 = 1_000_000_000;
/// Below this, a start may fail.
const NO_BYTES: u64 = 20_000_000;
/// A sample may be this much ahead: it is stamped before it is written.
const AHEAD_MS: i64 = 5_000;

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let folder = match &scene.folder {
        Ok(folder) => folder,
        Err(error) => {
            return vec![Finding::problem("folder", error, "name a data folder with --data")];
        }
    };
    let mut found = vec![place(folder)];
    match inspect(folder) {
        Ok(None) => found.push(Finding::not_here("database", "none yet; the first start makes it")),
        Ok(Some(seen)) => found.extend(database(&seen, clock::now().wall)),
        // The error says what to do itself.
        Err(error) => {
            found.push(Finding::new(super::Verdict::Problem, "database", error.to_string()));
        }
    }
    found
}

fn place(folder: &Path) -> Finding {
    let choose = "let the user that runs bellwether write there, or choose another with --data";
    let Some(there) = folder.ancestors().find(|it| it.exists()) else {
        return Finding::problem("folder", format!("{} is nowhere", folder.display()), choose);
    };
    let shown = folder.display();
    if !there.is_dir() {
        let says = format!("{} is no folder, so {shown} cannot be one", there.display());
        return Finding::problem("folder", says, "choose another with --data");
    }
    if !filesystem::is_writable(there) {
        let says = format!("{} may not be written by this user", there.display());
        return Finding::problem("folder", says, choose);
    }
    match filesystem::space(there) {
        Ok(space) if space.read_only => {
            Finding::problem("folder", format!("{shown} lies on a read-only file system"), choose)
        }
        Ok(space) if space.available_bytes < NO_BYTES => Finding::problem(
            "folder",
            format!("{shown} has {} left", bytes(space.available_bytes)),
            "free some space, or choose another with --data",
        ),
        Ok(space) if space.available_bytes < LITTLE_BYTES => Finding::warning(
            "folder",
            format!("{shown} has {} left", bytes(space.available_bytes)),
            "free some space before history stops",
        ),
        Ok(space) => {
            Finding::ok("folder", format!("{shown} has {} left", bytes(space.available_bytes)))
        }
        Err(error) => Finding::problem("folder", format!("{shown}: {error}"), choose),
    }
}

fn database(seen: &Inspection, now: Timestamp) -> Vec<Finding> {
    let (version, known) = seen.version;
    let size = bytes(seen.size_bytes);
    let mut found = vec![match &seen.damage {
        Some(damage) => Finding::problem(
            "database",
            format!("it is damaged: {damage}"),
            "stop the server, keep a copy of the folder, and restore a backup or start with an \
             empty folder",
        ),
        None if version < known => Finding::ok(
            "database",
            format!("{size}, whole; version {version}, the next start makes it {known}"),
        ),
        None => Finding::ok("database", format!("{size}, whole, version {version}")),
    }];
    if let Some(server) = seen.server {
        found.push(Finding::ok("in use", format!("a server works on it (process {server})")));
    }
    if let Some(newest) = seen.newest.filter(|newest| newest.0 - now.0 > AHEAD_MS) {
        let ahead_s = (newest.0 - now.0) / 1_000;
        found.push(Finding::warning(
            "history",
            format!("its newest sample is {ahead_s} s ahead of the clock, which has gone back"),
            "see that the clock is right; samples go on as soon as it has caught up",
        ));
    }
    found
}

/// `512 B`, `3.2 MB`, `1.5 TB`.
fn bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 1_000.0 {
            let digits = usize::from(unit != "B");
            return format!("{value:.digits$} {unit}");
        }
        value /= 1_000.0;
    }
    format!("{value:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn places_that_cannot_be_are_problems() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(place(&file.join("data")).verdict, Verdict::Problem);
        assert_eq!(place(Path::new("/proc/nobody/data")).verdict, Verdict::Problem);
        let inside = place(&folder.path().join("a/b"));
        assert!(inside.verdict != Verdict::Problem || inside.says.contains("left"), "{inside:?}");
    }

    #[test]
    fn what_the_database_says_is_judged() {
        let sound = Inspection {
            size_bytes: 3_200_000,
            version: (2, 2),
            newest: Some(Timestamp(1_000)),
            damage: None,
            server: None,
        };
        let verdicts = |seen: &Inspection, now_ms| -> Vec<Verdict> {
            database(seen, Timestamp(now_ms)).iter().map(|it| it.verdict).collect()
        };
        assert_eq!(verdicts(&sound, 2_000), [Verdict::Ok]);
        assert_eq!(verdicts(&sound, -60_000), [Verdict::Ok, Verdict::Warning]);
        let damaged = Inspection { damage: Some("row 3".to_owned()), ..sound };
        assert_eq!(verdicts(&damaged, 2_000), [Verdict::Problem]);
        assert_eq!(bytes(3_200_000), "3.2 MB");
    }
}
