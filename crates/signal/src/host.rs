//! What is said about a host: one state payload a topic, each under `host/{id}/…`.
//!
//! Lists are maps keyed by id, so that patches stay small. An absent field is unknown, never zero.
//! Field names end with their unit ([`crate::Unit::of_field`]). Percentages of CPU are of the whole
//! machine, except for processes and cores, which are of one core.

mod battery;
mod cgroups;
mod cpu;
mod disks;
mod gpu;
mod memory;
mod network;
mod pressure;
mod processes;
mod sensors;
mod summary;
mod users;

pub use battery::{Battery, Cell, CellState};
pub use cgroups::{Cgroup, CgroupKind, Cgroups, Hierarchy};
pub use cpu::{Core, Cpu, CpuModes};
pub use disks::{BlockDevice, DeviceHealth, DiskArray, Disks, Filesystem};
pub use gpu::{Gpu, GpuProcess, Gpus};
pub use memory::Memory;
pub use network::{Duplex, Interface, InterfaceKind, Network, Tcp};
pub use pressure::{Pressure, Stall};
pub use processes::{
    Commands, Process, ProcessChange, ProcessEvent, ProcessKey, ProcessState, Processes,
};
pub use sensors::{Current, Fan, Power, Sensors, Temperature, Voltage};
use serde::Serialize;
pub use summary::{BusiestProcess, HostSummary};
pub use users::{User, Users};

use crate::{HostId, Topic};

/// The newest of one group of a host's values. A new group is a variant here, a line in
/// [`HostState::topic_name`] and a line in `typescript`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum HostState {
    /// Who the host is, and its headline figures.
    Summary(HostSummary),
    /// Processor time.
    Cpu(Cpu),
    /// Memory and swap.
    Memory(Memory),
    /// Block devices and file systems.
    Disks(Disks),
    /// Interfaces and TCP.
    Network(Network),
    /// Pressure stall information.
    Pressure(Pressure),
    /// Temperatures, fans, voltages, power.
    Sensors(Sensors),
    /// Batteries and mains.
    Battery(Battery),
    /// Control groups and containers.
    Cgroups(Cgroups),
    /// Users.
    Users(Users),
    /// The processes, without their command lines.
    Processes(Processes),
    /// The command lines of processes, for those who may see them.
    Commands(Commands),
}

impl HostState {
    /// The last segment of its topic.
    pub fn topic_name(&self) -> &'static str {
        match self {
            Self::Summary(_) => "summary",
            Self::Cpu(_) => "cpu",
            Self::Memory(_) => "memory",
            Self::Disks(_) => "disks",
            Self::Network(_) => "network",
            Self::Pressure(_) => "pressure",
            Self::Sensors(_) => "sensors",
            Self::Battery(_) => "battery",
            Self::Cgroups(_) => "cgroups",
            Self::Users(_) => "users",
            Self::Processes(_) => "processes",
            Self::Commands(_) => "commands",
        }
    }

    /// Whether its numbers become series. The summary repeats other topics' figures, and processes
    /// come and go by the thousand.
    pub fn keeps_history(&self) -> bool {
        !matches!(self, Self::Summary(_) | Self::Processes(_) | Self::Commands(_))
    }
}

/// Where a group of a host's values is published: `host/web-1/cpu`.
pub fn topic(host: &HostId, name: &str) -> Topic {
    Topic::of(["host", host.as_str(), name])
}
