//! Durable subscriptions and resuming beyond the ring, over real sockets, streams and polls.

use std::io::Read as _;

use crate::fixture::{Gateway, Socket};
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::{Limits, Priority};
use bellwether_signal::{Timestamp, Topic, protocol::Position};
use serde_json::{Value, json};

const LOGGED: &str = "machine/m/anomaly";
const VOLATILE: &str = "host/web-1/process";

/// A gateway whose ring holds three events.
fn gateway() -> Gateway {
    let limits = Limits { ring: 3, ..Limits::default() };
    Gateway::start_with(None, SocketTiming::default(), limits)
}

fn log(gateway: &Gateway, offsets: impl IntoIterator<Item = u64>) {
    offsets.into_iter().for_each(|n| gateway.log(LOGGED, Position(9, n), &json!({ "n": n })));
}

fn happen(gateway: &Gateway, n: u64) {
    let topic = Topic::parse(VOLATILE).unwrap();
    gateway.hub.publish_event(&topic, json!(n), Timestamp(1), Priority::Normal).unwrap();
}

fn ask(socket: &mut Socket, request: &Value) -> Value {
    socket.say(&request.to_string());
    loop {
        let message = socket.message();
        if message.get("op").is_some() && message["id"] == request["id"] {
            return message;
        }
    }
}

fn subscribe(id: u64, topics: &[&str], name: &str) -> Value {
    json!({"op": "subscribe", "id": id, "topics": topics, "durable": name, "interval_ms": 0})
}

fn ack(id: u64, name: &str, topic: &str, position: [u64; 2]) -> Value {
    json!({"op": "ack", "id": id, "durable": name, "positions": {topic: position}})
}

/// The offsets of the next events; a gap is told by the offset that follows it, negative.
fn offsets(socket: &mut Socket, count: usize) -> Vec<i64> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let message = socket.message();
        if message.get("gap").is_some() {
            seen.push(-message["gap"]["to"][1].as_i64().unwrap());
        } else if message.get("op").is_none() {
            seen.push(message["offset"].as_i64().unwrap());
        }
    }
    seen
}

#[test]
fn who_was_away_longer_than_the_ring_reaches_gets_everything_once_and_in_order() {
    let gateway = gateway();
    log(&gateway, 1..=1_500);
    let mut socket = gateway.socket("viewer");
    let since = json!({LOGGED: [9, 10]});
    let wish = json!({"op": "subscribe", "id": 1, "topics": ["machine/**"], "since": since, "interval_ms": 0});
    socket.say(&wish.to_string());
    // What happens meanwhile does not overtake.
    log(&gateway, 1_501..=1_600);
    assert_eq!(offsets(&mut socket, 1_590), (11..=1_600).collect::<Vec<i64>>());
    log(&gateway, [1_601]);
    assert_eq!(offsets(&mut socket, 1), [1_601]);
    // The same by polling, as far as one answer reaches; the next one goes on there.
    let (mut since, mut polled) = (json!({LOGGED: [9, 10]}), Vec::new());
    while polled.len() < 1_591 {
        let path = format!("/api/topics?topics={LOGGED}&since={since}").replace('"', "%22");
        let reply = gateway.get(&path, "viewer").json();
        let envelopes = reply["envelopes"].as_array().unwrap().clone();
        assert!(!envelopes.is_empty() && envelopes.len() < 1_591, "{}", envelopes.len());
        polled.extend(envelopes.iter().map(|it| it["offset"].as_i64().unwrap()));
        since = reply["positions"].clone();
    }
    assert_eq!(polled, (11..=1_601).collect::<Vec<i64>>());
    // And as a stream.
    let mut stream = gateway.connect();
    let head = format!(
        "GET /api/stream?topics={LOGGED}&interval_ms=0 HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer \
         viewer\r\nLast-Event-ID: 9@{LOGGED}=700\r\n\r\n",
        gateway.address
    );
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let mut text = String::new();
    while !text.contains("\"offset\":1601,") {
        let mut bytes = [0; 8_192];
        let length = stream.read(&mut bytes).unwrap();
        assert!(length > 0, "the stream ended");
        text.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    let found = text.matches("\"offset\":").count();
    assert_eq!((found, text.contains("\"gap\"")), (901, false));
}

#[test]
fn what_the_history_has_lost_is_a_told_gap_and_so_is_a_foreign_place() {
    let gateway = gateway();
    log(&gateway, (50..=80).chain(90..=100));
    let check = |since: [u64; 2], expected: Vec<i64>| {
        let mut socket = gateway.socket("viewer");
        let since = json!({LOGGED: since});
        let wish = json!({"op": "subscribe", "id": 1, "topics": ["machine/**"], "since": since});
        assert_eq!(ask(&mut socket, &wish)["op"], "ok");
        assert_eq!(offsets(&mut socket, expected.len()), expected);
    };
    let all = || (50..=80).chain([-90]).chain(90..=100);
    check([9, 3], std::iter::once(-50).chain(all()).collect());
    check([9, 78], vec![79, 80, -90, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    check([1, 3], std::iter::once(-50).chain(all()).collect());
    check([77, 3], vec![-98, 98, 99, 100]);
    check([9, 500], vec![-98, 98, 99, 100]);
}

#[test]
fn a_durable_subscription_goes_on_after_what_was_acknowledged() {
    let gateway = gateway();
    log(&gateway, 1..=5);
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**", "host/**"], "billing"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 3), [3, 4, 5], "a new one begins with the ring");
    assert_eq!(ask(&mut socket, &ack(2, "billing", LOGGED, [9, 4])), json!({"op": "ok", "id": 2}));
    drop(socket);
    log(&gateway, 6..=20);
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**", "host/**"], "billing"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 16), (5..=20).collect::<Vec<i64>>());
    // Before the first acknowledgement it stands where the first subscription began.
    assert_eq!(ask(&mut socket, &subscribe(2, &["machine/**"], "other"))["op"], "ok");
    drop(socket);
    log(&gateway, 21..=30);
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**"], "other"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 13), (18..=30).collect::<Vec<i64>>());
    // A position that is named counts more than the kept one.
    let mut socket = gateway.socket("viewer");
    let mut wish = subscribe(1, &["machine/**"], "billing");
    wish["since"] = json!({LOGGED: [9, 28]});
    assert_eq!(ask(&mut socket, &wish)["op"], "ok");
    assert_eq!(offsets(&mut socket, 2), [29, 30]);
    // A name is the user's own.
    let mut socket = gateway.socket("operator");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**"], "billing"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 3), [28, 29, 30]);
}

#[test]
fn only_what_was_sent_is_acknowledged_and_only_by_who_holds_the_name() {
    let gateway = gateway();
    log(&gateway, 1..=3);
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**"], "d"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 3), [1, 2, 3]);
    let mut check = |request: &Value, code: &str, part: &str| {
        let answer = ask(&mut socket, request);
        assert_eq!(answer["code"], code, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(part), "{answer}");
    };
    check(&ack(2, "d", LOGGED, [9, 4]), "out_of_range", "the last one was [9,3]");
    check(&ack(3, "d", LOGGED, [10, 1]), "out_of_range", "was not sent");
    check(&ack(4, "d", VOLATILE, [7, 1]), "bad_topic", "not subscribed to");
    check(&ack(5, "d", "a b", [7, 1]), "bad_topic", "a b");
    check(&ack(6, "other", LOGGED, [9, 1]), "unknown_durable", "other");
    check(&ack(7, "a/b", LOGGED, [9, 1]), "out_of_range", "durable: a name has 1 to 64");
    check(&subscribe(8, &["a//b"], "d"), "bad_topic", "empty segment");
    let mut late = subscribe(9, &["machine/**"], "d");
    late["interval_ms"] = json!(10_001);
    check(&late, "out_of_range", "10000 ms");
    gateway.fill_disk(true);
    check(&ack(10, "d", LOGGED, [9, 2]), "unavailable", "Try again");
    check(&subscribe(11, &["machine/**"], "e"), "unavailable", "could not be kept");
    gateway.fill_disk(false);
    let place = |name: &str| gateway.places("v", name).get(LOGGED).copied();
    assert_eq!((place("d"), place("e")), (Some(Position(9, 0)), None), "nothing was changed");
    assert_eq!(ask(&mut socket, &ack(12, "d", LOGGED, [9, 2]))["op"], "ok");
    assert_eq!(place("d"), Some(Position(9, 2)));
}

#[test]
fn the_newer_connection_takes_a_name_over_and_the_older_is_told_why() {
    let gateway = gateway();
    log(&gateway, 1..=3);
    let mut older = gateway.socket("viewer");
    assert_eq!(ask(&mut older, &subscribe(1, &["machine/**"], "d"))["op"], "ok");
    assert_eq!(ask(&mut older, &subscribe(2, &["host/**"], "d"))["op"], "ok", "its own again");
    let mut newer = gateway.socket("viewer");
    assert_eq!(ask(&mut newer, &subscribe(1, &["machine/**"], "d"))["op"], "ok");
    let (code, reason) = older.close();
    assert_eq!(code, 4409);
    assert!(reason.contains("another connection took over"), "{reason}");
    assert_eq!(offsets(&mut newer, 3), [1, 2, 3]);
    assert_eq!(ask(&mut newer, &ack(2, "d", LOGGED, [9, 3]))["op"], "ok");
}

#[test]
fn durable_subscriptions_are_listed_and_deleted() {
    let gateway = gateway();
    log(&gateway, 1..=3);
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["machine/**"], "d"))["op"], "ok");
    let list = gateway.get("/api/durables", "viewer").json();
    let entry = &list["durables"][0];
    assert_eq!((&entry["user"], &entry["name"]), (&json!("v"), &json!("d")));
    assert_eq!((&entry["topics"], &entry["connected"]), (&json!(1), &json!(true)));
    assert_eq!(gateway.get("/api/durables", "operator").json()["durables"], json!([]));
    assert_eq!(gateway.get("/api/durables", "admin").json()["durables"][0]["name"], "d");
    let delete = |path: &str, token: &str| {
        gateway.request("DELETE", path, &format!("Authorization: Bearer {token}\r\n"), "")
    };
    delete("/api/durables/d", "operator").is_problem(404, "no durable subscription");
    delete("/api/durables/d?user=v", "operator").is_problem(403, "only admins");
    assert_eq!(delete("/api/durables/d?user=v", "admin").status, 204);
    delete("/api/durables/d", "viewer").is_problem(404, "\"d\"");
    // Who still holds the name hears of it.
    assert_eq!(offsets(&mut socket, 3), [1, 2, 3]);
    let answer = ask(&mut socket, &ack(2, "d", LOGGED, [9, 3]));
    assert_eq!(answer["code"], "unknown_durable");
    assert!(answer["detail"].as_str().unwrap().contains("deleted or has expired"), "{answer}");
    drop(socket);
    assert_eq!(gateway.get("/api/durables", "viewer").json()["durables"], json!([]));
}

#[test]
fn volatile_topics_tell_a_gap_after_a_restart_of_the_server() {
    let gateway = gateway();
    (1..=5).for_each(|n| happen(&gateway, n));
    let mut socket = gateway.socket("viewer");
    assert_eq!(ask(&mut socket, &subscribe(1, &["host/**"], "d"))["op"], "ok");
    assert_eq!(offsets(&mut socket, 3), [3, 4, 5]);
    assert_eq!(ask(&mut socket, &ack(2, "d", VOLATILE, [7, 5]))["op"], "ok");
    let kept = gateway.places("v", "d");
    // What a server that starts anew finds: the place of an epoch that is over.
    let mut again = gateway.socket("viewer");
    let mut wish = subscribe(1, &["host/**"], "d2");
    wish["since"] = json!({VOLATILE: [6, kept[&Topic::parse(VOLATILE).unwrap()].offset()]});
    assert_eq!(ask(&mut again, &wish)["op"], "ok");
    assert_eq!(offsets(&mut again, 4), [-3, 3, 4, 5]);
}

#[test]
fn requests_behind_one_that_waits_for_the_disk_are_answered_in_order() {
    let gateway = gateway();
    log(&gateway, 1..=3);
    let mut socket = gateway.socket("viewer");
    let requests = [
        subscribe(1, &["machine/**"], "d"),
        ack(2, "d", LOGGED, [9, 0]),
        json!({"op": "ping", "ts": 7}),
        json!({"op": "unsubscribe", "id": 4, "topics": ["machine/**"]}),
        ack(5, "d", LOGGED, [9, 0]),
    ];
    for request in &requests {
        socket.say(&request.to_string());
    }
    let mut answers = Vec::new();
    while answers.len() < requests.len() {
        let message = socket.message();
        if let Some(op) = message.get("op").and_then(Value::as_str) {
            answers.push((op.to_owned(), message["id"].as_u64().unwrap_or(0)));
        }
    }
    let expected = [("ok", 1), ("ok", 2), ("pong", 0), ("ok", 4), ("error", 5)];
    assert_eq!(answers, expected.map(|(op, id)| (op.to_owned(), id)));
}

#[test]
fn one_client_has_so_many_subscriptions_and_no_more() {
    let gateway = Gateway::start();
    let mut socket = gateway.socket("viewer");
    let many: Vec<String> = (0..10_000).map(|n| format!("t/{n}")).collect();
    let wish = |topics: &[String]| json!({"op": "subscribe", "id": 1, "topics": topics});
    let answer = ask(&mut socket, &wish(&many[..5_000]));
    assert_eq!((&answer["code"], &answer["limit"]), (&json!("too_many"), &json!(256)));
    assert_eq!(ask(&mut socket, &wish(&many[..256]))["op"], "ok");
    assert_eq!(ask(&mut socket, &wish(&many[256..257]))["code"], "too_many");
    assert_eq!(gateway.hub.counts().1, 256, "a refused one changes nothing");
    // One by one it is too many messages; all at once it is too large a message.
    many.iter().take(200).for_each(|topic| {
        // The server may have closed already.
        socket.say(&wish(std::slice::from_ref(topic)).to_string());
    });
    assert_eq!(socket.close_code(), 4429);
    let mut socket = gateway.socket("viewer");
    socket.say(&wish(&many).to_string());
    assert_eq!(socket.close_code(), 1009);
}
