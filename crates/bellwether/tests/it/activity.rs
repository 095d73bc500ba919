//! What happened is kept: restarts and kills leave it, and its positions, as they were shown.

use crate::program::Program;
use serde_json::{Value, json};
use tempfile::tempdir;

const VIEWER: [&str; 2] = ["--anonymous", "viewer"];

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["data"]["kind"].as_str().unwrap()).collect()
}

fn position(event: &Value) -> Value {
    json!([event["epoch"], event["offset"]])
}

/// What is in the ring, once there are so many.
fn shown(program: &Program, since: Option<&Value>, count: usize) -> Vec<Value> {
    let since = since.map(|at| format!("&since={}", json!({"activity": at})));
    let path = format!("/api/topics?topics=activity{}", since.unwrap_or_default());
    let path = path.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
    let answer =
        program.wait_for(&path, |answer| answer["envelopes"].as_array().unwrap().len() >= count);
    answer["envelopes"].as_array().unwrap().clone()
}

#[test]
fn what_was_shown_survives_a_kill_and_who_resumes_gets_what_it_missed_once() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &VIEWER);
    let first = shown(&program, None, 1);
    assert_eq!(kinds(&first), ["server_started"]);
    assert_eq!(first[0]["offset"], 1);
    let id = first[0]["data"]["id"].as_str().unwrap();
    assert_eq!((id.len(), id.chars().nth(14)), (36, Some('7')), "a UUID of version 7: {id}");
    drop(program); // SIGKILL, right after it was shown

    let program = Program::start(data.path(), &VIEWER);
    let after = shown(&program, None, 2);
    assert_eq!(after[0], first[0]);
    assert_eq!((&after[1]["epoch"], &after[1]["offset"]), (&first[0]["epoch"], &json!(2)));
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));

    let program = Program::start(data.path(), &VIEWER);
    let resumed = shown(&program, Some(&position(&after[1])), 2);
    assert_eq!(kinds(&resumed), ["server_stopped", "server_started"], "no gap, nothing twice");
    let current = position(&resumed[1]);
    assert_eq!(shown(&program, Some(&current), 0), Vec::<Value>::new());
    let wrong = shown(&program, Some(&json!([7, 1])), 1);
    assert_eq!(wrong[0]["gap"]["reason"], "new_epoch");

    let events = program.json("/api/events?topic=activity&limit=3");
    let newest = events["events"].as_array().unwrap();
    assert_eq!(kinds(newest), ["server_started", "server_stopped", "server_started"]);
    let older = &events["older"];
    let path = format!("/api/events?topic=activity&before={},{}", older[0], older[1]);
    let rest = program.json(&path);
    assert_eq!(rest["events"], json!([first[0]]));
    assert_eq!(rest.get("older"), None);
}
