//! Alerts: `system_alert` when one begins to fire, or gets better or worse while it does.

use std::collections::HashMap;

use bellwether_hub::Hub;
use bellwether_signal::{
    Topic,
    alert::{Alert, AlertSeverity},
};
use serde_json::{Value, json};

use super::frame::frame;

/// The alerts that fire, as they were told last.
#[derive(Debug, Default)]
pub(super) struct Alerts(HashMap<Topic, AlertSeverity>);

impl Alerts {
    /// What an alert's topic has to tell now.
    pub(super) fn tell(&mut self, hub: &Hub, topic: &Topic) -> Option<String> {
        let (value, at) = hub.state(topic)?;
        let alert: Alert = serde_json::from_value(Value::Object(value)).ok()?;
        if !alert.is_telling() {
            self.0.remove(topic);
            return None;
        }
        let before = self.0.insert(topic.clone(), alert.severity);
        (before != Some(alert.severity)).then(|| frame("system_alert", told(&alert), at))
    }
}

fn told(alert: &Alert) -> Value {
    json!({
        "alert_type": alert.rule,
        "severity": alert.severity,
        "message": alert.text,
        "details": {
            "id": alert.id,
            "title": alert.title,
            "subject": alert.subject,
            "metric": alert.metric,
            "value": alert.value,
            "threshold": alert.threshold,
            "action": alert.action,
        },
    })
}
