//! `activity_update`: what a person may want to read later; `system_startup` comes of it too.

use bellwether_signal::{
    Timestamp,
    activity::{Activity, ActivityKind, Severity},
};
use serde_json::{Value, json};

use super::{frame::Frame, words::rfc3339};

pub(super) fn update(now: &Activity, at: Timestamp) -> Vec<Frame> {
    let action = serde_json::to_value(now.kind).unwrap_or(Value::Null);
    let fields = json!({
        "activity": {
            "id": now.id,
            "title": title(&action),
            "description": now.text,
            "user": now.user,
            "action_type": action,
            "status": status(now.severity),
            "timestamp": rfc3339(at),
            "severity_level": now.severity,
            "duration": null,
            "metadata": null,
            "resource_affected": now.subject,
            "action_details": now.text,
        },
    });
    let mut frames = vec![Frame::new("activity_update", at, fields)];
    if now.kind == ActivityKind::ServerStarted {
        frames.push(Frame::new("system_startup", at, json!({"message": now.text})));
    }
    frames
}

/// `server_started` becomes `Server started`: every kind reads as its own title.
fn title(action: &Value) -> Option<String> {
    let words = action.as_str()?.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

fn status(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Success => "success",
        Severity::Warning => "warning",
        Severity::Critical => "error",
    }
}
