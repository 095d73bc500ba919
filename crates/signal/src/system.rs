//! What is said about bellwether itself: `system/metrics`, `system/health`, `system/gateway`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `system/metrics`.
pub const METRICS: &str = "system/metrics";
/// `system/health`.
pub const HEALTH: &str = "system/health";
/// `system/gateway`.
pub const GATEWAY: &str = "system/gateway";

/// What bellwether costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SystemMetrics {
    /// The program's version.
    pub version: String,
    /// When it was started.
    #[ts(type = "number")]
    pub started_at_ms: i64,
    /// The process as a whole.
    pub process: OwnProcess,
    /// Each collector by name.
    pub collectors: BTreeMap<String, CollectorStatus>,
    /// The store; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub store: Option<StoreMetrics>,
}

/// Our own process, as the kernel counts it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct OwnProcess {
    /// Processor time as a share of one core.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cpu_percent: Option<f64>,
    /// Resident memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub memory_bytes: Option<f64>,
    /// Threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub threads: Option<f64>,
    /// Open descriptors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub open_files: Option<f64>,
    /// How often one of our threads was woken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub wakeups_per_second: Option<f64>,
}

/// How a collector is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct CollectorStatus {
    /// Whether it works.
    pub state: CollectorState,
    /// How often it publishes now.
    pub interval_ms: u32,
    /// Processor time of its last round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cost_us: Option<f64>,
    /// Rounds since start.
    pub rounds: u32,
    /// Rounds that failed since start.
    pub failures: u32,
    /// What its last failed round said; absent while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// Whether a collector works.
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
pub enum CollectorState {
    /// Its last round worked.
    #[default]
    Working,
    /// Its last round failed; it is tried again.
    Failing,
    /// This host does not offer what it reads.
    NotOffered,
}

/// How the store is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct StoreMetrics {
    /// Size of its files.
    pub size_bytes: f64,
    /// Series that it knows.
    pub series: f64,
    /// Samples written since start.
    pub samples: f64,
    /// Samples on disk in sealed hours, which are compressed; absent until they are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sealed_samples: Option<f64>,
    /// What those take: their values and times. With the samples, bytes a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sealed_bytes: Option<f64>,
    /// Writes that failed since start.
    pub failed_writes: f64,
    /// Frames of samples that were never written since start: the disk was full or too slow.
    pub shed_frames: f64,
    /// How long every sample is kept.
    #[serde(default)]
    pub keep_samples_ms: f64,
    /// How long one row a minute is kept.
    #[serde(default)]
    pub keep_minutes_ms: f64,
    /// How long one row an hour is kept.
    #[serde(default)]
    pub keep_hours_ms: f64,
    /// How long events are kept.
    #[serde(default)]
    pub keep_events_ms: f64,
}

/// Whether each part works; the whole is as well as its worst part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SystemHealth {
    /// The worst of the parts.
    pub status: Health,
    /// Each part by name.
    pub parts: BTreeMap<String, PartHealth>,
}

/// One part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PartHealth {
    /// How it is.
    pub status: Health,
    /// What is wrong and what to do; absent while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail: Option<String>,
}

/// How well something works, best first.
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
pub enum Health {
    /// Works.
    #[default]
    Healthy,
    /// Works in part.
    Degraded,
    /// Does not work.
    Critical,
}

/// Who is connected, and what passes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct GatewayMetrics {
    /// Sockets open now.
    pub connections: f64,
    /// Patterns subscribed now.
    pub subscriptions: f64,
    /// Envelopes and answers written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_messages_per_second: Option<f64>,
    /// Bytes written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sent_bytes_per_second: Option<f64>,
    /// Messages read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub received_messages_per_second: Option<f64>,
    /// Writes that carried them: messages per flush is what batching saves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub flushes_per_second: Option<f64>,
    /// Sockets that we closed for cause since start.
    pub dropped_connections: f64,
}
