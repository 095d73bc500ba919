//! `host/{id}/cgroups`: control groups: services, containers, users' sessions.
//! Source: Linux documentation, admin-guide/cgroup-v2 and admin-guide/cgroup-v1.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Control groups, and which interface the kernel offers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cgroups {
    /// Which hierarchy the figures are from.
    pub hierarchy: Hierarchy,
    /// Groups there are, without those that containers make for themselves.
    pub total: u32,
    /// Containers among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub containers: Option<u32>,
    /// By path below the root: services, containers, scopes and slices, up to a limit; beyond it the
    /// busiest and the largest.
    pub groups: BTreeMap<String, Cgroup>,
}

/// Which interface the kernel offers.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Hierarchy {
    /// One tree for all controllers.
    #[default]
    V2,
    /// A tree for each controller.
    V1,
    /// Version 1 for the controllers, version 2 for naming.
    Hybrid,
}

/// One group: what its processes used since the round before, those of its children included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cgroup {
    /// What it is.
    pub kind: CgroupKind,
    /// What people call it: the unit's name, the container's name or the start of its id.
    pub name: String,
    /// What runs it: docker, podman, containerd, crio, lxc, systemd-nspawn; of containers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub runtime: Option<String>,
    /// The container's whole id; of containers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub container_id: Option<String>,
    /// Its pod: the name where a file tells it, else the UID; of Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pod: Option<String>,
    /// Processor time, as a share of one core.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<f64>,
    /// Processor time that it may use at most, as a share of one core; absent when it is not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_limit_percent: Option<f64>,
    /// Periods in which it used up that limit and was held back, of those in which it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub throttled_percent: Option<f64>,
    /// Memory charged to it, page cache included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_bytes: Option<f64>,
    /// Memory that cannot simply be dropped: without inactive file cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub working_set_bytes: Option<f64>,
    /// Memory that it may use at most; absent when it is not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_limit_bytes: Option<f64>,
    /// Working set as a share of its limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_percent: Option<f64>,
    /// Swap charged to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub swap_bytes: Option<f64>,
    /// Read from block devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to block devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub written_bytes_per_second: Option<f64>,
    /// Processes and threads in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tasks: Option<f64>,
    /// Processes and threads that it may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tasks_limit: Option<f64>,
    /// Time in which some of its tasks waited for a processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_pressure_percent: Option<f64>,
    /// Time in which some of its tasks waited for memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_pressure_percent: Option<f64>,
    /// Time in which some of its tasks waited for I/O.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub io_pressure_percent: Option<f64>,
    /// Processes in it killed for lack of memory, since it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oom_kills: Option<f64>,
}

/// What a control group is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CgroupKind {
    /// A service of the service manager.
    Service,
    /// A container, whoever runs it.
    Container,
    /// Processes that somebody else started and the service manager looks after.
    Scope,
    /// A group of groups.
    Slice,
    /// A virtual machine.
    Machine,
    /// None of these.
    #[default]
    Other,
}
