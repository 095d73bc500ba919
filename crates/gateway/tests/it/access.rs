//! Who gets in, over real connections: links, cookies, tokens, hosts, origins, and what is said to
//! those who do not.

use std::io::{Read, Write};

use crate::fixture::{Gateway, Reply};
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::Limits;
use bellwether_signal::Role;
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

    let headers = format!("Cookie: {cookie}\r\nOrigin: http://{}\r\n", gateway.address);
    let out = gateway.request("POST", "/api/sign-out", &headers, "");
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
fn a_changed_host_of_a_proxy_is_explained() {
    let gateway = Gateway::start();
    let detail = |headers: &str, method: &str| {
        gateway.request(method, "/api/settings", headers, "{}").json()["detail"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let host = detail("Host: 10.0.0.5:8420\r\n", "GET");
    assert!(host.contains("10.0.0.5:8420") && host.contains("proxy"), "{host}");
    let origin = detail("Origin: https://bell.example\r\n", "PATCH");
    let own = gateway.address.to_string();
    for part in ["https://bell.example", own.as_str(), "proxy", "Host"] {
        assert!(origin.contains(part), "{part}: {origin}");
    }
    let long = format!("Host: {}\r\n", "x".repeat(5_000));
    assert!(detail(&long, "GET").len() < 1_000, "it repeats no more than it has to");
}

/// A browser sends the cookie with whatever a foreign page makes it send.
#[test]
fn a_cookie_changes_things_from_our_own_pages_only() {
    let gateway = Gateway::start();
    let cookie = cookie(&gateway.request("GET", "/sign-in?code=link", "", ""));
    let change = |more: &str| {
        let headers = format!("Cookie: {cookie}\r\n{more}");
        gateway.request("PATCH", "/api/settings", &headers, r#"{"a":1}"#)
    };
    let own = gateway.address;
    assert_eq!(change(&format!("Origin: http://{own}\r\n")).status, 200);
    assert_eq!(change("Origin: https://dash.example\r\n").status, 200, "it is allowed");
    assert_eq!(change("Sec-Fetch-Site: same-origin\r\n").status, 200);
    change("").is_problem(403, "Origin");
    change("Sec-Fetch-Site: cross-site\r\n").is_problem(403, "Origin");
    change("Sec-Fetch-Site: same-site\r\n").is_problem(403, "Origin");
    change("Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n")
        .is_problem(403, "evil.example");
    change("Origin: null\r\n").is_problem(403, "--allow-origin");
    let read = gateway.request("GET", "/api/settings", &format!("Cookie: {cookie}\r\n"), "");
    assert_eq!(read.status, 200, "reading needs none");
    let token = "Authorization: Bearer viewer\r\n";
    assert_eq!(gateway.request("PATCH", "/api/settings", token, "{}").status, 200);
}

#[test]
fn allowed_origins_may_read_the_answers_and_no_others() {
    let gateway = Gateway::start();
    let asked = |origin: &str| {
        let headers = format!(
            "Origin: {origin}\r\nAccess-Control-Request-Method: PATCH\r\n\
             Access-Control-Request-Headers: authorization\r\n"
        );
        gateway.request("OPTIONS", "/api/settings", &headers, "")
    };
    let allowed = asked("https://dash.example");
    assert_eq!(allowed.status, 204);
    for header in [
        "access-control-allow-origin: https://dash.example\r\n",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: get, head, post, patch, delete",
        "access-control-allow-headers: authorization, content-type",
        "access-control-max-age: 600",
        "vary: origin",
    ] {
        assert!(allowed.head.contains(header), "{header}: {allowed:?}");
    }
    let refused = asked("https://evil.example");
    assert!(refused.status == 403 && !refused.head.contains("access-control"), "{refused:?}");

    let read = |origin: &str, token: &str| {
        let headers = format!("Origin: {origin}\r\nAuthorization: Bearer {token}\r\n");
        gateway.request("GET", "/api/session", &headers, "")
    };
    let answer = read("https://dash.example", "viewer");
    assert!(answer.head.contains("access-control-allow-origin: https://dash.example\r\n"));
    assert!(answer.head.contains("access-control-expose-headers: retry-after"), "{answer:?}");
    let problem = read("https://dash.example", "nobody");
    assert_eq!(problem.status, 401);
    assert!(problem.head.contains("access-control-allow-origin"), "errors can be read too");
    for origin in ["https://evil.example", "null", "https://dash.example.evil.example"] {
        let answer = read(origin, "viewer");
        assert!(!answer.head.contains("access-control"), "{origin}: {answer:?}");
    }
    let other_host = "Host: evil.example\r\nOrigin: https://dash.example\r\n\
                      Access-Control-Request-Method: GET\r\n";
    assert_eq!(gateway.request("OPTIONS", "/api/session", other_host, "").status, 421);
}

#[test]
fn every_answer_names_its_request() {
    let gateway = Gateway::start();
    let id = |reply: &Reply| {
        let line = reply.head.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        line.unwrap_or_else(|| panic!("{reply:?}")).to_owned()
    };
    let given = gateway.request("GET", "/api/session", "X-Request-Id: mine-7\r\n", "");
    assert_eq!((id(&given), &given.json()["request_id"]), ("mine-7".into(), &json!("mine-7")));
    let forged = gateway.request("GET", "/api/session", "X-Request-Id: a b\r\n", "");
    assert_ne!(id(&forged), "a b");
    assert_eq!(forged.json()["request_id"], json!(id(&forged)));
    let [one, two] = [(); 2].map(|()| id(&gateway.request("GET", "/healthz", "", "")));
    assert_ne!(one, two);
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
