//! A recorded host: a copy of its tree that a test may change, and its clock.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test that asked for it")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use bellwether_collect::{ALL, Batch, Clock, CollectorSpec, HostRoot, Rounds};
use bellwether_signal::{
    Moment, Timestamp,
    host::{
        Battery, Cgroups, Commands, Cpu, Disks, HostState, HostSummary, Memory, Network, Pressure,
        Process, Processes, Sensors, Users,
    },
    system::CollectorStatus,
};

/// 2026-01-01T00:00:00Z.
pub(crate) const WALL: Timestamp = Timestamp(1_767_225_600_000);

/// A clock that stands still until it is told to go on.
#[derive(Clone)]
pub(crate) struct StillClock(Arc<Mutex<Moment>>);

impl Clock for StillClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }

    fn thread_cpu_time(&self) -> Duration {
        Duration::ZERO
    }
}

/// A recorded host that is being collected from.
pub(crate) struct Host {
    fixture: PathBuf,
    tree: tempfile::TempDir,
    clock: StillClock,
    rounds: Rounds,
    /// What the newest round said.
    pub(crate) batch: Batch,
}

impl Host {
    /// Opens a copy of a fixture and lets the first round take place.
    pub(crate) fn open(fixture: &str) -> Self {
        Self::open_with(fixture, ALL, |root| root)
    }

    pub(crate) fn open_with(
        fixture: &str,
        specs: &'static [CollectorSpec],
        change: impl FnOnce(HostRoot) -> HostRoot,
    ) -> Self {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(fixture);
        // Trees are thousands of small files; in memory they are there at once.
        let tree = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        put(&fixture, "first", tree.path());
        let start = Moment { wall: WALL, monotonic: Duration::from_secs(500) };
        let clock = StillClock(Arc::new(Mutex::new(start)));
        let mut rounds = Rounds::new(change(HostRoot::recorded(tree.path())), specs, start);
        let batch = rounds.round(&clock);
        Self { fixture, tree, clock, rounds, batch }
    }

    /// Puts the fixture's later files in place.
    pub(crate) fn change_to_later(&self) {
        put(&self.fixture, "later", self.tree.path());
    }

    /// Puts the fixture's first files back.
    pub(crate) fn change_to_first(&self) {
        put(&self.fixture, "first", self.tree.path());
    }

    /// Lets time pass, and the round that is due then take place.
    pub(crate) fn round_after(&mut self, time: Duration) -> &Batch {
        let mut now = self.clock.0.lock().unwrap();
        now.monotonic += time;
        now.wall.0 += i64::try_from(time.as_millis()).unwrap();
        drop(now);
        self.batch = self.rounds.round(&self.clock);
        &self.batch
    }

    /// Sets the clock on the wall, as people and time servers do.
    pub(crate) fn set_wall_clock(&self, by_ms: i64) {
        self.clock.0.lock().unwrap().wall.0 += by_ms;
    }

    pub(crate) fn promote(&mut self, topics: &[&str]) {
        self.rounds.promote(topics.iter().map(|topic| (*topic).to_owned()).collect());
    }

    /// Replaces a file. What is kept open sees it too, as with the kernel's own.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        write(&self.tree.path().join(path), text.as_ref());
    }

    /// Whether a path leads to a file of its tree.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.starts_with(self.tree.path())
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.tree.path().join(path)).unwrap()
    }

    /// Makes one folder appear in another place too.
    pub(crate) fn link(&self, link: &str, target: &str) {
        std::os::unix::fs::symlink(self.tree.path().join(target), self.tree.path().join(link))
            .unwrap();
    }

    /// Adds what a listing says.
    pub(crate) fn plant(&self, listing: &str) {
        plant(listing, self.tree.path());
    }

    /// Takes a file or a folder away.
    pub(crate) fn remove(&self, path: &str) {
        let path = self.tree.path().join(path);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        }
        .unwrap();
    }

    /// A report of the newest round.
    pub(crate) fn status(&self, collector: &str) -> &CollectorStatus {
        &self.batch.report.as_ref().expect("a report is due").collectors[collector]
    }

    pub(crate) fn interval_ms(&self, topic: &str) -> Option<u32> {
        let mut states = self.batch.states.iter();
        states.find(|one| one.state.topic_name() == topic).map(|one| one.interval_ms)
    }

    pub(crate) fn process(&self, key: &str) -> Process {
        self.processes().unwrap().processes[key].clone()
    }
}

macro_rules! states {
    ($($name:ident: $variant:ident),* $(,)?) => {
        impl Host {
            $(
                /// The state of this name that the newest round told, if it did.
                pub(crate) fn $name(&self) -> Option<$variant> {
                    self.batch.states.iter().find_map(|one| match &one.state {
                        HostState::$variant(state) => Some(state.clone()),
                        _ => None,
                    })
                }
            )*
        }
    };
}

type Summary = HostSummary;
states!(
    summary: Summary,
    cpu: Cpu,
    memory: Memory,
    disks: Disks,
    network: Network,
    pressure: Pressure,
    sensors: Sensors,
    battery: Battery,
    cgroups: Cgroups,
    users: Users,
    processes: Processes,
    commands: Commands,
);

/// Puts a part of a fixture in place: a folder, a listing, or both.
fn put(fixture: &Path, part: &str, to: &Path) {
    if fixture.join(part).is_dir() {
        copy(&fixture.join(part), to);
    }
    if let Ok(listing) = fs::read_to_string(fixture.join(part).with_extension("tree")) {
        plant(&listing, to);
    }
}

/// Makes what a listing says: a folder on a line of its own and below it, indented, its files with
/// what they hold (`\\n` stands for a new line) or with where they lead.
pub(crate) fn plant(listing: &str, to: &Path) {
    let mut folder = to.to_owned();
    for line in listing.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let Some(file) = line.strip_prefix("  ") else {
            folder = to.join(line.trim_end_matches(':'));
            fs::create_dir_all(&folder).unwrap();
            continue;
        };
        if let Some((name, target)) = file.split_once(" -> ") {
            let link = folder.join(name);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            if link.is_symlink() {
                fs::remove_file(&link).unwrap();
            }
            std::os::unix::fs::symlink(target, link).unwrap();
        } else {
            let (name, text) = file.split_once(": ").unwrap_or_else(|| panic!("{line:?}"));
            write(&folder.join(name), format!("{}\n", text.replace("\\n", "\n")).as_bytes());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            write(&target, &fs::read(entry.path()).unwrap());
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(path).unwrap().write_all(bytes).unwrap();
}
