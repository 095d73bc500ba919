//! A reconnect storm: a thousand clients are cut at once, things happen meanwhile, and all come back at
//! the same moment, without the pauses that a stopping server spreads them by.

use std::{sync::Barrier, thread};

use crate::fixture::{Gateway, Socket};
use bellwether_gateway::websocket::SocketTiming;
use bellwether_hub::{Limits, Priority};
use bellwether_signal::{Timestamp, Topic};
use bellwether_sys::clock;
use serde_json::{Value, json};

const CLIENTS: usize = 1_000;
/// Each drives its part of the clients: all connect, then all ask, then all read.
const THREADS: usize = 8;
/// Events that a topic keeps here.
const RING: u64 = 10;
const HEADERS: &str = "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n";

/// Its events are all in the ring; those of the other are not.
const NEAR: &str = "app/near";
const FAR: &str = "app/far";

fn happen(gateway: &Gateway, topic: &str, times: u64) {
    let topic = Topic::parse(topic).unwrap();
    for _ in 0..times {
        gateway.hub.publish_event(&topic, json!("x"), Timestamp(1), Priority::Normal).unwrap();
    }
}

/// What a client has of a topic, and whether it was told of a gap.
#[derive(Debug, PartialEq)]
struct Seen {
    newest: u64,
    gap: bool,
}

impl Seen {
    /// Takes an envelope or a notice; anything that is not the next is an untold gap.
    fn take(&mut self, message: &Value) {
        if let Some(gap) = message.get("gap") {
            assert_eq!(gap["from"], json!([7, self.newest]), "from what the client had");
            self.newest = gap["to"][1].as_u64().unwrap() - 1;
            self.gap = true;
        } else {
            self.newest += 1;
            assert_eq!(message["offset"], self.newest, "the next one, once");
        }
    }
}

/// Asks to go on as one who had so many events of the far topic, and lacks so many of the near one.
fn ask(socket: &mut Socket, had: u64, newest: u64) {
    let subscribe = json!({
        "op": "subscribe", "id": 1, "topics": ["app/**"], "interval_ms": 0,
        "since": {NEAR: [7, newest - had], FAR: [7, had]},
    });
    socket.say(&subscribe.to_string());
}

/// Reads until it has all.
fn read(socket: &mut Socket, had: u64, newest: u64) -> [Seen; 2] {
    assert_eq!(socket.message()["op"], "ok");
    let mut near = Seen { newest: newest - had, gap: false };
    let mut far = Seen { newest: had, gap: false };
    while near.newest < newest || far.newest < newest {
        let message = socket.message();
        match message["topic"].as_str().unwrap() {
            NEAR => near.take(&message),
            FAR => far.take(&message),
            other => panic!("nobody asked for {other}"),
        }
    }
    [near, far]
}

#[test]
fn a_thousand_clients_resume_at_once_and_none_has_an_untold_gap() {
    let limits = Limits { ring: usize::try_from(RING).unwrap(), ..Limits::default() };
    let gateway = Gateway::start_with(None, SocketTiming::default(), limits);
    let cut: Vec<_> = (0..CLIENTS).map(|_| gateway.socket("viewer")).collect();
    gateway.wait_for("all clients", |g| g.counts.totals().connections == CLIENTS as u64);
    drop(cut);
    let newest = 10 * RING;
    happen(&gateway, NEAR, newest);
    happen(&gateway, FAR, newest);

    let start = Barrier::new(THREADS + 1);
    let gateway = &gateway;
    let took = thread::scope(|scope| {
        let mut parts = Vec::new();
        for part in 0..THREADS as u64 {
            let start = &start;
            parts.push(scope.spawn(move || {
                start.wait();
                let mine: Vec<u64> = (part..CLIENTS as u64).step_by(THREADS).collect();
                let streams: Vec<_> = mine.iter().map(|_| gateway.connect()).collect();
                let shake_hands =
                    |stream| gateway.shake_hands_on(stream, "/ws", HEADERS).1.unwrap();
                let mut sockets: Vec<Socket> = streams.into_iter().map(shake_hands).collect();
                for (socket, client) in sockets.iter_mut().zip(&mine) {
                    assert_eq!(socket.message()["op"], "welcome");
                    ask(socket, client % RING, newest);
                }
                for (socket, client) in sockets.iter_mut().zip(&mine) {
                    let [near, far] = read(socket, client % RING, newest);
                    assert_eq!(near, Seen { newest, gap: false }, "client {client}");
                    assert_eq!(far, Seen { newest, gap: true }, "client {client}");
                }
                sockets
            }));
        }
        start.wait();
        let began = clock::now().monotonic;
        // All are there at the same time: none leaves before the last one is back.
        let back: Vec<_> = parts.into_iter().map(|part| part.join().unwrap()).collect();
        let took = clock::now().monotonic.saturating_sub(began);
        assert_eq!(back.iter().map(Vec::len).sum::<usize>(), CLIENTS);
        took
    });
    // How long it may take is for the benchmark: beside other tests it says nothing.
    println!("{CLIENTS} clients resumed within {took:?}");
}
