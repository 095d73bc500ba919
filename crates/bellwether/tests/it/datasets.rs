//! Uploads over the death of the program: what it acknowledged is there when it is back.

use std::io::{Read as _, Write as _};

use crate::program::Program;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Status and JSON of a request.
fn ask(program: &Program, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
    let mut stream = program.connect();
    let (host, length) = (&program.address, body.len());
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn m1_an_upload_is_gone_on_with_after_a_kill_and_a_dataset_stays() {
    let data = tempdir().unwrap();
    let row =
        |row: usize| format!("{},{}\n", row % 17, if row.is_multiple_of(3) { "yes" } else { "no" });
    let content: String =
        ["age,left\n".to_owned()].into_iter().chain((0..3_000).map(row)).collect();
    let (first, rest) = content.split_at(9_000);

    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let wish = json!({ "file_name": "people.csv", "size_bytes": content.len() }).to_string();
    let (status, begun) = ask(&program, "POST", "/api/datasets/uploads", "", &wish);
    assert_eq!(status, 201, "{begun}");
    let id = begun["upload_id"].as_str().unwrap().to_owned();
    let place = format!("/api/datasets/uploads/{id}");
    let (_, sent) = ask(&program, "PATCH", &place, "Upload-Offset: 0\r\n", first);
    assert_eq!(sent["offset"], 9_000);
    program.signal("KILL");
    program.ended();

    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let (_, there) = ask(&program, "GET", &place, "", "");
    assert_eq!(there["offset"], 9_000, "{there}");
    let told = program.json(&format!("/api/topics?topics=dataset/{id}/upload"));
    assert_eq!(told["envelopes"][0]["full"]["received_bytes"], 9_000, "{told}");
    let (_, sent) = ask(&program, "PATCH", &place, "Upload-Offset: 9000\r\n", rest);
    assert_eq!(sent["offset"], content.len());
    let (status, finished) = ask(&program, "POST", &format!("{place}/finish"), "", "");
    assert_eq!(status, 200, "{finished}");
    assert_eq!(finished["rows"], 3_000);
    program.signal("KILL");
    program.ended();

    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let kept = program.json(&format!("/api/datasets/{id}"));
    assert_eq!((&kept["name"], &kept["rows"]), (&"people.csv".into(), &3_000.into()));
    let told = program.json(&format!("/api/topics?topics=dataset/{id}/profile"));
    assert_eq!(told["envelopes"][0]["full"]["target_column"], "left", "{told}");
    let (status, _) = ask(&program, "DELETE", &format!("/api/datasets/{id}"), "", "");
    assert_eq!(status, 204);
}

#[test]
fn the_largest_upload_is_a_setting() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin", "--max-upload", "2KB"]);
    let begin = |bytes: u32| {
        let wish = json!({ "file_name": "people.csv", "size_bytes": bytes }).to_string();
        ask(&program, "POST", "/api/datasets/uploads", "", &wish)
    };
    assert_eq!(begin(2_000).0, 201);
    let (status, problem) = begin(2_001);
    assert_eq!(status, 413);
    assert!(problem["detail"].as_str().unwrap().contains("--max-upload"), "{problem}");
}
