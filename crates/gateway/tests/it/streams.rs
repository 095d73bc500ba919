//! Server-Sent Events over real connections: the same envelopes as a socket's, resumed by the id of
//! the last event, and what becomes of readers that are slow, gone or signed out.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::fixture::Gateway;
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::{Limits, Priority};
use bellwether_signal::{Role, Timestamp, Topic};
use serde_json::{Value, json};

/// One event as a browser would see it.
#[derive(Debug)]
struct Event {
    name: String,
    id: Option<String>,
    data: Value,
}

/// The client's side of a stream.
struct Stream {
    reader: BufReader<TcpStream>,
    /// What was read of the body and is no whole event yet.
    text: String,
    /// Comments seen.
    comments: usize,
}

impl Stream {
    fn open(gateway: &Gateway, query: &str, headers: &str) -> Self {
        let mut stream = gateway.connect();
        write!(
            stream,
            "GET /api/stream?{query} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            gateway.address
        )
        .unwrap();
        let mut reader = BufReader::with_capacity(1_024, stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        let head = head.to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        for part in ["content-type: text/event-stream", "no-store", "x-accel-buffering: no"] {
            assert!(head.contains(part), "{head}");
        }
        Self { reader, text: String::new(), comments: 0 }
    }

    /// With its welcome and its first id read.
    fn begun(gateway: &Gateway, query: &str, headers: &str) -> (Self, String) {
        let mut stream =
            Self::open(gateway, query, &format!("Authorization: Bearer viewer\r\n{headers}"));
        let welcome = stream.next().unwrap();
        assert_eq!((welcome.name.as_str(), &welcome.data["op"]), ("welcome", &json!("welcome")));
        let id = stream.next().unwrap().id.unwrap();
        (stream, id)
    }

    /// The next chunk of the body (RFC 9112, section 7.1); `false` at its end.
    fn read_chunk(&mut self) -> bool {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
        let length = usize::from_str_radix(line.trim(), 16).unwrap();
        let mut chunk = vec![0; length + 2];
        if self.reader.read_exact(&mut chunk).is_err() || length == 0 {
            return false;
        }
        self.text.push_str(std::str::from_utf8(&chunk[..length]).unwrap());
        true
    }

    /// The next event, or the next id without one; `None` at the end.
    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let mut event = Event { name: "message".into(), id: None, data: Value::Null };
                for line in block.lines() {
                    match line.split_once(": ").unwrap() {
                        ("event", name) => name.clone_into(&mut event.name),
                        ("id", id) => event.id = Some(id.to_owned()),
                        ("data", data) => event.data = serde_json::from_str(data).unwrap(),
                        ("", _) => self.comments += 1,
                        other => panic!("{other:?}"),
                    }
                }
                if event.id.is_some() || event.data != Value::Null {
                    return Some(event);
                }
            } else if !self.read_chunk() {
                return None;
            }
        }
    }

    fn envelope(&mut self) -> Value {
        let event = self.next().expect("an event");
        assert_eq!(event.name, "message", "{event:?}");
        event.data
    }

    /// The advice of the last event, skipping what comes before it.
    fn goodbye(&mut self) -> u64 {
        loop {
            let event = self.next().expect("a goodbye");
            if event.name == "bye" {
                assert!(self.next().is_none(), "nothing comes after the goodbye");
                return event.data["code"].as_u64().unwrap();
            }
        }
    }
}

fn publish(gateway: &Gateway, topic: &str, value: Value) {
    let Value::Object(value) = value else { unreachable!() };
    gateway.hub.publish_state(&Topic::parse(topic).unwrap(), value, Timestamp(1)).unwrap();
}

fn happen(gateway: &Gateway, topic: &str, event: Value) {
    let topic = Topic::parse(topic).unwrap();
    gateway.hub.publish_event(&topic, event, Timestamp(1), Priority::Normal).unwrap();
}

#[test]
fn a_stream_carries_what_a_socket_would() {
    let gateway = Gateway::start();
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1, "load_1m": 2}));
    let (mut stream, id) = Stream::begun(&gateway, "topics=host/**&interval_ms=0", "");
    assert_eq!(id, "", "no event topic yet");
    let mut socket = gateway.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["host/**"],"interval_ms":0}"#);
    assert_eq!(socket.message()["op"], "ok");
    assert_eq!(stream.envelope(), socket.message());
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 3, "load_1m": 2}));
    let patch = stream.envelope();
    assert_eq!(patch["patch"], json!({"total_percent": 3}));
    assert_eq!(patch, socket.message());
    happen(&gateway, "host/web-1/process", json!("first"));
    let event = stream.next().unwrap();
    assert_eq!(event.id.as_deref(), Some("7@host/web-1/process=1"));
    assert_eq!(event.data, socket.message());
}

#[test]
fn a_lost_stream_resumes_without_loss_or_repetition() {
    let gateway = Gateway::start();
    happen(&gateway, "host/web-1/process", json!(1));
    let (mut stream, mut id) = Stream::begun(&gateway, "topics=host/**&since=now", "");
    assert_eq!(id, "7@host/web-1/process=1", "known before anything happens");
    let mut next = 2;
    for round in 0..20 {
        // Some are taken, some are on their way when the connection is lost, some happen after.
        for n in 0..round % 4 {
            happen(&gateway, "host/web-1/process", json!(next + n));
        }
        for _ in 0..(round % 4).min(2) {
            let event = stream.next().unwrap();
            assert_eq!(event.data["data"], json!(next));
            id = event.id.unwrap();
            next += 1;
        }
        for _ in (round % 4).min(2)..round % 4 {
            // Not read any more: they are told again.
        }
        drop(stream);
        let resume = format!("Last-Event-ID: {id}\r\n");
        let begun = Stream::begun(&gateway, "topics=host/**&since=now", &resume);
        stream = begun.0;
        assert_eq!(begun.1, id);
        for _ in (round % 4).min(2)..round % 4 {
            let event = stream.next().unwrap();
            assert_eq!(event.data["data"], json!(next));
            id = event.id.unwrap();
            next += 1;
        }
    }
}

#[test]
fn what_left_the_ring_is_told() {
    let gateway =
        Gateway::start_with(None, SocketTiming::default(), Limits { ring: 3, ..Limits::default() });
    for n in 1..=9 {
        happen(&gateway, "host/web-1/process", json!(n));
    }
    let check = |id: &str, expected: Value| {
        let (mut stream, begun) =
            Stream::begun(&gateway, "topics=host/**", &format!("Last-Event-ID: {id}\r\n"));
        assert_eq!(begun, id, "until the gap is told the client stands where it stood");
        let gap = stream.next().unwrap();
        assert_eq!(gap.data["gap"], expected);
        assert_eq!(gap.id.as_deref(), Some("7@host/web-1/process=6"));
        let rest: Vec<Value> = (0..3).map(|_| stream.envelope()["data"].clone()).collect();
        assert_eq!(rest, [json!(7), json!(8), json!(9)]);
    };
    let gap = |from: [u64; 2], reason: &str| json!({"from": from, "to": [7, 7], "reason": reason});
    check("7@host/web-1/process=2", gap([7, 2], "overrun"));
    check("6@host/web-1/process=8", gap([6, 8], "new_epoch"));
    check("7@host/web-1/process=20", gap([7, 20], "unknown_position"));
}

#[test]
fn a_topic_that_is_not_there_yet_keeps_its_place() {
    let gateway = Gateway::start();
    let place = "6@host/web-1/process=8";
    let (mut stream, id) =
        Stream::begun(&gateway, "topics=host/**", &format!("Last-Event-ID: {place}\r\n"));
    assert_eq!(id, place);
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1}));
    assert!(stream.next().unwrap().id.is_none(), "states move no place");
    happen(&gateway, "host/web-1/process", json!("new"));
    assert_eq!(stream.envelope()["gap"]["reason"], "new_epoch");
    assert_eq!(stream.envelope()["data"], "new");
}

#[test]
fn wrong_questions_are_refused_by_a_problem() {
    let gateway = Gateway::start();
    let before = gateway.hub.counts();
    let check = |query: &str, headers: &str, part: &str| {
        let headers = format!("Authorization: Bearer viewer\r\n{headers}");
        let path = format!("/api/stream?{query}");
        gateway.request("GET", &path, &headers, "").is_problem(400, part);
    };
    check("", "", "topics");
    check("topics=a//b", "", "topics");
    check("topics=a&since=yesterday", "", "since");
    check("topics=a&interval_ms=20000", "", "10000");
    check("topics=a", "Last-Event-ID: yesterday\r\n", "Last-Event-ID");
    check("topics=a", "Last-Event-ID: \u{e9}\r\n", "Last-Event-ID");
    check("topics=a", &format!("Last-Event-ID: {}\r\n", "7@a=1;".repeat(2_000)), "longer");
    gateway.request("GET", "/api/stream?topics=a", "", "").is_problem(401, "link");
    gateway.get("/api/stream?topics=a", "publisher").is_problem(403, "publisher");
    gateway.request("GET", "/api/stream?topics=a&token=no", "", "").is_problem(401, "unknown");
    // As an `EventSource` signs in, which sends no headers.
    drop(Stream::open(&gateway, "topics=a&token=viewer", ""));
    // Nothing of it stays.
    gateway.wait_for("the end of all", |g| g.hub.counts() == before);
}

#[test]
fn places_that_would_be_too_long_end_the_stream() {
    let gateway = Gateway::start();
    let (mut stream, _) = Stream::begun(&gateway, "topics=app/**", "");
    for n in 0..600 {
        happen(&gateway, &format!("app/topic-{n}"), json!(n));
    }
    assert_eq!(stream.goodbye(), 1009);
    gateway.get("/api/stream?topics=app/**", "viewer").is_problem(400, "fewer");
}

#[test]
fn streams_are_counted_and_forgotten_when_the_client_is_gone() {
    let gateway = Gateway::start();
    let (subscribers, patterns) = gateway.hub.counts();
    let (stream, _) = Stream::begun(&gateway, "topics=host/**", "");
    let mut socket = gateway.socket("viewer");
    socket.say(r#"{"op":"subscribe","id":1,"topics":["host/**"]}"#);
    assert_eq!(socket.message()["op"], "ok");
    let connections = gateway.get("/health", "viewer").json()["connections"].clone();
    assert_eq!(
        connections["by_kind"],
        json!({
            "analytics": 0, "bellwether.v1": 1, "flat": 0, "socketio": 0, "sse": 1
        })
    );
    assert_eq!(connections["active"], 2);
    let metrics = gateway.get("/metrics", "viewer").body;
    assert!(metrics.contains("bellwether_streams 1\n"), "{metrics}");
    drop(stream);
    gateway.wait_for("its end", |g| g.counts.totals().streams == 0);
    assert_eq!(gateway.hub.counts(), (subscribers + 1, patterns + 1));
}

#[test]
fn a_quiet_stream_says_that_it_is_there() {
    let timing = SocketTiming {
        round: Duration::from_millis(5),
        ping_after: Duration::from_millis(20),
        ..SocketTiming::default()
    };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let (mut stream, _) = Stream::begun(&gateway, "topics=host/**", "");
    while stream.comments < 3 {
        assert!(stream.read_chunk(), "it lives on");
        stream.comments += stream.text.matches(": still here\n\n").count();
        stream.text.clear();
    }
}

#[test]
fn a_stream_that_nobody_reads_is_cut_costs_nothing_and_delays_nobody() {
    let timing = SocketTiming {
        round: Duration::from_millis(20),
        stuck_after: Duration::from_millis(300),
        ..SocketTiming::default()
    };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let (mut stuck, _) = Stream::begun(&gateway, "topics=app/**&interval_ms=0", "");
    let (mut reader, _) = Stream::begun(&gateway, "topics=app/small&interval_ms=0", "");
    let large = "x".repeat(200_000);
    for round in 0..400 {
        // New text each time: more than the kernel holds for one client.
        let value = json!({"v": format!("{round}{large}")});
        publish(&gateway, &format!("app/large/{}", round % 20), value);
        publish(&gateway, "app/small", json!({"v": round}));
        let value = reader.envelope();
        let newest = value.get("full").or(value.get("patch")).unwrap()["v"].clone();
        assert_eq!(newest, json!(round), "the reader gets each one while the other is stuck");
    }
    gateway.wait_for("the cut", |g| g.counts.totals().streams_dropped == 1);
    gateway.wait_for("its end", |g| g.counts.totals().streams == 1);
    // What the kernel still held may come: a small part of the 80 MB. Then the reset.
    let mut rest = Vec::new();
    let ended = stuck.reader.get_mut().read_to_end(&mut rest);
    assert!(ended.is_err(), "a reset, not an end");
    assert!(rest.len() < 8_000_000, "{} bytes were kept for it", rest.len());
    publish(&gateway, "app/small", json!({"v": "after"}));
    assert_eq!(reader.envelope()["patch"]["v"], "after");
}

#[test]
fn a_slow_stream_gets_the_newest_state_and_every_event() {
    let gateway = Gateway::start();
    let (mut slow, _) = Stream::begun(&gateway, "topics=app/**&interval_ms=0", "");
    let large = "x".repeat(100_000);
    for n in 1..=200 {
        publish(&gateway, "app/state", json!({"n": n, "large": format!("{n}{large}")}));
        happen(&gateway, "app/event", json!(n));
    }
    let (mut newest, mut events, mut states) = (json!(0), Vec::new(), 0);
    while newest != 200 || events.len() < 200 {
        let envelope = slow.envelope();
        if envelope["type"] == "state" {
            states += 1;
            let value = envelope.get("full").or(envelope.get("patch")).unwrap();
            newest = value["n"].clone();
        } else {
            events.push(envelope["data"].as_u64().unwrap());
        }
    }
    assert_eq!(events, (1..=200).collect::<Vec<u64>>());
    assert!(states < 200, "what it could not take was merged: {states}");
}

#[test]
fn streams_end_with_the_session() {
    let gateway = Gateway::start();
    let reply = gateway.request("GET", "/sign-in?code=link", "", "");
    let cookie = reply.head.lines().find(|line| line.starts_with("set-cookie: ")).unwrap();
    let cookie = cookie.trim_start_matches("set-cookie: ").split(';').next().unwrap().to_owned();
    let mut stream = Stream::open(&gateway, "topics=host/**", &format!("Cookie: {cookie}\r\n"));
    let (mut other, _) = Stream::begun(&gateway, "topics=host/**", "");
    let headers = format!("Cookie: {cookie}\r\nOrigin: http://{}\r\n", gateway.address);
    assert_eq!(gateway.request("POST", "/api/sign-out", &headers, "").status, 204);
    assert_eq!(stream.goodbye(), 4401);
    publish(&gateway, "host/web-1/cpu", json!({"total_percent": 1}));
    assert_eq!(other.envelope()["full"]["total_percent"], 1, "others live on");
}

#[test]
fn streams_are_told_when_the_server_stops() {
    let gateway = Gateway::start();
    let (mut stream, _) = Stream::begun(&gateway, "topics=host/**", "");
    gateway.stop();
    assert_eq!(stream.goodbye(), 1001);
}

#[test]
fn anonymous_viewers_may_stream_where_they_may_look() {
    let gateway =
        Gateway::start_with(Some(Role::Viewer), SocketTiming::default(), Limits::default());
    publish(&gateway, "host/web-1/commands", json!({"commands": {"1:2": "init"}}));
    publish(&gateway, "host/web-1/summary", json!({"name": "web-1"}));
    let mut stream = Stream::open(&gateway, "topics=host/**", "");
    assert_eq!(stream.next().unwrap().data["role"], "viewer");
    assert!(stream.next().unwrap().id.is_some());
    assert_eq!(stream.envelope()["topic"], "host/web-1/summary", "no command lines");
}
