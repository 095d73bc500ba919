//! What is said about an industrial machine, each topic under `machine/{slug}/…`.
//!
//! `summary` and `readings` are state, `anomaly` is an event. Names of metrics are their owner's
//! and end with their unit where he keeps to ours: `power_kw`, `temperature_celsius`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{MachineSlug, Topic};

/// Where a machine's state or events are published: `machine/press-3/readings`.
pub fn topic(machine: &MachineSlug, name: &str) -> Topic {
    Topic::of(["machine", machine.as_str(), name])
}

/// `machine/{slug}/summary`: who the machine is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct MachineSummary {
    /// Its UUID, as clients of the analytics dialect know it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is: compressor, pump, `injection_molding` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kind: Option<String>,
    /// What it may draw, as its plate says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rated_power_kw: Option<f64>,
    /// Whether it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub active: Option<bool>,
}

/// `machine/{slug}/readings`: metric → newest value. What is not measured any more is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(transparent)]
pub struct MachineReadings(pub BTreeMap<String, f64>);

/// `machine/{slug}/anomaly`: one metric was not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct MachineAnomaly {
    /// UUID version 7: sorts by time.
    pub id: String,
    /// The metric, as in the readings.
    pub metric: String,
    /// What was measured.
    pub value: f64,
    /// The lowest that would have been expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expected_low: Option<f64>,
    /// The highest that would have been expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expected_high: Option<f64>,
    /// How unusual it is: 0 (not at all) to 1.
    pub score: f64,
    /// How much it matters.
    pub severity: AnomalySeverity,
    /// What shape it has.
    pub kind: AnomalyKind,
    /// When it was measured.
    #[ts(type = "number")]
    pub measured_at_ms: i64,
}

/// How much an anomaly matters, least first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AnomalySeverity {
    /// Back to normal, or noted for the record.
    #[default]
    Normal,
    /// Good to know.
    Info,
    /// Something should be looked at.
    Warning,
    /// Something has to be done.
    Critical,
}

/// What shape an anomaly has.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyKind {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Suddenly more.
    Spike,
    /// Suddenly less.
    Drop,
    /// Slowly away from what it was.
    Drift,
}
