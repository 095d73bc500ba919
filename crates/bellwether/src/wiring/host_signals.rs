//! What the collectors say goes to the hub, and its numbers to the store.

use std::{collections::HashMap, sync::Arc};

use bellwether_collect::{Batch, Publication, Sink};
use bellwether_gateway::{ActivityLog, DialectReport, GatewayCounts};
use bellwether_hub::{Hub, HubError, Priority};
use bellwether_signal::{
    HostId, Timestamp, Topic, host,
    series::visit_numbers,
    system::{GATEWAY, HEALTH, METRICS},
};
use bellwether_store::{Frame, Store};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::warn;

use super::{LoggedActivity, Report, health_changes::HealthChanges};

/// How often the collectors report on themselves; our own figures go with that.
const REPORT_INTERVAL_MS: u32 = 5_000;

pub(crate) struct HostSignals {
    hub: Hub,
    store: Store,
    host: HostId,
    report: Arc<Report>,
    counts: Arc<GatewayCounts>,
    dialects: DialectReport,
    activity: LoggedActivity,
    health: HealthChanges,
    /// By name, so that a topic is put together once.
    topics: HashMap<&'static str, Topic>,
    process: Topic,
    system: [Topic; 3],
}

impl HostSignals {
    pub(crate) fn new(
        hub: Hub,
        store: Store,
        host: HostId,
        report: Arc<Report>,
        (counts, dialects): (Arc<GatewayCounts>, DialectReport),
    ) -> Self {
        let process = host::topic(&host, "process");
        let system = [METRICS, HEALTH, GATEWAY].map(|topic| Topic::of(topic.split('/')));
        let activity = LoggedActivity::new(store.clone());
        let (health, topics) = (HealthChanges::default(), HashMap::new());
        Self {
            hub,
            store,
            host,
            report,
            counts,
            dialects,
            activity,
            health,
            topics,
            process,
            system,
        }
    }

    /// Keeps the history of a state, and says what is published of it.
    fn state(
        &mut self,
        Publication { at, interval_ms, state }: Publication,
    ) -> (Topic, Map<String, Value>, Timestamp) {
        let name = state.topic_name();
        let host = &self.host;
        let topic = self.topics.entry(name).or_insert_with(|| host::topic(host, name)).clone();
        let value = object(&state);
        if state.keeps_history() {
            self.keep(&topic, &value, at, interval_ms);
        }
        (topic, value, at)
    }

    fn keep(&self, topic: &Topic, value: &Map<String, Value>, at: Timestamp, interval_ms: u32) {
        let mut samples: Vec<(Box<str>, f64)> = Vec::new();
        visit_numbers(topic, value, &mut |name, _, number| samples.push((name.into(), number)));
        if !samples.is_empty() {
            self.store.append(Frame { at, interval_ms, samples });
        }
    }

    /// Our own figures are signals like any others.
    fn ourselves(&mut self, at: bellwether_signal::Moment) {
        let (subscribers, patterns) = self.hub.counts();
        let mut gateway = self.report.gateway(self.counts.totals(), (subscribers, patterns), at);
        gateway.dialects = self.dialects.read();
        let [metrics, health, sockets] = &self.system;
        if let Some(own) = self.report.system_metrics() {
            let own = object(&own);
            self.keep(metrics, &own, at.wall, REPORT_INTERVAL_MS);
            told(self.hub.publish_state(metrics, own, at.wall));
        }
        let now = self.report.system_health();
        self.health.look(&now).into_iter().for_each(|news| self.activity.record(news));
        told(self.hub.publish_state(health, object(&now), at.wall));
        let gateway = object(&gateway);
        self.keep(sockets, &gateway, at.wall, REPORT_INTERVAL_MS);
        told(self.hub.publish_state(sockets, gateway, at.wall));
    }
}

impl Sink for HostSignals {
    fn accept(&mut self, batch: Batch) {
        self.report.heard(batch.at);
        let at = batch.at.wall;
        let states: Vec<_> = batch.states.into_iter().map(|it| self.state(it)).collect();
        told(self.hub.publish_states(states));
        for event in batch.events {
            let event = Value::Object(object(&event));
            told(self.hub.publish_event(&self.process, event, at, Priority::Normal));
        }
        if let Some(report) = batch.report {
            self.report.update(report);
            self.ourselves(batch.at);
        }
    }
}

pub(super) fn object(payload: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(payload) {
        Ok(Value::Object(mut object)) => {
            shorten(&mut object);
            object
        }
        // Payloads are structs with text keys; their test would have failed.
        Ok(_) | Err(_) => Map::new(),
    }
}

/// The hub refuses only what is over its limits: worth a line, never worth stopping for.
fn told(published: Result<(), HubError>) {
    if let Err(error) = published {
        warn!(%error, "a signal was not published");
    }
}

/// Whole numbers are written without ".0": a fifth of what a process list has to say.
fn shorten(fields: &mut Map<String, Value>) {
    for value in fields.values_mut() {
        match value {
            Value::Object(inner) => shorten(inner),
            Value::Number(number) => {
                if let Some(whole) = number.as_f64().and_then(whole) {
                    *value = whole.into();
                }
            }
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
        }
    }
}

/// The integer that a number is, if it is one and small enough to be exact in both forms.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and below 2^53")]
    let integer = number as i64;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(integer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_short() {
        let shortened = object(&json!({"a": 1.0, "b": {"c": 2.5, "d": -0.0, "e": 1e300}}));
        let expected = r#"{"a":1,"b":{"c":2.5,"d":0,"e":1e+300}}"#;
        assert_eq!(serde_json::to_string(&shortened).unwrap(), expected);
    }
}
