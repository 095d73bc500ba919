//! States whose subject is no more: told once, invisible after, and their places used again.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::time::Duration;

use bellwether_hub::{Core, HubError, Limits, ShardId, Since, SubscriberId};
use bellwether_signal::{Role, Timestamp, Topic, TopicPattern, protocol::Position};
use serde_json::{Value, json};

fn topic(text: &str) -> Topic {
    Topic::parse(text).unwrap()
}

fn publish(core: &mut Core, name: &str, value: u32) -> Result<(), HubError> {
    let Value::Object(state) = json!({ "v": value }) else { unreachable!() };
    core.publish_state(&topic(name), state, Timestamp(0))
}

fn watcher(core: &mut Core, shard: ShardId, since: &Since) -> SubscriberId {
    let id = core.add_subscriber(shard, Role::Viewer).unwrap();
    core.subscribe(id, &[TopicPattern::parse("alert/*").unwrap()], since).unwrap();
    id
}

/// What a subscriber is given: topic and content.
fn taken(core: &mut Core, id: SubscriberId) -> Vec<String> {
    let mut out = Vec::new();
    core.take(id, Duration::from_secs(1), &mut out);
    let text = |segment: &std::sync::Arc<bellwether_hub::Segment>| {
        let envelope: Value = serde_json::from_slice(segment.json()).unwrap();
        let kind = ["full", "patch"].into_iter().find(|kind| !envelope[kind].is_null()).unwrap();
        format!("{} {kind} {}", envelope["topic"].as_str().unwrap(), envelope[kind])
    };
    out.iter().map(text).collect()
}

#[test]
fn it_is_told_once_and_not_to_who_comes_later() {
    let mut core = Core::new(1, Limits::default());
    let shard = core.add_shard();
    publish(&mut core, "alert/a", 1).unwrap();
    let early = watcher(&mut core, shard, &Since::Retained);
    assert_eq!(taken(&mut core, early), [r#"alert/a full {"v":1}"#]);
    core.retire(&topic("alert/a"), Timestamp(0));
    core.retire(&topic("alert/a"), Timestamp(0));
    core.retire(&topic("alert/never"), Timestamp(0));
    let late = watcher(&mut core, shard, &Since::Retained);
    assert_eq!(taken(&mut core, early), [r#"alert/a patch {"v":null}"#]);
    assert!(taken(&mut core, early).is_empty() && taken(&mut core, late).is_empty());
    assert!(core.state(&topic("alert/a")).is_none());
    assert_eq!(core.topics(&TopicPattern::parse("**").unwrap()).count(), 0);

    // Who was away has what is gone still on its screen.
    let known = Since::Positions([(topic("alert/a"), Position(1, 1))].into_iter().collect());
    let back = watcher(&mut core, shard, &known);
    assert_eq!(taken(&mut core, back).len(), 1);

    publish(&mut core, "alert/a", 2).unwrap();
    assert_eq!(taken(&mut core, late), [r#"alert/a full {"v":2}"#]);
    assert_eq!(taken(&mut core, early), [r#"alert/a patch {"v":2}"#]);
}

#[test]
fn places_are_used_again_once_everybody_knows() {
    let limits = Limits { topics: 2, ..Limits::default() };
    let mut core = Core::new(1, limits);
    let shard = core.add_shard();
    publish(&mut core, "alert/a", 1).unwrap();
    publish(&mut core, "alert/b", 1).unwrap();
    let id = watcher(&mut core, shard, &Since::Retained);
    assert_eq!(taken(&mut core, id).len(), 2);
    core.retire(&topic("alert/a"), Timestamp(0));
    let full = publish(&mut core, "alert/c", 1);
    assert!(matches!(full, Err(HubError::TooManyTopics(2))), "{full:?}");
    assert_eq!(taken(&mut core, id), [r#"alert/a patch {"v":null}"#]);
    publish(&mut core, "alert/c", 3).unwrap();
    assert_eq!(taken(&mut core, id), [r#"alert/c full {"v":3}"#]);

    // Many come and go; a name that comes back shares no position with its earlier life.
    for round in 0..50 {
        core.retire(&topic(if round % 2 == 0 { "alert/c" } else { "alert/a" }), Timestamp(0));
        assert_eq!(taken(&mut core, id).len(), 1, "round {round}");
        publish(&mut core, if round % 2 == 0 { "alert/a" } else { "alert/c" }, 1).unwrap();
        assert_eq!(taken(&mut core, id).len(), 1, "round {round}");
    }
    let known = Since::Positions([(topic("alert/c"), Position(1, 1))].into_iter().collect());
    let back = watcher(&mut core, shard, &known);
    assert!(taken(&mut core, back).contains(&r#"alert/c full {"v":1}"#.to_owned()));
}
