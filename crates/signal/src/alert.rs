//! `alert/{id}`: what was found and what to do about it, one state a topic, for hosts, models and
//! machines alike. It is gone when it is resolved and acknowledged.

mod change;
mod rule;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use change::{AlertChange, AlertChangeKind};
pub use rule::{
    Comparison, FOR_SECONDS_MAX, Levels, ListedRule, OVERRIDES, Rule, TEXT_CHARS, TITLE_CHARS,
    WrongRule,
};

use crate::{Timestamp, Topic};

/// Where an alert is published.
pub fn topic(id: &str) -> Topic {
    Topic::of(["alert", id])
}

/// A rule that was broken, from the first value over its limit until people have seen that it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Alert {
    /// UUID version 7: sorts by time.
    pub id: String,
    /// The rule's name: `cpu_usage`, `model_accuracy`, `suspected_miner`.
    pub rule: String,
    /// Where it stands.
    pub state: AlertState,
    /// How much it matters, as bad as it is now.
    pub severity: AlertSeverity,
    /// What it is about: the start of a topic, such as `host/web-1` or `model/churn-v3`.
    pub subject: String,
    /// A few words for people: what is wrong.
    pub title: String,
    /// One sentence for people: what, where, how much.
    pub text: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<String>,
    /// The series that broke the rule: `host/web-1/cpu/total_percent`. Its name ends with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub metric: Option<String>,
    /// The newest value, in the unit of the series.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub value: Option<f64>,
    /// The limit of the present severity, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub threshold: Option<f64>,
    /// The process that it is about, where it is one: the kernel's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub process: Option<String>,
    /// When the first value broke the rule.
    pub since_at_ms: Timestamp,
    /// When it began to fire: `since_at_ms` and the time for which the rule has to be broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fired_at_ms: Option<Timestamp>,
    /// When it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resolved_at_ms: Option<Timestamp>,
    /// Somebody has seen it.
    pub acknowledged: bool,
    /// Who has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub acknowledged_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub acknowledged_at_ms: Option<Timestamp>,
    /// Nobody is to be told of it for now.
    pub silenced: bool,
    /// Until when; absent when until it is resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub silence_ends_at_ms: Option<Timestamp>,
    /// It comes and goes: held as firing until that ends, and told once.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(optional, as = "Option<bool>")]
    pub flapping: bool,
    /// Since when its source has said nothing; absent while it speaks. A silent source resolves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub silent_since_at_ms: Option<Timestamp>,
    /// Who resolved it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resolved_by: Option<String>,
}

impl Alert {
    /// Whether people are to be told of it now.
    pub fn is_telling(&self) -> bool {
        self.state == AlertState::Firing && !self.silenced
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Where an alert stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// The rule is kept.
    Ok,
    /// It is broken, not yet for as long as it says.
    Pending,
    /// It has been broken for that long.
    Firing,
    /// It fired, and is kept again.
    Resolved,
}

/// How much an alert matters, least first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// Good to know.
    Info,
    /// Should be looked at.
    Warning,
    /// Something has to be done.
    Critical,
}
