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
    /// What each dialect carries, by its name; those that nobody spoke since start are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dialects: BTreeMap<String, DialectMetrics>,
}

/// All connections of one dialect together. Totals count since start, those that are gone included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DialectMetrics {
    /// Open now.
    pub connections: f64,
    /// Opened since start.
    pub opened: f64,
    /// Patterns subscribed now.
    pub subscriptions: f64,
    /// Messages written.
    pub sent_messages: f64,
    /// Their text, before compression.
    pub sent_payload_bytes: f64,
    /// What was written to sockets: framed, and compressed where that was agreed on.
    pub sent_wire_bytes: f64,
    /// Messages read.
    pub received_messages: f64,
    /// Their text, after decompression.
    pub received_payload_bytes: f64,
    /// What was read from sockets.
    pub received_wire_bytes: f64,
    /// Writes that carried messages of the hub.
    pub flushes: f64,
    /// Bytes that wait for sockets now.
    pub waiting_bytes: f64,
    /// Publications that wait for clients now.
    pub waiting_publications: f64,
    /// Publications of states that clients got merged into a later one.
    pub conflated: f64,
    /// States that clients got in full again, because they were too far behind for a patch.
    pub resyncs: f64,
    /// Gaps in events that clients were told.
    pub gaps: f64,
    /// Connections that we ended for cause.
    pub cuts: f64,
}

/// `system/clients`.
pub const CLIENTS: &str = "system/clients";

/// Who is connected: `system/clients`, and `GET /api/clients`. For admins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SystemClients {
    /// How many are connected. More than are listed where there are very many: then those are
    /// listed for whom most waits, and of the others the newest.
    pub total: u32,
    /// Each by the name of its connection, which its welcome tells it: `ws-7`.
    pub clients: BTreeMap<String, ConnectedClient>,
}

/// One connection, and how it is doing. Totals count since it was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ConnectedClient {
    /// What it speaks: `bellwether.v1`, `sse`, `flat`, `analytics` or `socketio`.
    pub dialect: String,
    /// The name of its token.
    pub user: String,
    /// What it may do.
    pub role: String,
    /// Where it comes from: behind a proxy, the proxy's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// What it says that it is. It proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub agent: Option<String>,
    /// When it was opened.
    #[ts(type = "number")]
    pub opened_at_ms: i64,
    /// Patterns subscribed now.
    pub subscriptions: u32,
    /// The first of them.
    pub patterns: Vec<String>,
    /// Topics in which it has a place.
    pub topics: u32,
    /// Shortest time between two flushes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub interval_ms: Option<f64>,
    /// Messages written.
    pub sent_messages: f64,
    /// Their text, before compression.
    pub sent_payload_bytes: f64,
    /// What was written to its socket: framed, and compressed where that was agreed on.
    pub sent_wire_bytes: f64,
    /// Messages read.
    pub received_messages: f64,
    /// Their text, after decompression.
    pub received_payload_bytes: f64,
    /// What was read from its socket.
    pub received_wire_bytes: f64,
    /// Writes that carried messages of the hub.
    pub flushes: f64,
    /// When it was last given something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub last_flush_at_ms: Option<i64>,
    /// Bytes that wait for its socket now.
    pub waiting_bytes: f64,
    /// Publications that wait for it now.
    pub waiting_publications: f64,
    /// Its socket takes nothing at the moment.
    pub blocked: bool,
    /// Publications of states that it got merged into a later one.
    pub conflated: f64,
    /// States that it got in full again, because it was too far behind for a patch.
    pub resyncs: f64,
    /// Gaps in events that it was told.
    pub gaps: f64,
    /// How long the last ping and its answer took; absent before one was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub round_trip_ms: Option<f64>,
}
