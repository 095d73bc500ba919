//! Machines: `metric_updated` for each reading that changed, `anomaly_detected`.

use bellwether_signal::{
    Timestamp,
    machine::{MachineAnomaly, MachineReadings},
};
use serde_json::json;

use super::frame::{Frame, count};

pub(super) fn readings(
    machine: &str,
    before: Option<&MachineReadings>,
    now: &MachineReadings,
    at: Timestamp,
) -> Vec<Frame> {
    let same = |metric: &str, value: f64| {
        before.is_some_and(|before| {
            before.0.get(metric).is_some_and(|it| it.total_cmp(&value).is_eq())
        })
    };
    let changed = now.0.iter().filter(|(metric, value)| !same(metric, **value));
    let frame = |(metric, value): (&String, &f64)| {
        let fields = json!({"machine_id": machine, "metric": metric, "value": count(*value)});
        Frame::new("metric_updated", at, fields)
    };
    changed.map(frame).collect()
}

pub(super) fn anomaly(machine: &str, now: &MachineAnomaly) -> Vec<Frame> {
    let fields = json!({
        "machine_id": machine,
        "metric": now.metric,
        "value": count(now.value),
        "anomaly_score": now.score,
        "severity": now.severity,
        "anomaly_type": now.kind,
        "expected_low": now.expected_low,
        "expected_high": now.expected_high,
    });
    vec![Frame::new("anomaly_detected", Timestamp(now.measured_at_ms), fields)]
}
