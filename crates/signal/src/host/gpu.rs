//! `host/{id}/gpu`: graphics processors. A host without one does not publish it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The graphics processors of a host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Gpus {
    /// Each by its number or bus address, as its driver names it.
    pub gpus: BTreeMap<String, Gpu>,
}

/// One graphics processor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Gpu {
    /// Its maker's name for it.
    pub name: String,
    /// NVIDIA, AMD or Intel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub vendor: Option<String>,
    /// Time that it was busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub busy_percent: Option<f64>,
    /// Its own memory, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_total_bytes: Option<f64>,
    /// Its own memory in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_used_bytes: Option<f64>,
    /// What its sensor reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub temperature_celsius: Option<f64>,
    /// How far its fan is driven, of what it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fan_percent: Option<f64>,
    /// What it draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub power_watts: Option<f64>,
    /// The limit that it keeps below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub power_limit_watts: Option<f64>,
    /// Its driver's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub driver: Option<String>,
    /// The processes that use it, by their key in `host/{id}/processes`.
    pub processes: BTreeMap<String, GpuProcess>,
}

/// A process on a graphics processor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct GpuProcess {
    /// Its process id.
    pub pid: u32,
    /// What the kernel calls it.
    pub name: String,
    /// Memory of the graphics processor that it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_bytes: Option<f64>,
    /// Time that the graphics processor was busy for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub busy_percent: Option<f64>,
}
