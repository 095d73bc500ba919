//! Versions of models over a restart of the real program (M4), brought in as files of `bellwether train`.

use std::{
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    path::Path,
};

use crate::program::{Program, complaint, run};
use serde_json::{Value, json};
use tempfile::tempdir;

/// Trains a model that tells high from low, and answers its file.
fn trained(folder: &Path, seed: &str) -> Vec<u8> {
    let (data, model) = (folder.join("data.csv"), folder.join(format!("{seed}.model")));
    let mut text = String::from("x,y,kind\n");
    for row in 0..80 {
        let kind = if row * 7 % 20 > 9 { "high" } else { "low" };
        writeln!(text, "{},{},{kind}", row * 7 % 20, row * 3 % 11).unwrap();
    }
    fs::write(&data, text).unwrap();
    let (data, out) = (data.to_str().unwrap(), model.to_str().unwrap());
    let told = run(&["train", "--data", data, "--target", "kind", "--out", out, "--seed", seed]);
    assert!(told.status.success(), "{}", complaint(&told));
    fs::read(model).unwrap()
}

/// Status and JSON of a request with a body.
fn send(program: &Program, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
    let mut stream = program.connect();
    let (host, length) = (&program.address, body.len());
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn m4_what_is_deployed_and_what_was_done_survive_a_kill() {
    let (folder, data) = (tempdir().unwrap(), tempdir().unwrap());
    let start = || Program::start(data.path(), &["--anonymous", "admin"]);
    let program = start();
    for seed in ["1", "2", "3"] {
        let file = trained(folder.path(), seed);
        let (status, entry) = send(&program, "POST", "/api/models/import?name=churn", &file);
        assert_eq!(status, 201, "{entry}");
    }
    for id in ["churn-v1", "churn-v2", "churn-v3"] {
        let (status, told) = send(&program, "POST", &format!("/api/models/{id}/deploy"), b"");
        assert_eq!(status, 200, "{told}");
    }
    let (status, told) = send(&program, "POST", "/api/models/churn/rollback", b"");
    assert_eq!((status, &told["model_id"]), (200, &json!("churn-v2")));
    let alias = "/api/models/churn/aliases/candidate";
    assert_eq!(send(&program, "PUT", alias, br#"{"model_id":"churn-v3"}"#).0, 204);
    let routing = br#"{"shadow":"churn-v3","split":{"model_id":"churn-v1","share":0.2}}"#;
    assert_eq!(send(&program, "PUT", "/api/models/churn/routing", routing).0, 200);
    let settings = br#"{"accuracy_warning":0.95}"#;
    assert_eq!(send(&program, "PATCH", "/api/models/churn/settings", settings).0, 200);
    let (before, history) =
        (program.json("/api/models/churn"), program.json("/api/models/churn/history"));
    program.signal("KILL");
    program.ended();

    let program = start();
    assert_eq!(program.json("/api/models/churn"), before);
    assert_eq!(program.json("/api/models/churn/history"), history);
    assert_eq!(before["model_id"], "churn-v2");
    assert_eq!(before["routing"]["split"], json!({"model_id": "churn-v1", "share": 0.2}));
    assert_eq!(before["settings"]["accuracy_warning"], 0.95);
    assert_eq!(program.json("/api/models/churn@candidate")["model_id"], "churn-v3");
    assert_eq!(history["changes"][0]["kind"], "settings");
    // What was in production before is still known, and its file still good.
    let (status, told) = send(&program, "POST", "/api/models/churn/rollback", b"");
    assert_eq!((status, &told["model_id"]), (200, &json!("churn-v1")));
    // A card of a file that is read anew.
    let card = program.json("/api/models/churn-v3/card");
    assert_eq!((&card["rows"], &card["target"]["kind"]), (&json!(80), &json!("binary")));
    assert!(!card["limits"].as_array().unwrap().is_empty(), "{card}");
}
