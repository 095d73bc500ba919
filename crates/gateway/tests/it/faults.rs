//! Clients that take without giving: thousands of connections, half-open sockets, slow headers and
//! bodies, broken settings. Each is bounded, and nobody else is delayed.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::fixture::Gateway;
use bellwether_gateway::{ServerLimits, websocket::SocketTiming};
use bellwether_hub::Limits;
use bellwether_sys::clock;
use serde_json::json;

fn with(limits: ServerLimits) -> Gateway {
    Gateway::start_within(None, SocketTiming::default(), Limits::default(), limits)
}

fn after(stream: &mut TcpStream) -> String {
    let mut reply = String::new();
    // A reset is an end too.
    let _read = stream.read_to_string(&mut reply);
    reply
}

/// A request whose route has begun and waits for the rest of its body.
fn half_a_request(gateway: &Gateway) -> TcpStream {
    let mut stream = gateway.connect();
    write!(
        stream,
        "PATCH /api/settings HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer viewer\r\n\
         Content-Length: 7\r\nExpect: 100-continue\r\n\r\n",
        gateway.address
    )
    .unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn connections_that_ask_nothing_make_room() {
    let gateway = with(ServerLimits { connections: 8, ..ServerLimits::default() });
    // Two hundred clients that say nothing, or never finish their header.
    let mut idle: Vec<TcpStream> = (0..200)
        .map(|n| {
            let mut stream = gateway.connect();
            if n % 2 == 0 {
                stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").unwrap();
            }
            stream
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(gateway.request("GET", "/healthz", "", "").status, 200);
    }
    assert_eq!(after(&mut idle[0]), "", "the first was closed long before its time");
}

#[test]
fn when_all_are_busy_the_next_is_told_so_at_once() {
    let gateway = with(ServerLimits { connections: 4, ..ServerLimits::default() });
    let mut busy: Vec<TcpStream> = (0..4).map(|_| half_a_request(&gateway)).collect();
    for _ in 0..10 {
        let refused = gateway.request("GET", "/healthz", "", "");
        refused.is_problem(503, "Try again");
        assert!(refused.head.contains("retry-after: 5"), "{refused:?}");
    }
    for stream in &mut busy {
        stream.write_all(br#"{"a":1}"#).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200", "those under way are not disturbed");
    }
    assert_eq!(gateway.request("GET", "/healthz", "", "").status, 200, "they may give way now");
}

#[test]
fn sockets_over_the_limit_are_refused_and_those_below_live_on() {
    let gateway = with(ServerLimits { sockets: 50, ..ServerLimits::default() });
    let mut open: Vec<_> = (0..50).map(|_| gateway.socket("viewer")).collect();
    gateway.wait_for("all sockets", |g| g.counts.totals().connections == 50);
    let headers = "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";
    let (refused, none) = gateway.shake_hands("/ws", headers);
    assert_eq!((refused.status, none.is_none()), (503, true));
    for socket in &mut open {
        socket.say(r#"{"op":"ping","ts":1}"#);
        assert_eq!(socket.message(), json!({"op": "pong", "ts": 1}));
    }
    drop(open.pop());
    gateway.wait_for("a free place", |g| g.counts.totals().connections == 49);
    drop(gateway.socket("viewer"));
}

#[test]
fn a_thousand_sockets_come_and_go() {
    let gateway = Gateway::start();
    let mut open: Vec<_> = (0..1_000).map(|_| gateway.socket("viewer")).collect();
    for socket in &mut open {
        socket.say(r#"{"op":"ping","ts":1}"#);
    }
    for socket in &mut open {
        assert_eq!(socket.message()["op"], "pong");
    }
    drop(open);
    gateway.wait_for("the end of all", |g| g.counts.totals().connections == 0);
}

/// A peer that is gone without a word looks like this: it takes nothing and never answers a ping.
#[test]
fn half_open_sockets_are_dropped_after_the_deadline_and_others_stay() {
    let timing = SocketTiming {
        round: Duration::from_millis(5),
        ping_after: Duration::from_millis(20),
        drop_after: Duration::from_millis(500),
        ..SocketTiming::default()
    };
    let gateway = Gateway::start_with(None, timing, Limits::default());
    let gone: Vec<_> = (0..20).map(|_| gateway.socket("viewer")).collect();
    let mut there = gateway.socket("viewer");
    let mut pings = 0;
    while gateway.counts.totals().connections > 1 {
        let (first, payload) = there.next().unwrap();
        if first == 0x89 {
            there.frame(0x8A, &payload);
            pings += 1;
        }
    }
    assert!(pings > 0 && gateway.counts.totals().dropped == 20, "{:?}", gateway.counts.totals());
    there.say(r#"{"op":"ping","ts":1}"#);
    while there.next().unwrap().0 != 0x81 {}
    for mut socket in gone {
        while socket.next().is_some() {}
    }
}

/// Clients that neither read nor close hold the end of the server up for as long as that is bounded.
#[test]
fn a_stop_ends_in_time_whoever_does_not_listen() {
    let gateway = Gateway::start();
    let deaf: Vec<_> = (0..300).map(|_| gateway.socket("viewer")).collect();
    gateway.wait_for("all sockets", |g| g.counts.totals().connections == 300);
    let mut listening = gateway.socket("viewer");
    gateway.stop();
    assert_eq!(listening.close_code(), 1001);
    drop(listening);
    let began = clock::now().monotonic;
    gateway.ended();
    let took = clock::now().monotonic.saturating_sub(began);
    // 2 s for the goodbyes to be said one by one, 2 s for them to be taken, and a machine that is busy.
    assert!(took < Duration::from_secs(20), "{took:?}");
    drop(deaf);
}

#[test]
fn slow_headers_end_with_their_time() {
    let header_time = Duration::from_millis(300);
    let gateway = with(ServerLimits { header_time, ..ServerLimits::default() });
    let mut streams: Vec<TcpStream> = (0..50).map(|_| gateway.connect()).collect();
    for stream in &mut streams {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
    }
    assert_eq!(gateway.request("GET", "/healthz", "", "").status, 200, "nobody waits for them");
    for stream in &mut streams {
        let reply = after(stream);
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 408"), "{reply}");
    }
}

#[test]
fn slow_bodies_end_with_their_time_and_change_nothing() {
    let request_time = Duration::from_millis(300);
    let gateway = with(ServerLimits { request_time, ..ServerLimits::default() });
    let mut streams: Vec<TcpStream> = (0..20).map(|_| half_a_request(&gateway)).collect();
    for stream in &mut streams {
        stream.write_all(br#"{"a":"#).unwrap(); // the rest never comes
    }
    assert_eq!(gateway.request("GET", "/healthz", "", "").status, 200, "nobody waits for them");
    for stream in &mut streams {
        let reply = after(stream);
        assert!(reply.starts_with("HTTP/1.1 504"), "{reply}");
        assert!(reply.contains("application/problem+json"), "{reply}");
    }
    assert_eq!(gateway.get("/api/settings", "viewer").json(), json!({}));
}

#[test]
fn broken_settings_are_refused_and_change_nothing() {
    let gateway = Gateway::start();
    let viewer = "Authorization: Bearer viewer\r\n";
    let patch = |body: &str| gateway.request("PATCH", "/api/settings", viewer, body);
    let before = json!({"theme": "dark", "list": [1]});
    assert_eq!(patch(&before.to_string()).json(), before);
    let unchanged = || assert_eq!(gateway.get("/api/settings", "viewer").json(), before);

    for broken in ["", "{", r#"{"a":1"#, r#"{"a":1}}"#, "[1]", "null", r#"{"a":NaN}"#, "a=1"] {
        patch(broken).is_problem(422, "JSON object");
        unchanged();
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    patch(&deep).is_problem(422, "recursion limit");
    unchanged();

    let raw = |head: &str, body: &[u8]| {
        let mut stream = gateway.connect();
        let host = gateway.address;
        write!(stream, "PATCH /api/settings HTTP/1.1\r\nHost: {host}\r\n{viewer}{head}\r\n")
            .unwrap();
        // The server may answer and close before all is written.
        let _sent = stream.write_all(body);
        let _shut = stream.shutdown(std::net::Shutdown::Write);
        after(&mut stream)
    };
    let refused = |reply: String| {
        assert!(reply.starts_with("HTTP/1.1 4") || reply.is_empty(), "{reply}");
        unchanged();
    };
    // A client that asks first is told before it sends; one that just sends may be cut.
    let asks = raw("Content-Length: 10000000\r\nExpect: 100-continue\r\n", b"");
    assert!(asks.starts_with("HTTP/1.1 413") && asks.contains("problem+json"), "{asks}");
    refused(asks);
    refused(raw("Content-Length: 10000000\r\n", &vec![b' '; 10_000_000]));
    let endless = [b"989680\r\n".to_vec(), vec![b' '; 10_000_000]].concat();
    refused(raw("Transfer-Encoding: chunked\r\n", &endless));
    let not_text = raw("Content-Length: 9\r\nConnection: close\r\n", b"{\"a\":\"\xFF\xFE");
    assert!(not_text.contains("application/problem+json"), "{not_text}");
    refused(not_text);
    refused(raw("Content-Length: 500\r\n", br#"{"theme":"light"}"#)); // cut short
    refused(raw("Content-Length: 5\r\n", br#"{"theme":"light"}"#)); // longer than it said
    refused(raw("Content-Length: -1\r\n", br#"{"theme":"light"}"#));
    refused(raw("Content-Length: 17\r\nContent-Length: 18\r\n", br#"{"theme":"light"}"#));
    let both = "Content-Length: 17\r\nTransfer-Encoding: chunked\r\n";
    refused(raw(both, br#"{"theme":"light"}"#));
    refused(raw("Transfer-Encoding: chunked\r\n", b"ZZ\r\n{}\r\n0\r\n\r\n"));
    refused(raw("Transfer-Encoding: chunked\r\n", b"11\r\n{\"theme\":\"light\"}\r\n")); // no end
    assert_eq!(patch(r#"{"theme":"light"}"#).json()["theme"], "light", "a good one still works");
}
