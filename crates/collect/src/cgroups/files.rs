//! The files of one group, of either interface, as counters of ours.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    os::unix::{ffi::OsStrExt, fs::FileExt},
    path::PathBuf,
};
use std::{ffi::OsStr, path::Path};

use super::tree::{Controllers, Tree};
use crate::{
    HostRoot,
    text::{lines, number, only_number, words},
};

/// Longest file that is read: `memory.stat` has 2 KiB.
const READ_BYTES: usize = 16 * 1_024;
/// A limit of version 1 that is larger than this is none.
const NO_LIMIT_BYTES: u64 = 1 << 60;

/// How many more descriptors may be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) spare: usize,
}

/// The two files that are read each time, and tell whether anything moved.
#[derive(Debug, Default)]
pub(super) struct Kept {
    cpu: Option<File>,
    memory: Option<File>,
}

/// What is read each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quick {
    /// Processor time that was used, in microseconds.
    pub(super) cpu_us: Option<u64>,
    pub(super) memory_bytes: Option<u64>,
    /// Periods in which the group might run, under a limit.
    pub(super) periods: Option<u64>,
    /// Those in which it was held back.
    pub(super) throttled: Option<u64>,
}

/// What somebody set, and seldom changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Limits {
    /// Processor time that may be used, in cores.
    pub(super) cpu_cores: Option<f64>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) tasks: Option<u64>,
}

/// What is read when something moved, and now and then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rest {
    pub(super) inactive_file_bytes: Option<u64>,
    pub(super) swap_bytes: Option<u64>,
    pub(super) oom_kills: Option<u64>,
    pub(super) read_bytes: Option<u64>,
    pub(super) written_bytes: Option<u64>,
    pub(super) tasks: Option<u64>,
    /// Time in which some task waited: for a processor, for memory, for I/O; in microseconds.
    pub(super) waited_us: [Option<u64>; 3],
}

impl Kept {
    pub(super) fn count(&self) -> usize {
        usize::from(self.cpu.is_some()) + usize::from(self.memory.is_some())
    }

    /// Reads what is read each time; an error when the group is no more.
    pub(super) fn read(
        &mut self,
        tree: &Tree,
        path: &[u8],
        budget: &mut Budget,
    ) -> io::Result<Quick> {
        let mut quick = Quick::default();
        match tree {
            Tree::V2 { root } => {
                let folder = root.join(OsStr::from_bytes(path));
                let cpu = kept(&mut self.cpu, &folder.join("cpu.stat"), budget)?;
                quick.cpu_us = value_of(&cpu, b"usage_usec");
                quick.periods = value_of(&cpu, b"nr_periods");
                quick.throttled = value_of(&cpu, b"nr_throttled");
                let memory = kept(&mut self.memory, &folder.join("memory.current"), budget);
                quick.memory_bytes = memory.ok().and_then(|text| only_number(&text));
            }
            Tree::V1 { controllers, .. } => {
                let mut read = |kept_file: &mut Option<File>, root: &Option<PathBuf>, name| {
                    let folder = root.as_ref()?.join(OsStr::from_bytes(path));
                    only_number(&kept(kept_file, &folder.join(name), budget).ok()?)
                };
                let used_ns = read(&mut self.cpu, &controllers.cpuacct, "cpuacct.usage");
                quick.cpu_us = used_ns.map(|ns| ns / 1_000);
                quick.memory_bytes =
                    read(&mut self.memory, &controllers.memory, "memory.usage_in_bytes");
                if quick == Quick::default() {
                    return Err(io::ErrorKind::NotFound.into());
                }
            }
        }
        Ok(quick)
    }
}

/// The rest of the files.
pub(super) fn rest(tree: &Tree, path: &[u8], devices: &mut Devices, quick: &mut Quick) -> Rest {
    match tree {
        Tree::V2 { root } => rest_of_v2(&root.join(OsStr::from_bytes(path)), devices),
        Tree::V1 { controllers, .. } => rest_of_v1(controllers, path, devices, quick),
    }
}

fn rest_of_v2(folder: &Path, devices: &mut Devices) -> Rest {
    let file = |name: &str| read(&folder.join(name)).unwrap_or_default();
    let only = |name: &str| only_number(&file(name));
    let (read_bytes, written_bytes) = devices.io_of_v2(&file("io.stat")).unzip();
    let waited = |name: &str| total_of_some(&file(name));
    Rest {
        inactive_file_bytes: value_of(&file("memory.stat"), b"inactive_file"),
        swap_bytes: only("memory.swap.current"),
        oom_kills: value_of(&file("memory.events"), b"oom_kill"),
        read_bytes,
        written_bytes,
        tasks: only("pids.current"),
        waited_us: [waited("cpu.pressure"), waited("memory.pressure"), waited("io.pressure")],
    }
}

fn rest_of_v1(all: &Controllers, path: &[u8], devices: &mut Devices, quick: &mut Quick) -> Rest {
    let file = |root: &Option<PathBuf>, name: &str| {
        let root = root.as_ref()?;
        read(&root.join(OsStr::from_bytes(path)).join(name))
    };
    let only = |root: &Option<PathBuf>, name: &str| only_number(&file(root, name)?);
    let throttling = file(&all.cpu, "cpu.stat").unwrap_or_default();
    quick.periods = value_of(&throttling, b"nr_periods");
    quick.throttled = value_of(&throttling, b"nr_throttled");
    let memory = file(&all.memory, "memory.stat").unwrap_or_default();
    let oom = file(&all.memory, "memory.oom_control").unwrap_or_default();
    let io = file(&all.blkio, "blkio.throttle.io_service_bytes_recursive")
        .or_else(|| file(&all.blkio, "blkio.throttle.io_service_bytes"));
    let (read_bytes, written_bytes) = io.and_then(|text| devices.io_of_v1(&text)).unzip();
    Rest {
        inactive_file_bytes: value_of(&memory, b"total_inactive_file"),
        swap_bytes: value_of(&memory, b"total_swap"),
        oom_kills: value_of(&oom, b"oom_kill"),
        read_bytes,
        written_bytes,
        tasks: only(&all.pids, "pids.current"),
        waited_us: [None; 3],
    }
}

/// What the group may use at most.
pub(super) fn limits(tree: &Tree, path: &[u8]) -> Limits {
    let only = |root: Option<&PathBuf>, name: &str| {
        only_number(&read(&root?.join(OsStr::from_bytes(path)).join(name))?)
    };
    match tree {
        // Where there is no limit stands `max`, which is no number.
        Tree::V2 { root } => Limits {
            cpu_cores: read(&root.join(OsStr::from_bytes(path)).join("cpu.max"))
                .and_then(|text| quota(&text)),
            memory_bytes: only(Some(root), "memory.max"),
            tasks: only(Some(root), "pids.max"),
        },
        Tree::V1 { controllers: all, .. } => {
            // Without a limit the quota is -1, which is no number here.
            let quota = only(all.cpu.as_ref(), "cpu.cfs_quota_us");
            let period = only(all.cpu.as_ref(), "cpu.cfs_period_us").filter(|period| *period > 0);
            let memory = only(all.memory.as_ref(), "memory.limit_in_bytes");
            Limits {
                cpu_cores: quota.zip(period).map(|(quota, period)| quota as f64 / period as f64),
                memory_bytes: memory.filter(|limit| *limit < NO_LIMIT_BYTES),
                tasks: only(all.pids.as_ref(), "pids.max"),
            }
        }
    }
}

/// Block devices that are made of others, such as those of LVM: their I/O shows again below.
pub(super) struct Devices {
    folder: PathBuf,
    stacked: BTreeMap<Vec<u8>, bool>,
}

impl Devices {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { folder: root.sys.join("dev/block"), stacked: BTreeMap::new() }
    }

    fn is_stacked(&mut self, id: &[u8]) -> bool {
        if let Some(known) = self.stacked.get(id) {
            return *known;
        }
        let slaves = self.folder.join(OsStr::from_bytes(id)).join("slaves");
        let stacked = fs::read_dir(slaves).is_ok_and(|mut entries| entries.next().is_some());
        self.stacked.insert(id.to_vec(), stacked);
        stacked
    }

    /// Lines read `8:0 rbytes=90430464 wbytes=299008 rios=8950 …`.
    fn io_of_v2(&mut self, text: &[u8]) -> Option<(u64, u64)> {
        let mut sums = None;
        for line in lines(text) {
            let mut words = words(line);
            let Some(id) = words.next() else { continue };
            let (mut read, mut written) = (None, None);
            for word in words {
                read = read.or_else(|| number(word.strip_prefix(b"rbytes=")?));
                written = written.or_else(|| number(word.strip_prefix(b"wbytes=")?));
            }
            let (Some(read), Some(written)) = (read, written) else { continue };
            let sum: &mut (u64, u64) = sums.get_or_insert((0, 0));
            if !self.is_stacked(id) {
                *sum = (sum.0.saturating_add(read), sum.1.saturating_add(written));
            }
        }
        sums
    }

    /// Lines read `8:0 Read 90430464`.
    fn io_of_v1(&mut self, text: &[u8]) -> Option<(u64, u64)> {
        let mut sums = None;
        for line in lines(text) {
            let mut words = words(line);
            let (Some(id), Some(what), Some(bytes)) =
                (words.next(), words.next(), words.next().and_then(number))
            else {
                continue;
            };
            let sum: &mut (u64, u64) = sums.get_or_insert((0, 0));
            match what {
                b"Read" if !self.is_stacked(id) => sum.0 = sum.0.saturating_add(bytes),
                b"Write" if !self.is_stacked(id) => sum.1 = sum.1.saturating_add(bytes),
                _ => {}
            }
        }
        sums
    }
}

/// `50000 100000`: so many microseconds of each period; `max 100000` without a limit.
fn quota(text: &[u8]) -> Option<f64> {
    let mut numbers = words(text.trim_ascii()).map(number);
    let (quota, period) = (numbers.next()??, numbers.next()??);
    (period > 0).then(|| quota as f64 / period as f64)
}

/// `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`.
fn total_of_some(text: &[u8]) -> Option<u64> {
    let line = lines(text).find_map(|line| line.strip_prefix(b"some "))?;
    words(line).find_map(|word| number(word.strip_prefix(b"total=")?))
}

/// The number behind a word at the start of a line.
fn value_of(text: &[u8], key: &[u8]) -> Option<u64> {
    lines(text).find_map(|line| {
        let mut words = words(line);
        (words.next()? == key).then(|| number(words.next()?)).flatten()
    })
}

fn read(path: &Path) -> Option<Vec<u8>> {
    read_file(&File::open(path).ok()?).ok()
}

fn read_file(file: &File) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; READ_BYTES];
    let length = file.read_at(&mut buffer, 0)?;
    buffer.truncate(length);
    Ok(buffer)
}

fn kept(place: &mut Option<File>, path: &Path, budget: &mut Budget) -> io::Result<Vec<u8>> {
    if let Some(file) = place {
        return read_file(file);
    }
    let file = File::open(path)?;
    let text = read_file(&file)?;
    if budget.spare > 0 {
        budget.spare -= 1;
        *place = Some(file);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn devices(folder: &Path) -> Devices {
        Devices { folder: folder.to_owned(), stacked: BTreeMap::new() }
    }

    #[test]
    fn what_is_stacked_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("253:0/slaves/sda")).unwrap();
        fs::create_dir_all(folder.path().join("8:0/slaves")).unwrap();
        let mut devices = devices(folder.path());
        let v2 = b"253:0 rbytes=10 wbytes=20 rios=1\n8:0 rbytes=10 wbytes=20 rios=1\n";
        assert_eq!(devices.io_of_v2(v2), Some((10, 20)));
        let v1 = b"8:0 Read 7\n8:0 Write 9\n8:0 Total 16\n253:0 Read 7\nTotal 16\n";
        assert_eq!(devices.io_of_v1(v1), Some((7, 9)));
        assert_eq!(devices.io_of_v2(b""), None);
    }

    #[test]
    fn limits_may_be_missing() {
        assert_eq!(quota(b"50000 100000\n"), Some(0.5));
        assert_eq!(quota(b"max 100000\n"), None);
        assert_eq!(quota(b"5 0\n"), None);
        assert_eq!(total_of_some(b"some avg10=0.00 total=77\nfull total=5\n"), Some(77));
        assert_eq!(value_of(b"a 1\noom 2\noom_kill 3\n", b"oom_kill"), Some(3));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut devices = devices(Path::new("/no/such/folder"));
            devices.io_of_v1(&bytes);
            devices.io_of_v2(&bytes);
            quota(&bytes);
            total_of_some(&bytes);
            value_of(&bytes, b"x");
        }
    }
}
