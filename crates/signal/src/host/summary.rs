//! `host/{id}/summary`: what a list of hosts shows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who the host is, and its headline figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct HostSummary {
    /// The host's name as its owner gave it.
    pub name: String,
    /// Operating system, as its release file calls it: "Debian GNU/Linux 12 (bookworm)".
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub os: Option<String>,
    /// Kernel release, as `uname -r` prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kernel: Option<String>,
    /// Machine architecture, as `uname -m` prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub architecture: Option<String>,
    /// The processor's model name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_model: Option<String>,
    /// Logical processors that are online.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cores: Option<u32>,
    /// When the host was booted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub booted_at_ms: Option<i64>,
    /// Processor time in use, of the whole machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<f64>,
    /// Memory in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_percent: Option<f64>,
    /// The highest temperature that any sensor reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hottest_celsius: Option<f64>,
    /// The speed of the fan that turns fastest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fastest_fan_rpm: Option<f64>,
    /// Space in use on the file system that has the least left; those that are mounted read-only
    /// cannot fill up and do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fullest_disk_percent: Option<f64>,
    /// How full the batteries are, all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub charge_percent: Option<f64>,
    /// The process that uses the most processor time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub busiest: Option<BusiestProcess>,
    /// How often each topic of this host is expected to speak, in milliseconds. Twice as long
    /// without a word means stale, five times means unknown.
    pub intervals_ms: BTreeMap<String, u32>,
}

/// The process that uses the most processor time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct BusiestProcess {
    /// What the kernel calls it.
    pub name: String,
    /// Its process id.
    pub pid: u32,
    /// Its processor time, as a share of one core.
    pub cpu_percent: f64,
}
