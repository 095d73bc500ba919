//! Trainings of the real program: killed in the middle, they are queued anew by the next start, and
//! never left "running".

use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
};

use crate::program::Program;
use serde_json::{Value, json};

fn post(program: &Program, path: &str, kind: &str, body: &str) -> Value {
    let mut stream = program.connect();
    let (host, length) = (&program.address, body.len());
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).expect(&reply)
}

fn upload(program: &Program) -> String {
    let mut rows = String::from("fee,calls,churned\n");
    for row in 0..5_000 {
        let (fee, calls) = (row * 37 % 101, row * 53 % 23);
        let churned = if (fee < 50) == (calls > 10) { "yes" } else { "no" };
        writeln!(rows, "{fee},{calls},{churned}").unwrap();
    }
    let form = format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"churn.csv\"\r\n\r\n\
         {rows}\r\n--X--\r\n"
    );
    let uploaded = post(program, "/api/upload", "multipart/form-data; boundary=X", &form);
    uploaded["dataset_id"].as_str().unwrap().to_owned()
}

#[test]
fn m13_a_killed_training_is_queued_anew_and_fails_when_it_ends_the_program_again() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Program::start(folder.path(), &["--anonymous", "admin"]);
    let mut program = start();
    let dataset = upload(&program);
    let endless = json!({"dataset_id": dataset, "preset": "fast",
        "parameters": {"eta": 0.001, "rounds": 10_000, "patience": 1_000}});
    post(&program, "/api/train", "application/json", &endless.to_string());
    let is_learning = |run: &Value| run["progress"]["round"].is_number();
    for _ in 0..2 {
        program.wait_for("/api/runs/1", is_learning);
        program.signal("KILL");
        drop(program);
        program = start();
    }
    let run = program.wait_for("/api/runs/1", |run| run["status"]["state"] == "failed");
    assert_eq!(run["status"]["failure"]["code"], "interrupted", "{run}");
    assert!(run["log"].to_string().contains("queued anew"), "{run}");

    // A stop in good order puts it back as often as it likes.
    post(&program, "/api/runs/1/retry", "application/json", "{}");
    for _ in 0..3 {
        program.wait_for("/api/runs/2", is_learning);
        program.signal("TERM");
        program.ended();
        program = start();
    }
    program.wait_for("/api/runs/2", is_learning);
    post(&program, "/api/runs/2/cancel", "application/json", "");
    program.wait_for("/api/runs/2", |run| run["status"]["state"] == "cancelled");
}
