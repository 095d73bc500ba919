//! `host/{id}/users`: what each user's processes use, and who is signed in.
//! Source: `/proc/[pid]/status`, `utmp(5)`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Users that have processes or are signed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Users {
    /// By name, or by number where they have none.
    pub users: BTreeMap<String, User>,
}

/// One user.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct User {
    /// Processes of the user.
    pub processes: u32,
    /// Processor time of these, as a share of one core.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<f64>,
    /// Memory that these hold in RAM; shared pages count in each.
    pub memory_bytes: f64,
    /// Sessions that are open: terminals, remote shells, desktops.
    pub sessions: u32,
}
