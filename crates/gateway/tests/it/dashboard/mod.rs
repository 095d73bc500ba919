//! A client of the dashboard, and signals to show it.

pub(crate) mod golden;

use std::time::Duration;

use bellwether_hub::Priority;
use bellwether_signal::{Moment, Timestamp, Topic};
use serde_json::{Value, json};

use crate::fixture::{Gateway, Socket};

/// When all signals here were measured: 2026-11-21T20:26:05.000Z.
pub(crate) const AT: Timestamp = Timestamp(1_795_292_765_000);

pub(crate) fn now() -> Moment {
    bellwether_sys::clock::now()
}

pub(crate) fn elapsed(since: Moment) -> Duration {
    now().monotonic.saturating_sub(since.monotonic)
}

pub(crate) fn publish(gateway: &Gateway, topic: &str, value: Value) {
    let Value::Object(value) = value else { panic!("a state is an object") };
    gateway.hub.publish_state(&Topic::parse(topic).unwrap(), value, AT).unwrap();
}

pub(crate) fn happen(gateway: &Gateway, topic: &str, event: Value) {
    let topic = Topic::parse(topic).unwrap();
    gateway.hub.publish_event(&topic, event, AT, Priority::Normal).unwrap();
}

pub(crate) fn activity(number: u32, text: &str) -> Value {
    json!({
        "id": format!("a-{number}"), "kind": "token_created", "severity": "info", "text": text,
    })
}

pub(crate) fn alert(id: &str, severity: &str, state: &str) -> Value {
    json!({
        "id": id, "rule": "cpu_usage", "state": state, "severity": severity,
        "subject": "host/web-1", "title": "CPU is busy", "text": "CPU is at 97 %",
        "action": "Look at the busiest process", "metric": "host/web-1/cpu/total_percent",
        "value": 97, "threshold": 90, "since_at_ms": AT.0 - 60_000, "fired_at_ms": AT.0 - 30_000,
        "acknowledged": false, "silenced": false,
    })
}

pub(crate) fn model(id: &str, aliases: &[&str]) -> Value {
    json!({
        "model": id, "state": "active", "aliases": aliases, "task": "classification",
        "algorithm": "gradient_boosting", "target_column": "left", "run": 7,
        "scores": {"accuracy": 0.91, "f1": 0.88}, "size_bytes": 2_345_678,
        "created_at_ms": AT.0 - 9_000, "deployed_at_ms": AT.0 - 1_000,
    })
}

pub(crate) fn metrics(predictions: f64) -> Value {
    json!({
        "health": "healthy", "predictions": predictions, "predictions_per_minute": 12.5,
        "labelled": 0,
    })
}

/// A client of the dashboard.
pub(crate) struct Dashboard {
    pub(crate) socket: Socket,
}

impl Dashboard {
    pub(crate) fn open(gateway: &Gateway) -> Self {
        let (reply, socket) = gateway.shake_hands("/ws?token=viewer", "");
        assert!(!reply.head.contains("sec-websocket-protocol"), "{reply:?}");
        Self { socket: socket.unwrap_or_else(|| panic!("{reply:?}")) }
    }

    /// One that had its first `system_metrics`, because it asked.
    pub(crate) fn begun(gateway: &Gateway) -> Self {
        let mut client = Self::open(gateway);
        client.say(r#"{"type":"request_metrics"}"#);
        assert_eq!(client.frame()["type"], "system_metrics");
        client
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.socket.say(text);
    }

    pub(crate) fn text(&mut self) -> String {
        let (first, payload) = self.socket.next().expect("a frame");
        assert_eq!(first, 0x81, "{payload:?}");
        String::from_utf8(payload).unwrap()
    }

    /// The next frame.
    pub(crate) fn frame(&mut self) -> Value {
        let frame: Value = serde_json::from_str(&self.text()).unwrap();
        assert!(frame["type"].is_string(), "{frame}");
        assert!(frame.get("timestamp").is_some(), "{frame}");
        frame
    }

    /// The next frame of one of these types.
    pub(crate) fn next_of(&mut self, kinds: &[&str]) -> Value {
        loop {
            let frame = self.frame();
            if kinds.iter().any(|kind| frame["type"] == **kind) {
                return frame;
            }
        }
    }

    /// The next frame of this type.
    pub(crate) fn next(&mut self, kind: &str) -> Value {
        self.next_of(&[kind])
    }
}
