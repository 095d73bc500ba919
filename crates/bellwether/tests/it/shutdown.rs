//! How a server ends: clients are told, requests get their answer, nothing acknowledged is lost.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use crate::program::Program;
use serde_json::Value;
use tempfile::tempdir;

#[test]
fn signals_end_it_in_good_order() {
    for signal in ["TERM", "INT"] {
        let data = tempdir().unwrap();
        let program = Program::start(data.path(), &[]);
        program.signal(signal);
        assert_eq!(program.ended(), Some(0), "{signal}");
    }
}

#[test]
fn sockets_are_told_that_the_server_goes_and_may_come_back() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "viewer"]);
    let mut socket = program.connect();
    write!(
        socket,
        "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: bellwether.v1\r\n\r\n",
        program.address
    )
    .unwrap();
    let mut socket = BufReader::new(socket);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        socket.read_line(&mut line).unwrap();
    }
    let (first, welcome) = frame(&mut socket);
    assert_eq!(first, 0x81, "{welcome:?}");
    program.signal("TERM");
    let (first, goodbye) = frame(&mut socket);
    assert_eq!(first, 0x88);
    assert_eq!(goodbye[..2], 1001_u16.to_be_bytes());
    assert!(String::from_utf8_lossy(&goodbye[2..]).contains("come back"), "{goodbye:?}");
    drop(socket);
    assert_eq!(program.ended(), Some(0));
}

/// The first byte and the payload of a short frame.
fn frame(socket: &mut impl Read) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    socket.read_exact(&mut head).unwrap();
    let mut length = u16::from(head[1]);
    if length == 126 {
        let mut long = [0; 2];
        socket.read_exact(&mut long).unwrap();
        length = u16::from_be_bytes(long);
    }
    let mut payload = vec![0; length.into()];
    socket.read_exact(&mut payload).unwrap();
    (head[0], payload)
}

/// A request whose route has begun and waits for the rest of its body.
fn half_a_request(program: &Program) -> TcpStream {
    let mut stream = program.connect();
    write!(
        stream,
        "PATCH /api/settings HTTP/1.1\r\nHost: {}\r\nContent-Length: 16\r\n\
         Expect: 100-continue\r\n\r\n",
        program.address
    )
    .unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn a_request_under_way_gets_its_answer() {
    let data = tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--anonymous", "admin"]);
    let mut stream = half_a_request(&program);
    program.signal("TERM");
    program.wait_for_message("stopping");
    stream.write_all(br#"{"theme":"dark"}"#).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    assert_eq!(program.ended(), Some(0));
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    assert_eq!(program.json("/api/settings")["theme"], "dark");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let data = tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--anonymous", "admin"]);
    let stream = half_a_request(&program); // would be waited for
    program.signal("TERM");
    program.wait_for_message("stopping");
    program.signal("INT");
    program.wait_for_message("at once");
    assert_eq!(program.ended(), Some(130), "128 and the number of SIGINT");
    drop(stream);
}

#[test]
fn nothing_acknowledged_is_lost() {
    const WRITERS: usize = 4;
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let acknowledged = Mutex::new(Vec::new());
    let (enough, ended) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (program, acknowledged, enough, ended) = (&program, &acknowledged, &enough, &ended);
            scope.spawn(move || {
                for value in 0.. {
                    let key = format!("writer_{writer}");
                    // Refused or cut: the server has gone.
                    let Ok((200, _)) = program.change_settings(&format!("{{\"{key}\":{value}}}"))
                    else {
                        break;
                    };
                    let mut acknowledged = acknowledged.lock().unwrap();
                    acknowledged.push((key, value));
                    if acknowledged.len() >= 40 && !enough.swap(true, Ordering::SeqCst) {
                        program.signal("TERM");
                    }
                }
                ended.store(true, Ordering::SeqCst);
            });
        }
    });
    assert!(ended.load(Ordering::SeqCst));
    assert_eq!(program.ended(), Some(0));
    let program = Program::start(data.path(), &["--anonymous", "admin"]);
    let kept = program.json("/api/settings");
    for (key, value) in acknowledged.into_inner().unwrap() {
        assert!(kept[&key].as_i64().unwrap() >= value, "{key}: {value} is not in {kept}");
    }
}

#[test]
fn what_was_shown_last_is_in_the_history() {
    let data = tempdir().unwrap();
    let program = Program::start(data.path(), &["--anonymous", "viewer", "--name", "web-1"]);
    let topics = program.wait_for("/api/topics?topics=host/web-1/cpu", |topics| {
        let envelope = &topics["envelopes"][0];
        envelope["offset"].as_i64() >= Some(3) && envelope["full"]["total_percent"].is_number()
    });
    let shown = topics["envelopes"][0]["ts"].as_i64().unwrap();
    program.signal("TERM");
    assert_eq!(program.ended(), Some(0));
    let program = Program::start(data.path(), &["--anonymous", "viewer", "--name", "web-1"]);
    let history = program.json("/api/series?names=host/web-1/cpu/total_percent");
    let at: &Vec<Value> = history["series"][0]["at_ms"].as_array().unwrap();
    assert!(at.iter().any(|at| at.as_i64() == Some(shown)), "{shown} is not in {at:?}");
}
