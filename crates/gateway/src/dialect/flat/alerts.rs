//! `system_alert`: an alert that people are to be told of, that got worse or better, was seen or is
//! over. Its value alone, which moves all the time, is no news.

use bellwether_signal::{
    Timestamp,
    alert::{Alert, AlertSeverity, AlertState},
};
use serde_json::json;

use super::{
    frame::{Frame, count_of},
    words::rfc3339,
};

pub(super) fn alert(before: Option<&Alert>, now: &Alert, at: Timestamp) -> Vec<Frame> {
    let stand = |alert: &Alert| (alert.state, alert.severity, alert.acknowledged, alert.silenced);
    if before.is_some_and(|before| stand(before) == stand(now)) || now.silenced {
        return Vec::new();
    }
    let is_over = match now.state {
        AlertState::Firing => false,
        AlertState::Resolved => true,
        AlertState::Ok | AlertState::Pending => return Vec::new(),
    };
    let (kind, priority) = match now.severity {
        _ if is_over => ("resolved", "low"),
        AlertSeverity::Info => ("info", "low"),
        AlertSeverity::Warning => ("warning", "medium"),
        AlertSeverity::Critical => ("critical", "high"),
    };
    let changed = if is_over { now.resolved_at_ms } else { now.fired_at_ms };
    let changed = changed.unwrap_or(at);
    let actions: Vec<&str> = now.action.as_deref().into_iter().collect();
    let fields = json!({
        "alert": {
            "id": now.id,
            "title": now.title,
            "message": now.text,
            "alert_type": kind,
            "priority": priority,
            "source": now.subject,
            "timestamp": rfc3339(changed),
            "auto_dismiss": is_over || now.severity == AlertSeverity::Info,
            "actions": actions,
            "acknowledged": now.acknowledged,
            "category": now.rule,
            "value": count_of(now.value),
            "threshold": count_of(now.threshold),
        },
    });
    let frame = Frame::new("system_alert", at, fields).urgent_if(priority == "high");
    vec![if is_over { frame.news_of(changed) } else { frame }]
}
