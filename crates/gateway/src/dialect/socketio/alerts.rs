//! `system:alerts`: what is wrong with our own host now, worst first.

use bellwether_hub::Hub;
use bellwether_signal::{
    HostId, TopicPattern,
    alert::{Alert, AlertSeverity},
};
use serde_json::{Value, json};

use super::clients::Said;

/// Most alerts in one message; the worst are in it.
const MOST: usize = 50;

/// The alerts that were told last.
#[derive(Debug, Default)]
pub(super) struct Alerts {
    told: Vec<(String, AlertSeverity)>,
}

/// Where alerts are published.
pub(super) fn pattern() -> TopicPattern {
    TopicPattern::parse("alert/*").expect("this is a pattern")
}

/// The alerts of a host that people are to be told of, worst and newest first.
pub(super) fn firing(hub: &Hub, host: &HostId) -> Vec<Alert> {
    let subject = format!("host/{host}");
    let of_host = |alert: &Alert| {
        alert
            .subject
            .strip_prefix(&subject)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut alerts: Vec<Alert> = hub
        .topics(&pattern())
        .into_iter()
        .filter_map(|(topic, _)| hub.state(&topic))
        .filter_map(|(value, _)| serde_json::from_value(Value::Object(value)).ok())
        .filter(|alert: &Alert| alert.is_telling() && of_host(alert))
        .collect();
    alerts.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.id.cmp(&a.id)));
    alerts.truncate(MOST);
    alerts
}

impl Alerts {
    /// What has to be told when these fire now: nothing while they are the same, or none.
    pub(super) fn tell(&mut self, firing: &[Alert], now_ms: i64) -> Vec<Said> {
        let now: Vec<_> = firing.iter().map(|one| (one.id.clone(), one.severity)).collect();
        let before = std::mem::replace(&mut self.told, now);
        if before == self.told { Vec::new() } else { said(firing, now_ms) }
    }
}

/// The alerts under their names, old and new; nothing when there are none.
pub(super) fn said(firing: &[Alert], now_ms: i64) -> Vec<Said> {
    let Some(worst) = firing.first() else { return Vec::new() };
    let payload = json!({
        "alerts": firing.iter().map(row).collect::<Vec<_>>(),
        "timestamp": now_ms,
        "count": firing.len(),
        "type": kind(worst),
        "message": worst.text,
    });
    let mut said = vec![("system:alerts", payload.clone()), ("alerts:new", payload)];
    let of_gpu = firing.iter().find(|alert| alert.rule == "gpu_usage");
    said.extend(of_gpu.map(|alert| ("high_gpu_usage_alert", row(alert))));
    said
}

fn row(alert: &Alert) -> Value {
    let at = alert.fired_at_ms.unwrap_or(alert.since_at_ms);
    let mut row = json!({
        "id": alert.id,
        "type": kind(alert),
        "category": alert.rule,
        "message": alert.text,
        "value": alert.value,
        "threshold": alert.threshold,
        "level": kind(alert),
        "timestamp": at,
    });
    if let Some(gpu) = gpu_of(alert) {
        row["gpu_id"] = json!(gpu);
    }
    if let Some(process) = &alert.process {
        row["process"] = json!(process);
    }
    row
}

/// The clients know three words.
fn kind(alert: &Alert) -> &'static str {
    match alert.severity {
        _ if alert.rule == "suspected_miner" => "security",
        AlertSeverity::Critical => "critical",
        AlertSeverity::Warning | AlertSeverity::Info => "warning",
    }
}

/// `0` of `host/web-1/gpu/gpus/0/busy_percent`.
fn gpu_of(alert: &Alert) -> Option<&str> {
    alert.metric.as_deref()?.split_once("/gpu/gpus/")?.1.split('/').next()
}
