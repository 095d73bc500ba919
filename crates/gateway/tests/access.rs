//! Who gets in, over real connections: links, cookies, tokens, hosts, origins, and what is said to
//! those who do not.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod fixture;

use std::io::{Read, Write};

use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::Limits;
use bellwether_signal::Role;
use fixture::{Gateway, Reply};
use serde_json::json;

fn cookie(reply: &Reply) -> String {
    let line = reply.head.lines().find(|line| line.starts_with("set-cookie: ")).unwrap();
    line.trim_start_matches("set-cookie: ").split(';').next().unwrap().to_owned()
}

#[test]
fn a_link_signs_in_once() {
    let gateway = Gateway::start();
    // Programs that look ahead do not use it up.
    assert_eq!(gateway.request("HEAD", "/sign-in?code=link", "", "").status, 503);
    let prefetch = "Sec-Purpose: prefetch\r\n";
    assert_eq!(gateway.request("GET", "/sign-in?code=link", prefetch, "").status, 503);
    let reply = gateway.request("GET", "/sign-in?code=link", "", "");
    assert_eq!(reply.status, 303);
    assert!(reply.head.contains("location: /\r\n"), "{reply:?}");
    let set = reply.head.lines().find(|line| line.starts_with("set-cookie: ")).unwrap();
    for part in ["httponly", "samesite=strict", "path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = cookie(&reply);
    let session = gateway.request("GET", "/api/session", &format!("Cookie: {cookie}\r\n"), "");
    assert_eq!(session.json()["role"], "admin");
    assert_eq!(session.json()["host"], "web-1");

    let again = gateway.request("GET", "/sign-in?code=link", "", "");
    assert!(again.head.contains("location: /sign-in?failed=link"), "{again:?}");
    assert!(!again.head.contains("set-cookie"));

    let protocol = format!("Cookie: {cookie}\r\nSec-WebSocket-Protocol: bellwether.v1\r\n");
    let (_, socket) = gateway.shake_hands("/ws", &protocol);
    let mut socket = socket.unwrap();
    assert_eq!(socket.message()["op"], "welcome");
    let mut other = gateway.socket("viewer");

    let out = gateway.request("POST", "/api/sign-out", &format!("Cookie: {cookie}\r\n"), "");
    assert_eq!(out.status, 204);
    assert_eq!(socket.close_code(), 4401, "its sockets end with the session");
    other.say(r#"{"op":"ping","ts":1}"#);
    assert_eq!(other.message()["op"], "pong", "others live on");
    gateway
        .request("GET", "/api/session", &format!("Cookie: {cookie}\r\n"), "")
        .is_problem(401, "link");
}

#[test]
fn without_a_good_token_nothing_is_shown() {
    let gateway = Gateway::start();
    for path in [
        "/api/session",
        "/api/topics?topics=**",
        "/api/status",
        "/api/system/cpu",
        "/metrics",
        "/api/settings",
    ] {
        let reply = gateway.request("GET", path, "", "");
        reply.is_problem(401, "link");
        assert!(reply.head.contains("www-authenticate: bearer"), "{reply:?}");
        gateway.get(path, "nobody").is_problem(401, "unknown, expired or revoked");
        gateway.get(path, "publisher").is_problem(403, "publisher");
    }
    gateway.request("GET", "/api/session?token=viewer", "", "").is_problem(401, "link");
    assert_eq!(gateway.request("GET", "/healthz", "", "").body, "ok\n");
    assert_eq!(gateway.request("GET", "/readyz", "", "").body, "ok\n");
    assert_eq!(gateway.request("GET", "/health", "", "").json(), json!({"status": "healthy"}));
    assert!(gateway.get("/health", "viewer").json()["connections"].is_object());
}

#[test]
fn other_hosts_and_origins_are_refused() {
    let gateway = Gateway::start();
    gateway.request("GET", "/", "Host: evil.example\r\n", "").is_problem(421, "--allow-host");
    assert_eq!(gateway.request("GET", "/healthz", "Host: bell.example\r\n", "").status, 200);
    let headers = "Authorization: Bearer viewer\r\nOrigin: https://evil.example\r\n";
    gateway.request("PATCH", "/api/settings", headers, "{}").is_problem(403, "--allow-origin");
    gateway.request("POST", "/api/sign-out", headers, "").is_problem(403, "--allow-origin");
}

#[test]
fn anonymous_visitors_come_in_only_where_they_may() {
    let gateway =
        Gateway::start_with(Some(Role::Viewer), SocketTiming::default(), Limits::default());
    let session = gateway.request("GET", "/api/session", "", "").json();
    assert_eq!((&session["user"], &session["role"]), (&json!("anonymous"), &json!("viewer")));
    gateway.get("/api/session", "nobody").is_problem(401, "unknown");
    let stale = "Cookie: bellwether_session_1=gone\r\n";
    assert_eq!(gateway.request("GET", "/api/session", stale, "").status, 200);
}

#[test]
fn settings_are_merged_per_user() {
    let gateway = Gateway::start();
    let patch = |token: &str, body: &str| {
        gateway.request(
            "PATCH",
            "/api/settings",
            &format!("Authorization: Bearer {token}\r\n"),
            body,
        )
    };
    assert_eq!(
        patch("viewer", r#"{"theme":"dark","a":1}"#).json(),
        json!({"theme": "dark", "a": 1})
    );
    assert_eq!(patch("viewer", r#"{"a":null}"#).json(), json!({"theme": "dark"}));
    assert_eq!(gateway.get("/api/settings", "operator").json(), json!({}));
    patch("viewer", "[1]").is_problem(422, "JSON object");
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(200_000));
    patch("viewer", &large).is_problem(413, "limit");
}

#[test]
fn every_answer_is_hardened() {
    let gateway = Gateway::start();
    for path in ["/", "/api/nonexistent", "/healthz"] {
        let reply = gateway.request("GET", path, "", "");
        for header in [
            "content-security-policy: default-src 'self'",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(reply.head.contains(header), "{path}: {reply:?}");
        }
    }
    gateway.request("GET", "/api/nonexistent", "", "").is_problem(404, "/api/nonexistent");
    gateway.request("DELETE", "/api/session", "", "").is_problem(405, "method");
}

#[test]
fn wrong_questions_name_the_field() {
    let gateway = Gateway::start();
    let check = |path: &str, part: &str| gateway.get(path, "viewer").is_problem(400, part);
    check("/api/series?names=cpu", "names");
    check("/api/series?names=host/a/cpu/x&from=5&to=5", "from");
    check("/api/series?names=host/a/cpu/x&step=0", "step");
    check("/api/series?names=host/a/cpu/x&from=0&to=9999999999&step=1", "step");
    check("/api/topics?topics=a//b", "topics");
    check("/api/topics?topics=a&since=yesterday", "since");
    check("/api/topics", "topics");
    check("/api/series?names=a/b&from=soon", "from");
    let names = vec!["a/b"; 101].join(",");
    check(&format!("/api/series?names={names}"), "100");
    let good =
        gateway.get("/api/series?names=host/a/cpu/total_percent&from=1&to=9", "viewer").json();
    assert_eq!(good["series"][0]["unit"], "percent");
}

#[test]
fn endless_and_broken_requests_end() {
    let gateway = Gateway::start();
    let check = |request: &[u8]| {
        let mut stream = gateway.connect();
        // The server may answer and close before all is written.
        let _sent = stream.write_all(request);
        let mut reply = String::new();
        let _read = stream.read_to_string(&mut reply);
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 4"), "{reply}");
    };
    check(b"\x16\x03\x01\x02\x00\x01\x00");
    check(b"GET / HTTP/9.9\r\n\r\n");
    let mut long = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ".to_vec();
    long.resize(100_000, b'x');
    check(&long);
    assert_eq!(gateway.request("GET", "/healthz", "", "").status, 200, "the server lives on");
}
