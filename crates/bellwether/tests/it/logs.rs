//! The log: one JSON object a line, failures once, never a secret.

use crate::program::Program;
use serde_json::Value;
use tempfile::tempdir;

/// Every line of a run, parsed.
fn lines(program: &mut Program) -> Vec<Value> {
    program.signal("TERM");
    let messages = program.messages();
    let parse = |line: &str| {
        let entry: Value = serde_json::from_str(line).expect(line);
        for field in ["time", "level", "target", "message"] {
            assert!(entry[field].is_string(), "{field} is missing: {line}");
        }
        assert!(entry["fields"].is_object(), "{line}");
        assert_eq!(entry.as_object().unwrap().len(), 5, "{line}");
        assert!(entry["time"].as_str().unwrap().ends_with('Z'), "{line}");
        entry
    };
    messages.lines().map(parse).collect()
}

#[test]
fn every_line_is_an_object() {
    let data = tempdir().unwrap();
    let more = ["--log", "json", "--anonymous", "viewer"];
    let mut program = Program::start(data.path(), &more);
    program.wait_for("/api/topics?topics=system/health", |it| it["envelopes"][0].is_object());
    let lines = lines(&mut program);
    assert!(lines.iter().any(|line| {
        line["message"].as_str().unwrap().starts_with("stopping") && line["level"] == "info"
    }));
    let collector = lines.iter().find(|line| line["message"] == "works").unwrap();
    assert_eq!(collector["target"], "bellwether_collect::rounds");
    assert!(collector["fields"]["collector"].is_string());
}

#[test]
fn a_failed_request_is_said_once_and_no_secret_ever() {
    let data = tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--log", "json", "--log-level", "trace"]);
    let code = program.link.clone().unwrap().split_once("code=").unwrap().1.to_owned();
    let reply = program.get(&format!("/sign-in?code={code}"), "").1;
    let cookie = reply.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    assert_eq!(program.get("/api/session", &format!("Cookie: {cookie}\r\n")).0, 200);
    for (path, headers) in [
        ("/ws?token=query-secret-1", ""),
        ("/api/topics?topics=a", "Authorization: Bearer header-secret-2\r\n"),
        ("/api/nothing?token=query-secret-3", ""),
    ] {
        assert!(program.get(path, headers).0 >= 400, "{path}");
    }
    let lines = lines(&mut program);
    for (path, status) in [("/ws", 401), ("/api/topics", 401), ("/api/nothing", 404)] {
        let said = lines
            .iter()
            .filter(|line| line["fields"]["path"] == path && line["fields"]["status"] == status);
        assert_eq!(said.count(), 1, "{path}: {lines:#?}");
    }
    let secrets = [&code, &session, "query-secret", "header-secret"];
    for line in &lines {
        let text = line.to_string();
        assert!(!secrets.iter().any(|secret| text.contains(*secret)), "{text}");
    }
}

#[test]
fn the_level_is_chosen() {
    let data = tempdir().unwrap();
    let more = ["--log", "json", "--log-level", "error", "--anonymous", "viewer"];
    let mut program = Program::start(data.path(), &more);
    assert_eq!(program.get("/api/nothing", "").0, 404);
    assert_eq!(lines(&mut program), [] as [Value; 0]);
}
