//! `bellwether.v1`: what clients and server say to each other. docs/PROTOCOL.md is the specification.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use ts_rs::TS;

use crate::{Role, Timestamp, Topic};

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "bellwether.v1";

/// Where in a topic something stands: `[epoch, offset]`. Offsets grow by one within an epoch; a
/// topic that lost its past starts a new epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[ts(type = "[epoch: number, offset: number]")]
pub struct Position(pub u64, pub u64);

impl Position {
    /// The epoch.
    pub fn epoch(self) -> u64 {
        self.0
    }

    /// The offset in it.
    pub fn offset(self) -> u64 {
        self.1
    }
}

/// What a client sends: one JSON object a message, answered by [`Answer`] with the same `id`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// Asks for topics. Asking again for a pattern changes nothing but the clock.
    Subscribe {
        /// The client's number for this request.
        #[ts(type = "number")]
        id: u64,
        /// Patterns: `*` one segment, a final `**` the rest.
        topics: Vec<String>,
        /// Where to go on. Without it, state topics start with their full value and event topics
        /// with what the ring still holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        since: Option<Since>,
        /// Shortest time between two flushes to this client, 0 to 10,000; 100 at first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        interval_ms: Option<u32>,
        /// Names a place that the server keeps for this user, over reconnects and restarts: without
        /// `since`, the subscription goes on after the positions that were acknowledged last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        durable: Option<String>,
    },
    /// Takes patterns back.
    Unsubscribe {
        /// The client's number for this request.
        #[ts(type = "number")]
        id: u64,
        /// Patterns, each written as it was subscribed.
        topics: Vec<String>,
    },
    /// Publishes a signal of one's own, below `app/`.
    Publish {
        /// The client's number for this request.
        #[ts(type = "number")]
        id: u64,
        /// Where: `app/…`.
        topic: String,
        /// State or event; the first publication of a topic decides it.
        kind: Kind,
        /// What: for a state a JSON object, by default a merge patch on the state that is there.
        #[ts(type = "unknown")]
        data: Value,
        /// Of a state: `data` is the whole state, and replaces the one that is there.
        #[serde(default, skip_serializing_if = "is_false")]
        #[ts(optional, as = "Option<bool>")]
        full: bool,
        /// Of an event: who overtakes whom; `normal` when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        priority: Option<Urgency>,
        /// When it was measured or happened; the server's time when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        ts: Option<Timestamp>,
    },
    /// Says how far the client has worked off a durable subscription. Once it is answered, that is
    /// kept.
    Ack {
        /// The client's number for this request.
        #[ts(type = "number")]
        id: u64,
        /// The name of the subscription, which this connection holds.
        durable: String,
        /// The last position in each of these topics; other topics stay where they are.
        positions: BTreeMap<String, Position>,
    },
    /// Asks how long the way is; answered past the flush clock.
    Ping {
        /// Any number; the answer carries it back.
        #[ts(type = "number")]
        #[schemars(with = "f64")]
        ts: Number,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Who overtakes whom on the way to a client. High also passes its flush clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// What may wait until last.
    Low,
    /// Everything else.
    #[default]
    Normal,
    /// At once and first, such as an alert.
    High,
}

/// Where a subscription starts.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS, JsonSchema)]
#[serde(untagged)]
pub enum Since {
    /// After these positions; topics that are not named start as usual.
    Positions(BTreeMap<String, Position>),
    /// With what comes from now on, for event topics; state topics start with their full value.
    Now(Now),
}

/// The word `now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// From now on.
    Now,
}

/// What the server says that is no envelope: a welcome first, then one answer to each request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Answer {
    /// The first message of a connection.
    Welcome {
        /// Names this connection in the log.
        session: String,
        /// Program and version.
        server: String,
        /// The clock of the server, to tell apart late from wrong.
        ts: Timestamp,
        /// What the client's token may do.
        role: Role,
        /// What the server accepts.
        limits: Limits,
    },
    /// The request was done.
    Ok {
        /// The client's number for the request.
        #[ts(type = "number")]
        id: u64,
        /// Of a publication: the position that it got.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        position: Option<Position>,
    },
    /// The request was not done.
    Error {
        /// The client's number for the request; absent when the message could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        id: Option<u64>,
        /// What kind of error: stable, for programs.
        code: ErrorCode,
        /// What is wrong and what to change, for people.
        detail: String,
        /// The limit that was passed, when it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        limit: Option<u64>,
    },
    /// Answers a ping.
    Pong {
        /// The ping's number, as it was written.
        #[ts(type = "number")]
        #[schemars(with = "f64")]
        ts: Number,
    },
}

/// Kinds of errors on the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message is no JSON object of a known shape.
    BadMessage,
    /// No such `op`.
    UnknownOp,
    /// A topic or pattern is malformed.
    BadTopic,
    /// A field is outside of its range.
    OutOfRange,
    /// More than a connection may have.
    TooMany,
    /// The token's role does not allow it.
    Forbidden,
    /// What was to be published is no state or event: null, too deep, no object.
    BadData,
    /// What was to be published is too large.
    TooLarge,
    /// The topic holds states and an event was to be published, or the other way round.
    WrongKind,
    /// This connection holds no durable subscription of that name.
    UnknownDurable,
    /// The server cannot keep it at the moment, for want of a disk that can be written; try again.
    Unavailable,
}

/// What the server accepts from one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Limits {
    /// Largest message.
    pub message_bytes: u32,
    /// Patterns subscribed at the same time.
    pub patterns: u32,
    /// Longest flush interval.
    pub interval_max_ms: u32,
    /// Messages in a second, on average.
    pub messages_per_second: u32,
    /// Events kept in the ring of each topic.
    pub ring: u32,
    /// Events of a logged topic that a subscription is given from the store, beyond the ring.
    pub resume_events: u32,
    /// Largest `data` of a publication, as JSON text, and largest state that patches may make.
    pub publish_bytes: u32,
    /// Objects and arrays inside each other in `data`.
    pub publish_depth: u32,
    /// Numbers in a state: each becomes a series.
    pub publish_numbers: u32,
    /// Publications in a second, on average, over all connections of a token.
    pub publishes_per_second: u32,
    /// Topics below `app/` that there may be, over all publishers.
    pub app_topics: u32,
    /// Durable subscriptions of a user.
    pub durables: u32,
    /// Topics that a durable subscription keeps its place in.
    pub durable_topics: u32,
    /// A durable subscription is forgotten after so many days without being subscribed to or
    /// acknowledged.
    pub durable_days: u32,
}

/// Latest value counts, or each one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Retained; newest wins.
    State,
    /// Each one counts, in order.
    Event,
}

/// One signal on its way to clients. It holds nothing that differs per client, so that it is
/// encoded once for all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Envelope {
    /// Where it was published.
    pub topic: Topic,
    /// State or event.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// When it was measured or happened.
    pub ts: Timestamp,
    /// The topic's epoch.
    #[ts(type = "number")]
    pub epoch: u64,
    /// Its offset in that epoch; for state, the version that the client has afterwards.
    #[ts(type = "number")]
    pub offset: u64,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// What an envelope says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The whole state.
    #[ts(type = "Record<string, unknown>")]
    Full(Map<String, Value>),
    /// A JSON Merge Patch (RFC 7396) on the state that the client has. An empty one says: still so.
    #[ts(type = "Record<string, unknown>")]
    Patch(Map<String, Value>),
    /// An event.
    #[ts(type = "unknown")]
    Data(Value),
}

/// Tells a client that it missed events: never a silent hole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct GapNotice {
    /// Where.
    pub topic: Topic,
    /// What is missing.
    pub gap: Gap,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Gap {
    /// The last position that the client had; absent when it had none in a known epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<Position>,
    /// The first position that follows.
    pub to: Position,
    /// Why.
    pub reason: GapReason,
}

/// Why events are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// They left the ring before the client could take them.
    Overrun,
    /// The topic began a new epoch: the server was restarted.
    NewEpoch,
    /// The client named a position that the topic has not reached.
    UnknownPosition,
}

/// Close codes (RFC 6455, section 7.4; 4000–4999 are ours). Each carries advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// Done; do not come back by yourself.
    Normal = 1000,
    /// The server stops; come back after a pause spread at random.
    GoingAway = 1001,
    /// A frame broke RFC 6455; do not repeat it.
    ProtocolError = 1002,
    /// Binary where text is spoken; do not repeat it.
    Unsupported = 1003,
    /// Text that is not UTF-8; do not repeat it.
    InvalidText = 1007,
    /// A message over the limit; do not repeat it.
    TooBig = 1009,
    /// The token is gone or expired: sign in again.
    SignInAgain = 4401,
    /// Another connection subscribed to the durable name that this one held: do not come back by
    /// yourself, or the two take it from each other for ever.
    TakenOver = 4409,
    /// Too many messages; back off.
    TooManyMessages = 4429,
}
