//! How each server is spoken with: what a subscriber asks for, how it is told that it has it, and what
//! a publisher sends.

use crate::frames::masked;

/// The protocols of the servers that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// `bellwether.v1`; published through a port of its own (see `push_server`).
    Bellwether,
    /// Our small peers: the path says how many topics, a publisher's text begins with the topic.
    Plain,
    SocketIo,
    Nchan,
    Nats,
}

/// What a subscriber wants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// Topics 0 to this.
    pub(crate) topics: u32,
    /// The flush clock, where there is one.
    pub(crate) interval_ms: Option<u32>,
    /// Offers permessage-deflate, as browsers do.
    pub(crate) deflate: bool,
    /// Positions to go on from, as JSON.
    pub(crate) since: Option<String>,
}

/// What follows from a message that comes before a client is ready.
pub(crate) enum Greeting {
    Say(Vec<u8>),
    Ready,
    Wait,
}

/// The bench server lets this token in, and nobody else.
pub(crate) const TOKEN: &str = "fanout";
const TEXT: u8 = 1;
const BINARY: u8 = 2;

impl Speech {
    /// The request that opens a subscriber's WebSocket.
    pub(crate) fn handshake(self, host: &str, wish: &Wish, publisher: bool) -> String {
        let topics = wish.topics;
        let path = match self {
            Self::Bellwether => "/ws".to_owned(),
            Self::Plain if publisher => "/publish".to_owned(),
            Self::Plain => format!("/subscribe/{topics}"),
            Self::SocketIo => {
                let topics = if publisher { 0 } else { topics };
                format!("/socket.io/?EIO=4&transport=websocket&topics={topics}")
            }
            Self::Nchan => {
                let names: Vec<String> = (0..topics).map(|topic| format!("t{topic:04}")).collect();
                format!("/subscribe/{}", names.join(","))
            }
            Self::Nats => "/".to_owned(),
        };
        let mut request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        if self == Self::Bellwether {
            request.push_str("Sec-WebSocket-Protocol: bellwether.v1\r\nAuthorization: Bearer ");
            request.push_str(TOKEN);
            request.push_str("\r\n");
        }
        if wish.deflate {
            request.push_str(
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
            );
        }
        request.push_str("\r\n");
        request
    }

    /// Whether a publisher opens a WebSocket; otherwise it just writes.
    pub(crate) fn publishes_by_websocket(self) -> bool {
        !matches!(self, Self::Bellwether | Self::Nchan)
    }

    /// Whether the handshake alone makes a subscriber.
    pub(crate) fn is_ready_at_once(self) -> bool {
        matches!(self, Self::Plain | Self::Nchan)
    }

    /// Whether messages may cross the borders of frames.
    pub(crate) fn is_a_stream(self) -> bool {
        self == Self::Nats
    }

    /// Answers what a server says before a client is ready.
    pub(crate) fn greet(self, wish: &Wish, publisher: bool, heard: &[u8]) -> Greeting {
        let begins = |with: &str| heard.starts_with(with.as_bytes());
        match self {
            Self::Bellwether if begins("{\"op\":\"welcome\"") => {
                let interval = wish.interval_ms.unwrap_or(100);
                let since = wish.since.as_deref().unwrap_or("\"now\"");
                let ask = format!(
                    "{{\"op\":\"subscribe\",\"id\":1,\"topics\":[\"app/fanout/*\"],\
                     \"interval_ms\":{interval},\"since\":{since}}}"
                );
                say(TEXT, ask.as_bytes())
            }
            Self::Bellwether if begins("{\"op\":\"ok\"") => Greeting::Ready,
            Self::SocketIo if begins("0{") => say(TEXT, b"40"),
            Self::SocketIo if begins("40") => Greeting::Ready,
            Self::Nats if begins("INFO") => {
                let mut ask = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n".to_owned();
                for topic in (0..wish.topics).filter(|_| !publisher) {
                    for part in ["SUB t.", &format!("{topic:04} {}", topic + 1), "\r\n"] {
                        ask.push_str(part);
                    }
                }
                ask.push_str("PING\r\n");
                say(BINARY, ask.as_bytes())
            }
            Self::Nats if begins("PONG") => Greeting::Ready,
            Self::Bellwether | Self::Plain | Self::SocketIo | Self::Nchan | Self::Nats => {
                Greeting::Wait
            }
        }
    }

    /// What keeps a client that is ready alive, if this was a question about it.
    pub(crate) fn answer(self, heard: &[u8]) -> Option<Vec<u8>> {
        let (opcode, answer): (u8, &[u8]) = match (self, heard) {
            (Self::SocketIo, b"2") => (TEXT, b"3"),
            (Self::Nats, b"PING\r\n") => (BINARY, b"PONG\r\n"),
            _ => return None,
        };
        let mut out = Vec::new();
        masked(opcode, answer, &mut out);
        Some(out)
    }

    /// Appends what publishes a message.
    pub(crate) fn publish(self, topic: u32, message: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Bellwether => {
                out.extend(format!("{topic:04}").bytes());
                out.extend(message);
                out.push(b'\n');
            }
            Self::Plain => {
                let text = [format!("{topic:04}").as_bytes(), message].concat();
                masked(TEXT, &text, out);
            }
            Self::SocketIo => {
                let begin = format!("42[\"publish\",\"{topic:04}\",");
                masked(TEXT, &[begin.as_bytes(), message, b"]"].concat(), out);
            }
            Self::Nchan => {
                let head = format!(
                    "POST /publish/t{topic:04} HTTP/1.1\r\nHost: localhost\r\n\
                     Content-Length: {}\r\n\r\n",
                    message.len()
                );
                out.extend(head.bytes());
                out.extend(message);
            }
            Self::Nats => {
                let head = format!("PUB t.{topic:04} {}\r\n", message.len());
                masked(BINARY, &[head.as_bytes(), message, b"\r\n"].concat(), out);
            }
        }
    }
}

fn say(opcode: u8, text: &[u8]) -> Greeting {
    let mut out = Vec::new();
    masked(opcode, text, &mut out);
    Greeting::Say(out)
}
