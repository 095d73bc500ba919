//! States of before a restart that did not come back: told once, after a while, to who named them.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::time::Duration;

use bellwether_hub::{Core, Limits, Priority, ShardId, Since, SubscriberId};
use bellwether_signal::{Role, Timestamp, Topic, TopicPattern, protocol::Position};
use serde_json::{Map, Value, json};

const BEFORE: u64 = 1;
const NOW: u64 = 2;

fn topic(text: &str) -> Topic {
    Topic::parse(text).unwrap()
}

fn publish(core: &mut Core, name: &str) {
    let Value::Object(state) = json!({ "v": 1 }) else { unreachable!() };
    core.publish_state(&topic(name), state, Timestamp(0)).unwrap();
}

fn resumed(
    core: &mut Core,
    shard: ShardId,
    pattern: &str,
    had: &[(&str, Position)],
) -> SubscriberId {
    let id = core.add_subscriber(shard, Role::Viewer).unwrap();
    let since = Since::Positions(had.iter().map(|(name, at)| (topic(name), *at)).collect());
    core.subscribe(id, &[TopicPattern::parse(pattern).unwrap()], &since).unwrap();
    id
}

/// Whoever is due at that second, and what each is given: topic and content.
fn flushed(core: &mut Core, shard: ShardId, second: u64) -> (Vec<Value>, Option<Duration>) {
    let (mut due, mut out) = (Vec::new(), Vec::new());
    let now = Duration::from_secs(second);
    let next = core.due(shard, now, &mut due);
    let mut sharing = bellwether_hub::Sharing::default();
    let mut all = Vec::new();
    for id in due {
        let part = core.take_shared(id, now, &mut sharing, &mut out);
        let json = |segment: &std::sync::Arc<bellwether_hub::Segment>| -> Value {
            serde_json::from_slice(segment.json()).unwrap()
        };
        all.extend(out[part].iter().map(json));
    }
    (all, next)
}

fn names(given: &[Value]) -> Vec<&str> {
    given.iter().map(|one| one["topic"].as_str().unwrap()).collect()
}

#[test]
fn what_never_came_back_is_told_after_a_while_and_once() {
    let mut core = Core::new(NOW, Limits::default());
    let shard = core.add_shard();
    publish(&mut core, "model/a/status");
    let had = [
        ("model/a/status", Position(BEFORE, 7)),
        ("model/b/status", Position(BEFORE, 9)),
        ("model/c/status", Position(BEFORE, 3)),
        // Not wanted, of this run, and nobody's to read: none of them is told.
        ("alert/x", Position(BEFORE, 1)),
        ("model/d/status", Position(NOW, 4)),
    ];
    let id = resumed(&mut core, shard, "model/*/status", &had);
    assert_ne!(core.take_woken(), 0, "somebody has to look at the clock");
    let (given, next) = flushed(&mut core, shard, 100);
    assert_eq!((names(&given), next), (vec!["model/a/status"], Some(Duration::from_secs(130))));
    // It may take a while: the slowest part of a host speaks every ten seconds.
    publish(&mut core, "model/c/status");
    let (given, _) = flushed(&mut core, shard, 129);
    assert_eq!(names(&given), ["model/c/status"]);

    let (given, next) = flushed(&mut core, shard, 131);
    assert_eq!((names(&given), next), (vec!["model/b/status"], None));
    assert_eq!((&given[0]["full"], &given[0]["type"]), (&json!({}), &json!("state")));
    assert_eq!((&given[0]["epoch"], &given[0]["offset"]), (&json!(NOW), &json!(0)));
    assert!(flushed(&mut core, shard, 1_000).0.is_empty(), "once");
    assert_eq!(core.topics(&TopicPattern::parse("**").unwrap()).count(), 2, "no topic is made");

    // Back after all, it begins with its full value.
    publish(&mut core, "model/b/status");
    let (given, _) = flushed(&mut core, shard, 1_001);
    assert_eq!((names(&given), &given[0]["full"]), (vec!["model/b/status"], &json!({"v": 1})));
    core.remove_subscriber(id);
}

#[test]
fn an_event_topic_that_comes_later_still_tells_its_gap() {
    let mut core = Core::new(NOW, Limits::default());
    let shard = core.add_shard();
    resumed(&mut core, shard, "host/a/process", &[("host/a/process", Position(BEFORE, 5))]);
    assert!(flushed(&mut core, shard, 0).0.is_empty());
    assert_eq!(names(&flushed(&mut core, shard, 30).0), ["host/a/process"]);
    let process = topic("host/a/process");
    core.publish_event(&process, json!({"p": 1}), Timestamp(0), Priority::Normal).unwrap();
    let (given, _) = flushed(&mut core, shard, 31);
    assert_eq!(given[0]["gap"]["reason"], "new_epoch", "{given:?}");
    assert_eq!(given[1]["data"], json!({"p": 1}));
}

#[test]
fn neighbours_are_not_told_what_one_of_them_had() {
    let mut core = Core::new(NOW, Limits::default());
    let shard = core.add_shard();
    publish(&mut core, "alert/a");
    resumed(&mut core, shard, "alert/*", &[("alert/gone", Position(BEFORE, 5))]);
    resumed(&mut core, shard, "alert/*", &[]);
    assert_eq!(names(&flushed(&mut core, shard, 0).0), ["alert/a", "alert/a"]);
    let still = core.publish_state(
        &topic("alert/a"),
        Map::from_iter([("v".to_owned(), json!(2))]),
        Timestamp(0),
    );
    still.unwrap();
    let (given, _) = flushed(&mut core, shard, 60);
    assert_eq!(names(&given), ["alert/gone", "alert/a", "alert/a"]);
}

#[test]
fn who_takes_nothing_is_told_when_it_takes_again() {
    let mut core = Core::new(NOW, Limits::default());
    let shard = core.add_shard();
    let id = resumed(&mut core, shard, "alert/*", &[("alert/gone", Position(BEFORE, 5))]);
    flushed(&mut core, shard, 0);
    core.set_blocked(id, true);
    assert!(flushed(&mut core, shard, 60).0.is_empty());
    core.set_blocked(id, false);
    assert_eq!(names(&flushed(&mut core, shard, 61).0), ["alert/gone"]);
}
