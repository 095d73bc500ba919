//! `host/{id}/disks`: block devices and file systems.
//! Source: Linux documentation, admin-guide/iostats, admin-guide/md, ABI/testing/sysfs-fs-ext4; `statvfs(3)`.
//!
//! Health is what the kernel itself knows: nobody asks a drive for its own diagnosis (SMART), because
//! that may wake it, needs root and stops some of them for a moment.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Block devices and file systems.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Disks {
    /// Whole block devices by kernel name; partitions, loop and RAM devices are left out.
    pub devices: BTreeMap<String, BlockDevice>,
    /// Mounted file systems that hold data, by mount point.
    pub filesystems: BTreeMap<String, Filesystem>,
}

/// One block device: what it did since the round before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct BlockDevice {
    /// Its capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub size_bytes: Option<f64>,
    /// Read from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub written_bytes_per_second: Option<f64>,
    /// Reads finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reads_per_second: Option<f64>,
    /// Writes finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub writes_per_second: Option<f64>,
    /// Mean time of a read, queue included; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub read_latency_ms: Option<f64>,
    /// Mean time of a write, queue included; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub write_latency_ms: Option<f64>,
    /// Time with at least one request under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub busy_percent: Option<f64>,
    /// Mean number of requests under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub queue_length: Option<f64>,
    /// Its maker's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<String>,
    /// Whether it turns: a hard disk rather than flash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rotational: Option<bool>,
    /// How it does, as far as the kernel knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub health: Option<DeviceHealth>,
    /// What is wrong with it; absent while it is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<String>,
    /// Commands that ended with an error since it was found (SCSI and SATA). A few come from asking
    /// what the drive can do; growth is what matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub io_errors: Option<f64>,
    /// Commands that were not answered in time since it was found (SCSI and SATA).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub timeouts: Option<f64>,
    /// What it is made of; of software RAID only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub array: Option<DiskArray>,
}

/// How a block device does.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DeviceHealth {
    /// Nothing is known against it.
    #[default]
    Good,
    /// It works, with less in reserve than it should have.
    Degraded,
    /// It no longer takes requests.
    Failed,
}

/// An array of disks (software RAID).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DiskArray {
    /// Its level: raid1, raid5 …
    pub level: String,
    /// Disks that it should have.
    pub disks: f64,
    /// Disks that it lacks.
    pub missing: f64,
    /// What it does beside its work: resync, recover, check; absent when nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<String>,
    /// How much of that is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub done_percent: Option<f64>,
}

/// One mounted file system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Filesystem {
    /// What is mounted: a device, or the name of a pool.
    pub device: String,
    /// Its type: ext4, xfs, btrfs …
    pub kind: String,
    /// Its size.
    pub total_bytes: f64,
    /// Taken by files.
    pub used_bytes: f64,
    /// What users may still take.
    pub available_bytes: f64,
    /// Used as a share of used and available, as `df` counts it.
    pub used_percent: f64,
    /// File entries in use; absent where they are not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub inodes_used_percent: Option<f64>,
    /// Whether it is mounted read-only.
    pub read_only: bool,
    /// Whether the kernel made it read-only because of an error; absent when it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub turned_read_only: Option<bool>,
    /// Errors that the file system found in itself (ext4: since the last check; btrfs: on its devices
    /// since they were reset); absent where it does not count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub errors: Option<f64>,
    /// When it found the last one (ext4).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_error_at_ms: Option<i64>,
}
