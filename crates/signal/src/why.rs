//! "Why": what a symptom comes from, in one form for models, hosts and machines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Timestamp;

/// What a symptom comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WhyAnswer {
    /// What is asked about: `model/churn-v3`.
    pub subject: String,
    /// What is not as it was: `accuracy`, `drift`, `latency`.
    pub symptom: String,
    /// Since when, as far as can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub since: Option<Timestamp>,
    /// One or two sentences for people.
    pub text: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// What makes it so sure, or unsure.
    pub confidence_reason: String,
    /// Causes, the largest share first.
    pub causes: Vec<Cause>,
    /// Share of the symptom that no cause explains, 0 to 1; with the shares of the causes it adds up to 1.
    pub not_explained: f64,
    /// What was looked at and is not the cause.
    pub ruled_out: Vec<String>,
    /// What to do.
    pub action: String,
}

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The causes explain most of it.
    High,
    /// They explain a good part of it.
    Likely,
    /// They do not, or there is too little to tell.
    Unclear,
}

/// One cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Cause {
    /// What kind of thing it is: `column`, `category`, `missing`, `class`, `client`, `load`.
    pub kind: String,
    /// Which one.
    pub name: String,
    /// Share of the symptom that it explains, 0 to 1.
    pub share: f64,
    /// One sentence for people.
    pub text: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// A figure that shows a cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Evidence {
    /// What it is.
    pub text: String,
    /// What it is now.
    pub value: f64,
    /// What it usually is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub usual: Option<f64>,
    /// In what unit: `share`, `ms`, the target's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
}
