//! `host/{id}/memory`: memory and swap. Source: Linux documentation, filesystems/proc, `meminfo`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Memory and swap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Memory {
    /// Memory that the kernel manages.
    pub total_bytes: f64,
    /// What programs could still get without swapping, as the kernel estimates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub available_bytes: Option<f64>,
    /// Total less available.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub used_bytes: Option<f64>,
    /// Used as a share of total.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub used_percent: Option<f64>,
    /// Memory used for nothing at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub free_bytes: Option<f64>,
    /// Cache of block devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub buffers_bytes: Option<f64>,
    /// Cache of files, without swap cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cached_bytes: Option<f64>,
    /// Shared memory and tmpfs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shared_bytes: Option<f64>,
    /// Kernel data structures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub slab_bytes: Option<f64>,
    /// Waiting to be written back to disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub dirty_bytes: Option<f64>,
    /// Swap space; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_total_bytes: Option<f64>,
    /// Swap in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_used_bytes: Option<f64>,
    /// Swap in use as a share of swap.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_used_percent: Option<f64>,
    /// Read back from swap.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_in_bytes_per_second: Option<f64>,
    /// Written to swap.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_out_bytes_per_second: Option<f64>,
    /// Page faults that had to wait for a disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub major_faults_per_second: Option<f64>,
    /// Processes killed for lack of memory since boot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oom_kills: Option<f64>,
}
