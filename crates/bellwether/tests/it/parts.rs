//! Parts of the program that are switched off, or given to a share of the models (M15).

use std::io::{Read as _, Write as _};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::{
    asked::{bring, send},
    program::{Program, command, complaint, run},
};

const ADMIN: [&str; 2] = ["--anonymous", "admin"];

fn start(data: &std::path::Path, parts: &[&str]) -> Program {
    let mut arguments = ADMIN.to_vec();
    for part in parts {
        arguments.extend(["--feature", part]);
    }
    Program::start(data, &arguments)
}

/// An address of a part that is off says which.
fn check_off(program: &Program, method: &str, path: &str, flag: &str) {
    let (status, problem) = send(program, method, path, b"{}");
    assert_eq!(status, 404, "{path}: {problem}");
    assert_eq!(problem["type"], "about:blank#switched-off", "{path}: {problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("({flag})")), "{path}: {detail}");
    let name = flag.split('=').next().unwrap();
    assert!(detail.contains(&format!("--feature {name}=on")), "{path}: {detail}");
}

/// The status of a handshake.
fn opens(program: &Program, more: &str) -> u16 {
    let mut stream = program.connect();
    let host = &program.address;
    write!(
        stream,
        "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{more}\r\n"
    )
    .unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    std::str::from_utf8(&head[9..]).unwrap().parse().unwrap()
}

#[test]
fn m15_what_is_off_says_so_and_is_untouched_until_it_is_on_again() {
    let data = tempdir().unwrap();
    let program = start(data.path(), &[]);
    bring(&program, "churn");
    let rule = json!({"title": "mine", "series": "app/load/value", "comparison": "above",
        "levels": {"warning": 1.0}, "text": "{subject} is at {value}."});
    let (status, kept) = send(&program, "PUT", "/api/rules/mine", rule.to_string().as_bytes());
    assert!(status < 300, "{kept}");
    let models = program.json("/api/models/churn");
    assert_eq!(program.json("/api/session")["off"], Value::Null);
    assert_eq!(program.json("/api/health")["features"]["models"], "on");
    assert_eq!(opens(&program, ""), 101);
    program.signal("TERM");
    program.ended();

    let off = ["models=off", "alerts=off", "own-signals=off", "dashboard-dialect=off"];
    let more = ["analytics-dialect=off", "socketio-dialect=off"];
    let program = start(data.path(), &[&off[..], &more[..]].concat());
    for (method, path, flag) in [
        ("GET", "/api/models", "models=off"),
        ("POST", "/api/models/churn/predict", "models=off"),
        ("GET", "/api/datasets", "models=off"),
        ("POST", "/api/train", "models=off"),
        ("GET", "/api/alerts", "alerts=off"),
        ("GET", "/api/rules", "alerts=off"),
        ("POST", "/api/publish/app/load", "own-signals=off"),
        ("GET", "/ws", "dashboard-dialect=off"),
        ("GET", "/api/v1/ws/dashboard", "analytics-dialect=off"),
        ("GET", "/socket.io/?EIO=4&transport=polling", "socketio-dialect=off"),
    ] {
        if path == "/ws" {
            assert_eq!(opens(&program, ""), 404);
            assert_eq!(opens(&program, "Sec-WebSocket-Protocol: bellwether.v1\r\n"), 101);
        } else {
            check_off(&program, method, path, flag);
        }
    }
    let gone = program.json("/api/session")["off"].to_string();
    for name in ["models", "training", "drift", "alerts", "own-signals", "socketio-dialect"] {
        assert!(gone.contains(&format!("\"{name}\"")), "{name}: {gone}");
    }
    let health = program.json("/api/health")["features"].clone();
    assert_eq!((&health["models"], &health["estimates"]), (&json!("off"), &json!("off")));
    let told = program.json("/api/topics?topics=model/**,alert/**");
    assert_eq!(told["envelopes"], json!([]), "nobody is told of what is off");
    // What is on goes on.
    program.wait_for("/api/topics?topics=system/health", |told| {
        told["envelopes"][0]["full"]["parts"].is_object()
    });
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));

    let program = start(data.path(), &[]);
    assert_eq!(program.json("/api/models/churn"), models);
    let rules = program.json("/api/rules").to_string();
    assert!(rules.contains("\"mine\""), "{rules}");
    let (status, told) = send(&program, "POST", "/api/models/churn/predict", br#"{"x":1,"y":2}"#);
    assert_eq!(status, 200, "{told}");
}

#[test]
fn m15_a_share_of_models_has_a_part_and_the_others_say_that_they_do_not() {
    // Where the two names stand follows from them alone: explanations churn 16.17 %, e 94.9 %; estimates
    // churn 70.75 %, e 14.49 %; drift churn 61.3 %, e 25.08 %; prediction-log churn 12.98 %, e 50.41 %.
    let parts = ["explanations=20%", "estimates=20%", "drift=30%", "prediction-log=20%"];
    let data = tempdir().unwrap();
    let program = start(data.path(), &parts);
    for name in ["churn", "e"] {
        bring(&program, name);
    }
    let ask = |name: &str, how: &str| {
        send(&program, "POST", &format!("/api/models/{name}/predict{how}"), br#"{"x":1,"y":2}"#)
    };
    let (status, explained) = ask("churn", "?explain=true");
    assert_eq!(status, 200, "{explained}");
    assert!(explained["explanation"]["contributions"].is_array(), "{explained}");
    let (status, told) = ask("e", "?explain=true");
    assert_eq!((status, &told["explanation"]), (200, &Value::Null), "{told}");
    assert!(told["warnings"].to_string().contains("explanations of e are switched off"), "{told}");

    let (_, kept) = ask("churn", "?durable=true");
    let (status, refused) = ask("e", "?durable=true");
    assert_eq!((status, &refused["type"]), (404, &json!("about:blank#switched-off")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("prediction-log"), "{refused}");
    let (_, passing) = ask("e", "");

    let estimate = |name: &str| {
        let path = format!("/api/models/{name}/quality");
        program.wait_for(&path, |it| it["window"].as_u64() > Some(0))["estimate"].clone()
    };
    assert_eq!(estimate("churn"), Value::Null);
    assert_eq!(estimate("e")["method"], "cbpe");
    let (status, drift) = send(&program, "GET", "/api/models/churn/drift", b"");
    assert_eq!(status, 404, "{drift}");
    assert!(drift["detail"].as_str().unwrap().contains("(drift=30%)"), "{drift}");
    assert_eq!(send(&program, "GET", "/api/models/e/drift", b"").0, 200);
    assert_eq!(program.json("/api/health")["features"]["drift"], "30%");
    let id =
        |answer: &Value| format!("/api/predictions/{}", answer["prediction_id"].as_str().unwrap());
    assert_eq!(send(&program, "GET", &id(&passing), b"").0, 200, "in memory");
    program.signal("TERM");
    program.ended();

    let program = start(data.path(), &parts);
    assert_eq!(send(&program, "GET", &id(&kept), b"").0, 200, "on disk");
    assert_eq!(send(&program, "GET", &id(&passing), b"").0, 404, "nowhere any more");
}

#[test]
fn m15_without_trainings_models_are_brought_and_predict() {
    let data = tempdir().unwrap();
    let program = start(data.path(), &["training=off"]);
    for (method, path) in [
        ("POST", "/api/train"),
        ("GET", "/api/runs"),
        ("GET", "/api/datasets"),
        ("POST", "/api/upload"),
    ] {
        check_off(&program, method, path, "training=off");
    }
    bring(&program, "churn");
    let (status, told) = send(&program, "POST", "/api/models/churn/predict", br#"{"x":1,"y":2}"#);
    assert_eq!(status, 200, "{told}");
    assert_eq!(program.json("/api/session")["off"], json!(["training"]));
}

#[test]
fn m15_parts_are_settings_like_others() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, "feature = [\"alerts=off\", \"drift=25%\"]\n").unwrap();
    let shown = |arguments: &[&str], variable: Option<&str>| {
        let mut command = command(&["config", "--json", "--config"]);
        command.arg(&file).args(arguments);
        if let Some(variable) = variable {
            command.env("BELLWETHER_FEATURE", variable);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", complaint(&output));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let of = |name: &str| {
            let all = answer["features"].as_array().unwrap();
            all.iter().find(|one| one["name"] == name).unwrap()["value"].clone()
        };
        (of("alerts"), of("drift"), of("training"))
    };
    assert_eq!(shown(&[], None), (json!("off"), json!("25%"), json!("on")));
    // A list counts as a whole, as every other does.
    assert_eq!(shown(&[], Some("drift=5%,models=off")), (json!("on"), json!("off"), json!("off")));
    let flag = ["--feature", "training=off"];
    assert_eq!(shown(&flag, Some("drift=5%")), (json!("on"), json!("on"), json!("off")));

    for (wrong, part) in [
        ("alarms=off", "there is no part \"alarms\"; there are models, training"),
        ("alerts=20%", "alerts is on or off"),
        ("drift", "NAME=on, NAME=off or NAME=SHARE%"),
    ] {
        let output = run(&["config", "--feature", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(complaint(&output).contains(part), "{wrong}: {}", complaint(&output));
    }
    std::fs::write(&file, "\nfeature = [\"drift=200%\"]\n").unwrap();
    let mut command = command(&["config", "--config"]);
    let output = command.arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output).contains("line 2"), "{}", complaint(&output));
    assert!(complaint(&output).contains("drift is on, off or a share"), "{}", complaint(&output));
}
