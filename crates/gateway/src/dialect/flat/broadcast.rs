//! What all clients of this dialect share: each topic is read once for all of them, each change
//! translated once for all who saw the same before, each round made once a second at most.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bellwether_hub::{Hub, Segment};
use bellwether_signal::{
    HostId, Moment, Timestamp, Topic, TopicPattern,
    activity::{ACTIVITY, Activity},
    machine::MachineAnomaly,
    model::{Prediction, PredictionVolume},
    protocol::{Content as Told, Envelope, Position},
    system::{self, GatewayMetrics},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::debug;

use super::{
    activity, alerts, datasets,
    frame::Frame,
    health::{self, Overall},
    host::HostStates,
    machines, models, predictions,
    state::{Content, State, match_content},
    system::{Known, Round},
    training,
};

/// Translated events that are kept for the other clients of the same flush.
const EVENTS_KEPT: usize = 64;
/// Rounds are asked for at any time, and made once a second at most.
const ROUND_KEPT: Duration = Duration::from_secs(1);
/// What this dialect has words for. Of hosts it only reads what is there: see [`HostStates`].
const TOPICS: [&str; 13] = [
    "dataset/*/upload",
    "dataset/*/profile",
    "training/*/status",
    "training/*/progress",
    "model/*/status",
    "model/*/metrics",
    "model/*/predictions",
    "model/*/volume",
    "machine/*/readings",
    "machine/*/anomaly",
    "alert/*",
    ACTIVITY,
    system::HEALTH,
];

/// The dialect, for all its clients.
pub(crate) struct Flat {
    hub: Hub,
    host: HostId,
    started: Timestamp,
    patterns: Vec<TopicPattern>,
    memory: Mutex<Memory>,
    /// Clients that ever came.
    came: AtomicU64,
    /// Clients that are here.
    here: AtomicU64,
}

#[derive(Default)]
struct Memory {
    states: HashMap<Topic, Entry>,
    /// How often a state was read: numbers them.
    readings: u64,
    events: VecDeque<(Topic, Position, Arc<[Frame]>)>,
    round: Option<(Duration, Arc<Round>)>,
}

struct Entry {
    /// The newest position that somebody was told of. The state is at least as new.
    position: Option<Position>,
    state: Arc<State>,
    /// What leads here from an older reading, by its number.
    translations: Vec<(Option<u64>, Arc<[Frame]>)>,
}

impl Flat {
    pub(crate) fn new(hub: Hub, host: HostId, started: Timestamp) -> Self {
        let pattern = |text| TopicPattern::parse(text).expect("own patterns are well-formed");
        Self {
            hub,
            host,
            started,
            patterns: TOPICS.map(pattern).to_vec(),
            memory: Mutex::default(),
            came: AtomicU64::new(0),
            here: AtomicU64::new(0),
        }
    }

    pub(super) fn topics(&self) -> &[TopicPattern] {
        &self.patterns
    }

    /// A client is here; its name.
    pub(super) fn joined(&self) -> String {
        self.here.fetch_add(1, Ordering::Relaxed);
        format!("flat-{}", self.came.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A client has gone. Nobody hears of changes any more when it was the last, so nothing is
    /// remembered.
    pub(super) fn left(&self) {
        if self.here.fetch_sub(1, Ordering::Relaxed) == 1 {
            *self.memory() = Memory::default();
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What is remembered can be read again at any time.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a topic has come as far as a segment says, and reads it.
    pub(super) fn heard(&self, segment: &Segment) -> Option<Arc<State>> {
        let (topic, position) = (segment.topic(), segment.position());
        let mut memory = self.memory();
        let known =
            memory.states.get(topic).filter(|it| it.position.is_some_and(|at| at >= position));
        if let Some(entry) = known {
            return Some(Arc::clone(&entry.state));
        }
        memory.read(&self.hub, topic, Some(position))
    }

    /// What to tell a client of a topic that knew `before` of it.
    pub(super) fn translated(
        &self,
        topic: &Topic,
        before: Option<&State>,
    ) -> Option<(Arc<State>, Arc<[Frame]>)> {
        let mut memory = self.memory();
        let state = memory.newest(&self.hub, topic)?;
        let number = before.map(|before| before.number);
        if number == Some(state.number) {
            return None;
        }
        let entry = memory.states.get(topic)?;
        if let Some((_, frames)) = entry.translations.iter().find(|(from, _)| *from == number) {
            return Some((state, Arc::clone(frames)));
        }
        let frames: Arc<[Frame]> = memory.translate(&self.hub, topic, before, &state).into();
        if let Some(entry) = memory.states.get_mut(topic) {
            entry.translations.push((number, Arc::clone(&frames)));
        }
        Some((state, frames))
    }

    /// What to tell of an event.
    pub(super) fn event(&self, segment: &Segment) -> Arc<[Frame]> {
        let (topic, position) = (segment.topic(), segment.position());
        let mut memory = self.memory();
        let mut known = memory.events.iter();
        if let Some((_, _, frames)) = known.find(|(of, at, _)| *at == position && of == topic) {
            return Arc::clone(frames);
        }
        let frames: Arc<[Frame]> = translate_event(segment).unwrap_or_default().into();
        while memory.events.len() >= EVENTS_KEPT {
            memory.events.pop_front();
        }
        memory.events.push_back((topic.clone(), position, Arc::clone(&frames)));
        frames
    }

    /// How well everything is.
    pub(super) fn overall(&self) -> Overall {
        let mut memory = self.memory();
        let health = memory.newest(&self.hub, &own(system::HEALTH));
        let alerts = memory.all(&self.hub, "alert/*");
        overall(health.as_deref(), &alerts)
    }

    /// The host's headline figures, for an event.
    pub(super) fn headline(&self) -> Value {
        HostStates::read(&self.hub, &self.host).headline()
    }

    /// What every client is told every 5 s.
    pub(super) fn round(&self, now: Moment) -> Arc<Round> {
        let mut memory = self.memory();
        if let Some((at, round)) = &memory.round
            && now.monotonic.saturating_sub(*at) < ROUND_KEPT
        {
            return Arc::clone(round);
        }
        let hub = &self.hub;
        let health = memory.newest(hub, &own(system::HEALTH));
        let alerts = memory.all(hub, "alert/*");
        let overall = overall(health.as_deref(), &alerts);
        let (models, runs) =
            (memory.pairs(hub, "model", "metrics"), memory.pairs(hub, "training", "progress"));
        let gateway = hub.state(&own(system::GATEWAY)).map(|(value, _)| Value::Object(value));
        let known = Known {
            host: HostStates::read(hub, &self.host),
            gateway: gateway.and_then(|it| serde_json::from_value::<GatewayMetrics>(it).ok()),
            health: health.as_deref().and_then(|state| match_content!(state, Health)),
            overall: &overall,
            models: models
                .iter()
                .filter_map(|(status, live)| {
                    let live = live.as_deref().and_then(|live| match_content!(live, Metrics));
                    Some((match_content!(status, Model)?.as_ref(), live.map(AsRef::as_ref)))
                })
                .collect(),
            runs: runs
                .iter()
                .filter_map(|(status, live)| {
                    let live = live.as_deref().and_then(|live| match_content!(live, Progress));
                    Some((match_content!(status, Training)?.as_ref(), live))
                })
                .collect(),
            started: self.started,
        };
        let round = Arc::new(Round::make(&known, now.wall));
        memory.round = Some((now.monotonic, Arc::clone(&round)));
        round
    }
}

impl Memory {
    fn newest(&mut self, hub: &Hub, topic: &Topic) -> Option<Arc<State>> {
        match self.states.get(topic) {
            Some(entry) => Some(Arc::clone(&entry.state)),
            None => self.read(hub, topic, None),
        }
    }

    fn read(&mut self, hub: &Hub, topic: &Topic, position: Option<Position>) -> Option<Arc<State>> {
        self.readings += 1;
        let state = Arc::new(State::read(hub, topic, self.readings)?);
        let entry = Entry { position, state: Arc::clone(&state), translations: Vec::new() };
        self.states.insert(topic.clone(), entry);
        Some(state)
    }

    fn all(&mut self, hub: &Hub, pattern: &str) -> Vec<Arc<State>> {
        let pattern = TopicPattern::parse(pattern).expect("own patterns are well-formed");
        let topics = hub.topics(&pattern);
        topics.into_iter().filter_map(|(topic, _)| self.newest(hub, &topic)).collect()
    }

    /// The statuses of a family, each with what is live of it.
    fn pairs(
        &mut self,
        hub: &Hub,
        family: &str,
        live: &str,
    ) -> Vec<(Arc<State>, Option<Arc<State>>)> {
        let statuses = self.all(hub, &format!("{family}/*/status"));
        let pair = |status: Arc<State>| {
            let live = self.newest(hub, &Topic::of([family, &status.id, live]));
            (status, live)
        };
        statuses.into_iter().map(pair).collect()
    }

    fn translate(
        &mut self,
        hub: &Hub,
        topic: &Topic,
        before: Option<&State>,
        now: &State,
    ) -> Vec<Frame> {
        let (id, at) = (now.id.as_str(), now.at);
        let mut beside =
            |family: &str, name: &str| self.newest(hub, &Topic::of([family, id, name]));
        macro_rules! before {
            ($kind:ident) => {
                before.and_then(|before| match_content!(before, $kind))
            };
        }
        match &now.content {
            Content::Upload(now) => datasets::upload(before!(Upload), now, at),
            Content::Profile(now) => {
                datasets::profile(id, before!(Profile).map(AsRef::as_ref), now)
            }
            Content::Training(now) => {
                training::status(before!(Training).map(AsRef::as_ref), now, at)
            }
            Content::Progress(now) => {
                let status = beside("training", "status");
                let status = status.as_deref().and_then(|it| match_content!(it, Training));
                training::progress(id, now, status.map(AsRef::as_ref), at)
            }
            Content::Model(now) => {
                let live = beside("model", "metrics");
                let live = live.as_deref().and_then(|live| match_content!(live, Metrics));
                models::status(before!(Model).map(AsRef::as_ref), now, live.map(AsRef::as_ref), at)
            }
            Content::Metrics(now) => {
                let status = beside("model", "status");
                let status = status.as_deref().and_then(|it| match_content!(it, Model));
                let before = before!(Metrics).map(AsRef::as_ref);
                models::metrics(id, before, now, status.map(AsRef::as_ref), at)
            }
            Content::Alert(now) => alerts::alert(before!(Alert).map(AsRef::as_ref), now, at),
            Content::Health(now) => health::components(before!(Health), now, at),
            Content::Readings(now) => machines::readings(id, before!(Readings), now, at),
            Content::Other => {
                debug!(%topic, "nothing to say of this");
                Vec::new()
            }
        }
    }
}

fn own(topic: &str) -> Topic {
    Topic::of(topic.split('/'))
}

fn overall(health: Option<&State>, alerts: &[Arc<State>]) -> Overall {
    let health = health.and_then(|state| match_content!(state, Health));
    let alerts = alerts.iter().filter_map(|state| match_content!(state, Alert));
    Overall::of(health, alerts.map(AsRef::as_ref))
}

/// `None` for what this dialect has no words for: among it the notice of a gap, because its clients
/// know no positions.
fn translate_event(segment: &Segment) -> Option<Vec<Frame>> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(segment.json()) else { return None };
    let (at, topic) = (envelope.ts, envelope.topic);
    let data = match envelope.content {
        Told::Data(data) => data,
        Told::Full(_) | Told::Patch(_) => return None,
    };
    let path: Vec<&str> = topic.as_str().split('/').collect();
    match path.as_slice() {
        [ACTIVITY] => Some(activity::update(&payload::<Activity>(&topic, data)?, at)),
        ["model", _, "predictions"] => {
            Some(predictions::logged(&payload::<Prediction>(&topic, data)?))
        }
        ["model", _, "volume"] => {
            Some(predictions::volume(&payload::<PredictionVolume>(&topic, data)?, at))
        }
        ["machine", machine, "anomaly"] => {
            Some(machines::anomaly(machine, &payload::<MachineAnomaly>(&topic, data)?))
        }
        _ => None,
    }
}

fn payload<T: DeserializeOwned>(topic: &Topic, data: Value) -> Option<T> {
    let read = serde_json::from_value(data);
    read.inspect_err(|error| debug!(%topic, %error, "an event is not what its topic promises")).ok()
}
