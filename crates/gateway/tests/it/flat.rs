//! The dashboard's dialect on plain `/ws`, over real sockets: the rules for its clients (C1 to C10 of
//! the compatibility contract), the rates of P8, and what a slow or returning client gets.

use std::time::Duration;

use crate::dashboard::{Dashboard, activity, alert, elapsed, happen, metrics, model, now, publish};
use crate::fixture::Gateway;
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::Limits;
use bellwether_signal::Role;
use serde_json::json;

/// Every event of the dialect, as it arrives, against the files in `golden/flat`.
#[test]
fn every_event_is_as_its_golden_file_says() {
    let gateway = Gateway::start();
    let mut client = Dashboard::begun(&gateway);
    crate::dashboard::golden::events(&gateway, &mut client);
    gateway.stop();
    crate::dashboard::golden::expect(&mut client, "", &["system_shutdown"]);
}

#[test]
fn what_everybody_is_told_every_five_seconds_is_as_its_golden_files_say() {
    let gateway = Gateway::start();
    crate::dashboard::golden::known(&gateway);
    let mut client = Dashboard::open(&gateway);
    let all = [
        "system_metrics",
        "performance_metrics",
        "resource_status",
        "connection_count",
        "service_health",
        "chart_data",
        "integration_status",
    ];
    crate::dashboard::golden::expect(&mut client, "", &all);
}

#[test]
fn what_nobody_knows_is_null() {
    let gateway = Gateway::start();
    let mut client = Dashboard::open(&gateway);
    client.say(r#"{"type":"request_metrics"}"#);
    crate::dashboard::golden::compare("system_metrics.unknown", &client.frame());
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn c2_the_first_frame_is_system_metrics_and_the_rest_waits_for_it() {
    let gateway = Gateway::start();
    let start = now();
    let mut client = Dashboard::open(&gateway);
    client.say(r#"{"type":"ping","timestamp":1}"#);
    assert_eq!(client.frame()["type"], "pong", "an answer may come before it");
    for n in 0..3 {
        happen(&gateway, "activity", activity(n, "Something happened"));
    }
    assert_eq!(client.frame()["type"], "system_metrics");
    let first = elapsed(start);
    assert!((2 * SECOND..=5 * SECOND).contains(&first), "{first:?}");
    for n in 0..3 {
        assert_eq!(client.next("activity_update")["activity"]["id"], format!("a-{n}"));
    }
    client.next("system_metrics");
    let second = elapsed(start).saturating_sub(first);
    assert!((4 * SECOND..=7 * SECOND).contains(&second), "{second:?}");
}

#[test]
fn c3_a_pong_echoes_the_same_value() {
    let gateway = Gateway::start();
    let mut client = Dashboard::open(&gateway);
    for value in ["1795292765123", "1795292765123.456", "-0.1", "\"later\"", "null", "[1]"] {
        client.say(&format!(r#"{{"type":"ping","timestamp":{value}}}"#));
        let pong = client.text();
        assert!(pong.contains(&format!(r#""timestamp":{value}"#)), "{pong}");
        assert!(pong.contains(r#""type":"pong""#), "{pong}");
    }
    client.say("ping");
    let pong = client.frame();
    assert_eq!(pong["type"], "pong");
    assert!(pong["timestamp"].as_str().unwrap().ends_with('Z'), "{pong}");
}

#[test]
fn c4_requests_are_answered_once_in_five_seconds() {
    let gateway = Gateway::start();
    let mut client = Dashboard::open(&gateway);
    for _ in 0..3 {
        client.say(r#"{"type":"request_metrics"}"#);
    }
    client.say(r#"{"type":"ping","timestamp":7}"#);
    assert_eq!(client.frame()["type"], "system_metrics");
    assert_eq!(client.frame()["timestamp"], 7, "the others were not answered");
}

#[test]
fn messages_that_nobody_knows_are_ignored() {
    let gateway = Gateway::start();
    let mut client = Dashboard::open(&gateway);
    let unknown = ["", "pong", "{", "[]", "7", r#"{"type":7}"#, r#"{"type":"dance"}"#, "{\"a\":1}"];
    for text in unknown {
        client.say(text);
    }
    client.say(r#"{"op":"subscribe","id":1,"topics":["**"]}"#);
    client.say(r#"{"type":"ping"}"#);
    assert_eq!(client.frame(), json!({"type": "pong", "timestamp": null}));
}

#[test]
fn c7_browsers_come_with_a_cookie_or_a_token_in_the_address() {
    let gateway = Gateway::start();
    let opens = |path: &str, headers: &str| gateway.shake_hands(path, headers).0.status;
    assert_eq!(opens("/ws", ""), 401);
    assert_eq!(opens("/ws?token=viewer", ""), 101);
    assert_eq!(opens("/ws", "Authorization: Bearer viewer\r\n"), 101);
    assert_eq!(opens("/ws?token=publisher", ""), 403);
    assert_eq!(opens("/ws?token=viewer", "Origin: https://evil.example\r\n"), 403);
    assert_eq!(opens("/ws?token=viewer", "Origin: https://dash.example\r\n"), 101);
    assert_eq!(opens("/ws?token=viewer", "Sec-WebSocket-Protocol: graphql-ws\r\n"), 400);
    let signed_in = gateway.request("GET", "/sign-in?code=link", "", "");
    let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap().split(';').next().unwrap();
    assert_eq!(opens("/ws", &format!("Cookie: {cookie}\r\n")), 101, "{cookie}");
    let open = Gateway::start_with(Some(Role::Viewer), SocketTiming::default(), Limits::default());
    assert_eq!(open.shake_hands("/ws", "").0.status, 101, "old programs can send nothing at all");
}

#[test]
fn the_end_is_told_before_the_close_frame() {
    let gateway = Gateway::start();
    let mut client = Dashboard::begun(&gateway);
    gateway.stop();
    let goodbye = client.next("system_shutdown");
    assert!(goodbye["message"].as_str().unwrap().contains("stopping"), "{goodbye}");
    assert_eq!(client.socket.close_code(), 1001);
}

#[test]
fn p8_twenty_at_once_then_ten_a_second_in_order_and_alerts_pass() {
    let gateway = Gateway::start();
    let mut client = Dashboard::begun(&gateway);
    let start = now();
    for n in 0..40 {
        happen(&gateway, "activity", activity(n, "Something happened"));
    }
    assert_eq!(client.next("activity_update")["activity"]["id"], "a-0");
    publish(&gateway, "alert/x", alert("x", "critical", "firing"));
    let mut before_alert = 0;
    for n in 1..40 {
        let frame = client.next_of(&["activity_update", "system_alert"]);
        let frame = if frame["type"] == "system_alert" {
            before_alert = n;
            client.next("activity_update")
        } else {
            frame
        };
        assert_eq!(frame["activity"]["id"], format!("a-{n}"), "in order, none missing");
    }
    // 19 may go at once after the answer of before, and 21 follow at ten a second.
    let took = elapsed(start);
    assert!((2 * SECOND..6 * SECOND).contains(&took), "{took:?}");
    assert!(before_alert > 0, "the alert overtook what waits");
}

#[test]
fn p8_metrics_of_a_model_come_every_five_seconds_the_newest_of_them() {
    let gateway = Gateway::start();
    publish(&gateway, "model/churn-v1/status", model("churn-v1", &["production"]));
    let mut client = Dashboard::begun(&gateway);
    let start = now();
    for n in 1..=30 {
        publish(&gateway, "model/churn-v1/metrics", metrics(f64::from(n)));
    }
    client.next("model_metrics_update");
    publish(&gateway, "model/churn-v1/metrics", metrics(31.0));
    publish(&gateway, "model/churn-v1/metrics", metrics(32.0));
    assert_eq!(client.next("model_metrics_update")["predictions_made"], 32);
    assert!(elapsed(start) >= 4 * SECOND, "{:?}", elapsed(start));
}

#[test]
fn who_connects_gets_the_whole_state_and_no_old_news() {
    let gateway = Gateway::start();
    let ago = |seconds: i64| now().wall.0 - seconds * 1_000;
    let run = |number: i64, ended: i64| {
        json!({
            "run": number, "state": "completed", "text": "done", "task": "regression",
            "model_name": "churn", "queued_at_ms": ended - 9_000, "ended_at_ms": ended,
        })
    };
    publish(&gateway, "training/1/status", run(1, ago(600)));
    publish(&gateway, "training/2/status", run(2, ago(20)));
    publish(&gateway, "model/churn-v1/status", model("churn-v1", &["production"]));
    publish(&gateway, "model/churn-v1/metrics", metrics(5.0));
    publish(&gateway, "alert/x", alert("x", "critical", "firing"));
    publish(&gateway, "alert/y", alert("y", "warning", "pending"));
    for _ in 0..2 {
        let mut client = Dashboard::open(&gateway);
        client.say(r#"{"type":"request_metrics"}"#);
        let first = client.frame();
        assert_eq!(first["model_metrics"]["models"]["churn-v1"]["total_predictions"], 5);
        assert_eq!(first["current_health"], "critical");
        let wanted = [
            "system_alert",
            "training_completed",
            "model_status_change",
            "model_status_realtime",
            "model_metrics_update",
        ];
        let mut seen = Vec::new();
        for _ in wanted {
            seen.push(client.next_of(&wanted));
        }
        let of = |kind: &str| seen.iter().find(|frame| frame["type"] == kind).unwrap();
        assert_eq!(of("system_alert")["alert"]["id"], "x");
        assert_eq!(of("training_completed")["job_id"], "2", "it ended while somebody reconnected");
        assert_eq!(of("model_status_change")["old_status"], json!(null));
        assert_eq!(of("model_metrics_update")["predictions_made"], 5);
    }
}

/// A client that takes nothing: states conflate, events keep their order, others notice nothing.
#[test]
fn p12_a_slow_client_gets_the_newest_state_and_its_events_in_order() {
    let gateway = Gateway::start();
    let mut slow = Dashboard::begun(&gateway);
    let mut quick = Dashboard::begun(&gateway);
    let long = "x".repeat(600_000);
    for n in 0..16 {
        happen(&gateway, "activity", activity(n, &long)); // more than the kernel takes
    }
    for n in 0..16 {
        assert_eq!(quick.next("activity_update")["activity"]["id"], format!("a-{n}"));
    }
    for n in 1..=100 {
        publish(&gateway, "machine/press-3/readings", json!({"power_kw": n}));
    }
    happen(&gateway, "activity", activity(16, "Something happened"));
    assert_eq!(quick.next("activity_update")["activity"]["id"], "a-16");
    for n in 0..=16 {
        assert_eq!(slow.next("activity_update")["activity"]["id"], format!("a-{n}"));
    }
    publish(&gateway, "machine/press-3/readings", json!({"power_kw": 101}));
    let (mut told, mut newest) = (0, json!(null));
    while newest != 101 {
        newest = slow.next("metric_updated")["value"].clone();
        told += 1;
    }
    assert!(told <= 10, "{told} of 101 values: they were not conflated");
}
