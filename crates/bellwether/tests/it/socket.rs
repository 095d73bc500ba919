//! The client's side of a WebSocket: small frames, no extensions.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

use crate::program::Program;

/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Each message is a JSON object in one text frame.
pub(crate) struct Socket(TcpStream);

impl Socket {
    /// Opens one that speaks `bellwether.v1`, and has been welcomed.
    pub(crate) fn open(program: &Program) -> Self {
        let mut socket = Self::handshake(program, "Sec-WebSocket-Protocol: bellwether.v1\r\n");
        assert_eq!(socket.message()["op"], "welcome");
        socket
    }

    /// Opens one that speaks the flat dialect of the dashboard.
    pub(crate) fn flat(program: &Program) -> Self {
        Self::handshake(program, "")
    }

    fn handshake(program: &Program, more: &str) -> Self {
        let mut stream = program.connect();
        write!(
            stream,
            "GET /ws HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n",
            program.address
        )
        .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        Self(stream)
    }

    /// Says a short text in a masked frame; the mask is zero, which changes nothing.
    pub(crate) fn say(&mut self, message: &Value) {
        let text = message.to_string();
        let mut frame = vec![0x81, 0xFE];
        frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).unwrap();
    }

    /// The next message.
    pub(crate) fn message(&mut self) -> Value {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).unwrap();
                usize::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.0.read_exact(&mut length).unwrap();
                usize::try_from(u64::from_be_bytes(length)).unwrap()
            }
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).unwrap();
        assert_eq!(head[0], 0x81, "{}", String::from_utf8_lossy(&payload));
        serde_json::from_slice(&payload).unwrap()
    }

    /// Says something and reads until it is answered.
    pub(crate) fn ask(&mut self, message: &Value) -> Value {
        self.say(message);
        self.wait_for("an answer", |message| message.get("op").is_some())
    }

    /// Reads until a message is as it has to be.
    pub(crate) fn wait_for(&mut self, what: &str, mut holds: impl FnMut(&Value) -> bool) -> Value {
        let deadline = bellwether_sys::clock::now().monotonic + PATIENCE;
        loop {
            let message = self.message();
            if holds(&message) {
                return message;
            }
            let now = bellwether_sys::clock::now().monotonic;
            assert!(now < deadline, "waited for {what}: {message}");
        }
    }
}
