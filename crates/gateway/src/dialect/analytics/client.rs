//! One connection of the analytics dialect.

use std::{sync::Arc, time::Duration};

use bellwether_hub::{Hub, Segment};
use bellwether_signal::{
    Moment, TopicPattern,
    machine::MachineAnomaly,
    protocol::{Content, Envelope},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    Kind,
    alerts::Alerts,
    frame::{frame, twice},
    machines::{self, Readings},
    models::Models,
    statistics,
    training::{Runs, Wanted},
};
use crate::{
    clients::Dialect,
    dialect::flat::{pace::Pace, words::rfc3339},
    websocket::Conversation,
};

/// Longest name that a client may give itself.
const ID_BYTES: usize = 200;
/// How often figures are told.
const STATISTICS_EVERY: Duration = Duration::from_secs(5);

/// One connection, with what it was told.
pub(crate) struct Client {
    kind: Kind,
    id: String,
    hub: Hub,
    started: Moment,
    readings: Readings,
    pace: Pace,
    runs: Runs,
    models: Models,
    alerts: Alerts,
    /// When the next figures are due.
    statistics_due: Duration,
}

/// The name that a client gives itself in the query; `None` when it gives none, or an empty one.
pub(crate) fn client_id(query: Option<&str>) -> Result<Option<String>, String> {
    let pairs = query.unwrap_or_default().split('&');
    let Some(id) = pairs.into_iter().find_map(|pair| pair.strip_prefix("client_id=")) else {
        return Ok(None);
    };
    let id = percent_decode_str(id).decode_utf8_lossy();
    if id.len() > ID_BYTES || id.chars().any(char::is_control) {
        return Err(format!(
            "client_id has to be a text of at most {ID_BYTES} bytes without control characters."
        ));
    }
    Ok(Some(id.into_owned()).filter(|id| !id.is_empty()))
}

impl Client {
    pub(crate) fn new(kind: Kind, id: String, hub: Hub, started: Moment) -> Self {
        Self {
            kind,
            id,
            hub,
            started,
            readings: Readings::default(),
            pace: Pace::default(),
            runs: Runs::default(),
            models: Models::default(),
            alerts: Alerts::default(),
            statistics_due: Duration::ZERO,
        }
    }

    /// What one segment has to tell at once. Readings wait for their turn.
    fn told(&mut self, segment: &Segment, now: Moment) -> Vec<String> {
        let topic = segment.topic();
        let name = topic.as_str();
        if name.starts_with("training/") {
            let wanted = if self.kind == Kind::Training { Wanted::All } else { Wanted::Ends };
            return self.runs.tell(&self.hub, topic, wanted, now.wall);
        }
        if name.starts_with("model/") {
            return self.models.tell(&self.hub, topic, now.wall).into_iter().collect();
        }
        if name.starts_with("alert/") {
            return self.alerts.tell(&self.hub, topic).into_iter().collect();
        }
        let Some(slug) = machines::slug(topic) else { return Vec::new() };
        // A gap is no envelope; these clients have no word for one.
        let Ok(envelope) = serde_json::from_slice::<Envelope>(segment.json()) else {
            return Vec::new();
        };
        match envelope.content {
            Content::Full(changed) | Content::Patch(changed) => {
                self.readings.note(&slug, &changed, envelope.ts);
                Vec::new()
            }
            Content::Data(event) => {
                let Ok(anomaly) = serde_json::from_value::<MachineAnomaly>(event) else {
                    return Vec::new();
                };
                let data = machines::anomaly(&self.hub, &slug, &anomaly);
                vec![match self.kind {
                    Kind::Statistics => statistics::anomaly(&data, now),
                    Kind::Dashboard | Kind::Anomalies | Kind::Training | Kind::Events => {
                        frame("anomaly_detected", data, envelope.ts)
                    }
                }]
            }
        }
    }

    /// As many readings as may go now.
    fn read_out(&mut self, now: Moment) -> Vec<String> {
        let mut frames = Vec::new();
        while !self.readings.is_empty() && self.pace.take(now.monotonic) {
            frames.extend(self.readings.next(&self.hub));
        }
        frames
    }
}

impl Conversation for Client {
    fn dialect(&self) -> Dialect {
        Dialect::Analytics
    }

    fn topics(&self) -> Vec<TopicPattern> {
        self.kind.topics()
    }

    fn open(&mut self, now: Moment) -> Vec<String> {
        if self.kind == Kind::Statistics {
            return self.speak(now);
        }
        let welcome = json!({
            "type": "connection",
            "status": "connected",
            "client_id": self.id,
            "connection_type": self.kind.word(),
            "timestamp": rfc3339(now.wall),
        });
        vec![welcome.to_string()]
    }

    /// Heartbeats in both forms; anything else is ignored.
    fn hear(&mut self, text: &str, now: Moment) -> Vec<String> {
        let at = json!(rfc3339(now.wall));
        let timestamp = if text.trim() == "ping" {
            at
        } else {
            let message: Value = serde_json::from_str(text).unwrap_or_default();
            if message.get("type").and_then(Value::as_str) != Some("ping") {
                return Vec::new();
            }
            message.get("timestamp").cloned().unwrap_or(at)
        };
        vec![twice("pong", &json!({ "timestamp": timestamp }), &timestamp)]
    }

    fn tell(&mut self, segments: &[Arc<Segment>], now: Moment) -> Vec<String> {
        let mut frames = Vec::new();
        for segment in segments {
            frames.extend(self.told(segment, now));
        }
        frames.extend(self.read_out(now));
        frames
    }

    fn due(&self) -> Option<Duration> {
        match self.kind {
            Kind::Statistics => Some(self.statistics_due),
            Kind::Dashboard | Kind::Anomalies | Kind::Training | Kind::Events => {
                (!self.readings.is_empty()).then(|| self.pace.next())
            }
        }
    }

    fn speak(&mut self, now: Moment) -> Vec<String> {
        if self.kind == Kind::Statistics {
            self.statistics_due = now.monotonic + STATISTICS_EVERY;
            return vec![statistics::frame(self.started, now)];
        }
        self.read_out(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_name_itself() {
        let check = |query: Option<&str>, expected: Option<&str>| {
            assert_eq!(client_id(query).unwrap().as_deref(), expected, "{query:?}");
        };
        check(None, None);
        check(Some("token=x"), None);
        check(Some("client_id="), None);
        check(Some("token=x&client_id=client-7%20a"), Some("client-7 a"));
        assert!(client_id(Some("client_id=a%0Ab")).is_err());
        assert!(client_id(Some(&format!("client_id={}", "x".repeat(201)))).is_err());
    }
}
