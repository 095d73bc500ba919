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
    /// How often each topic of this host is expected to speak, in milliseconds. Twice as long
    /// without a word means stale, five times means unknown.
    pub intervals_ms: BTreeMap<String, u32>,
}
