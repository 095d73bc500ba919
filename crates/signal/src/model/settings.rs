//! What is chosen for a model: for all versions of its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// When a model's health is no longer good, and how many of its versions are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default)]
pub struct ModelSettings {
    /// Accuracy below this is a warning, 0 to 1.
    pub accuracy_warning: f64,
    /// Accuracy below this is critical, 0 to 1.
    pub accuracy_critical: f64,
    /// Responses slower than this are a warning.
    pub response_warning_ms: f64,
    /// Responses slower than this are critical.
    pub response_critical_ms: f64,
    /// Versions that are kept, newest first, besides those that are used or can be rolled back to;
    /// absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub keep_versions: Option<u32>,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            accuracy_warning: 0.85,
            accuracy_critical: 0.80,
            response_warning_ms: 100.0,
            response_critical_ms: 200.0,
            keep_versions: None,
        }
    }
}

impl ModelSettings {
    /// What is wrong with them, if something is; the text starts with the field's name.
    pub fn complaint(&self) -> Option<&'static str> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let time = |value: f64| value.is_finite() && value > 0.0;
        if !share(self.accuracy_warning) {
            return Some("accuracy_warning: is a share, 0 to 1.");
        }
        if !share(self.accuracy_critical) || self.accuracy_critical > self.accuracy_warning {
            return Some("accuracy_critical: is a share, 0 to 1, and not above accuracy_warning.");
        }
        if !time(self.response_warning_ms) {
            return Some("response_warning_ms: is a time above 0.");
        }
        if !time(self.response_critical_ms) || self.response_critical_ms < self.response_warning_ms
        {
            return Some("response_critical_ms: is a time, and not below response_warning_ms.");
        }
        (self.keep_versions == Some(0)).then_some("keep_versions: is 1 or more; null keeps all.")
    }
}
