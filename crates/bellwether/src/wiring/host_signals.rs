//! What the collectors say goes to the hub, and its numbers to the store.

use std::{collections::HashMap, sync::Arc};

use bellwether_collect::{Batch, Publication, Sink};
use bellwether_gateway::{ActivityLog, DialectReport, GatewayCounts};
use bellwether_hub::{Hub, HubError, News, Priority};
use bellwether_signal::{
    HostId, Moment, Timestamp, Topic,
    host::{self, HostState, Processes},
    ports::state_of,
    series::visit_numbers,
    system::{GATEWAY, HEALTH, METRICS},
};
use bellwether_store::{Frame, Store};
use serde_json::{Map, Value};
use tracing::warn;

use super::{LoggedActivity, Report, Watching, health_changes::HealthChanges};

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
    watching: Watching,
    /// By name, so that a topic is put together once.
    topics: HashMap<&'static str, Topic>,
    process: Topic,
    /// The list of processes that the hub holds.
    told_processes: Option<Processes>,
    system: [Topic; 3],
}

impl HostSignals {
    pub(crate) fn new(
        hub: Hub,
        store: Store,
        host: HostId,
        report: Arc<Report>,
        (counts, dialects): (Arc<GatewayCounts>, DialectReport),
        watching: Watching,
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
            watching,
            topics,
            process,
            told_processes: None,
            system,
        }
    }

    /// Keeps the history of a state, and says what is published of it.
    fn state(
        &mut self,
        Publication { at, interval_ms, state }: Publication,
        round: Moment,
    ) -> (Topic, News, Timestamp) {
        let name = state.topic_name();
        let host = &self.host;
        let topic = self.topics.entry(name).or_insert_with(|| host::topic(host, name)).clone();
        if let HostState::Processes(processes) = state {
            let news = self.processes(&topic, processes, round);
            return (topic, news, at);
        }
        let value = state_of(&state);
        if state.keeps_history() {
            self.keep(&topic, &value, at, interval_ms);
        }
        self.watching.observe(&topic, &value, round);
        (topic, value.into(), at)
    }

    /// A thousand processes, of which most did nothing: all of them are put into words only for those
    /// who never heard of them, and for a rule that looks at them.
    fn processes(&mut self, topic: &Topic, now: Processes, round: Moment) -> News {
        if self.watching.looks_at(topic) {
            self.watching.observe(topic, &state_of(&now), round);
        }
        let news = match &self.told_processes {
            Some(before) => News::Patch(now.patch_from(before)),
            None => News::Whole(state_of(&now)),
        };
        self.told_processes = Some(now);
        news
    }

    fn keep(&self, topic: &Topic, value: &Map<String, Value>, at: Timestamp, interval_ms: u32) {
        let mut samples: Vec<(Box<str>, f64)> = Vec::new();
        visit_numbers(topic, value, &mut |name, _, number| samples.push((name.into(), number)));
        if !samples.is_empty() {
            self.store.append(Frame { at, interval_ms, samples });
        }
    }

    /// Our own figures are signals like any others.
    fn ourselves(&mut self, at: Moment) {
        let (subscribers, patterns) = self.hub.counts();
        let mut gateway = self.report.gateway(self.counts.totals(), (subscribers, patterns), at);
        gateway.dialects = self.dialects.read();
        let [metrics, health, sockets] = &self.system;
        if let Some(own) = self.report.system_metrics() {
            let own = state_of(&own);
            self.keep(metrics, &own, at.wall, REPORT_INTERVAL_MS);
            self.watching.observe(metrics, &own, at);
            told(self.hub.publish_state(metrics, own, at.wall));
        }
        let now = self.report.system_health();
        self.health.look(&now).into_iter().for_each(|news| self.activity.record(news));
        told(self.hub.publish_state(health, state_of(&now), at.wall));
        let gateway = state_of(&gateway);
        self.keep(sockets, &gateway, at.wall, REPORT_INTERVAL_MS);
        self.watching.observe(sockets, &gateway, at);
        told(self.hub.publish_state(sockets, gateway, at.wall));
    }
}

impl Sink for HostSignals {
    fn accept(&mut self, batch: Batch) {
        self.report.heard(batch.at);
        let at = batch.at.wall;
        let states: Vec<_> = batch.states.into_iter().map(|it| self.state(it, batch.at)).collect();
        let published = self.hub.publish_states(states);
        if published.is_err() {
            // Whatever it was that the hub did not take: nothing is a change to it.
            self.told_processes = None;
        }
        told(published);
        for event in batch.events {
            let event = Value::Object(state_of(&event));
            told(self.hub.publish_event(&self.process, event, at, Priority::Normal));
        }
        if let Some(report) = batch.report {
            self.report.update(report);
            self.ourselves(batch.at);
        }
    }
}

/// The hub refuses only what is over its limits: worth a line, never worth stopping for.
fn told(published: Result<(), HubError>) {
    if let Err(error) = published {
        warn!(%error, "a signal was not published");
    }
}
