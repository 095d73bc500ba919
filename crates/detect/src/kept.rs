//! What is written down of an alert, so that it is there after a restart.

use bellwether_signal::{
    Timestamp,
    alert::{Alert, AlertChange, AlertChangeKind},
};
use serde::{Deserialize, Serialize};
use uuid::Builder;

/// Kind of the records of alerts.
pub(crate) const ALERTS: &str = "alert";
/// Kind of the records of rules that were changed or added.
pub(crate) const RULES: &str = "rule";

/// Most lines of what became of one alert: the first one and the newest stay.
const MOST_CHANGES: usize = 101;

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) alert: Alert,
    /// It is history: its topic is no more.
    #[serde(default)]
    pub(crate) gone: bool,
    /// What became of it, oldest first.
    #[serde(default)]
    pub(crate) changes: Vec<AlertChange>,
}

impl Kept {
    pub(crate) fn new(alert: Alert) -> Self {
        Self { alert, gone: false, changes: Vec::new() }
    }

    /// Notes what became of it, with how it stands now.
    pub(crate) fn note(&mut self, kind: AlertChangeKind, at: Timestamp, by: Option<&str>) {
        if self.changes.len() >= MOST_CHANGES {
            self.changes.remove(1);
        }
        let Alert { severity, value, silence_ends_at_ms, .. } = self.alert;
        self.changes.push(AlertChange {
            at_ms: at,
            kind,
            severity,
            value,
            by: by.map(str::to_owned),
            until_ms: silence_ends_at_ms.filter(|_| kind == AlertChangeKind::Silenced),
        });
    }
}

/// A UUID of version 7: the time, then what tells alerts of one millisecond apart. Not random, so that
/// the same signals give the same alerts.
pub(crate) fn new_id(at: Timestamp, rule: &str, series: &str, number: u64) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, rule, series, number, at.0).hash(&mut hasher);
        hasher.finish().to_be_bytes()
    };
    let mut tail = [0; 10];
    for (byte, from) in tail.iter_mut().zip(hash(0).into_iter().chain(hash(1))) {
        *byte = from;
    }
    let at_ms = u64::try_from(at.0).unwrap_or(0);
    Builder::from_unix_timestamp_millis(at_ms, &tail).into_uuid().to_string()
}
