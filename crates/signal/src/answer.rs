//! What our own HTTP routes answer, for clients in any language. Errors are problems (RFC 9457).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    HostId, Role, Timestamp, Unit,
    protocol::{Envelope, GapNotice, Position},
    system::Health,
};

/// `GET /api/series?names=&from=&to=&step=`: history by column, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SeriesAnswer {
    /// Start of the range, inclusive.
    pub from: Timestamp,
    /// End of the range, exclusive.
    pub to: Timestamp,
    /// Width of a step; 0 when each point is a sample as it was measured.
    #[ts(type = "number")]
    pub step_ms: i64,
    /// One for each name asked for, in that order.
    pub series: Vec<SeriesColumns>,
}

/// One series: columns of equal length. A step without samples has no row: what is missing is
/// absent, never interpolated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SeriesColumns {
    /// The name asked for.
    pub name: String,
    /// What the values count.
    pub unit: Unit,
    /// How far apart rows are when nothing is missing. More than two and a half times as far is a
    /// gap.
    #[ts(type = "number")]
    pub interval_ms: i64,
    /// Time of the sample, or start of the step.
    pub at_ms: Vec<Timestamp>,
    /// Mean over the step.
    pub mean: Vec<f64>,
    /// Lowest sample in the step.
    pub min: Vec<f64>,
    /// Highest sample in the step.
    pub max: Vec<f64>,
}

/// `GET /api/topics?topics=&since=`: what a socket would have sent, for those who poll.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TopicsAnswer {
    /// In the order in which a socket would have sent them.
    pub envelopes: Vec<Delivered>,
    /// Where to go on: the next request's `since`.
    pub positions: BTreeMap<String, Position>,
}

/// What reaches a subscriber of a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(untagged)]
pub enum Delivered {
    /// A signal.
    Envelope(Envelope),
    /// Signals that are lost.
    Gap(GapNotice),
}

/// `GET /api/session`: who is asking, and whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct SessionAnswer {
    /// Name of the token or link that signed in; `anonymous` when none was needed.
    pub user: String,
    /// What it may do.
    pub role: Role,
    /// The server's version.
    pub version: String,
    /// The host that the server runs on.
    pub host: HostId,
    /// The server's clock.
    pub ts: Timestamp,
    /// How the server is.
    pub health: Health,
}

/// An error, as RFC 9457 has it. `detail` says what to change; `message` repeats it for clients
/// that look there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Problem {
    /// `about:blank#` and a stable word for the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request, and what to do.
    pub detail: String,
    /// The same text as `detail`.
    pub message: String,
    /// Names the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
}
