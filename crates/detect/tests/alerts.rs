//! Alerts from the values of series to what is published, written down and told (H5, M11).
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod fixture;

use bellwether_detect::{HandleError, Present};
use bellwether_signal::{
    Timestamp, Topic,
    activity::ActivityKind,
    alert::{AlertChangeKind, AlertSeverity, AlertState, Levels},
};
use fixture::World;
use serde_json::json;

#[test]
fn h5_an_alert_fires_after_its_time_is_acknowledged_and_resolves() {
    let mut world = World::new();
    world.cpu(50.0);
    for second in 0..60 {
        world.cpu(85.0);
        assert!(world.firing().is_empty(), "second {second}");
    }
    world.cpu(85.0);
    let alert = world.only_firing();
    assert_eq!((&*alert.rule, &*alert.subject), ("cpu_usage", "host/a"));
    assert_eq!((alert.severity, alert.threshold), (AlertSeverity::Warning, Some(80.0)));
    assert_eq!(alert.text, "CPU of a is at 85 %, over 80 %.");
    assert_eq!(alert.fired_at_ms.unwrap().0 - alert.since_at_ms.0, 60_000);
    assert_eq!(world.published(&alert.id)["state"], "firing");
    assert_eq!(world.counts().unacknowledged, 1);

    let seen = world.alerts.acknowledge(&alert.id, "ann").unwrap();
    assert_eq!((seen.acknowledged, seen.acknowledged_by.as_deref()), (true, Some("ann")));
    assert_eq!(world.published(&alert.id)["acknowledged"], true);
    assert_eq!((world.counts().open(), world.counts().unacknowledged), (1, 0));

    // 78 is under the level, but not by the 5 that it has to come back.
    world.cpu(78.0);
    assert_eq!(world.only_firing().value, Some(78.0));
    world.cpu(74.0);
    world.tick();
    assert!(world.firing().is_empty());
    assert!(world.is_gone(&alert.id), "seen and over: its topic is no more");
    let kinds = world.told();
    assert_eq!(
        kinds,
        [ActivityKind::AlertFired, ActivityKind::AlertHandled, ActivityKind::AlertResolved]
    );
    assert_eq!(world.alerts.list(true, 10).alerts.len(), 1, "it is history");
}

#[test]
fn worse_is_told_again_and_better_is_not() {
    let mut world = World::new();
    world.cpu_for(85.0, 61);
    let id = world.only_firing().id;
    world.alerts.acknowledge(&id, "ann").unwrap();
    world.cpu_for(95.0, 61);
    let worse = world.only_firing();
    assert_eq!((worse.id == id, worse.severity), (true, AlertSeverity::Critical));
    assert_eq!(worse.threshold, Some(90.0));
    assert!(!worse.acknowledged, "what was seen was milder");
    world.cpu(82.0);
    let better = world.only_firing();
    assert_eq!((better.severity, better.threshold), (AlertSeverity::Warning, Some(80.0)));
    let fired = world.told().iter().filter(|kind| **kind == ActivityKind::AlertFired).count();
    assert_eq!(fired, 2);
}

#[test]
fn what_is_not_seen_stays_for_a_day() {
    let mut world = World::new();
    world.cpu_for(95.0, 61);
    let id = world.only_firing().id;
    world.cpu(10.0);
    world.tick();
    assert_eq!(world.published(&id)["state"], "resolved");
    World::pass(23 * 3_600);
    world.tick();
    assert!(!world.is_gone(&id));
    World::pass(3_600);
    world.tick();
    assert!(world.is_gone(&id));
}

#[test]
fn a_silent_source_is_told_and_resolves_nothing() {
    let mut world = World::new();
    world.cpu_for(95.0, 61);
    World::pass(61);
    world.tick();
    let alert = world.only_firing();
    assert!(alert.silent_since_at_ms.is_some());
    assert!(alert.text.ends_with("Its source is silent."), "{}", alert.text);
    world.cpu(95.0);
    assert_eq!(world.only_firing().silent_since_at_ms, None);
    // What was pending starts over: nobody knows what was in between.
    let mut world = World::new();
    world.cpu_for(95.0, 30);
    World::pass(120);
    world.cpu_for(95.0, 60);
    assert!(world.firing().is_empty());
    world.cpu(95.0);
    assert_eq!(world.firing().len(), 1);
}

#[test]
fn what_comes_and_goes_is_held_and_told_once() {
    let mut world = World::new();
    world.change_rule("cpu_usage", |rule| rule.for_seconds = 0);
    let mut texts = Vec::new();
    for _ in 0..20 {
        world.cpu(95.0);
        world.cpu(10.0);
        texts.extend(world.firing().into_iter().map(|alert| alert.flapping));
    }
    let alert = world.only_firing();
    assert!(alert.flapping, "held although the last value is fine");
    assert!(alert.text.ends_with("It comes and goes."), "{}", alert.text);
    let told = world.told();
    let fired = told.iter().filter(|kind| **kind == ActivityKind::AlertFired).count();
    assert!(fired <= 3, "twice before it was known, once that it flaps: {told:?}");
    world.cpu_for(10.0, 600);
    assert!(world.firing().is_empty(), "calm for ten minutes");
}

#[test]
fn silenced_until_a_time_or_until_it_is_over() {
    let mut world = World::new();
    world.cpu_for(95.0, 61);
    let id = world.only_firing().id;
    let now = World::now().wall;
    assert_eq!(world.alerts.silence(&id, Some(now), "ann"), Err(HandleError::Past));
    let until = Timestamp(now.0 + 3_600_000);
    let silent = world.alerts.silence(&id, Some(until), "ann").unwrap();
    assert!(silent.silenced && !silent.is_telling());
    assert_eq!(world.counts().unacknowledged, 0);
    // It goes and comes back within the hour: still the same, still silent.
    world.cpu_for(10.0, 900);
    world.cpu_for(95.0, 61);
    let again = world.only_firing();
    assert_eq!((again.id == id, again.silenced), (true, true));
    world.cpu_for(95.0, 3_600);
    assert!(!world.only_firing().silenced, "the hour is over");
    world.alerts.silence(&id, None, "ann").unwrap();
    world.cpu(10.0);
    world.tick();
    assert!(world.is_gone(&id), "silent until resolved, and resolved");
    assert_eq!(world.alerts.silence(&id, None, "ann"), Err(HandleError::Over));
    assert_eq!(
        world.alerts.acknowledge("none", "ann"),
        Err(HandleError::Unknown("none".to_owned()))
    );
}

#[test]
fn what_a_person_resolves_comes_back_if_it_is_not_over() {
    let mut world = World::new();
    world.cpu_for(95.0, 61);
    let id = world.only_firing().id;
    let over = world.alerts.resolve(&id, "ann").unwrap();
    assert_eq!((over.state, over.resolved_by.as_deref()), (AlertState::Resolved, Some("ann")));
    assert!(world.is_gone(&id));
    world.cpu_for(95.0, 30);
    assert!(world.firing().is_empty());
    world.cpu_for(95.0, 31);
    assert_ne!(world.only_firing().id, id);
}

#[test]
fn alerts_and_rules_are_there_after_a_restart() {
    let mut world = World::new();
    world.change_rule("cpu_usage", |rule| rule.levels.warning = Some(70.0));
    world.cpu_for(75.0, 61);
    let id = world.only_firing().id;
    world.alerts.acknowledge(&id, "ann").unwrap();
    let mut world = world.restart();
    assert_eq!(world.published(&id)["acknowledged"], true, "it is published anew");
    let changed = world.alerts.rule("cpu_usage").unwrap();
    assert_eq!((changed.changed, changed.rule.levels.warning), (true, Some(70.0)));
    // Nobody knows yet; then its source is silent, and that is told.
    World::pass(61);
    world.tick();
    assert!(world.only_firing().silent_since_at_ms.is_some());
    world.cpu(75.0);
    let alert = world.only_firing();
    assert_eq!((alert.id == id, alert.silent_since_at_ms), (true, None));
    world.cpu(60.0);
    world.tick();
    assert!(world.is_gone(&id));
    assert_eq!(world.restart().alerts.list(true, 10).alerts.len(), 1, "history is kept");
}

#[test]
fn m11_a_model_is_judged_by_its_own_levels() {
    let mut world = World::new();
    let slow = Levels { critical: Some(0.5), warning: Some(0.6), info: None };
    world.alerts.give_levels("model_accuracy", "model/toy", Some(slow));
    world.state("model/churn-v3/metrics", json!({"accuracy": 0.82, "response_p95_ms": 30}));
    world.state("model/toy-v1/metrics", json!({"accuracy": 0.82}));
    let alert = world.only_firing();
    assert_eq!((&*alert.subject, alert.severity), ("model/churn-v3", AlertSeverity::Warning));
    let text = "churn-v3 is right in 82 % of its last labelled predictions, under 85 %.";
    assert_eq!(alert.text, text);
    world.state("model/churn-v3/metrics", json!({"accuracy": 0.79}));
    assert_eq!(world.only_firing().severity, AlertSeverity::Critical);
    world.change_rule("model_accuracy", |rule| {
        let own = Levels { warning: Some(0.7), ..Levels::default() };
        rule.overrides.insert("model/churn".to_owned(), own);
    });
    assert!(world.firing().is_empty(), "its own levels hold from now on");
    world.alerts.give_levels("model_accuracy", "model/toy", None);
    assert_eq!(world.only_firing().subject, "model/toy-v1");
}

#[test]
fn m12_drift_that_matters_is_an_alert_until_it_is_gone() {
    let mut world = World::new();
    world.state("model/churn-v3/drift", json!({"drifted": false}));
    assert!(world.firing().is_empty());
    world.state("model/churn-v3/drift", json!({"drifted": true}));
    let alert = world.only_firing();
    assert_eq!((&*alert.rule, alert.value), ("model_drift", None));
    world.forget("model/churn-v3/drift");
    world.tick();
    assert!(world.firing().is_empty(), "the model was deleted");
}

#[test]
fn a_rule_that_is_off_or_deleted_ends_its_alerts() {
    let mut world = World::new();
    world.cpu_for(95.0, 61);
    world.change_rule("cpu_usage", |rule| rule.enabled = false);
    assert!(world.firing().is_empty());
    world.cpu_for(95.0, 100);
    assert!(world.firing().is_empty());
    assert!(world.alerts.delete_rule("cpu_usage", "ann").unwrap().is_some(), "reset");
    world.cpu_for(95.0, 61);
    assert_eq!(world.firing().len(), 1);

    let mut own = world.alerts.rule("cpu_usage").unwrap().rule;
    (own.series, own.for_seconds) = ("host/*/cpu/load_1m".to_owned(), 0);
    (own.levels, own.per) = (Levels { info: Some(1.0), ..Levels::default() }, None);
    world.alerts.put_rule("mine", own, "ann").unwrap();
    world.state("host/a/cpu", json!({"total_percent": 95, "load_1m": 3, "cores": {}}));
    assert_eq!(world.firing().len(), 2);
    assert_eq!(world.alerts.delete_rule("mine", "ann"), Ok(None));
    assert_eq!(world.firing().len(), 1);
    assert!(world.alerts.delete_rule("mine", "ann").is_err());
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut world = World::new();
    world.disk_full(true);
    world.cpu_for(95.0, 61);
    let id = world.only_firing().id;
    assert_eq!(world.published(&id)["state"], "firing", "told all the same");
    assert!(world.counts().failed.is_some());
    world.alerts.acknowledge(&id, "ann").unwrap();
    world.disk_full(false);
    world.tick();
    assert_eq!(world.counts().failed, None);
    let world = world.restart();
    assert!(world.only_firing().acknowledged, "written once it could be");
}

#[test]
fn h5_every_host_rule_looks_at_what_the_collectors_publish() {
    let check = |topic: &str, state: serde_json::Value, expected: &[(&str, AlertSeverity)]| {
        let mut world = World::new();
        for _ in 0..302 {
            world.state(topic, state.clone());
        }
        let mut fired: Vec<_> =
            world.firing().into_iter().map(|alert| (alert.rule, alert.severity)).collect();
        fired.sort();
        let expected: Vec<_> = expected.iter().map(|(r, s)| ((*r).to_owned(), *s)).collect();
        assert_eq!(fired, expected, "{topic} {state}");
    };
    let (warning, critical) = (AlertSeverity::Warning, AlertSeverity::Critical);
    let cores = json!({"0": {}, "1": {}});
    check("host/a/cpu", json!({"total_percent": 80, "load_1m": 4, "cores": cores}), &[]);
    check(
        "host/a/cpu",
        json!({"total_percent": 91, "load_1m": 4.1, "cores": cores}),
        &[("cpu_usage", critical), ("load_average", warning)],
    );
    check("host/a/memory", json!({"used_percent": 81}), &[("memory_usage", warning)]);
    let disks = json!({"filesystems": {"/": {"used_percent": 91}, "/x": {"used_percent": 96}}});
    check("host/a/disks", disks, &[("disk_usage", warning), ("disk_usage", critical)]);
    let sensors = json!({"temperatures": {"coretemp/1": {"now_celsius": 86, "label": "x"}}});
    check("host/a/sensors", sensors, &[("temperature", critical)]);
    let gpu = json!({"gpus": {"0": {"temperature_celsius": 76, "busy_percent": 99}}});
    check("host/a/gpu", gpu, &[("gpu_temperature", warning)]);
}

fn own_rule(changes: &serde_json::Value) -> bellwether_signal::alert::Rule {
    let mut body = json!({
        "title": "Queue is long", "series": "app/shop/*/waiting", "comparison": "above",
        "levels": {"warning": 10, "critical": 100}, "text": "{item} has {value} waiting, over {limit}.",
    });
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    serde_json::from_value(body).unwrap()
}

/// States as they stand, for rules that come later.
fn there(states: &[(&str, serde_json::Value)]) -> Box<Present<'static>> {
    let states: Vec<_> = states
        .iter()
        .map(|(topic, state)| (Topic::parse(topic).unwrap(), state.as_object().unwrap().clone()))
        .collect();
    Box::new(move |visit| states.iter().for_each(|(topic, state)| visit(topic, state)))
}

#[test]
fn what_became_of_an_alert_is_kept_over_a_restart() {
    let mut world = World::new();
    world.cpu_for(85.0, 61);
    let id = world.only_firing().id;
    world.cpu_for(95.0, 61);
    world.alerts.acknowledge(&id, "ann").unwrap();
    let mut world = world.restart();
    world.cpu(50.0);
    world.tick();
    let (alert, changes) = world.alerts.find(&id).unwrap();
    assert_eq!(alert.state, AlertState::Resolved);
    let kinds: Vec<_> = changes.iter().map(|it| (it.kind, it.by.as_deref())).collect();
    assert_eq!(
        kinds,
        [
            (AlertChangeKind::Fired, None),
            (AlertChangeKind::Worse, None),
            (AlertChangeKind::Acknowledged, Some("ann")),
            (AlertChangeKind::Resolved, None),
        ]
    );
    assert_eq!(changes[1].severity, AlertSeverity::Critical);
    assert!(changes.is_sorted_by_key(|it| it.at_ms.0));
    assert!(world.alerts.find("none").is_none());
}

#[test]
fn a_rule_is_tested_against_what_is_there_and_changes_nothing() {
    let world = World::new();
    let present = there(&[
        ("app/shop/orders", json!({"waiting": 12})),
        ("app/shop/mails", json!({"waiting": 250})),
        ("app/shop/bills", json!({"waiting": 10})),
        ("app/shop", json!({"waiting": 999})),
    ]);
    let test = |changes| world.alerts.test_rule("queue", own_rule(&changes), &*present);
    let answer = test(json!({})).unwrap();
    assert_eq!((answer.looks_at, answer.over), (3, 2));
    let said: Vec<_> = answer.series.iter().map(|it| it.text.as_deref()).collect();
    assert_eq!(
        said,
        [Some("mails has 250 waiting, over 100."), Some("orders has 12 waiting, over 10."), None]
    );
    assert!(world.alerts.rule("queue").is_none());
    let wrong = test(json!({"levels": {}})).unwrap_err();
    assert_eq!(wrong.field, "levels");
}

#[test]
fn a_new_rule_looks_at_what_was_said_before_it_came() {
    let mut world = World::new();
    let open = json!({"open": true});
    world.state("app/door", open.clone());
    let rule = own_rule(&json!({
        "series": "app/door/open", "comparison": "is_true", "levels": {}, "text": "{subject} is open.",
    }));
    world.alerts.put_rule("door", rule, "ann").unwrap();
    assert!(world.firing().is_empty(), "nothing was said since");
    let present = there(&[("app/door", open)]);
    world.alerts.show_present("door", &*present, World::now());
    let alert = world.only_firing();
    assert_eq!((&*alert.text, &*alert.subject), ("door is open.", "app/door"));
    // What it follows already is not looked at twice.
    world.state("app/door", json!({"open": false}));
    assert!(world.firing().is_empty());
    world.alerts.show_present("door", &*present, World::now());
    assert!(world.firing().is_empty());
}

#[test]
fn what_no_rule_looks_at_need_not_be_put_together() {
    let mut world = World::new();
    let looked_at = |world: &World, topic| world.alerts.looks_at(&Topic::parse(topic).unwrap());
    assert!(looked_at(&world, "host/a/cpu"));
    assert!(!looked_at(&world, "host/a/processes"));
    let rule = own_rule(&json!({
        "series": "host/*/processes/total", "levels": {"warning": 500}, "text": "{subject}: {value}.",
    }));
    world.alerts.put_rule("many", rule, "ann").unwrap();
    assert!(looked_at(&world, "host/a/processes"));
    world.state("host/a/processes", json!({"total": 600, "processes": {}}));
    assert_eq!(world.only_firing().rule, "many");
    assert_eq!(world.alerts.delete_rule("many", "ann"), Ok(None));
    assert!(!looked_at(&world, "host/a/processes"));
}
