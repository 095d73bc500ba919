//! Block devices and file systems.
//! Source: Linux documentation, admin-guide/iostats, filesystems/proc (`mountinfo`); `statvfs(3)`.

mod diskstats;
mod filesystems;
mod health;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use bellwether_signal::host::{BlockDevice, Disks, HostState};

use self::{diskstats::Counters, filesystems::Filesystems, health::Facts};
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    critical::Latch,
    kept_file::{KeptFile, read_once},
    text,
};

/// Block devices and file systems.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "disks",
    tier: Tier::Background,
    lengthy: false,
    every_second: false,
    topics: &["disks"],
    quiet_topics: &[],
    open,
};

/// Above this a file system is critical (H4), until all are below the other.
const CRITICAL_PERCENT: f64 = 95.0;
const CALM_PERCENT: f64 = 94.0;
/// Pause between two looks at which devices are whole, and how large: volumes grow.
const DEVICES_PAUSE: Duration = Duration::from_mins(1);
/// Pause between two looks at how devices do.
const HEALTH_PAUSE: Duration = Duration::from_secs(10);
/// Sectors of these files have 512 bytes, whatever the device's own have.
const SECTOR_BYTES: u64 = 512;

struct DiskCollector {
    diskstats: Option<KeptFile>,
    before: Option<(BTreeMap<String, Counters>, Duration)>,
    block: PathBuf,
    /// What is known of each name in `diskstats`.
    known: BTreeMap<String, Known>,
    known_at: Option<Duration>,
    /// How each whole device does, and what it is.
    facts: BTreeMap<String, Facts>,
    facts_at: Option<Duration>,
    filesystems: Filesystems,
    space: Latch,
}

/// What sysfs says of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    /// A partition, a loop or RAM device, an empty drive.
    LeftOut,
    /// A whole device, with its size where it is known.
    Whole(Option<f64>),
}

fn open(root: &HostRoot) -> Opened {
    let diskstats = KeptFile::open_if_offered(root.proc.join("diskstats"))?;
    let filesystems = Filesystems::open(root)?;
    if diskstats.is_none() && !filesystems.are_offered() {
        return Ok(None);
    }
    Ok(Some(Box::new(DiskCollector {
        diskstats,
        before: None,
        block: root.sys.join("block"),
        known: BTreeMap::new(),
        known_at: None,
        facts: BTreeMap::new(),
        facts_at: None,
        filesystems,
        space: Latch::default(),
    })))
}

impl Collector for DiskCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        let devices = self.devices(now)?;
        let filesystems = self.filesystems.read(now)?;
        let may_fill = filesystems.values().filter(|one| !one.read_only);
        let fullest = may_fill.map(|one| one.used_percent).reduce(f64::max);
        out.critical = self.space.update(fullest, CRITICAL_PERCENT, CALM_PERCENT);
        out.states.push(HostState::Disks(Disks { devices, filesystems }));
        Ok(())
    }
}

impl DiskCollector {
    fn devices(&mut self, now: Duration) -> Result<BTreeMap<String, BlockDevice>, CollectError> {
        let Some(file) = &mut self.diskstats else { return Ok(BTreeMap::new()) };
        let counters = diskstats::parse(file.read()?);
        if self.known_at.is_none_or(|at| now.saturating_sub(at) >= DEVICES_PAUSE) {
            self.known.clear();
            self.known_at = Some(now);
        }
        let names: BTreeSet<&str> = counters.keys().map(String::as_str).collect();
        self.known.retain(|name, _| names.contains(name.as_str()));
        for name in &names {
            if !self.known.contains_key(*name) {
                self.known.insert((*name).to_owned(), look_up(&self.block, name, &names));
            }
        }
        let looks = self.facts_at.is_none_or(|at| now.saturating_sub(at) >= HEALTH_PAUSE);
        if looks {
            self.facts_at = Some(now);
            self.facts.clear();
        }
        let mut devices = BTreeMap::new();
        for (name, now_counted) in &counters {
            let Some(Known::Whole(size_bytes)) = self.known.get(name) else { continue };
            let device = match &self.before {
                Some((before, at)) => {
                    let seconds = now.saturating_sub(*at).as_secs_f64();
                    let before = before.get(name);
                    before.map(|before| now_counted.since(before, seconds)).unwrap_or_default()
                }
                None => BlockDevice::default(),
            };
            let facts = self.facts.entry(name.clone());
            let facts = facts.or_insert_with(|| Facts::read(&folder_of(&self.block, name)));
            let device = BlockDevice { size_bytes: *size_bytes, ..device };
            devices.insert(name.clone(), facts.on(&device));
        }
        self.before = Some((counters, now));
        Ok(devices)
    }
}

/// Whole devices have a folder of their own in `/sys/block`; partitions have theirs in it.
fn look_up(block: &std::path::Path, name: &str, names: &BTreeSet<&str>) -> Known {
    let is_left_out = ["loop", "ram", "zram", "fd", "sr"].iter().any(|kind| {
        name.strip_prefix(kind).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if is_left_out {
        return Known::LeftOut;
    }
    let folder = folder_of(block, name);
    if let Some(size) = read_once(folder.join("size")) {
        let bytes = text::only_number(&size).and_then(|sectors| sectors.checked_mul(SECTOR_BYTES));
        return match bytes {
            Some(0) => Known::LeftOut,
            bytes => Known::Whole(bytes.map(|bytes| bytes as f64)),
        };
    }
    if block.is_dir() || is_partition_by_name(name, names) {
        Known::LeftOut
    } else {
        Known::Whole(None)
    }
}

/// A name with a slash, such as `cciss/c0d0`, has an exclamation mark in its place in sysfs.
fn folder_of(block: &std::path::Path, name: &str) -> PathBuf {
    block.join(name.replace('/', "!"))
}

/// Without sysfs, as in some containers, names have to do: `sda1` is a part of `sda`, and `nvme0n1p1`
/// one of `nvme0n1`.
fn is_partition_by_name(name: &str, names: &BTreeSet<&str>) -> bool {
    let whole = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if whole.len() == name.len() {
        return false;
    }
    let of_numbered = whole.strip_suffix('p').filter(|whole| whole.ends_with(char::is_numeric));
    [Some(whole), of_numbered].into_iter().flatten().any(|whole| names.contains(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_told_by_name_where_there_is_no_sysfs() {
        let names = BTreeSet::from(["sda", "sda1", "nvme0n1", "nvme0n1p1", "dm-0", "md127", "vdb"]);
        let parts: Vec<_> =
            names.iter().copied().filter(|name| is_partition_by_name(name, &names)).collect();
        assert_eq!(parts, ["nvme0n1p1", "sda1"]);
        let nowhere = std::path::Path::new("/no/such/folder");
        assert_eq!(look_up(nowhere, "sda", &names), Known::Whole(None));
        assert_eq!(look_up(nowhere, "sda1", &names), Known::LeftOut);
        assert_eq!(look_up(nowhere, "loop0", &names), Known::LeftOut);
        assert_eq!(look_up(nowhere, "loopback", &names), Known::Whole(None));
    }
}
