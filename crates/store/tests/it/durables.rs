//! Durable subscriptions: the places that were acknowledged are there after a restart, bounded, and
//! forgotten when nobody uses them.

use bellwether_signal::{
    Timestamp, Topic,
    durable::{DURABLE_TOPICS, DURABLES_OF_USER},
    protocol::Position,
};
use bellwether_store::{DURABLE_KEPT_MS, MAX_DURABLES, StoreError};

use crate::scene::Scene;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn place(topic: &str, epoch: u64, offset: u64) -> (Topic, Position) {
    (Topic::parse(topic).unwrap(), Position(epoch, offset))
}

#[test]
fn places_are_kept_over_a_restart_and_belong_to_their_user() {
    let scene = Scene::new();
    let begins = [place("activity", 5, 2), place("host/h/process", 9, 0)];
    let found = scene.store.open_durable("ada", "billing", &begins, NOW).unwrap();
    assert_eq!(found, begins, "a new one begins where its first subscription does");
    let moved = [place("activity", 5, 7), place("app/a", 9, 1)];
    assert!(scene.store.acknowledge("ada", "billing", &moved, NOW).unwrap());
    assert!(!scene.store.acknowledge("bob", "billing", &moved, NOW).unwrap());
    assert!(!scene.store.acknowledge("ada", "other", &moved, NOW).unwrap());

    let scene = scene.reopen();
    let later = [place("activity", 5, 9), place("machine/m/anomaly", 3, 4)];
    let mut found = scene.store.open_durable("ada", "billing", &later, NOW).unwrap();
    found.sort();
    let expected = [
        place("activity", 5, 7),
        place("app/a", 9, 1),
        place("host/h/process", 9, 0),
        place("machine/m/anomaly", 3, 4),
    ];
    assert_eq!(found, expected, "what is known stays, a topic that is new begins now");
    let list = scene.store.durables(Some("ada"), NOW).unwrap();
    assert_eq!((list.len(), list[0].name.as_str(), list[0].topics), (1, "billing", 4));
    assert!(scene.store.durables(Some("bob"), NOW).unwrap().is_empty());
    assert!(scene.store.delete_durable("ada", "billing").unwrap());
    assert!(!scene.store.delete_durable("ada", "billing").unwrap());
    assert!(scene.store.open_durable("ada", "billing", &[], NOW).unwrap().is_empty());
}

#[test]
fn there_are_so_many_and_those_that_nobody_uses_make_room() {
    let scene = Scene::new();
    let store = &scene.store;
    let open = |user: &str, name: usize, now| {
        store.open_durable(user, &name.to_string(), &[], now).map(drop)
    };
    for name in 0..DURABLES_OF_USER {
        open("ada", name, NOW).unwrap();
    }
    let error = open("ada", 99, NOW).unwrap_err();
    assert!(matches!(error, StoreError::TooManyDurables { limit: DURABLES_OF_USER }), "{error}");
    open("ada", 0, NOW).unwrap();
    let users = MAX_DURABLES / DURABLES_OF_USER;
    // At the same time, so that they share commits.
    std::thread::scope(|scope| {
        for user in 1..users {
            scope.spawn(move || {
                for name in 0..DURABLES_OF_USER {
                    open(&user.to_string(), name, NOW).unwrap();
                }
            });
        }
    });
    let error = open("last", 0, NOW).unwrap_err();
    assert!(matches!(error, StoreError::TooManyDurables { limit: MAX_DURABLES }), "{error}");
    let later = Timestamp(NOW.0 + DURABLE_KEPT_MS);
    assert!(scene.store.acknowledge("ada", "0", &[place("a", 1, 1)], later).unwrap());
    let gone = Timestamp(later.0 + 1);
    assert_eq!(scene.store.durables(None, gone).unwrap().len(), 1, "the others are too old");
    open("last", 0, gone).unwrap();
    assert_eq!(scene.store.durables(None, gone).unwrap().len(), 2);
}

#[test]
fn a_durable_keeps_its_place_in_so_many_topics() {
    let scene = Scene::new();
    let many =
        |count: usize| -> Vec<_> { (0..count).map(|n| place(&format!("app/{n}"), 1, 1)).collect() };
    let found = scene.store.open_durable("ada", "d", &many(DURABLE_TOPICS + 5), NOW).unwrap();
    assert_eq!(found.len(), DURABLE_TOPICS);
    let beyond = many(DURABLE_TOPICS + 1);
    let error = scene.store.acknowledge("ada", "d", &beyond, NOW).unwrap_err();
    assert!(matches!(error, StoreError::TooManyPlaces { .. }), "{error}");
    let found = scene.store.open_durable("ada", "d", &[], NOW).unwrap();
    assert_eq!(found.len(), DURABLE_TOPICS, "nothing of a refused one is kept");
}

#[test]
fn a_full_disk_is_told_and_what_was_acknowledged_stays() {
    let scene = Scene::new();
    scene.store.open_durable("ada", "d", &[place("activity", 1, 1)], NOW).unwrap();
    assert!(scene.store.acknowledge("ada", "d", &[place("activity", 1, 5)], NOW).unwrap());
    scene.store.limit_size(Some(0)).unwrap();
    let grown = |from: usize| -> Vec<_> {
        (from..from + 500).map(|n| place(&format!("app/{n}-{}", "x".repeat(200)), 1, 1)).collect()
    };
    let refused = [0, 500].map(|from| scene.store.acknowledge("ada", "d", &grown(from), NOW));
    assert!(refused.iter().any(|it| matches!(it, Err(StoreError::NotWritten(_)))), "{refused:?}");
    scene.store.limit_size(None).unwrap();
    let found = scene.store.open_durable("ada", "d", &[], NOW).unwrap();
    assert!(found.contains(&place("activity", 1, 5)), "{found:?}");
}
