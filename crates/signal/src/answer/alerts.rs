//! What `/api/alerts` and `/api/rules` take and answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Timestamp,
    alert::{Alert, ListedRule},
};

/// `GET /api/alerts?state=&limit=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct AlertsAnswer {
    /// Those that fire, the worst first; then the others, newest first.
    pub alerts: Vec<Alert>,
    /// How many fire.
    pub open: u32,
    /// How many fire that nobody has acknowledged or silenced.
    pub unacknowledged: u32,
}

/// `GET /api/rules`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RulesAnswer {
    /// Those that the program ships first, in its order; then people's own by name.
    pub rules: Vec<ListedRule>,
}

/// `POST /api/alerts/{id}/silence`: for how long nobody is told; without both, until it is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SilenceWish {
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<Timestamp>,
    /// For so many minutes from now: 1 to 43,200 (30 days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub minutes: Option<u32>,
}

/// `POST /api/alerts/acknowledge`: several at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeWish {
    /// Which; unknown ones are left out of the answer.
    pub ids: Vec<String>,
}
