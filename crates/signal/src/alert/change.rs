//! What became of an alert, one line each: kept with it, for those who want to know how it went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::AlertSeverity;
use crate::Timestamp;

/// Something that happened to an alert, or that somebody did about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct AlertChange {
    /// When.
    pub at_ms: Timestamp,
    /// What.
    pub kind: AlertChangeKind,
    /// How much it mattered from then on.
    pub severity: AlertSeverity,
    /// The value of the series then, in its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<f64>,
    /// Who did it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub by: Option<String>,
    /// Until when it is silent, where that is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until_ms: Option<Timestamp>,
}

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertChangeKind {
    /// It fired, for the first time or again.
    Fired,
    /// It matters more than before.
    Worse,
    /// It matters less than before, and still fires.
    Better,
    /// It comes and goes too often to be told each time.
    Flapping,
    /// It does not any more.
    Steady,
    /// Its source says nothing any more.
    Silent,
    /// Its source speaks again.
    HeardAgain,
    /// Somebody has seen it.
    Acknowledged,
    /// Somebody wants to hear nothing of it for a time.
    Silenced,
    /// That time is over.
    SilenceEnded,
    /// It is over, by itself or because somebody said so.
    Resolved,
}
