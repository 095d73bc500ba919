//! Random schedules of publications, subscriptions, stalls, cuts and resumes against the core, with a
//! fake clock. The invariant: every event arrives exactly once and in order, or a gap is told; every
//! state ends at its newest value; the flush clock holds.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use bellwether_hub::{Core, Limits, Priority, Segment, ShardId, Since, SubscriberId};
use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    answer::Delivered,
    patch,
    protocol::{Content, Position},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const STATES: [&str; 3] = ["app/a/state", "app/b/state", "host/h/cpu"];
const EVENTS: [&str; 2] = ["app/a/event", "host/h/process"];
const PATTERNS: [&str; 5] = ["**", "app/**", "app/a/event", "host/*/cpu", "app/*/state"];
const RING: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    State(usize, u8, u8),
    Event(usize, bool),
    Connect(usize, bool),
    Cut(usize),
    Subscribe(usize, usize),
    Unsubscribe(usize, usize),
    Stall(usize, bool),
    Interval(usize, u64),
    Pass(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..STATES.len(), 0..4u8, 0..4u8).prop_map(|(t, k, v)| Step::State(t, k, v)),
        6 => (0..EVENTS.len(), prop::bool::weighted(0.1)).prop_map(|(t, high)| Step::Event(t, high)),
        2 => (0..3usize, any::<bool>()).prop_map(|(c, resume)| Step::Connect(c, resume)),
        1 => (0..3usize).prop_map(Step::Cut),
        2 => (0..3usize, 0..PATTERNS.len()).prop_map(|(c, p)| Step::Subscribe(c, p)),
        1 => (0..3usize, 0..PATTERNS.len()).prop_map(|(c, p)| Step::Unsubscribe(c, p)),
        1 => (0..3usize, any::<bool>()).prop_map(|(c, stalled)| Step::Stall(c, stalled)),
        1 => (0..3usize, prop_oneof![Just(0), Just(100), Just(1_000)]).prop_map(|(c, i)| Step::Interval(c, i)),
        6 => (1..400u64).prop_map(Step::Pass),
        1 => Just(Step::Restart),
    ]
}

/// A client as the protocol describes it. It remembers over connections.
#[derive(Default)]
struct Client {
    id: Option<SubscriberId>,
    patterns: Vec<TopicPattern>,
    states: BTreeMap<Topic, Map<String, Value>>,
    positions: HashMap<Topic, Position>,
    stalled: bool,
    interval: Duration,
    last_flush: Option<Duration>,
}

impl Client {
    fn receive(&mut self, segment: &Segment) {
        match serde_json::from_slice(segment.json()).unwrap() {
            Delivered::Gap(notice) => {
                let known = self.positions.get(&notice.topic).copied();
                // Who never got anything learns where the hub saw it.
                assert!(known.is_none() || notice.gap.from == known, "{notice:?} {known:?}");
                let Position(epoch, next) = notice.gap.to;
                self.positions.insert(notice.topic, Position(epoch, next - 1));
            }
            Delivered::Envelope(envelope) => {
                let at = Position(envelope.epoch, envelope.offset);
                let known = self.positions.insert(envelope.topic.clone(), at);
                match envelope.content {
                    Content::Full(value) => {
                        self.states.insert(envelope.topic, value);
                    }
                    Content::Patch(change) => {
                        assert_eq!(known.map(Position::epoch), Some(at.epoch()));
                        patch::apply(self.states.get_mut(&envelope.topic).unwrap(), &change);
                    }
                    Content::Data(data) => {
                        // The payload carries its own number: exactly once and in order.
                        assert_eq!(data, json!(envelope.offset));
                        if let Some(known) = known {
                            assert_eq!(Position(known.epoch(), known.offset() + 1), at);
                        }
                    }
                }
            }
        }
    }
}

struct World {
    core: Core,
    shard: ShardId,
    now: Duration,
    epoch: u64,
    clients: [Client; 3],
    newest: BTreeMap<Topic, Map<String, Value>>,
    published: HashMap<Topic, u64>,
}

fn limits() -> Limits {
    Limits { ring: RING, patches: 3, ..Limits::default() }
}

impl World {
    fn new() -> Self {
        let mut core = Core::new(1, limits());
        let shard = core.add_shard();
        let clients = std::array::from_fn(|_| Client::default());
        Self {
            core,
            shard,
            now: Duration::from_secs(1),
            epoch: 1,
            clients,
            newest: BTreeMap::new(),
            published: HashMap::new(),
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::State(topic, key, value) => {
                let topic = Topic::parse(STATES[topic]).unwrap();
                let newest = self.newest.entry(topic.clone()).or_default();
                // Nested, with keys that come and go, so that all kinds of patches arise.
                match value {
                    0 => drop(newest.remove(&format!("k{key}"))),
                    1 => drop(newest.insert(format!("k{key}"), json!({"x": key, "y": value}))),
                    _ => drop(newest.insert(format!("k{key}"), json!(value))),
                }
                self.core.publish_state(&topic, newest.clone(), Timestamp(0)).unwrap();
            }
            Step::Event(topic, high) => {
                let topic = Topic::parse(EVENTS[topic]).unwrap();
                let number = self.published.entry(topic.clone()).or_default();
                *number += 1;
                let priority = if high { Priority::High } else { Priority::Normal };
                self.core.publish_event(&topic, json!(*number), Timestamp(0), priority).unwrap();
            }
            Step::Connect(client, resume) => self.connect(client, resume),
            Step::Cut(client) => self.cut(client),
            Step::Subscribe(client, pattern) => {
                let client = &mut self.clients[client];
                let pattern = TopicPattern::parse(PATTERNS[pattern]).unwrap();
                if let Some(id) = client.id {
                    // Topics seen before under another pattern go on from there.
                    let since = Since::Positions(client.positions.clone());
                    let new = !client.patterns.contains(&pattern);
                    if new {
                        self.core.subscribe(id, std::slice::from_ref(&pattern), &since).unwrap();
                        client.patterns.push(pattern);
                    }
                }
            }
            Step::Unsubscribe(client, pattern) => {
                let client = &mut self.clients[client];
                let pattern = TopicPattern::parse(PATTERNS[pattern]).unwrap();
                if let Some(id) = client.id {
                    self.core.unsubscribe(id, std::slice::from_ref(&pattern)).unwrap();
                    client.patterns.retain(|p| *p != pattern);
                }
            }
            Step::Stall(client, stalled) => {
                let client = &mut self.clients[client];
                client.stalled = stalled;
                if let Some(id) = client.id {
                    self.core.set_blocked(id, stalled);
                }
            }
            Step::Interval(client, ms) => {
                let client = &mut self.clients[client];
                if let Some(id) = client.id {
                    self.core.set_interval(id, Duration::from_millis(ms)).unwrap();
                    client.interval = Duration::from_millis(ms);
                    client.last_flush = None;
                }
            }
            Step::Pass(ms) => self.now += Duration::from_millis(ms),
            Step::Restart => {
                self.epoch += 1;
                self.core = Core::new(self.epoch, limits());
                self.shard = self.core.add_shard();
                self.newest.clear();
                self.published.clear();
                for client in 0..self.clients.len() {
                    self.clients[client].id = None;
                    self.connect(client, true);
                }
            }
        }
        self.flush();
    }

    fn connect(&mut self, client: usize, resume: bool) {
        self.cut(client);
        let id = self.core.add_subscriber(self.shard, Role::Admin).unwrap();
        let client = &mut self.clients[client];
        client.id = Some(id);
        client.interval = limits().interval;
        client.last_flush = None;
        client.stalled = false;
        if !resume {
            client.positions.clear();
            client.states.clear();
        }
        let since = Since::Positions(client.positions.clone());
        self.core.subscribe(id, &client.patterns, &since).unwrap();
    }

    fn cut(&mut self, client: usize) {
        if let Some(id) = self.clients[client].id.take() {
            self.core.remove_subscriber(id);
        }
    }

    fn flush(&mut self) {
        let mut due = Vec::new();
        let next = self.core.due(self.shard, self.now, &mut due);
        assert!(next.is_none_or(|next| next > self.now), "a deadline lies in the future");
        for id in due {
            let mut segments: Vec<Arc<Segment>> = Vec::new();
            self.core.take(id, self.now, &mut segments);
            let now = self.now;
            let client = self.clients.iter_mut().find(|c| c.id == Some(id)).unwrap();
            assert!(!client.stalled, "nothing is taken for a stalled client");
            // High priority passes the clock; whether that was it cannot be seen from outside, so
            // the clock is checked in a test of its own below.
            client.last_flush = Some(now);
            for segment in segments {
                client.receive(&segment);
            }
        }
    }

    /// Everybody reads again and time passes: all are up to date.
    fn settle(&mut self) {
        for client in &mut self.clients {
            client.stalled = false;
            if let Some(id) = client.id {
                self.core.set_blocked(id, false);
            }
        }
        self.now += Duration::from_secs(20);
        self.flush();
        let wants =
            |client: &Client, topic: &Topic| client.patterns.iter().any(|p| p.matches(topic));
        for client in self.clients.iter().filter(|client| client.id.is_some()) {
            for (topic, value) in self.newest.iter().filter(|(topic, _)| wants(client, topic)) {
                assert_eq!(client.states.get(topic), Some(value), "{topic}");
            }
            for (topic, count) in self.published.iter().filter(|(topic, _)| wants(client, topic)) {
                assert_eq!(client.positions.get(topic), Some(&Position(self.epoch, *count)));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn every_event_once_or_a_told_gap(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        for step in &steps {
            world.run(step);
        }
        world.settle();
    }
}

fn watcher(core: &mut Core, shard: ShardId, pattern: &str) -> SubscriberId {
    let id = core.add_subscriber(shard, Role::Viewer).unwrap();
    let pattern = TopicPattern::parse(pattern).unwrap();
    core.subscribe(id, &[pattern], &Since::Retained).unwrap();
    id
}

fn due(core: &mut Core, shard: ShardId, now_ms: u64) -> (Vec<SubscriberId>, Option<Duration>) {
    let mut due = Vec::new();
    let next = core.due(shard, Duration::from_millis(now_ms), &mut due);
    for id in &due {
        core.take(*id, Duration::from_millis(now_ms), &mut Vec::new());
    }
    (due, next)
}

#[test]
fn the_first_change_goes_at_once_and_the_next_with_the_clock() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let id = watcher(&mut core, shard, "app/**");
    let topic = Topic::parse("app/x").unwrap();
    let publish = |core: &mut Core, priority| {
        core.publish_event(&topic, json!(1), Timestamp(0), priority).unwrap();
    };
    publish(&mut core, Priority::Normal);
    assert_eq!(due(&mut core, shard, 1_000), (vec![id], None));
    publish(&mut core, Priority::Normal);
    assert_eq!(due(&mut core, shard, 1_001), (vec![], Some(Duration::from_millis(1_100))));
    assert_eq!(due(&mut core, shard, 1_099), (vec![], Some(Duration::from_millis(1_100))));
    assert_eq!(due(&mut core, shard, 1_100), (vec![id], None));
    publish(&mut core, Priority::Normal);
    publish(&mut core, Priority::High);
    assert_eq!(due(&mut core, shard, 1_101), (vec![id], None), "alerts pass the clock");
}

#[test]
fn one_encoding_serves_all() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let ids = [(); 2].map(|()| watcher(&mut core, shard, "app/**"));
    let topic = Topic::parse("app/x").unwrap();
    let mut seen = Vec::new();
    for (value, now) in [(1, 1_000), (2, 2_000)] {
        let Value::Object(value) = json!({"v": value}) else { unreachable!() };
        core.publish_state(&topic, value, Timestamp(0)).unwrap();
        let segments = ids.map(|id| {
            let mut out = Vec::new();
            core.take(id, Duration::from_millis(now), &mut out);
            out.remove(0)
        });
        assert!(Arc::ptr_eq(&segments[0], &segments[1]));
        seen.push(String::from_utf8(segments[0].json().to_vec()).unwrap());
    }
    assert_eq!(
        seen,
        [
            r#"{"topic":"app/x","type":"state","ts":0,"epoch":1,"offset":1,"full":{"v":1}}"#,
            r#"{"topic":"app/x","type":"state","ts":0,"epoch":1,"offset":2,"patch":{"v":2}}"#,
        ]
    );
}

#[test]
fn viewers_see_no_command_lines() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let viewer = watcher(&mut core, shard, "**");
    core.publish_state(&Topic::parse("host/h/commands").unwrap(), Map::new(), Timestamp(0))
        .unwrap();
    let mut out = Vec::new();
    core.take(viewer, Duration::ZERO, &mut out);
    assert!(out.is_empty());
    assert!(
        core.glance(Role::Viewer, &[TopicPattern::parse("**").unwrap()], &Since::Retained)
            .unwrap()
            .segments
            .is_empty()
    );
}

#[test]
fn limits_are_told() {
    let mut core =
        Core::new(1, Limits { topics: 1, subscribers: 1, patterns: 1, ..Limits::default() });
    let shard = core.add_shard();
    let id = watcher(&mut core, shard, "a");
    let refused = |error: bellwether_hub::HubError, part: &str| {
        assert!(error.to_string().contains(part), "{error}");
    };
    let second = TopicPattern::parse("b").unwrap();
    refused(core.subscribe(id, &[second], &Since::Retained).unwrap_err(), "at most 1 patterns");
    refused(core.add_subscriber(shard, Role::Viewer).unwrap_err(), "1 subscribers");
    refused(core.set_interval(id, Duration::from_secs(11)).unwrap_err(), "at most 10000 ms");
    let topic = Topic::parse("a").unwrap();
    core.publish_state(&topic, Map::new(), Timestamp(0)).unwrap();
    refused(
        core.publish_event(&topic, json!(1), Timestamp(0), Priority::Normal).unwrap_err(),
        "holds States, no Events",
    );
    let other = Topic::parse("b").unwrap();
    refused(core.publish_state(&other, Map::new(), Timestamp(0)).unwrap_err(), "1 topics");
}

#[test]
fn interest_follows_subscriptions() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let topic = Topic::parse("host/h/cpu").unwrap();
    core.publish_state(&topic, Map::new(), Timestamp(0)).unwrap();
    let id = watcher(&mut core, shard, "host/**");
    assert_eq!(core.take_interest(), [(topic.clone(), true)]);
    core.glance(Role::Admin, &[TopicPattern::parse("**").unwrap()], &Since::Now).unwrap();
    assert_eq!(core.take_interest(), []);
    core.remove_subscriber(id);
    assert_eq!(core.take_interest(), [(topic, false)]);
}
