//! What happened before, page by page, for those who may read it.

use crate::fixture::Gateway;
use bellwether_signal::activity::{Activity, ActivityKind, Severity};
use serde_json::{Value, json};

fn gateway() -> Gateway {
    let gateway = Gateway::start();
    for text in ["one", "two", "three", "four", "five"] {
        let kind = ActivityKind::SettingsChanged;
        gateway.activity.record(Activity::new(kind, Severity::Info, text));
    }
    gateway
}

fn texts(answer: &Value) -> Vec<&str> {
    let events = answer["events"].as_array().unwrap();
    events.iter().map(|event| event["data"]["text"].as_str().unwrap()).collect()
}

#[test]
fn pages_follow_each_other_newest_first() {
    let gateway = gateway();
    let page =
        |query: &str| gateway.get(&format!("/api/events?topic=activity{query}"), "viewer").json();
    let first = page("&limit=2");
    assert_eq!(texts(&first), ["five", "four"]);
    assert_eq!((&first["older"], &first["events"][1]["offset"]), (&json!([9, 4]), &json!(4)));
    assert_eq!(first["events"][0]["type"], "event");
    let second = page("&limit=2&before=9,4");
    assert_eq!((texts(&second), &second["older"]), (vec!["three", "two"], &json!([9, 2])));
    // As JSON, percent-encoded by whoever is strict.
    let third = page("&limit=2&before=%5B9,2%5D");
    assert_eq!((texts(&third), third.get("older")), (vec!["one"], None));
    assert_eq!(texts(&page("")), ["five", "four", "three", "two", "one"]);
    let nothing = gateway.get("/api/events?topic=app/x", "viewer").json();
    assert_eq!(nothing, json!({"events": []}));
}

#[test]
fn what_is_asked_wrongly_is_said() {
    let gateway = gateway();
    let ask = |query: &str| gateway.get(&format!("/api/events?{query}"), "viewer");
    ask("").is_problem(400, "topic");
    ask("topic=a//b").is_problem(400, "empty segment");
    ask("topic=activity&before=yesterday").is_problem(400, "EPOCH,OFFSET");
    ask("topic=activity&limit=0").is_problem(400, "from 1 to 500");
    ask("topic=activity&limit=501").is_problem(400, "from 1 to 500");
}

#[test]
fn only_readers_of_the_topic_are_answered() {
    let gateway = gateway();
    let path = "/api/events?topic=activity";
    gateway.request("GET", path, "", "").is_problem(401, "Open the link");
    gateway.get(path, "publisher").is_problem(403, "may not read");
    let commands = "/api/events?topic=host/web-1/commands";
    gateway.get(commands, "viewer").is_problem(403, "may not read");
    assert_eq!(gateway.get(commands, "operator").status, 200);
}
