//! What was done with the versions of a model, and by whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ModelId, Timestamp};

/// `GET /api/models/{name}/history`: newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ModelHistory {
    /// The model's name.
    pub name: String,
    /// What was done.
    pub changes: Vec<StageChange>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct StageChange {
    /// When.
    pub at_ms: Timestamp,
    /// What kind of thing.
    pub kind: StageChangeKind,
    /// One sentence for people.
    pub text: String,
    /// The version that it was done with; absent where it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<ModelId>,
    /// The version that was in its place before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub before: Option<ModelId>,
    /// Who did it; absent when it happened by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
}

/// What was done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StageChangeKind {
    /// A training made it.
    Registered,
    /// Its file came from elsewhere.
    Imported,
    /// It went into production.
    Deployed,
    /// It went back into production in place of a newer one.
    RolledBack,
    /// An alias was given, moved or taken away.
    Alias,
    /// What answers silently, or for a share of the requests, was changed.
    Routing,
    /// Thresholds or what is kept were changed.
    Settings,
    /// Its file cannot be used.
    Failed,
    /// Its file can be used again.
    Recovered,
    /// It was deleted.
    Deleted,
}
