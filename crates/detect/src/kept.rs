//! What is written down of an alert, so that it is there after a restart.

use bellwether_signal::{Timestamp, alert::Alert};
use serde::{Deserialize, Serialize};
use uuid::Builder;

/// Kind of the records of alerts.
pub(crate) const ALERTS: &str = "alert";
/// Kind of the records of rules that were changed or added.
pub(crate) const RULES: &str = "rule";

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) alert: Alert,
    /// It is history: its topic is no more.
    #[serde(default)]
    pub(crate) gone: bool,
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
