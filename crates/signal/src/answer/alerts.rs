//! What `/api/alerts` and `/api/rules` take and answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Timestamp,
    alert::{Alert, AlertChange, AlertSeverity, ListedRule},
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

/// `GET /api/alerts/{id}`: one alert, and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct AlertAnswer {
    /// The alert as it is now, or as it was when it was over.
    pub alert: Alert,
    /// What became of it, oldest first; the first and the newest hundred. Alerts from before this was
    /// kept have none.
    pub changes: Vec<AlertChange>,
    /// The rule as it is now; absent when there is none of its name any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rule: Option<ListedRule>,
    /// The topic that its series is a field of, while something is published there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub topic: Option<String>,
}

/// `POST /api/rules/{name}/test`: what a rule would say of the values that there are now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct RuleTestAnswer {
    /// Series that it would look at.
    pub looks_at: u32,
    /// Of those, how many are over a level now; they would fire once that has lasted long enough.
    pub over: u32,
    /// Some of them, the worst first.
    pub series: Vec<TestedSeries>,
}

/// A series as a rule would see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TestedSeries {
    /// Its name.
    pub name: String,
    /// Its value now, after any division; 1 and 0 stand for yes and no.
    pub value: f64,
    /// How much it would matter; absent where nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub severity: Option<AlertSeverity>,
    /// What people would be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<String>,
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
