//! What the hub promises, one promise a test. All of them together, in random order, are held by the
//! simulation beside this file.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bellwether_hub::{
    Core, Hub, Limits, Priority, Segment, ShardId, Sharing, Since, SubscriberId, Tally,
};
use bellwether_signal::{Role, Timestamp, Topic, TopicPattern};
use serde_json::{Map, Value, json};

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
fn neighbours_share_what_they_are_given_when_they_stand_alike() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let topic = Topic::parse("app/x").unwrap();
    let publish = |core: &mut Core, n| {
        core.publish_event(&topic, json!(n), Timestamp(0), Priority::Normal).unwrap();
    };
    let [first, second, late, ahead] = [(); 4].map(|()| watcher(&mut core, shard, "app/*"));
    publish(&mut core, 1);
    core.take(ahead, Duration::ZERO, &mut Vec::new());
    publish(&mut core, 2);
    let (mut sharing, mut out) = (Sharing::default(), Vec::new());
    let now = Duration::from_secs(1);
    let mut given = |core: &mut Core, id| {
        let part = core.take_shared(id, now, &mut sharing, &mut out);
        (part.clone(), out[part].iter().map(|it| it.position().offset()).collect::<Vec<_>>())
    };
    assert_eq!(given(&mut core, first), (0..2, vec![1, 2]));
    assert_eq!(given(&mut core, second), (0..2, vec![1, 2]), "the very same");
    assert_eq!(given(&mut core, ahead), (2..3, vec![2]), "it had the first");
    assert_eq!(given(&mut core, late), (3..5, vec![1, 2]));
    assert_eq!(given(&mut core, second), (5..5, vec![]), "nothing comes twice");
    for id in [first, second, late, ahead] {
        assert_eq!(core.positions(id)[0].1.offset(), 2);
    }
    // All of them hear of the next one, each once.
    publish(&mut core, 3);
    publish(&mut core, 4);
    let mut all = Vec::new();
    core.due(shard, Duration::from_secs(9), &mut all);
    all.sort();
    assert_eq!(all, [first, second, late, ahead]);
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
        "holds states, and events cannot be published there",
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

#[test]
fn a_refused_subscription_changes_nothing() {
    let hub = Hub::new(1, Limits { patterns: 1, ..Limits::default() }, Box::new(|_, _| {}));
    let shard = hub.add_shard(|| {}).unwrap();
    let id = hub.add_subscriber(shard, Role::Viewer).unwrap();
    let patterns = ["a", "b"].map(|text| TopicPattern::parse(text).unwrap());
    let slow = Some(Duration::from_secs(9));
    hub.subscribe(id, &patterns[..1], &Since::Retained, None).unwrap();
    hub.subscribe(id, &patterns, &Since::Retained, slow).unwrap_err();
    // The clock is still the usual one: a second change follows the first after 100 ms.
    let topic = Topic::parse("a").unwrap();
    for now_ms in [1_000, 1_100] {
        hub.publish_event(&topic, json!(now_ms), Timestamp(0), Priority::Normal).unwrap();
        let mut flushed = 0;
        let now = Duration::from_millis(now_ms);
        hub.flush(shard, now, &mut Vec::new(), &mut Vec::new(), |_, _| flushed += 1);
        assert_eq!(flushed, 1, "at {now_ms} ms");
    }
}

#[test]
fn memory_does_not_depend_on_how_slow_a_subscriber_is() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let id = watcher(&mut core, shard, "**");
    core.set_blocked(id, true);
    let topics = ["s", "e"].map(|name| Topic::parse(name).unwrap());
    let mut publish = |count: u64| {
        for number in 1_000..1_000 + count {
            let Value::Object(value) = json!({ "n": number }) else { unreachable!() };
            core.publish_state(&topics[0], value, Timestamp(0)).unwrap();
            core.publish_event(&topics[1], json!(number), Timestamp(0), Priority::Normal).unwrap();
        }
        // Everything that the core holds, as text.
        format!("{core:?}").len()
    };
    let early = publish(400);
    let late = publish(9_000);
    assert!(late < early + early / 20, "{early} characters became {late}");
}

#[test]
fn the_states_of_a_round_share_a_flush() {
    let hub = Hub::new(1, Limits { topics: 2, ..Limits::default() }, Box::new(|_, _| {}));
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    let wake = move || _ = counted.fetch_add(1, Ordering::Relaxed);
    let shard = hub.add_shard(wake).unwrap();
    let id = hub.add_subscriber(shard, Role::Viewer).unwrap();
    let all = TopicPattern::parse("**").unwrap();
    hub.subscribe(id, &[all], &Since::Retained, None).unwrap();
    let states =
        ["a", "b", "c"].map(|name| (Topic::parse(name).unwrap(), Map::new().into(), Timestamp(0)));
    // The third topic is one too many; the others are published all the same.
    hub.publish_states(states).unwrap_err();
    assert_eq!(wakes.load(Ordering::Relaxed), 1);
    let mut got = Vec::new();
    let write = |_, segments: &[Arc<Segment>]| got.push(segments.len());
    hub.flush(shard, Duration::from_secs(1), &mut Vec::new(), &mut Vec::new(), write);
    assert_eq!(got, [2]);
}

#[test]
fn what_was_urgent_is_forgotten_with_its_topic() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    let id = watcher(&mut core, shard, "app/**");
    let alerts = TopicPattern::parse("alert").unwrap();
    core.subscribe(id, std::slice::from_ref(&alerts), &Since::Retained).unwrap();
    let publish = |core: &mut Core, topic: &str, priority| {
        let topic = Topic::parse(topic).unwrap();
        core.publish_event(&topic, json!(1), Timestamp(0), priority).unwrap();
    };
    publish(&mut core, "app/x", Priority::Normal);
    assert_eq!(due(&mut core, shard, 1_000), (vec![id], None));
    // An alert waits for a socket that takes nothing, and then is no longer wanted.
    core.set_blocked(id, true);
    publish(&mut core, "alert", Priority::High);
    core.unsubscribe(id, &[alerts]).unwrap();
    core.set_blocked(id, false);
    publish(&mut core, "app/x", Priority::Normal);
    assert_eq!(due(&mut core, shard, 1_001), (vec![], Some(Duration::from_millis(1_100))));
}

#[test]
fn what_a_slow_subscriber_did_not_get_one_by_one_is_counted() {
    let mut core = Core::new(1, Limits { patches: 2, ring: 3, ..Limits::default() });
    let shard = core.add_shard();
    let id = watcher(&mut core, shard, "app/**");
    let [state, event] = ["app/state", "app/event"].map(|topic| Topic::parse(topic).unwrap());
    let mut n = 0;
    let mut publish = |core: &mut Core, states: usize, events: usize| {
        for _ in 0..states {
            n += 1;
            let Value::Object(value) = json!({ "n": n }) else { unreachable!() };
            core.publish_state(&state, value, Timestamp(n)).unwrap();
        }
        for _ in 0..events {
            core.publish_event(&event, json!(1), Timestamp(0), Priority::Normal).unwrap();
        }
    };
    let standing = |core: &Core| core.standing(id).unwrap();
    publish(&mut core, 1, 1);
    assert_eq!(standing(&core).behind, 2);
    core.take(id, Duration::ZERO, &mut Vec::new());
    assert_eq!((standing(&core).behind, standing(&core).tally), (0, Tally::default()));
    publish(&mut core, 2, 3);
    assert_eq!((standing(&core).behind, standing(&core).topics), (5, 2));
    core.take(id, Duration::ZERO, &mut Vec::new());
    let merged = Tally { conflated: 1, ..Tally::default() };
    assert_eq!(standing(&core).tally, merged, "two states by one patch, three events one by one");
    publish(&mut core, 4, 4);
    core.take(id, Duration::ZERO, &mut Vec::new());
    let too_slow = Tally { conflated: 4, resyncs: 1, gaps: 1 };
    assert_eq!(standing(&core).tally, too_slow, "four states in full, the oldest event is gone");
    assert_eq!(standing(&core).patterns.len(), 1);
    assert_eq!(core.remove_subscriber(id), too_slow);
    assert!(core.standing(id).is_none());
}
