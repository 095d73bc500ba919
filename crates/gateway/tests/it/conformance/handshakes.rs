//! The opening handshake, in all its variants (RFC 6455, sections 4.1, 4.2 and 4.4).

use std::io::{Read as _, Write as _};

use super::case::{request, text};
use crate::fixture::{Gateway, Socket};

/// A request to open a socket, line by line.
const GOOD: [&str; 8] = [
    "GET /ws HTTP/1.1",
    "Host: HOST",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: bellwether.v1",
    "Authorization: Bearer viewer",
];

/// The good request with some lines in the place of others: those with the same name. A line that
/// begins with `+` is added, one that begins with `-` left out.
fn with(changes: &[&str]) -> String {
    let name = |line: &str| match line.split_once(':') {
        Some((name, _)) => name.to_lowercase(),
        None if line.contains(" HTTP/") => "the first line".to_owned(),
        None => line.to_owned(),
    };
    let mut lines: Vec<String> = GOOD.map(str::to_owned).to_vec();
    for change in changes {
        if let Some(added) = change.strip_prefix('+') {
            lines.push(added.to_owned());
        } else if let Some(gone) = change.strip_prefix('-') {
            lines.retain(|line| name(line) != gone);
        } else {
            for line in lines.iter_mut().filter(|line| name(line) == name(change)) {
                (*change).clone_into(line);
            }
        }
    }
    lines.join("\r\n") + "\r\n\r\n"
}

/// The status and the header of the answer, and the socket that answered.
fn answer(gateway: &Gateway, request: &str, behind: &[u8]) -> (u16, String, Socket) {
    let mut stream = gateway.connect();
    let request = request.replace("HOST", &gateway.address.to_string());
    stream.write_all(&[request.as_bytes(), behind].concat()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, Socket { stream })
}

#[test]
fn good_handshakes() {
    let gateway = Gateway::start();
    let check = |name: &str, changes: &[&str]| {
        let (status, head, mut socket) = answer(&gateway, &with(changes), &[]);
        assert_eq!(status, 101, "{name}: {head}");
        // Upper case is gone: the answer of the RFC's example in lower case.
        let proof = "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n";
        assert!(head.contains(proof), "{name}: {head}");
        assert!(head.contains("upgrade: websocket\r\n"), "{name}: {head}");
        assert!(head.contains("connection: upgrade\r\n"), "{name}: {head}");
        assert_eq!(socket.message()["op"], "welcome", "{name}");
    };
    check("as it is written", &[]);
    check("names in capitals", &["UPGRADE: websocket", "CONNECTION: Upgrade"]);
    check("values in capitals", &["Upgrade: WEBSOCKET", "Connection: UPGRADE"]);
    check("a connection with more words", &["Connection: keep-alive, Upgrade"]);
    check("a connection in two headers", &["Connection: keep-alive", "+Connection: Upgrade"]);
    check("space around the key", &["Sec-WebSocket-Key:   dGhlIHNhbXBsZSBub25jZQ==  "]);
    check("further subprotocols", &["Sec-WebSocket-Protocol: soap, bellwether.v1, wamp"]);
    check("subprotocols in two headers", &["+Sec-WebSocket-Protocol: soap"]);
    check("headers that nobody knows", &["+X-Mood: good", "+Pragma: no-cache"]);
    check("our own origin", &["+Origin: http://HOST"]);
    check("a query", &["GET /ws?x=1 HTTP/1.1"]);
}

#[test]
fn bad_handshakes() {
    let gateway = Gateway::start();
    let check = |name: &str, changes: &[&str], status: u16, part: &str| {
        let (answered, head, _) = answer(&gateway, &with(changes), &[]);
        assert_eq!(answered, status, "{name}: {head}");
        assert!(head.contains(part), "{name}: {head}");
        assert!(!head.contains("sec-websocket-accept"), "{name}: {head}");
    };
    let version = "sec-websocket-version: 13\r\n";
    check("an old version", &["Sec-WebSocket-Version: 8"], 426, version);
    check("a later version", &["Sec-WebSocket-Version: 14"], 426, version);
    check("no version", &["-sec-websocket-version"], 426, version);
    check("two versions", &["+Sec-WebSocket-Version: 13"], 426, version);
    check("no upgrade", &["-upgrade"], 426, "upgrade: websocket\r\n");
    check("an upgrade to something else", &["Upgrade: h2c"], 426, version);
    check("no connection", &["-connection"], 426, version);
    check("a connection that stays as it is", &["Connection: keep-alive"], 426, version);
    check("no key", &["-sec-websocket-key"], 400, "problem+json");
    check("an empty key", &["Sec-WebSocket-Key: "], 400, "problem+json");
    check("a key that is no base64", &["Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ=="], 400, "json");
    check("a key of 15 bytes", &["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j"], 400, "problem+json");
    check("two keys", &["+Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], 400, "problem+json");
    check("another subprotocol", &["Sec-WebSocket-Protocol: soap"], 400, "problem+json");
    check("an extension that is none", &["+Sec-WebSocket-Extensions: ;"], 400, "problem+json");
    check("a foreign origin", &["+Origin: https://evil.example"], 403, "problem+json");
    check("a foreign host", &["Host: evil.example"], 421, "problem+json");
    check("an old HTTP", &["GET /ws HTTP/1.0"], 426, version);
    check("another method", &["POST /ws HTTP/1.1"], 405, "problem+json");
    check("an address without sockets", &["GET /api/nothing HTTP/1.1"], 404, "problem+json");
}

#[test]
fn what_comes_right_behind_the_handshake_is_heard() {
    let gateway = Gateway::start();
    let behind = [text(request(1)), text(request(2))].concat();
    let (status, _, mut socket) = answer(&gateway, &with(&[]), &behind);
    assert_eq!(status, 101);
    assert_eq!(socket.message()["op"], "welcome");
    assert_eq!(socket.message()["ts"], 1);
    assert_eq!(socket.message()["ts"], 2);
}
