//! `host/{id}/cpu`: processor time. Source: Linux documentation, filesystems/proc, section 1.7.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Processor time since the round before, load and frequency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cpu {
    /// Time that the machine's processors were busy: everything but idle and waiting for I/O.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub total_percent: Option<f64>,
    /// The same time by mode; with idle and iowait, these add up to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub modes: Option<CpuModes>,
    /// Each logical processor, by its number.
    pub cores: BTreeMap<String, Core>,
    /// Mean frequency over the processors that report one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub frequency_mhz: Option<f64>,
    /// Highest frequency that any processor can reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub frequency_max_mhz: Option<f64>,
    /// Load average over one minute: tasks that run or wait uninterruptibly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub load_1m: Option<f64>,
    /// Load average over five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub load_5m: Option<f64>,
    /// Load average over fifteen minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub load_15m: Option<f64>,
    /// Tasks that can run now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub runnable: Option<u32>,
    /// Tasks that wait uninterruptibly, mostly for I/O.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub blocked: Option<u32>,
    /// Context switches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub switches_per_second: Option<f64>,
    /// Interrupts served.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub interrupts_per_second: Option<f64>,
    /// Processes and threads created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub forks_per_second: Option<f64>,
}

/// Where processor time went, each as a share of all of it. Time of guests is part of user and
/// nice, as the kernel counts it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CpuModes {
    /// Programs at normal priority.
    pub user_percent: f64,
    /// Programs at lowered priority.
    pub nice_percent: f64,
    /// The kernel.
    pub system_percent: f64,
    /// Hardware interrupts.
    pub irq_percent: f64,
    /// Software interrupts.
    pub softirq_percent: f64,
    /// Taken by the hypervisor for others.
    pub steal_percent: f64,
    /// Idle while some task waited for I/O.
    pub iowait_percent: f64,
    /// Idle.
    pub idle_percent: f64,
}

/// One logical processor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Core {
    /// Time that it was busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub busy_percent: Option<f64>,
    /// Its frequency now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub frequency_mhz: Option<f64>,
}
