//! Events of logged topics: written before they are told, at positions that survive restarts and are
//! never given twice.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use bellwether_signal::{Timestamp, Topic, protocol::Position, system::Health};
use bellwether_store::{LoggedEvent, MAX_EVENT_BYTES, Options, Store, StoreError};
use serde_json::{Value, json};

use crate::scene::{Scene, frame};

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn topic(name: &str) -> Topic {
    Topic::parse(name).unwrap()
}

/// What a listener heard, and whether a reader found it on disk at that moment.
type Heard = Arc<Mutex<Vec<(LoggedEvent, bool)>>>;

fn listen(store: &Store) -> Heard {
    let heard = Heard::default();
    let (writes, reads) = (Arc::clone(&heard), store.clone());
    let set = store.on_logged(Box::new(move |event| {
        let newest = reads.events(&event.topic, None, 1_000).unwrap();
        let on_disk = newest.contains(&event);
        writes.lock().unwrap().push((event, on_disk));
    }));
    assert!(set);
    heard
}

fn log(store: &Store, name: &str, n: i64) {
    store.log(topic(name), Timestamp(NOW.0 + n), json!({"n": n})).unwrap();
}

/// Positions and numbers of what was heard on a topic, in order.
fn numbers(heard: &Heard, name: &str) -> Vec<(Position, Value)> {
    let heard = heard.lock().unwrap();
    let of_topic = heard.iter().filter(|(event, _)| event.topic.as_str() == name);
    of_topic.map(|(event, _)| (event.position, event.event["n"].clone())).collect()
}

#[test]
fn what_is_told_is_on_disk_in_order_and_positions_go_on_after_a_restart() {
    let scene = Scene::new();
    let heard = listen(&scene.store);
    for n in 0..200 {
        log(&scene.store, if n % 3 == 0 { "machine/a/anomaly" } else { "activity" }, n);
    }
    scene.store.flush().unwrap();
    assert!(heard.lock().unwrap().iter().all(|(_, on_disk)| *on_disk));
    let told = numbers(&heard, "activity");
    let epoch = told[0].0.epoch();
    assert!(epoch < 1 << 53, "exact in JSON");
    let expected = (0..200).filter(|n| n % 3 != 0).zip(1..);
    let expected: Vec<_> = expected.map(|(n, at)| (Position(epoch, at), json!(n))).collect();
    assert_eq!(told, expected);

    let scene = scene.reopen();
    let heard = listen(&scene.store);
    log(&scene.store, "activity", 200);
    scene.store.flush().unwrap();
    let next = Position(epoch, told.len() as u64 + 1);
    assert_eq!(numbers(&heard, "activity"), [(next, json!(200))]);
    let standing = scene.store.logged_topics().unwrap();
    assert_eq!(standing[0], (topic("activity"), next));
    assert_eq!(standing[1].0, topic("machine/a/anomaly"));
}

#[test]
fn pages_go_back_to_the_first() {
    let scene = Scene::new();
    (0..25).for_each(|n| log(&scene.store, "activity", n));
    scene.store.flush().unwrap();
    let (mut before, mut found) = (None, Vec::new());
    loop {
        let page = scene.store.events(&topic("activity"), before, 10).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.position);
        found.extend(page.iter().map(|event| event.event["n"].as_i64().unwrap()));
    }
    assert_eq!(found, (0..25).rev().collect::<Vec<_>>());
    let beyond = Position(u64::MAX, u64::MAX);
    assert_eq!(scene.store.events(&topic("activity"), Some(beyond), 100).unwrap().len(), 25);
    assert!(scene.store.events(&topic("other"), None, 100).unwrap().is_empty());
}

#[test]
fn pages_go_on_from_a_position_to_the_newest() {
    let scene = Scene::new();
    (0..25).for_each(|n| log(&scene.store, "activity", n));
    scene.store.flush().unwrap();
    let all = scene.store.events(&topic("activity"), None, 100).unwrap();
    let epoch = all[0].position.epoch();
    let (mut after, mut found) = (Position(epoch, 3), Vec::new());
    loop {
        let (page, more) = scene.store.events_after(&topic("activity"), after, 10).unwrap();
        found.extend(page.iter().map(|event| event.event["n"].as_i64().unwrap()));
        after = page.last().map_or(after, |last| last.position);
        if !more {
            break;
        }
    }
    assert_eq!(found, (3..25).collect::<Vec<_>>());
    let none = |after| scene.store.events_after(&topic("activity"), after, 10).unwrap();
    assert_eq!(none(Position(epoch + 1, 0)), (Vec::new(), false), "a later epoch");
    assert_eq!(none(Position(u64::MAX, u64::MAX)), (Vec::new(), false));
    assert_eq!(none(Position(0, 0)).0.len(), 10, "an earlier one");
    // Large ones make short pages.
    let large = "x".repeat(MAX_EVENT_BYTES - 100);
    for n in 25..60 {
        scene.store.log(topic("activity"), NOW, json!({"n": n, "text": large})).unwrap();
    }
    scene.store.flush().unwrap();
    let (page, more) = scene.store.events_after(&topic("activity"), after, 1_000).unwrap();
    assert!(more && page.len() < 20, "{}", page.len());
}

#[test]
fn a_full_disk_stops_no_event_and_no_position_is_given_twice() {
    let scene = Scene::new();
    let heard = listen(&scene.store);
    (0..3).for_each(|n| log(&scene.store, "activity", n));
    scene.store.flush().unwrap();
    let fill = |store: &Store, first: i64| {
        store.limit_size(Some(0)).unwrap();
        // The pages that are there have room for some.
        let large = "x".repeat(4_000);
        for n in first..first + 100 {
            let event = json!({"n": n, "text": large});
            store.log(topic("activity"), NOW, event).unwrap();
            if store.flush().is_err() {
                return n + 1;
            }
        }
        panic!("the disk is never full");
    };
    let mut next = fill(&scene.store, 3);
    let health = scene.store.health();
    assert_eq!(health.status, Health::Degraded);
    assert!(health.detail.unwrap().contains("what happened is not being written"));
    log(&scene.store, "activity", next);
    log(&scene.store, "other", next);
    assert!(scene.store.flush().is_err());
    next += 1;
    let told = numbers(&heard, "activity");
    assert_eq!(
        told.iter().map(|(_, n)| n.as_i64().unwrap()).collect::<Vec<_>>(),
        (0..next).collect::<Vec<_>>()
    );
    let (first, last) = (told[0].0, told.last().unwrap().0);
    assert_eq!(last.offset(), 2, "in a new epoch: {told:?}");
    assert!(last.epoch() > first.epoch());

    scene.store.limit_size(None).unwrap();
    scene.store.flush().unwrap();
    assert_eq!(scene.store.health().status, Health::Healthy);
    let kept = scene.store.events(&topic("activity"), None, 1_000).unwrap();
    let kept: Vec<_> =
        kept.into_iter().rev().map(|kept| (kept.position, kept.event["n"].clone())).collect();
    assert_eq!(
        kept, told,
        "what was shown while the disk was full is written now, where it was shown"
    );
    // The epoch goes on, now that all of it is on disk; the next outage begins another one.
    log(&scene.store, "activity", next);
    scene.store.flush().unwrap();
    assert_eq!(numbers(&heard, "activity").last().unwrap().0, Position(last.epoch(), 3));
    fill(&scene.store, next + 1);
    assert!(numbers(&heard, "activity").last().unwrap().0.epoch() > last.epoch());
    scene.store.limit_size(None).unwrap();
    scene.store.flush().unwrap();

    let positions: Vec<_> = numbers(&heard, "activity").into_iter().map(|(at, _)| at).collect();
    assert_eq!(positions.iter().collect::<HashSet<_>>().len(), positions.len());
    assert!(positions.is_sorted());
}

#[test]
fn events_that_wait_are_bounded_and_what_is_lost_is_told() {
    let scene = Scene::new();
    let heard = listen(&scene.store);
    scene.store.limit_size(Some(0)).unwrap();
    let large = "x".repeat(MAX_EVENT_BYTES - 100);
    for n in 0..200 {
        scene.store.log(topic("activity"), NOW, json!({"n": n, "text": large})).unwrap();
        drop(scene.store.flush());
    }
    assert_eq!(numbers(&heard, "activity").len(), 200, "all of them were told");
    let health = scene.store.health();
    assert_eq!(health.status, Health::Critical);
    assert!(health.detail.unwrap().contains("events are lost"));
    scene.store.limit_size(None).unwrap();
    scene.store.flush().unwrap();
    assert_eq!(scene.store.health().status, Health::Healthy);
    let kept = scene.store.events(&topic("activity"), None, 1_000).unwrap();
    assert!((30..80).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept[0].event["n"], 199);
}

#[test]
fn what_is_too_large_or_too_much_is_refused() {
    let scene = Scene::new();
    let large = json!({"text": "x".repeat(MAX_EVENT_BYTES)});
    let error = scene.store.log(topic("activity"), NOW, large).unwrap_err();
    assert!(matches!(error, StoreError::EventTooLarge { .. }), "{error}");
    scene.store.close();
    let error = scene.store.log(topic("activity"), NOW, json!({})).unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error}");
}

#[test]
fn old_events_are_dropped_and_their_positions_are_not_given_again() {
    let day_ms = 86_400_000;
    let scene = Scene::with(Options { max_events: 10, ..Options::default() });
    (0..30).for_each(|n| log(&scene.store, "activity", n));
    scene.store.flush().unwrap();
    scene.store.append(frame(NOW.0, &[("a/b", 1.0)]));
    scene.store.tidy(NOW).unwrap();
    let kept = || scene.store.events(&topic("activity"), None, 100).unwrap();
    assert_eq!(
        kept().iter().map(|kept| kept.at.0 - NOW.0).collect::<Vec<_>>(),
        (20..30).rev().collect::<Vec<_>>()
    );
    let newest = kept()[0].position;
    scene.store.tidy(Timestamp(NOW.0 + 7 * day_ms + 25)).unwrap();
    assert_eq!(kept().len(), 5);
    scene.store.tidy(Timestamp(NOW.0 + 8 * day_ms)).unwrap();
    assert_eq!(kept(), []);
    let scene = scene.reopen();
    let heard = listen(&scene.store);
    log(&scene.store, "activity", 30);
    scene.store.flush().unwrap();
    let expected = Position(newest.epoch(), newest.offset() + 1);
    assert_eq!(numbers(&heard, "activity"), [(expected, json!(30))]);
}
