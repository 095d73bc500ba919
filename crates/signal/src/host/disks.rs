//! `host/{id}/disks`: block devices and file systems.
//! Source: Linux documentation, admin-guide/iostats; `statvfs(3)`.

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
}
