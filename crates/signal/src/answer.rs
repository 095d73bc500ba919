//! What our own HTTP routes answer, for clients in any language. Errors are problems (RFC 9457).

mod alerts;
mod datasets;
mod known_series;
mod prediction;
mod runs;

use std::collections::BTreeMap;

pub use prediction::{
    Contribution, Explanation, PredictionAnswer, PredictionEntry, PredictionLogAnswer,
    PredictionsAnswer, RowPrediction, ShadowAnswer,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use alerts::{
    AcknowledgeWish, AlertAnswer, AlertsAnswer, RuleTestAnswer, RulesAnswer, SilenceWish,
    TestedSeries,
};
pub use known_series::{KnownSeries, KnownSeriesAnswer};

use crate::{
    HostId, Role, Timestamp, Unit,
    protocol::{Envelope, GapNotice, Kind, Position, Urgency},
    system::Health,
};

pub use datasets::{
    DatasetAnswer, DatasetEntry, DatasetPreview, DatasetUploaded, DatasetVerdict, DatasetsAnswer,
    UploadAnswer, UploadFinished, UploadWish,
};
pub use runs::{
    CurvePoint, Preset, Priority, RunAnswer, RunEntry, RunLine, RunsAnswer, Split, TrainAnswer,
    TrainParameters, TrainWish, Trial,
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
    /// Where the server listens, such as `http://127.0.0.1:8420`; told only to commands on the same
    /// machine. Pages and programs know how they came here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// Parts that this server does without; see [`crate::feature`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub off: Vec<String>,
}

/// `GET /api/events?topic=&before=&limit=`: what happened on a logged event topic, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct EventsAnswer {
    /// Newest first.
    pub events: Vec<Envelope>,
    /// The next request's `before`; absent when there is nothing older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub older: Option<Position>,
}

/// `POST /api/publish/{topic}`: what to publish there; the fields of the socket's `publish`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishWish {
    /// State or event; the first publication of a topic decides it.
    pub kind: Kind,
    /// What: for a state a JSON object, by default a merge patch on the state that is there.
    #[ts(type = "unknown")]
    pub data: Value,
    /// Of a state: `data` is the whole state, and replaces the one that is there.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub full: bool,
    /// Of an event: who overtakes whom; `normal` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub priority: Option<Urgency>,
    /// When it was measured or happened; the server's time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ts: Option<Timestamp>,
}

/// What was published.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct PublishAnswer {
    /// The position that it got.
    pub position: Position,
}

/// `GET /api/durables`: durable subscriptions, one's own; for admins everybody's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DurablesAnswer {
    /// By user and name.
    pub durables: Vec<DurableEntry>,
}

/// A durable subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DurableEntry {
    /// Whose it is.
    pub user: String,
    /// Its name.
    pub name: String,
    /// When it was first subscribed to.
    pub created_at: Timestamp,
    /// When it was last subscribed to or acknowledged.
    pub used_at: Timestamp,
    /// When it is forgotten, if nobody uses it until then.
    pub expires_at: Timestamp,
    /// Topics that it keeps its place in.
    pub topics: u32,
    /// Whether a connection holds it now.
    pub connected: bool,
}

/// `GET /api/tokens`: who may come in; for admins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TokensAnswer {
    /// Oldest first.
    pub tokens: Vec<TokenEntry>,
}

/// A token as it is listed: never its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TokenEntry {
    /// Names it, to revoke it.
    pub id: String,
    /// What it is for.
    pub kind: TokenUse,
    /// Whose it is: the user's name; an agent's token: the host it may speak for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself; absent when never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked or, a link, used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub revoked_at: Option<Timestamp>,
    /// Whether it is what the request that asks came with.
    pub current: bool,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenUse {
    /// A program's, sent with each request.
    Api,
    /// A browser's, in its cookie.
    Session,
    /// Good for one sign-in, which makes a session.
    Link,
}

/// `POST /api/tokens` (an API token) and `POST /api/tokens/link` (a one-time link): what to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWish {
    /// Whose it is: 1 to 100 characters; the role's name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// What it may do.
    pub role: Role,
    /// How long it is good, in seconds; an API token without it does not end, a link is good for a
    /// day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub expires_in_seconds: Option<u64>,
}

/// `POST /api/backups`: a copy of the database that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupNote {
    /// Where the copy is, on the server's machine: 1 to 4,096 characters.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// A token that was made. The secret is told this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TokenMade {
    /// Names it, to revoke it.
    pub id: String,
    /// What its owner shows: an API token itself, or the code of a link.
    pub secret: String,
    /// Where to go with it, of links: `/sign-in?code=…`, to be appended to the server's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub path: Option<String>,
    /// When it ends by itself; absent when never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_at: Option<Timestamp>,
}

/// Without the secret: what is printed may end in a log.
impl std::fmt::Debug for TokenMade {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TokenMade").field("id", &self.id).finish_non_exhaustive()
    }
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
