//! How a device or a file system does, as far as the kernel knows without asking a drive.
//! Source: Linux documentation, admin-guide/md, `scsi/scsi_mid_low_api` (`state`, `ioerr_cnt`),
//! ABI/testing/sysfs-fs-ext4, filesystems/btrfs; the states of `NVMe` controllers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bellwether_signal::host::{BlockDevice, DeviceHealth, DiskArray, Filesystem};

use crate::{
    HostRoot,
    kept_file::read_once,
    rate::bounded_percent,
    text::{clean, lines, number, only_number, words},
};

/// What is known of a device beside its work.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    model: Option<String>,
    rotational: Option<bool>,
    health: DeviceHealth,
    trouble: Option<String>,
    io_errors: Option<f64>,
    timeouts: Option<f64>,
    array: Option<DiskArray>,
}

impl Facts {
    /// Reads what the kernel keeps in memory: no drive is asked, none wakes.
    pub(super) fn read(folder: &Path) -> Self {
        let array = array(&folder.join("md"));
        let trouble = trouble(folder, array.as_ref());
        let model = word(&folder.join("device/model"));
        let rotational = word(&folder.join("queue/rotational")).map(|word| word == "1");
        Self {
            // Virtual disks say that they turn, because nobody told their driver otherwise.
            rotational: rotational.filter(|turns| !turns || model.is_some()),
            model,
            health: trouble.as_ref().map_or(DeviceHealth::Good, |trouble| trouble.0),
            trouble: trouble.map(|trouble| trouble.1),
            io_errors: hexadecimal(&folder.join("device/ioerr_cnt")),
            timeouts: hexadecimal(&folder.join("device/iotmo_cnt")),
            array,
        }
    }

    /// A device with these facts.
    pub(super) fn on(&self, device: &BlockDevice) -> BlockDevice {
        BlockDevice {
            model: self.model.clone(),
            rotational: self.rotational,
            health: Some(self.health),
            trouble: self.trouble.clone(),
            io_errors: self.io_errors,
            timeouts: self.timeouts,
            array: self.array.clone(),
            ..device.clone()
        }
    }
}

fn trouble(folder: &Path, array: Option<&DiskArray>) -> Option<(DeviceHealth, String)> {
    let failed = |words: &str| Some((DeviceHealth::Failed, words.to_owned()));
    // Of a SCSI or SATA disk, or of an NVMe controller.
    match word(&folder.join("device/state")).as_deref() {
        Some("dead" | "deleting" | "deleting (no IO)") => {
            return failed("the controller gave it up");
        }
        Some("offline" | "transport-offline") => return failed("taken offline after errors"),
        Some("blocked" | "quiesce") => {
            return Some((DeviceHealth::Degraded, "held back by its controller".to_owned()));
        }
        Some("resetting" | "connecting") => {
            return Some((DeviceHealth::Degraded, "the controller starts over".to_owned()));
        }
        _ => {}
    }
    if word(&folder.join("md/array_state")).as_deref() == Some("inactive") {
        return failed("the array does not run");
    }
    let array = array.filter(|array| array.missing > 0.0)?;
    let words = format!("{} of {} disks missing", array.missing, array.disks);
    Some((DeviceHealth::Degraded, words))
}

fn array(md: &Path) -> Option<DiskArray> {
    let level = word(&md.join("level"))?;
    let count = |name: &str| only_number(&read_once(md.join(name))?).map(|count| count as f64);
    let action = word(&md.join("sync_action")).filter(|action| action != "idle");
    // `1234 / 5678` sectors, or `none`.
    let done = word(&md.join("sync_completed")).and_then(|text| {
        let (done, all) = text.split_once(" / ")?;
        let count = |text: &str| number(text.trim().as_bytes()).map(|count| count as f64);
        bounded_percent(count(done)?, count(all)?)
    });
    Some(DiskArray {
        level,
        disks: count("raid_disks").unwrap_or_default(),
        missing: count("degraded").unwrap_or_default(),
        done_percent: done.filter(|_| action.is_some()),
        action,
    })
}

/// What a file system counts of its own errors.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    sys: PathBuf,
}

impl Counts {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { sys: root.sys.clone() }
    }

    /// Adds them to one. `id` is its device's major and minor number.
    pub(super) fn add_to(&self, filesystem: &mut Filesystem, id: &str) {
        match filesystem.kind.as_str() {
            "ext2" | "ext3" | "ext4" => {
                let own = self.sys.join("fs/ext4").join(self.name_of(id, &filesystem.device));
                let count = |name: &str| only_number(&read_once(own.join(name))?);
                filesystem.errors = count("errors_count").map(|count| count as f64);
                filesystem.last_error_at_ms = count("last_error_time")
                    .filter(|seconds| *seconds > 0)
                    .and_then(|seconds| i64::try_from(seconds.checked_mul(1_000)?).ok());
            }
            "btrfs" => filesystem.errors = self.of_btrfs(&filesystem.device),
            _ => {}
        }
    }

    /// The kernel's name of a device: where the link of its number leads, else the name that was
    /// mounted.
    fn name_of(&self, id: &str, device: &str) -> String {
        let link = fs::read_link(self.sys.join("dev/block").join(id)).ok();
        let name = link.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        let name = name.or_else(|| device.rsplit('/').next()).unwrap_or_default();
        // No name leads elsewhere.
        if name.starts_with('.') { String::new() } else { name.to_owned() }
    }

    /// The sum over all devices of the pool that has this one.
    fn of_btrfs(&self, device: &str) -> Option<f64> {
        let name = device.rsplit('/').next().filter(|name| !name.is_empty())?;
        let pools = fs::read_dir(self.sys.join("fs/btrfs")).ok()?.flatten();
        let mut own =
            pools.map(|pool| pool.path()).filter(|pool| pool.join("devices").join(name).exists());
        let devices = fs::read_dir(own.next()?.join("devinfo")).ok()?.flatten();
        let errors = |text: Vec<u8>| -> u64 {
            lines(&text).filter_map(|line| words(line).nth(1).and_then(number)).sum()
        };
        let found = devices.filter_map(|device| read_once(device.path().join("error_stats")));
        found.map(errors).reduce(u64::saturating_add).map(|sum| sum as f64)
    }
}

fn word(path: &Path) -> Option<String> {
    let text = clean(read_once(path)?.trim_ascii());
    (!text.is_empty()).then_some(text)
}

/// `0x1a`.
fn hexadecimal(path: &Path) -> Option<f64> {
    let text = word(path)?;
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok().map(|count| count as f64)
}
