//! Machines: `anomaly_detected`, and `metric_updated` for each metric that changed.

use std::collections::VecDeque;

use bellwether_hub::Hub;
use bellwether_signal::{
    MachineSlug, Timestamp, Topic,
    machine::{self, MachineAnomaly, MachineSummary},
};
use serde_json::{Map, Value, json};

use super::frame::frame;
use crate::dialect::flat::words::rfc3339;

/// Metrics that wait for their turn. One more takes the place of the oldest, which its next value
/// replaces anyway.
const WAITING: usize = 1_024;

/// The slug in the middle of a machine's topic.
pub(super) fn slug(topic: &Topic) -> Option<MachineSlug> {
    MachineSlug::parse(topic.as_str().split('/').nth(1)?).ok()
}

/// What clients know the machine by: its UUID. Where nobody has said who it is, the slug is all that
/// there is.
pub(super) fn id(hub: &Hub, slug: &MachineSlug) -> (String, Option<String>) {
    let state = hub.state(&machine::topic(slug, "summary"));
    let summary: Option<MachineSummary> =
        state.and_then(|(value, _)| serde_json::from_value(Value::Object(value)).ok());
    match summary {
        Some(summary) => (summary.id, Some(summary.name)),
        None => (slug.as_str().to_owned(), None),
    }
}

/// An anomaly as the dashboard's message has it.
pub(super) fn anomaly(hub: &Hub, slug: &MachineSlug, anomaly: &MachineAnomaly) -> Value {
    let (id, name) = id(hub, slug);
    let expected = anomaly.expected_low.zip(anomaly.expected_high);
    json!({
        "id": anomaly.id,
        "machine_id": id,
        "machine_name": name,
        "metric": anomaly.metric,
        "value": anomaly.value,
        "expected_low": anomaly.expected_low,
        "expected_high": anomaly.expected_high,
        "expected_value": expected.map(|(low, high)| f64::midpoint(low, high)),
        "anomaly_score": anomaly.score,
        "anomaly_type": anomaly.kind,
        "severity": anomaly.severity,
        "timestamp": rfc3339(Timestamp(anomaly.measured_at_ms)),
    })
}

/// One metric of one machine.
#[derive(Debug)]
struct Reading {
    slug: MachineSlug,
    metric: String,
    value: f64,
    at: Timestamp,
}

/// Readings that were heard and not told yet: each metric once, with its newest value.
#[derive(Debug, Default)]
pub(super) struct Readings(VecDeque<Reading>);

impl Readings {
    /// Notes the metrics of a full state or a patch. A metric that is gone (null) is no reading.
    pub(super) fn note(&mut self, slug: &MachineSlug, changed: &Map<String, Value>, at: Timestamp) {
        for (metric, value) in changed {
            let Some(value) = value.as_f64() else { continue };
            let mut known = self.0.iter_mut();
            if let Some(waiting) = known.find(|it| it.metric == *metric && it.slug == *slug) {
                (waiting.value, waiting.at) = (value, at);
                continue;
            }
            if self.0.len() >= WAITING {
                self.0.pop_front();
            }
            self.0.push_back(Reading { slug: slug.clone(), metric: metric.clone(), value, at });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The frame of the one that has waited longest.
    pub(super) fn next(&mut self, hub: &Hub) -> Option<String> {
        let Reading { slug, metric, value, at } = self.0.pop_front()?;
        let (id, name) = id(hub, &slug);
        let data = json!({
            "machine_id": id,
            "machine_name": name,
            "metric": metric,
            "value": value,
            "timestamp": rfc3339(at),
        });
        Some(frame("metric_updated", data, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_waits_once_and_with_its_newest_value() {
        let slug = MachineSlug::parse("press-3").unwrap();
        let changed = |json: Value| json.as_object().unwrap().clone();
        let mut readings = Readings::default();
        readings.note(&slug, &changed(json!({"power_kw": 1.0, "gone": null})), Timestamp(1));
        readings.note(&slug, &changed(json!({"power_kw": 2.0, "flow": 3.0})), Timestamp(2));
        assert_eq!(readings.0.len(), 2);
        assert_eq!((readings.0[0].value, readings.0[0].at), (2.0, Timestamp(2)));
        for n in 0..2 * WAITING {
            readings.note(&slug, &changed(json!({format!("m{n}"): 1.0})), Timestamp(3));
        }
        assert_eq!(readings.0.len(), WAITING);
    }
}
