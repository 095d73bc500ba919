//! A case: what a client says, byte by byte, and what it has to hear.

use std::{fmt::Write as _, io::Write as _};

use crate::fixture::{Gateway, Socket};

/// One conversation on a socket of its own.
pub(crate) struct Case {
    name: String,
    /// Written one after the other, not waiting for anything.
    says: Vec<Vec<u8>>,
    hears: Vec<Heard>,
    /// Whether permessage-deflate is agreed on first.
    packs: bool,
}

/// What comes from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The answer to `{"op":"ping","ts":n}`.
    Answer(u32),
    /// The answer to a text that is no request: it was read whole, as text.
    Refusal,
    /// A pong with this payload.
    Pong(Vec<u8>),
    /// A close frame with this code, or none, and then the end.
    Close(Option<u16>),
    /// Anything else.
    Other(u8, Vec<u8>),
}

/// The case of this name: one that says `says`, and has to hear `hears` and nothing else.
pub(crate) fn case(name: impl Into<String>, says: &[Vec<u8>], hears: &[Heard]) -> Case {
    Case { name: name.into(), says: says.to_vec(), hears: hears.to_vec(), packs: false }
}

/// Runs them all on one server; the failure names each that fails.
pub(crate) fn run(cases: Vec<Case>) {
    let gateway = Gateway::start();
    let mut failures = String::new();
    assert!(!cases.is_empty());
    for case in cases {
        let heard = case.heard(&gateway);
        if heard != case.hears {
            let Case { name, hears, .. } = &case;
            writeln!(failures, "{name}\n  has to hear {hears:?}\n  heard       {heard:?}").unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

impl Case {
    pub(crate) fn where_packing_was_agreed_on(self) -> Self {
        Self { packs: true, ..self }
    }

    fn heard(&self, gateway: &Gateway) -> Vec<Heard> {
        let offer =
            if self.packs { "Sec-WebSocket-Extensions: permessage-deflate\r\n" } else { "" };
        let headers = format!(
            "Authorization: Bearer viewer\r\nSec-WebSocket-Protocol: bellwether.v1\r\n{offer}"
        );
        let (reply, socket) = gateway.shake_hands("/ws", &headers);
        let mut socket = socket.unwrap_or_else(|| panic!("{reply:?}"));
        assert_eq!(socket.message()["op"], "welcome");
        for bytes in &self.says {
            // The server may have heard enough before all was said.
            if socket.stream.write_all(bytes).is_err() {
                break;
            }
        }
        // Whoever lives on answers this, after all that it has to say before.
        let last = b"the end of the case";
        let _written = socket.stream.write_all(&ping(last));
        let mut heard = Vec::new();
        while let Some(next) = hear(&mut socket) {
            if next == Heard::Pong(last.to_vec()) {
                break;
            }
            let closes = matches!(next, Heard::Close(_));
            heard.push(next);
            if closes {
                if let Some((first, payload)) = socket.next() {
                    heard.push(Heard::Other(first, payload));
                }
                break;
            }
        }
        heard
    }
}

fn hear(socket: &mut Socket) -> Option<Heard> {
    let (first, payload) = socket.next()?;
    Some(match (first, payload.as_slice()) {
        (0x8A, _) => Heard::Pong(payload),
        (0x88, []) => Heard::Close(None),
        (0x88, [high, low, ..]) => Heard::Close(Some(u16::from_be_bytes([*high, *low]))),
        (0x81, text) => {
            let answer: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
            match (answer["op"].as_str(), answer["ts"].as_u64()) {
                (Some("pong"), Some(n)) => Heard::Answer(u32::try_from(n).unwrap()),
                (Some("error"), _) => Heard::Refusal,
                _ => Heard::Other(first, payload),
            }
        }
        _ => Heard::Other(first, payload),
    })
}

pub(crate) const FINAL: u8 = 0x80;
pub(crate) const RSV1: u8 = 0x40;
pub(crate) const RSV2: u8 = 0x20;
pub(crate) const RSV3: u8 = 0x10;
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// A masked frame with this first byte.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    masked(first, payload, [0x37, 0xFA, 0x21, 0x3D])
}

pub(crate) fn masked(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..=125 => bytes.push(0x80 | u8::try_from(short).unwrap()),
        medium @ 126..=0xFFFF => {
            bytes.push(0xFE);
            bytes.extend(u16::try_from(medium).unwrap().to_be_bytes());
        }
        long => {
            bytes.push(0xFF);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}

/// A whole text message.
pub(crate) fn text(payload: impl AsRef<[u8]>) -> Vec<u8> {
    frame(FINAL | TEXT, payload.as_ref())
}

pub(crate) fn ping(payload: &[u8]) -> Vec<u8> {
    frame(FINAL | PING, payload)
}

/// A request whose answer shows that it was read: [`Heard::Answer`] with the same number.
pub(crate) fn request(n: u32) -> String {
    format!(r#"{{"op":"ping","ts":{n}}}"#)
}

/// The same in so many bytes.
pub(crate) fn request_of(n: u32, bytes: usize) -> String {
    let without = format!(r#"{{"op":"ping","ts":{n},"padding":""}}"#).len();
    let padding = "x".repeat(bytes - without);
    format!(r#"{{"op":"ping","ts":{n},"padding":"{padding}"}}"#)
}

/// A message in these fragments.
pub(crate) fn fragments(parts: &[&[u8]]) -> Vec<Vec<u8>> {
    let last = parts.len() - 1;
    let first = |index| {
        let opcode = if index == 0 { TEXT } else { CONTINUATION };
        if index == last { FINAL | opcode } else { opcode }
    };
    parts.iter().enumerate().map(|(index, part)| frame(first(index), part)).collect()
}

/// Each byte by itself.
pub(crate) fn chopped(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.iter().map(|byte| vec![*byte]).collect()
}
