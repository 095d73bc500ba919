//! `bellwether.v1` over real sockets: what clients get, and what bad ones are told.

use std::{io::Read, time::Duration};

use crate::fixture::{Gateway, Socket, packed, unpacked};
use bellwether_gateway::websocket::{SocketOptions, SocketTiming};
use bellwether_hub::{Limits, Priority};
use bellwether_signal::{Timestamp, Topic};
use serde_json::{Value, json};

fn publish(gateway: &Gateway, topic: &str, value: Value) {
    let Value::Object(value) = value else { unreachable!() };
    gateway.hub.publish_state(&Topic::parse(topic).unwrap(), value, Timestamp(1)).unwrap();
}

fn happen(gateway: &Gateway, topic: &str, event: Value) {
    let topic = Topic::parse(topic).unwrap();
    gateway.hub.publish_event(&topic, event, Timestamp(1), Priority::Normal).unwrap();
}

#[test]
fn the_welcome_says_what_is_accepted() {
    let gateway = Gateway::start();
    let headers = "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";
    let (reply, socket) = gateway.shake_hands("/ws", headers);
    assert!(reply.head.contains("sec-websocket-protocol: bellwether.v1"), "{reply:?}");
    let welcome = socket.unwrap().message();
    assert_eq!(welcome["role"], "viewer");
    assert_eq!(welcome["limits"]["message_bytes"], 65_536);
    assert!(welcome["ts"].as_i64().unwrap() > 1_600_000_000_000);
}

#[test]
fn states_come_full_and_then_as_patches() {
    let gateway = Gateway::start();
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1, "load_1m": 2}));
    let mut socket = gateway.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["host/*/cpu"]}"#);
    assert_eq!(socket.message(), json!({"op": "ok", "id": 1}));
    let full = socket.message();
    assert_eq!(full["full"], json!({"total_percent": 1, "load_1m": 2}));
    assert_eq!((&full["epoch"], &full["offset"]), (&json!(7), &json!(1)));
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 3, "load_1m": 2}));
    let patch = socket.message();
    assert_eq!(patch["patch"], json!({"total_percent": 3}));
    assert_eq!(patch["offset"], 2);
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 3, "load_1m": 2}));
    assert_eq!(socket.message()["patch"], json!({}), "still so");
}

/// What a new socket says at once is often there before the thread knows that the socket takes
/// anything: its welcome waits then, and goes out with the answer to what it said.
#[test]
fn a_client_that_speaks_at_once_gets_the_state_each_time() {
    let gateway = Gateway::start();
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1}));
    let headers = "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";
    for _ in 0..200 {
        let mut socket = gateway.shake_hands("/ws", headers).1.unwrap();
        socket.say(r#"{"op":"subscribe","id":1,"topics":["host/*/cpu"]}"#);
        assert_eq!(socket.message()["op"], "welcome");
        assert_eq!(socket.message(), json!({"op": "ok", "id": 1}));
        assert_eq!(socket.message()["full"], json!({"total_percent": 1}));
    }
}

#[test]
fn events_resume_where_the_client_was() {
    let gateway =
        Gateway::start_with(None, SocketTiming::default(), Limits { ring: 3, ..Limits::default() });
    for n in 1..=2 {
        happen(&gateway, "host/web-1/process", json!(n));
    }
    let mut socket = gateway.socket("viewer");
    socket.say(
        r#"{"op":"subscribe","id":1,"topics":["host/**"],"since":{"host/web-1/process":[7,1]}}"#,
    );
    assert_eq!(socket.message()["op"], "ok");
    assert_eq!(socket.message()["data"], 2);
    drop(socket);
    for n in 3..=9 {
        happen(&gateway, "host/web-1/process", json!(n));
    }
    let mut socket = gateway.socket("viewer");
    socket.say(
        r#"{"op":"subscribe","id":1,"topics":["host/**"],"since":{"host/web-1/process":[7,2]}}"#,
    );
    assert_eq!(socket.message()["op"], "ok");
    let gap = json!({"from": [7, 2], "to": [7, 7], "reason": "overrun"});
    assert_eq!(socket.message()["gap"], gap);
    let rest: Vec<Value> = (0..3).map(|_| socket.message()["data"].clone()).collect();
    assert_eq!(rest, [json!(7), json!(8), json!(9)]);
}

#[test]
fn wrong_messages_are_answered_and_the_socket_lives_on() {
    let gateway = Gateway::start();
    let mut socket = gateway.socket("viewer");
    for (text, code) in [
        ("not json", "bad_message"),
        ("[]", "bad_message"),
        (r#"{"op":"dance","id":3}"#, "unknown_op"),
        (r#"{"op":"subscribe","id":4,"topics":["a//b"]}"#, "bad_topic"),
        (r#"{"op":"subscribe","id":5,"topics":["a"],"interval_ms":99999}"#, "out_of_range"),
    ] {
        socket.say(text);
        assert_eq!(socket.message()["code"], code, "{text}");
    }
    for ts in ["12.5", "7", "1795272291976.4211", "101.60000000149012", "-1e-7"] {
        socket.say(&format!(r#"{{"op":"ping","ts":{ts}}}"#));
        let (_, pong) = socket.next().unwrap();
        let pong = String::from_utf8(pong).unwrap();
        assert_eq!(pong, format!(r#"{{"op":"pong","ts":{ts}}}"#), "to the last digit");
    }
}

#[test]
fn broken_frames_end_with_their_code() {
    let gateway = Gateway::start();
    let check = |first: u8, payload: &[u8], code: u16| {
        let mut socket = gateway.socket("viewer");
        socket.frame(first, payload);
        assert_eq!(socket.close_code(), code);
        assert!(socket.next().is_none(), "nothing comes after the close frame");
    };
    check(0x81, &vec![b'x'; 70_000], 1009);
    check(0x81, &[0xC3, 0x28], 1007);
    check(0x82, b"binary", 1003);
    check(0x83, b"", 1002);
    check(0xC1, b"", 1002);
    check(0x88, &1000u16.to_be_bytes(), 1000);
    assert_eq!(gateway.counts.totals().dropped, 5);
}

#[test]
fn a_flood_of_messages_is_closed() {
    let gateway = Gateway::start();
    let mut socket = gateway.socket("viewer");
    let flood = r#"{"op":"ping","ts":1}"#;
    for _ in 0..200 {
        socket.say(flood);
    }
    assert_eq!(socket.close_code(), 4429);
}

#[test]
fn pings_are_answered_and_the_silent_are_dropped() {
    let timing = SocketTiming {
        round: Duration::from_millis(5),
        ping_after: Duration::from_millis(10),
        drop_after: Duration::from_millis(200),
        ..SocketTiming::default()
    };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let mut socket = gateway.socket("viewer");
    socket.frame(0x89, b"you there");
    let mut seen = Vec::new();
    while let Some(frame) = socket.next() {
        seen.push(frame);
    }
    assert!(seen.contains(&(0x8A, b"you there".to_vec())), "our ping is answered");
    assert!(seen.contains(&(0x89, Vec::new())), "the silent one is asked");
    gateway.wait_for("the dead one's end", |g| g.counts.totals().connections == 0);
}

#[test]
fn a_client_that_never_reads_is_cut_and_delays_nobody() {
    let timing = SocketTiming {
        round: Duration::from_millis(20),
        stuck_after: Duration::from_millis(300),
        ..SocketTiming::default()
    };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let mut stuck = gateway.socket("viewer");
    stuck.say(r#"{"op":"subscribe","id":1,"topics":["app/**"],"interval_ms":0}"#);
    let mut reader = gateway.socket("viewer");
    reader.say(r#"{"op":"subscribe","id":1,"topics":["app/small"],"interval_ms":0}"#);
    assert_eq!(reader.message()["op"], "ok");
    gateway.wait_for("both subscriptions", |g| g.hub.counts().1 == 2);
    let large = "x".repeat(200_000);
    for round in 0..400 {
        // New text each time: more than the kernel holds for one client.
        publish(
            &gateway,
            &format!("app/large/{}", round % 20),
            json!({"v": format!("{round}{large}")}),
        );
        publish(&gateway, "app/small", json!({"v": round}));
        let value = reader.message();
        let newest = value.get("full").or(value.get("patch")).unwrap()["v"].clone();
        assert_eq!(newest, json!(round), "the reader gets each one while the other is stuck");
    }
    gateway.wait_for("the cut", |g| g.counts.totals().dropped == 1);
    // What the kernel still held may come; then the reset.
    let mut rest = Vec::new();
    let ended = stuck.stream.read_to_end(&mut rest);
    assert!(ended.is_err(), "a reset, not a close");
    publish(&gateway, "app/small", json!({"v": "after"}));
    assert_eq!(reader.message()["patch"]["v"], "after");
}

#[test]
fn viewers_get_no_command_lines() {
    let gateway = Gateway::start();
    publish(&gateway, "host/web-1/commands", json!({"commands": {"1:2": "init"}}));
    publish(&gateway, "host/web-1/summary", json!({"name": "web-1"}));
    let subscribed = |token| {
        let mut socket = gateway.socket(token);
        socket.say(r#"{"op":"subscribe","id":1,"topics":["host/**"]}"#);
        assert_eq!(socket.message()["op"], "ok");
        socket
    };
    // What was published reaches the threads of the sockets after it was published: wait until it did.
    let mut operator = subscribed("operator");
    let mut missing = vec!["host/web-1/commands", "host/web-1/summary"];
    while !missing.is_empty() {
        let message = operator.message();
        missing.retain(|topic| message["topic"] != *topic);
    }
    let mut viewer = subscribed("viewer");
    loop {
        let message = viewer.message();
        assert_ne!(message["topic"], "host/web-1/commands");
        match message["topic"].as_str() {
            Some("host/web-1/summary") => viewer.say(r#"{"op":"ping","ts":1}"#),
            _ if message["op"] == "pong" => break,
            _ => {}
        }
    }
}

#[test]
fn handshakes_that_are_refused_say_why() {
    let gateway = Gateway::start();
    let check = |path: &str, headers: &str, status: u16, part: &str| {
        let (reply, socket) = gateway.shake_hands(path, headers);
        assert!(socket.is_none());
        assert_eq!(reply.status, status, "{headers}: {reply:?}");
        let full = gateway.request("GET", path, &format!("{headers}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "");
        assert!(full.body.contains(part), "{full:?}");
    };
    let token = "Authorization: Bearer viewer\r\n";
    let protocol = "Sec-WebSocket-Protocol: bellwether.v1\r\n";
    check("/ws", protocol, 401, "link");
    check("/ws", &format!("{protocol}Authorization: Bearer nobody\r\n"), 401, "unknown");
    check("/ws?token=nobody", protocol, 401, "unknown");
    check("/ws", &format!("{token}Sec-WebSocket-Protocol: other\r\n"), 400, "bellwether.v1");
    check("/ws", &format!("{token}{protocol}Origin: https://evil.example\r\n"), 403, "origin");
    check("/ws", &format!("{protocol}Authorization: Bearer agent\r\n"), 403, "agent");
    let (_, socket) = gateway.shake_hands("/ws?token=viewer", protocol);
    assert!(socket.is_some(), "clients that cannot send headers put the token into the address");
    let allowed = format!("{token}{protocol}Origin: https://dash.example\r\n");
    assert!(gateway.shake_hands("/ws", &allowed).1.is_some());
}

#[test]
fn clients_are_told_when_the_server_stops_and_when_to_come_back() {
    let gateway = Gateway::start();
    let mut open: Vec<_> = (0..50).map(|_| gateway.socket("viewer")).collect();
    gateway.wait_for("all sockets", |g| g.counts.totals().connections == 50);
    gateway.stop();
    let told: Vec<(u16, String)> = open.iter_mut().map(Socket::close).collect();
    let pause_ms = |(code, reason): &(u16, String)| -> u64 {
        assert_eq!(*code, 1001, "{reason}");
        let pause = reason.strip_prefix("the server is stopping; come back in ").unwrap();
        pause.strip_suffix(" ms").unwrap().parse().unwrap()
    };
    let pauses: Vec<u64> = told.iter().map(pause_ms).collect();
    assert!(pauses.iter().all(|pause| (500..600).contains(pause)), "{pauses:?}");
    let different: std::collections::BTreeSet<_> = pauses.iter().collect();
    assert!(different.len() >= 20, "not all at once: {pauses:?}");
    drop(open);
    gateway.ended();
}

/// Two threads serve the sockets of a test: each has its share, and what one client is told reaches
/// those of the other thread too.
#[test]
fn sockets_are_spread_over_the_threads_and_all_hear_the_same() {
    let gateway = Gateway::start();
    let mut open: Vec<_> = (0..20).map(|_| gateway.socket("viewer")).collect();
    for socket in &mut open {
        socket.say(r#"{"op":"subscribe","id":1,"topics":["app/**"]}"#);
        assert_eq!(socket.message()["op"], "ok");
    }
    happen(&gateway, "app/news", json!("once"));
    for socket in &mut open {
        assert_eq!(socket.message()["data"], "once");
    }
    assert_eq!(gateway.counts.totals().flushes, 20);
}

/// A client that offers permessage-deflate gets what is worth it packed, once for all.
#[test]
fn messages_are_packed_once_for_all_who_take_them_so() {
    let gateway = Gateway::start();
    let offer = "Sec-WebSocket-Protocol: bellwether.v1\r\nAuthorization: Bearer viewer\r\n\
                 Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let mut packed: Vec<_> = (0..10)
        .map(|_| {
            let (reply, socket) = gateway.shake_hands("/ws", offer);
            let agreed = "sec-websocket-extensions: permessage-deflate; \
                          server_no_context_takeover; client_no_context_takeover\r\n";
            assert!(reply.head.contains(agreed), "{reply:?}");
            let mut socket = socket.unwrap();
            assert_eq!(socket.message()["op"], "welcome");
            socket
        })
        .collect();
    let mut plain = gateway.socket("viewer");
    for socket in packed.iter_mut().chain([&mut plain]) {
        socket.say(r#"{"op":"subscribe","id":1,"topics":["app/**"],"interval_ms":0}"#);
        assert_eq!(socket.message()["op"], "ok");
    }
    let long = json!("lorem ipsum ".repeat(100));
    happen(&gateway, "app/news", long.clone());
    let (first, whole) = plain.next().unwrap();
    assert_eq!(first, 0x81);
    for socket in &mut packed {
        let (first, payload) = socket.next().unwrap();
        assert_eq!(first, 0xC1, "final, packed, text");
        assert!(payload.len() < 300, "{}", payload.len());
        assert_eq!(unpacked(&payload), whole, "the same message");
    }
    happen(&gateway, "app/news", json!("short"));
    for socket in packed.iter_mut().chain([&mut plain]) {
        assert_eq!(socket.message()["data"], "short", "as it is, in one frame");
    }
    let totals = gateway.counts.totals();
    assert_eq!(totals.packings, 1, "for ten clients");
    assert_eq!(totals.unpacked_bytes, 10 * whole.len() as u64);
    assert!(totals.packed_bytes < totals.unpacked_bytes / 4, "{totals:?}");
    let scrape = gateway.get("/metrics", "viewer").body;
    assert!(scrape.contains("bellwether_websocket_packings_total 1"), "{scrape}");
}

#[test]
fn what_a_client_packs_is_understood() {
    let gateway = Gateway::start();
    let offer = "Sec-WebSocket-Protocol: bellwether.v1\r\nAuthorization: Bearer viewer\r\n\
                 Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let mut socket = gateway.shake_hands("/ws", offer).1.unwrap();
    assert_eq!(socket.message()["op"], "welcome");
    let ping = br#"{"op":"ping","ts":1,"padding":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
    for _ in 0..3 {
        socket.frame(0xC1, &packed(ping));
        assert_eq!(socket.message(), json!({"op": "pong", "ts": 1}));
        socket.say(r#"{"op":"ping","ts":2}"#);
        assert_eq!(socket.message(), json!({"op": "pong", "ts": 2}), "unpacked ones too");
    }
}

#[test]
fn packing_can_be_turned_off() {
    let sockets = SocketOptions { deflate: false, ..SocketOptions::default() };
    let gateway = Gateway::start_serving(sockets);
    let offer = "Sec-WebSocket-Protocol: bellwether.v1\r\nAuthorization: Bearer viewer\r\n\
                 Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let (reply, socket) = gateway.shake_hands("/ws", offer);
    assert!(!reply.head.contains("extensions"), "{reply:?}");
    let mut socket = socket.unwrap();
    assert_eq!(socket.message()["op"], "welcome");
    socket.frame(0xC1, &packed(b"{}"));
    assert_eq!(socket.close_code(), 1002);
}

#[test]
fn polling_gives_the_same_envelopes() {
    let gateway = Gateway::start();
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1}));
    happen(&gateway, "host/web-1/process", json!("first"));
    let first = gateway.get("/api/topics?topics=host/**", "viewer").json();
    assert_eq!(first["envelopes"].as_array().unwrap().len(), 2);
    happen(&gateway, "host/web-1/process", json!("second"));
    let here = json!({"host/web-1/cpu": [7, 1], "host/web-1/process": [7, 1]});
    assert_eq!(first["positions"], here);
    let since = "%7B%22host/web-1/process%22:%5B7,1%5D,%22host/web-1/cpu%22:%5B7,1%5D%7D";
    let second = gateway.get(&format!("/api/topics?topics=host/**&since={since}"), "viewer").json();
    let envelopes = second["envelopes"].as_array().unwrap();
    assert_eq!(envelopes.len(), 1);
    assert_eq!(envelopes[0]["data"], "second");
    assert_eq!(second["positions"]["host/web-1/process"], json!([7, 2]));
}
