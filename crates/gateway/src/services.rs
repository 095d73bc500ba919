//! What the gateway needs of other rooms, as traits; the binary hands in the implementations.

use std::{future::Future, pin::Pin, sync::Arc};

use bellwether_detect::Alerts;
use bellwether_hub::Hub;
use bellwether_models::Workshop;
use bellwether_signal::{
    HostId, Moment, Role, Timestamp, Topic,
    activity::Activity,
    answer::{DurableEntry, EventsAnswer, SeriesAnswer, TokenEntry, TokenMade, TokenUse},
    feature::Features,
    protocol::{Envelope, Position},
    series::SeriesName,
    system::{SystemHealth, SystemMetrics},
};
use serde_json::{Map, Value};

use crate::access::Identity;

/// The answer of a service, some time later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// Why a service cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What was given is over a limit; the text names it.
    #[error("{0}")]
    TooLarge(String),
    /// The service is out for now; the text says why.
    #[error("{0}")]
    Unavailable(String),
}

/// How finely history is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// At most this many points, as they were measured where they are fewer.
    Points(u32),
    /// One point a step, in milliseconds.
    StepMs(i64),
}

/// What was measured before.
pub trait History: Send + Sync {
    /// The series of these names in `[from, to)`, in that order.
    fn series(
        &self,
        names: Vec<SeriesName>,
        from: Timestamp,
        to: Timestamp,
        resolution: Resolution,
    ) -> Answer<'_, SeriesAnswer>;
}

/// What a used link gives.
#[derive(Debug)]
pub struct SignIn {
    /// The session's secret, for the cookie.
    pub secret: String,
    /// Who it is.
    pub identity: Identity,
}

/// A token to be made; its fields are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub kind: TokenUse,
    /// Whose it is.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it ends by itself; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// Tokens, sessions and one-time links.
pub trait Accounts: Send + Sync {
    /// Who a secret belongs to; `None` when it is unknown, expired or revoked.
    fn verify<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Identity>>;
    /// Uses up a one-time link and opens a session.
    fn redeem<'a>(&'a self, code: &'a str) -> Answer<'a, Option<SignIn>>;
    /// All of them, oldest first; none is marked as current.
    fn tokens(&self) -> Answer<'_, Vec<TokenEntry>>;
    /// Makes one, and tells its secret this once.
    fn create(&self, new: NewToken) -> Answer<'_, TokenMade>;
    /// Ends the one with that id, from the moment that this answers; `false` when none that was
    /// still good has it.
    fn revoke<'a>(&'a self, id: &'a str) -> Answer<'a, bool>;
}

/// Settings, kept per user.
pub trait Settings: Send + Sync {
    /// All settings of a user.
    fn read<'a>(&'a self, user: &'a str) -> Answer<'a, Map<String, Value>>;
    /// Changes some of them by a merge patch; answers all.
    fn merge<'a>(
        &'a self,
        user: &'a str,
        patch: Map<String, Value>,
    ) -> Answer<'a, Map<String, Value>>;
}

/// What people may want to read later.
pub trait ActivityLog: Send + Sync {
    /// Notes what happened, without waiting for it to be kept. It gets an id when it has none.
    fn record(&self, activity: Activity);
}

/// What happened before, on topics that are logged.
pub trait EventHistory: Send + Sync {
    /// The newest events of a topic before a position, newest first, at most `limit` of them; none
    /// when the topic is not logged.
    fn events(
        &self,
        topic: Topic,
        before: Option<Position>,
        limit: usize,
    ) -> Answer<'_, EventsAnswer>;
    /// The oldest events of a topic after a position, oldest first, at most `limit` of them; fewer
    /// where they are large.
    fn after(&self, topic: Topic, after: Position, limit: usize) -> Answer<'_, LaterEvents>;
}

/// Events after a position.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaterEvents {
    /// Oldest first.
    pub events: Vec<Envelope>,
    /// Whether there are later ones.
    pub more: bool,
}

/// Where durable subscriptions stand, by user and name. What is answered is kept.
pub trait DurablePlaces: Send + Sync {
    /// The places of one, which is made if it is not there; topics that it does not know begin where
    /// `begins` says.
    fn open<'a>(
        &'a self,
        user: &'a str,
        name: &'a str,
        begins: Vec<(Topic, Position)>,
    ) -> Answer<'a, Vec<(Topic, Position)>>;
    /// Moves its places; false when there is none of that name.
    fn acknowledge<'a>(
        &'a self,
        user: &'a str,
        name: &'a str,
        positions: Vec<(Topic, Position)>,
    ) -> Answer<'a, bool>;
    /// All of a user, or of everybody; none is marked as connected.
    fn list<'a>(&'a self, user: Option<&'a str>) -> Answer<'a, Vec<DurableEntry>>;
    /// Forgets one; false when there is none of that name.
    fn delete<'a>(&'a self, user: &'a str, name: &'a str) -> Answer<'a, bool>;
}

/// Users' own signals.
pub trait AppSignals: Send + Sync {
    /// Keeps the numbers of a state that was published, without waiting for it.
    fn state(&self, topic: &Topic, state: &Map<String, Value>, at: Timestamp);
}

/// How bellwether itself is doing, without waiting.
pub trait SelfReport: Send + Sync {
    /// Whether each part works.
    fn health(&self) -> SystemHealth;
    /// What it costs.
    fn metrics(&self) -> Option<SystemMetrics>;
}

/// Everything that the gateway calls.
#[derive(Clone)]
pub struct Services {
    /// Live signals.
    pub hub: Hub,
    /// What was measured before.
    pub history: Arc<dyn History>,
    /// Who may come in.
    pub accounts: Arc<dyn Accounts>,
    /// What people chose.
    pub settings: Arc<dyn Settings>,
    /// What happened.
    pub activity: Arc<dyn ActivityLog>,
    /// What happened before.
    pub events: Arc<dyn EventHistory>,
    /// Where durable subscriptions stand.
    pub durables: Arc<dyn DurablePlaces>,
    /// What users publish.
    pub app_signals: Arc<dyn AppSignals>,
    /// Datasets, trainings, models and what they predict.
    pub models: Arc<Workshop>,
    /// What is wrong, and what counts as wrong.
    pub alerts: Arc<Alerts>,
    /// Which parts there are.
    pub features: Features,
    /// How we are doing.
    pub report: Arc<dyn SelfReport>,
    /// Reads both clocks.
    pub clock: fn() -> Moment,
    /// The host that the server runs on.
    pub host: HostId,
    /// The program's version.
    pub version: &'static str,
    /// When the program was started.
    pub started: Moment,
}
