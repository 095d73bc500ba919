//! `host/{id}/pressure`: time lost to waiting. Source: Linux documentation, accounting/psi.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Pressure stall information; a resource that the kernel does not report is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Pressure {
    /// Waiting for a processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu: Option<Stall>,
    /// Waiting for memory: reclaim, swap, refaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory: Option<Stall>,
    /// Waiting for block I/O.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub io: Option<Stall>,
}

/// How much of the time tasks were held up by one resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Stall {
    /// Time since the round before in which at least one task waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub some_percent: Option<f64>,
    /// Time since the round before in which all tasks waited at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_percent: Option<f64>,
    /// The kernel's own average over ten seconds of `some`.
    pub some_10s_percent: f64,
    /// The kernel's own average over a minute of `some`.
    pub some_60s_percent: f64,
    /// The kernel's own average over ten seconds of `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_10s_percent: Option<f64>,
    /// The kernel's own average over a minute of `full`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_60s_percent: Option<f64>,
}
