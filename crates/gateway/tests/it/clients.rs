//! Who is connected: listed, counted, bounded, and disconnected by an admin.

use crate::fixture::{Gateway, Socket};
use bellwether_gateway::{ServerLimits, websocket::SocketTiming};
use bellwether_hub::{Limits, Priority};
use bellwether_signal::{Timestamp, Topic};
use serde_json::{Value, json};

const ADMIN: &str = "Authorization: Bearer admin\r\n";
const V1: &str = "Sec-WebSocket-Protocol: bellwether.v1\r\n";

fn within(room: ServerLimits) -> Gateway {
    Gateway::start_within(None, SocketTiming::default(), Limits::default(), room)
}

fn subscribed(gateway: &Gateway, token: &str, pattern: &str) -> Socket {
    let mut socket = gateway.socket(token);
    socket.say(&json!({"op": "subscribe", "id": 1, "topics": [pattern]}).to_string());
    while socket.message()["op"] != "ok" {}
    socket
}

/// The value of a line of `/metrics`, such as `push_connections{dialect="sse"}`.
fn metric(gateway: &Gateway, line: &str) -> u64 {
    let text = gateway.get("/metrics", "viewer").body;
    let line = format!("bellwether_{line} ");
    let found = text.lines().find_map(|it| it.strip_prefix(&line));
    let found = found.unwrap_or_else(|| panic!("no {line}in {text}"));
    // A sum is written with a fraction.
    found.strip_suffix(".0").unwrap_or(found).parse().unwrap()
}

#[test]
fn everybody_is_listed_with_figures() {
    let gateway = Gateway::start();
    let headers = format!("Authorization: Bearer viewer\r\nUser-Agent: a\u{202E}gent/1\r\n{V1}");
    let (_, socket) = gateway.shake_hands("/ws", &headers);
    let mut socket = socket.unwrap();
    assert_eq!(socket.message()["session"], "ws-1");
    let said = r#"{"op":"subscribe","id":1,"topics":["app/**"]}"#;
    socket.say(said);
    assert_eq!(socket.message()["op"], "ok");
    let topic = Topic::parse("app/x").unwrap();
    gateway.hub.publish_event(&topic, json!(1), Timestamp(5), Priority::Normal).unwrap();
    let told = socket.message();

    gateway.get("/api/clients", "operator").is_problem(403, "admin");
    // The bytes of a message are counted a moment after they are on their way.
    let mut list = Value::Null;
    gateway.wait_for("what was written", |g| {
        list = g.get("/api/clients", "admin").json();
        let bytes = |field: &str| list["clients"]["ws-1"][field].as_f64().unwrap();
        list["clients"]["ws-1"]["sent_messages"] == 3.0
            && bytes("sent_wire_bytes") > bytes("sent_payload_bytes")
    });
    assert_eq!(list["total"], 1);
    let one = &list["clients"]["ws-1"];
    for (field, expected) in [
        ("dialect", json!("bellwether.v1")),
        ("user", json!("v")),
        ("role", json!("viewer")),
        ("address", json!("127.0.0.1")),
        ("agent", json!("agent/1")),
        ("patterns", json!(["app/**"])),
        ("subscriptions", json!(1)),
        ("topics", json!(1)),
        ("sent_messages", json!(3.0)),
        ("received_messages", json!(1.0)),
        ("received_payload_bytes", json!(said.len() as f64)),
        ("received_wire_bytes", json!((said.len() + 6) as f64)),
        ("flushes", json!(1.0)),
        ("waiting_bytes", json!(0.0)),
        ("interval_ms", json!(100.0)),
        ("blocked", json!(false)),
    ] {
        assert_eq!(one[field], expected, "{field} of {one}");
    }
    let number = |field: &str| one[field].as_f64().unwrap();
    let framed = number("sent_wire_bytes") - number("sent_payload_bytes");
    assert!((6.0..=12.0).contains(&framed), "a header a message: {one}");
    assert!(number("sent_payload_bytes") > told.to_string().len() as f64);
    assert!(number("last_flush_at_ms") >= number("opened_at_ms"));
    drop(socket);
    gateway.wait_for("its end", |g| g.get("/api/clients", "admin").json()["total"] == 0);
}

#[test]
fn an_admin_disconnects_one_and_no_other() {
    let gateway = Gateway::start();
    let mut goes = gateway.socket("viewer");
    let mut stays = gateway.socket("viewer");
    let disconnect = |id: &str| gateway.request("DELETE", &format!("/api/clients/{id}"), ADMIN, "");
    assert_eq!(disconnect("ws-1").status, 204);
    assert_eq!(goes.close(), (1000, "disconnected by an admin".to_owned()));
    stays.say(r#"{"op":"ping","ts":1}"#);
    assert_eq!(stays.message()["op"], "pong");
    drop(goes);
    gateway.wait_for("its end", |g| g.get("/api/clients", "admin").json()["total"] == 1);
    disconnect("ws-1").is_problem(404, "GET /api/clients lists them all");
    disconnect("ws-9").is_problem(404, "no connection");
    let cut = r#"push_cuts_total{dialect="bellwether.v1",reason="admin"}"#;
    assert_eq!(metric(&gateway, cut), 1);
    let happened = gateway.ended();
    let told = happened.iter().find(|it| it["kind"] == "client_disconnected").unwrap();
    assert_eq!(told["user"], "a");
    let text = "a disconnected ws-1 of v (bellwether.v1, 127.0.0.1)";
    assert_eq!(told["text"], text);
}

#[test]
fn an_admin_disconnects_a_stream() {
    use std::io::{Read as _, Write as _};
    let gateway = Gateway::start();
    let mut stream = gateway.connect();
    let host = gateway.address;
    write!(
        stream,
        "GET /api/stream?topics=app/** HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{ADMIN}\r\n"
    )
    .unwrap();
    gateway.wait_for("the stream", |g| g.get("/api/clients", "admin").json()["total"] == 1);
    assert_eq!(gateway.request("DELETE", "/api/clients/sse-1", ADMIN, "").status, 204);
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.contains(r#"{"code":1000,"reason":"disconnected by an admin"}"#), "{text}");
}

#[test]
fn one_address_has_so_many_and_no_more() {
    let limits = ServerLimits { per_address: 2, exempt_loopback: false, ..ServerLimits::default() };
    let gateway = within(limits);
    let first = gateway.socket("viewer");
    let _second = gateway.socket("operator");
    let proof = format!("Authorization: Bearer admin\r\n{V1}");
    let (reply, _) = gateway.shake_hands("/ws", &proof);
    assert_eq!(reply.status, 429);
    let refused = gateway.get("/api/stream?topics=app/**", "viewer");
    refused.is_problem(429, "2 connections are open from your address");
    assert!(refused.head.contains("retry-after: 30"), "{refused:?}");
    assert_eq!(metric(&gateway, r#"push_refused_total{limit="address"}"#), 2);
    drop(first);
    gateway.wait_for("a place", |g| g.shake_hands("/ws", &proof).0.status == 101);
}

#[test]
fn one_token_has_so_many_and_no_more() {
    let limits = ServerLimits { per_token: 1, exempt_loopback: false, ..ServerLimits::default() };
    let gateway = within(limits);
    let _first = gateway.socket("viewer");
    let refused = gateway.get("/api/stream?topics=app/**", "viewer");
    refused.is_problem(429, "1 connections are open with your token");
    let _other = gateway.socket("operator");
}

#[test]
fn loopback_is_not_counted_by_address_and_token() {
    let gateway = within(ServerLimits { per_address: 1, per_token: 1, ..ServerLimits::default() });
    let _many = [(); 5].map(|()| gateway.socket("viewer"));
}

#[test]
fn all_sockets_together_have_so_many_and_no_more() {
    let gateway = within(ServerLimits { sockets: 2, ..ServerLimits::default() });
    let _both = [(); 2].map(|()| gateway.socket("viewer"));
    let (reply, _) = gateway.shake_hands("/ws", &format!("Authorization: Bearer admin\r\n{V1}"));
    assert_eq!(reply.status, 503);
    assert_eq!(metric(&gateway, r#"push_refused_total{limit="total"}"#), 1);
}

#[test]
fn the_list_is_live_for_admins_and_for_nobody_else() {
    let gateway = Gateway::start();
    let mut viewer = subscribed(&gateway, "operator", "**");
    let mut admin = subscribed(&gateway, "admin", "system/clients");
    let list = |admin: &mut Socket, holds: &dyn Fn(&Value) -> bool| {
        let mut state = json!({});
        loop {
            let envelope = admin.message();
            let changed = envelope.get("full").or(envelope.get("patch")).unwrap();
            let Value::Object(patch) = changed else { panic!("{envelope}") };
            let Value::Object(known) = &mut state else { unreachable!() };
            bellwether_signal::patch::apply(known, patch);
            if holds(&state) {
                return state;
            }
        }
    };
    let state = list(&mut admin, &|state| state["total"] == 2);
    assert_eq!(state["clients"]["ws-2"]["user"], "a");
    let third = gateway.socket("viewer");
    list(&mut admin, &|state| state["total"] == 3);
    drop(third);
    list(&mut admin, &|state| state["total"] == 2);
    let topic = Topic::parse("app/last").unwrap();
    gateway.hub.publish_event(&topic, json!(1), Timestamp(5), Priority::Normal).unwrap();
    let told = viewer.message();
    assert_eq!(told["topic"], "app/last", "nothing came before it");
}

#[test]
fn what_passes_is_counted_by_dialect() {
    let gateway = Gateway::start();
    let mut socket = subscribed(&gateway, "viewer", "app/**");
    let topic = Topic::parse("app/x").unwrap();
    let now = bellwether_sys::clock::now().wall;
    // Later than what the client said last, so that it is news.
    let at = Timestamp(now.0 + 1);
    gateway.hub.publish_event(&topic, json!("old"), Timestamp(5), Priority::Normal).unwrap();
    assert_eq!(socket.message()["data"], "old");
    gateway.hub.publish_event(&topic, json!("new"), at, Priority::High).unwrap();
    assert_eq!(socket.message()["data"], "new");
    let ours = |name: &str| metric(&gateway, &format!(r#"push_{name}{{dialect="bellwether.v1"}}"#));
    assert_eq!(ours("connections"), 1);
    assert_eq!(ours("subscriptions"), 1);
    assert_eq!(ours("opened_total"), 1);
    assert_eq!(ours("sent_messages_total"), 4);
    assert_eq!(ours("received_messages_total"), 1);
    gateway.wait_for("what was written", |_| {
        ours("sent_wire_bytes_total") > ours("sent_payload_bytes_total")
    });
    assert_eq!(ours("flushes_total"), 2);
    assert_eq!(ours("flush_messages_sum"), 2);
    assert_eq!(ours("flush_size_bytes_count"), 2);
    assert_eq!(ours("latency_seconds_count"), 1, "what is old is no news");
    let ten = r#"push_latency_seconds_bucket{le="10.0",dialect="bellwether.v1"}"#;
    assert_eq!(metric(&gateway, ten), 1);
    let text = gateway.get("/metrics", "viewer").body;
    assert!(!text.contains("127.0.0.1") && !text.contains("ws-1"), "no label names a client");
    drop(socket);
    gateway.wait_for("its end", |g| metric(g, r#"push_connections{dialect="bellwether.v1"}"#) == 0);
    assert_eq!(ours("sent_messages_total"), 4, "totals stay");
}

#[test]
fn every_dialect_is_listed_by_its_name_and_can_be_disconnected() {
    let gateway = Gateway::start();
    let (_, flat) = gateway.shake_hands("/ws", "Authorization: Bearer viewer\r\n");
    let mut flat = flat.unwrap();
    assert_eq!(gateway.get("/socket.io/?EIO=4&transport=polling", "viewer").status, 200);
    let list = || gateway.get("/api/clients", "admin").json();
    gateway.wait_for("the socket", |_| list()["total"] == 2);
    let list = list();
    let dialects = ["flat-1", "io-2"].map(|name| list["clients"][name]["dialect"].clone());
    assert_eq!(dialects, [json!("flat"), json!("socketio")]);
    let open = |dialect| metric(&gateway, &format!("push_connections{{dialect=\"{dialect}\"}}"));
    assert_eq!((open("flat"), open("socketio"), open("bellwether.v1")), (1, 1, 0));
    assert_eq!(gateway.request("DELETE", "/api/clients/flat-1", ADMIN, "").status, 204);
    assert_eq!(flat.close(), (1000, "disconnected by an admin".to_owned()));
}
