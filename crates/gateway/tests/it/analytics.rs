//! The dialect of the energy analytics over real sockets: the welcome, every event under both its
//! names, who is told what, heartbeats, figures, and who comes back.

use std::{collections::BTreeSet, time::Duration};

use crate::fixture::{Gateway, Socket, golden};
use bellwether_hub::Priority;
use bellwether_signal::{Timestamp, Topic};
use serde_json::{Value, json};

/// When all signals here were measured: 2026-11-21T20:26:05.000Z.
const AT: Timestamp = Timestamp(1_795_292_765_000);
const UUID: &str = "c0000000-0000-0000-0000-000000000003";
const PREFIXES: [&str; 2] = ["/api/v1", "/api/analytics/api/v1"];
const KINDS: [&str; 4] = ["dashboard", "anomalies", "training", "events"];

fn now_ms() -> i64 {
    bellwether_sys::clock::now().wall.0
}

fn monotonic() -> Duration {
    bellwether_sys::clock::now().monotonic
}

fn publish(gateway: &Gateway, topic: &str, value: Value) {
    let Value::Object(value) = value else { panic!("a state is an object") };
    gateway.hub.publish_state(&Topic::parse(topic).unwrap(), value, AT).unwrap();
}

fn happen(gateway: &Gateway, topic: &str, event: Value) {
    let topic = Topic::parse(topic).unwrap();
    gateway.hub.publish_event(&topic, event, AT, Priority::Normal).unwrap();
}

fn publish_machine(gateway: &Gateway) {
    let summary = json!({"id": UUID, "name": "Press 3", "kind": "injection_molding"});
    publish(gateway, "machine/press-3/summary", summary);
}

fn anomaly() -> Value {
    json!({
        "id": "a-1", "metric": "power_kw", "value": 61.5, "expected_low": 40.0,
        "expected_high": 50.0, "score": 0.93, "severity": "critical", "kind": "spike",
        "measured_at_ms": AT.0,
    })
}

fn run(state: &str) -> Value {
    let mut run = json!({
        "run": 7, "state": state, "text": "The baseline of press-3.", "task": "baseline",
        "model_name": "press-3-baseline", "machine": "press-3", "queued_at_ms": AT.0,
        "started_at_ms": AT.0,
    });
    if state != "running" {
        run["ended_at_ms"] = json!(now_ms());
    }
    match state {
        "completed" => {
            run["outcome"] = json!({
                "model": "press-3-baseline-v4", "task": "baseline",
                "scores": {"r_squared": 0.97, "rmse": 1.5}, "took_seconds": 3.5,
                "size_bytes": 1000, "samples": 720,
            });
        }
        "failed" => {
            run["failure"] =
                json!({"code": "no_rows", "text": "There are no rows.", "suggestions": []});
        }
        _ => {}
    }
    run
}

fn progress(percent: f64) -> Value {
    json!({
        "stage": "model_training", "step": "training_model", "progress_percent": percent,
        "text": "Round 10 of 40", "steps_seconds": {}, "elapsed_seconds": 1.5,
    })
}

fn model(state: &str) -> Value {
    json!({
        "model": "press-3-baseline-v4", "state": state, "aliases": ["production"],
        "task": "baseline", "algorithm": "linear", "scores": {"r_squared": 0.97},
        "created_at_ms": now_ms(), "deployed_at_ms": now_ms(),
    })
}

fn alert(severity: &str) -> Value {
    json!({
        "id": "1", "rule": "cpu_usage", "state": "firing", "severity": severity,
        "subject": "host/web-1", "title": "CPU is busy", "text": "CPU is at 97 %",
        "metric": "host/web-1/cpu/total_percent", "value": 97, "threshold": 90,
        "since_at_ms": AT.0, "acknowledged": false, "silenced": false,
    })
}

struct Client {
    socket: Socket,
}

impl Client {
    fn at(gateway: &Gateway, path: &str) -> Self {
        let mark = if path.contains('?') { '&' } else { '?' };
        let (reply, socket) = gateway.shake_hands(&format!("{path}{mark}token=viewer"), "");
        assert!(!reply.head.contains("sec-websocket-protocol"), "{reply:?}");
        Self { socket: socket.unwrap_or_else(|| panic!("{reply:?}")) }
    }

    /// One of that kind, after its welcome.
    fn of(gateway: &Gateway, kind: &str) -> Self {
        let mut client = Self::at(gateway, &format!("/api/v1/ws/{kind}?client_id=c-1"));
        assert_eq!(client.socket.message()["type"], "connection");
        client
    }

    /// The next frame, with the event under both its names and one time.
    fn frame(&mut self) -> Value {
        let frame = self.socket.message();
        assert_eq!(frame["type"], frame["event_type"], "{frame}");
        assert_eq!(frame["data"], frame["payload"], "{frame}");
        assert!(frame["data"].is_object() && !frame["timestamp"].is_null(), "{frame}");
        frame
    }

    fn expect(&mut self, kind: &str) -> Value {
        let frame = self.frame();
        assert_eq!(frame["type"], kind, "{frame}");
        frame
    }

    /// Nothing else has come, and the client is alive.
    fn is_quiet(&mut self) {
        self.socket.say(r#"{"type":"ping","timestamp":1}"#);
        self.expect("pong");
    }
}

#[test]
fn each_address_welcomes_with_its_kind() {
    let gateway = Gateway::start();
    for prefix in PREFIXES {
        for kind in KINDS {
            let path = format!("{prefix}/ws/{kind}");
            let mut welcome =
                Client::at(&gateway, &format!("{path}?client_id=client-7%20a")).socket.message();
            let at = welcome["timestamp"].take();
            assert!(at.as_str().unwrap().ends_with('Z'), "{at}");
            let expected = json!({
                "type": "connection", "status": "connected", "client_id": "client-7 a",
                "connection_type": kind, "timestamp": null,
            });
            assert_eq!(welcome, expected);
            let mut names = BTreeSet::new();
            for _ in 0..2 {
                let made_up = Client::at(&gateway, &path).socket.message();
                names.insert(made_up["client_id"].as_str().unwrap().to_owned());
            }
            assert!(names.len() == 2 && names.iter().all(|it| it.starts_with("client-")));
        }
    }
}

#[test]
fn what_is_wrong_is_told() {
    let gateway = Gateway::start();
    let open = |path: &str, headers: &str| gateway.shake_hands(path, headers).0;
    let viewer = "Authorization: Bearer viewer\r\n";
    for prefix in PREFIXES {
        let path = |kind: &str| format!("{prefix}/ws/{kind}");
        assert_eq!(open(&path("none"), viewer).status, 404);
        assert_eq!(open(&path("events"), "").status, 401);
        assert_eq!(open(&path("events?token=publisher"), "").status, 403);
        let elsewhere = format!("{viewer}Origin: https://evil.example\r\n");
        assert_eq!(open(&path("events"), &elsewhere).status, 403);
        assert_eq!(open(&path("events?client_id=a%0A"), viewer).status, 400);
        let ours = format!("{viewer}Sec-WebSocket-Protocol: bellwether.v1\r\n");
        assert_eq!(open(&path("events"), &ours).status, 400);
        gateway.get(&path("events"), "viewer").is_problem(426, "WebSocket");
        gateway.get(&path("none"), "viewer").is_problem(404, "dashboard");
    }
    gateway.get("/api/analytics/api/v1/nothing", "viewer").is_problem(404, "nothing");
}

#[test]
fn anomalies_and_readings_name_the_machine_as_clients_know_it() {
    let gateway = Gateway::start();
    publish_machine(&gateway);
    publish(&gateway, "machine/press-3/readings", json!({"power_kw": 41.5}));
    let mut dashboard = Client::of(&gateway, "dashboard");
    golden::check("analytics/metric_updated", &dashboard.expect("metric_updated"), &[]);
    publish(&gateway, "machine/press-3/readings", json!({"power_kw": 41.5, "flow": 2.0}));
    let flow = dashboard.expect("metric_updated");
    assert_eq!((&flow["data"]["metric"], &flow["data"]["value"]), (&json!("flow"), &json!(2.0)));
    happen(&gateway, "machine/press-3/anomaly", anomaly());
    let frame = dashboard.expect("anomaly_detected");
    assert_eq!(frame["data"]["machine_id"], UUID);
    golden::check("analytics/anomaly_detected", &frame, &[]);
    happen(&gateway, "machine/unknown/anomaly", anomaly());
    let data = dashboard.expect("anomaly_detected")["data"].take();
    assert_eq!((&data["machine_id"], &data["machine_name"]), (&json!("unknown"), &Value::Null));
}

#[test]
fn a_training_is_told_from_start_to_end_under_one_id() {
    let gateway = Gateway::start();
    publish_machine(&gateway);
    let mut training = Client::of(&gateway, "training");
    let mut dashboard = Client::of(&gateway, "dashboard");
    publish(&gateway, "training/7/status", run("running"));
    let started = training.expect("training_started");
    golden::check("analytics/training_started", &started, &[]);
    publish(&gateway, "training/7/progress", progress(25.0));
    let progressed = training.expect("training_progress");
    golden::check("analytics/training_progress", &progressed, &[]);
    publish(&gateway, "training/7/status", run("completed"));
    let completed = training.expect("training_completed");
    golden::check("analytics/training_completed", &completed, &[]);
    assert_eq!(dashboard.expect("training_completed"), completed);
    for frame in [started, progressed, completed] {
        assert_eq!(frame["data"]["job_id"], 7);
    }
    publish(&gateway, "training/8/status", {
        let mut failed = run("failed");
        failed["run"] = json!(8);
        failed
    });
    let failed = training.expect("training_completed");
    golden::check("analytics/training_completed_failed", &failed, &[]);
    training.is_quiet();
}

#[test]
fn who_returns_is_told_what_runs_and_what_has_just_ended() {
    let gateway = Gateway::start();
    publish(&gateway, "training/7/status", run("completed"));
    let mut old = run("completed");
    (old["run"], old["ended_at_ms"]) = (json!(6), json!(now_ms() - 3_600_000));
    publish(&gateway, "training/6/status", old);
    let mut running = run("running");
    running["run"] = json!(9);
    publish(&gateway, "training/9/status", running);
    publish(&gateway, "training/9/progress", progress(50.0));
    let mut training = Client::of(&gateway, "training");
    let mut told = BTreeSet::new();
    for _ in 0..3 {
        let frame = training.frame();
        told.insert((frame["data"]["job_id"].as_u64().unwrap(), frame["type"].to_string()));
    }
    let expected = [(7, "completed"), (9, "progress"), (9, "started")];
    assert_eq!(told, expected.map(|(run, what)| (run, format!("\"training_{what}\""))).into());
    training.is_quiet();
}

#[test]
fn models_and_alerts_are_told_when_they_change() {
    let gateway = Gateway::start();
    let mut dashboard = Client::of(&gateway, "dashboard");
    let mut events = Client::of(&gateway, "events");
    publish(&gateway, "model/press-3-baseline-v4/status", model("active"));
    golden::check("analytics/model_updated", &dashboard.expect("model_updated"), &[]);
    publish(&gateway, "model/press-3-baseline-v4/status", model("error"));
    assert_eq!(dashboard.expect("model_updated")["data"]["status"], "error");
    publish(&gateway, "alert/1", alert("warning"));
    golden::check("analytics/system_alert", &events.expect("system_alert"), &[]);
    let mut same = alert("warning");
    same["value"] = json!(98);
    publish(&gateway, "alert/1", same);
    publish(&gateway, "alert/1", alert("critical"));
    assert_eq!(events.expect("system_alert")["data"]["severity"], "critical");
    let mut returned = Client::of(&gateway, "events");
    assert_eq!(returned.expect("system_alert")["data"]["severity"], "critical", "it still fires");
}

#[test]
fn nothing_leaks_from_one_kind_to_another() {
    let gateway = Gateway::start();
    let mut clients = KINDS.map(|kind| (kind, Client::of(&gateway, kind)));
    for round in ["warning", "critical"] {
        let id = if round == "warning" { 1 } else { 2 };
        let mut running = run("running");
        running["run"] = json!(id);
        let mut completed = run("completed");
        completed["run"] = json!(id);
        let readings = json!({"power_kw": f64::from(id)});
        publish(&gateway, "alert/1", alert(round));
        publish(&gateway, "machine/press-3/readings", readings);
        happen(&gateway, "machine/press-3/anomaly", anomaly());
        let state = if round == "warning" { "active" } else { "inactive" };
        publish(&gateway, "model/press-3-baseline-v4/status", model(state));
        publish(&gateway, &format!("training/{id}/status"), running);
        publish(&gateway, &format!("training/{id}/progress"), progress(10.0));
        let mut next = |kind: &str, count: usize| -> BTreeSet<String> {
            let (_, client) = clients.iter_mut().find(|(it, _)| *it == kind).unwrap();
            let types = (0..count).map(|_| client.frame()["type"].as_str().unwrap().to_owned());
            types.collect()
        };
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let types: BTreeSet<String> = set(&["training_started", "training_progress"]);
        assert_eq!(next("training", 2), types);
        publish(&gateway, &format!("training/{id}/status"), completed);
        assert_eq!(next("training", 1), set(&["training_completed"]));
        let types =
            set(&["anomaly_detected", "metric_updated", "model_updated", "training_completed"]);
        assert_eq!(next("dashboard", 4), types);
        assert_eq!(next("anomalies", 1), set(&["anomaly_detected"]));
        assert_eq!(next("events", 1), set(&["system_alert"]));
        // What had leaked in this round would come before the frames of the next.
        for (_, client) in &mut clients {
            client.is_quiet();
        }
    }
}

#[test]
fn heartbeats_are_answered_in_both_forms_and_the_rest_is_ignored() {
    let gateway = Gateway::start();
    for path in ["/api/v1/ws/events", "/api/analytics/ws"] {
        let mut client = Client::at(&gateway, path);
        client.socket.message();
        for value in ["1795292765123", "1795292765123.456", "\"later\""] {
            client.socket.say(&format!(r#"{{"type":"ping","timestamp":{value}}}"#));
            let pong = client.expect("pong");
            assert_eq!(pong["timestamp"].to_string(), value);
            assert_eq!(pong["data"]["timestamp"].to_string(), value);
        }
        client.socket.say("ping");
        assert!(client.expect("pong")["timestamp"].as_str().unwrap().ends_with('Z'));
        for unknown in ["", "{", "[]", "7", r#"{"type":7}"#, r#"{"type":"dance"}"#, "pong"] {
            client.socket.say(unknown);
        }
        client.is_quiet();
    }
}

#[test]
fn a_client_comes_back_under_its_name_before_the_old_connection_has_ended() {
    let gateway = Gateway::start();
    let mut old = Client::of(&gateway, "anomalies");
    let mut new = Client::of(&gateway, "anomalies");
    happen(&gateway, "machine/press-3/anomaly", anomaly());
    assert_eq!(old.expect("anomaly_detected"), new.expect("anomaly_detected"));
    drop(old);
    gateway.wait_for("the old one's end", |it| it.counts.totals().connections == 1);
    new.is_quiet();
    happen(&gateway, "machine/press-3/anomaly", anomaly());
    new.expect("anomaly_detected");
}

#[test]
fn figures_come_every_five_seconds_and_anomalies_between() {
    let gateway = Gateway::start();
    let mut client = Client::at(&gateway, "/api/analytics/ws");
    let first = client.socket.message();
    let began = monotonic();
    assert!(first["stats"]["uptime_days"].is_number());
    golden::check("analytics/stats_update", &first, &["timestamp", "uptime_days"]);
    happen(&gateway, "machine/press-3/anomaly", anomaly());
    let frame = client.socket.message();
    assert_eq!(frame["type"], "anomaly_detected");
    assert_eq!(frame["anomaly"]["anomaly_score"], 0.93);
    assert_eq!(client.socket.message()["type"], "stats_update");
    let after = monotonic().saturating_sub(began);
    assert!((Duration::from_secs(4)..Duration::from_secs(7)).contains(&after), "{after:?}");
}

#[test]
fn readings_come_at_a_bearable_rate_and_newest_first_of_each() {
    let gateway = Gateway::start();
    let mut client = Client::of(&gateway, "dashboard");
    let began = monotonic();
    let many = |value: f64| -> Value {
        Value::Object((0..30).map(|n| (format!("m{n}"), json!(value))).collect())
    };
    publish(&gateway, "machine/press-3/readings", many(1.0));
    for _ in 0..20 {
        assert_eq!(client.expect("metric_updated")["data"]["value"], 1.0);
    }
    publish(&gateway, "machine/press-3/readings", many(2.0));
    let mut newest = BTreeSet::new();
    let mut frames = 0;
    while newest.len() < 30 {
        let frame = client.expect("metric_updated");
        frames += 1;
        if frame["data"]["value"] == 2.0 {
            newest.insert(frame["data"]["metric"].to_string());
        }
    }
    let took = monotonic().saturating_sub(began);
    assert!((30..=40).contains(&frames), "{frames}");
    assert!(took >= Duration::from_millis(2_800), "{took:?} for {frames} after 20 at once");
}
