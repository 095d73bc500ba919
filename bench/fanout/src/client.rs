//! One connection of the generator: shakes hands, asks, and counts what comes.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use memchr::memmem;
use mio::net::TcpStream;
use socket2::{Domain, Socket, Type};

use crate::{
    frames::{self, Kind},
    inflate::{Context, Remembered},
    mark::{MARK_BYTES, Mark},
    speech::{Greeting, Speech, Wish},
    tally::{Tally, Window},
};

/// Receive buffer of one that will stall: what it does not read has to wait at the server soon.
const STALLED_BUFFER_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Shaking,
    Greeting,
    Ready,
    Closed,
}

/// What all clients of a generator share.
pub(crate) struct Shared {
    pub(crate) speech: Speech,
    pub(crate) now: Duration,
    pub(crate) tally: Tally,
    pub(crate) window: Window,
    pub(crate) remembered: Remembered,
    /// How many messages were published on each topic.
    pub(crate) published: Vec<u32>,
    /// The epoch of the topics, where the server has such.
    pub(crate) epoch: Option<u64>,
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    pub(crate) state: State,
    /// Reads nothing any more.
    pub(crate) stalls: bool,
    publisher: bool,
    wish: Wish,
    /// An unfinished frame, or what was read of the answer to the handshake.
    held: Vec<u8>,
    unsent: Vec<u8>,
    /// The number that comes next on each topic; `None` before it is ready, unless it was here before.
    pub(crate) next: Option<Box<[u32]>>,
    context: Option<Context>,
    /// The end of the frame before, where messages cross borders.
    edge: Vec<u8>,
}

impl Client {
    /// Begins to connect; `next` is where an earlier connection stopped.
    pub(crate) fn connect(
        address: SocketAddr,
        speech: Speech,
        wish: Wish,
        next: Option<Box<[u32]>>,
        stalls: bool,
    ) -> Result<Self> {
        let handshake = speech.handshake(&address.to_string(), &wish, false);
        let mut client = Self::begin(address, wish, stalls)?;
        client.next = next;
        client.unsent = handshake.into_bytes();
        Ok(client)
    }

    /// The one that publishes; `address` may be a port of its own.
    pub(crate) fn publisher(address: SocketAddr, speech: Speech) -> Result<Self> {
        let mut client = Self::begin(address, Wish::default(), false)?;
        client.publisher = true;
        if speech.publishes_by_websocket() {
            let handshake = speech.handshake(&address.to_string(), &client.wish, true);
            client.unsent = handshake.into_bytes();
        } else {
            client.state = State::Ready;
        }
        Ok(client)
    }

    fn begin(address: SocketAddr, wish: Wish, stalls: bool) -> Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if stalls {
            socket.set_recv_buffer_size(STALLED_BUFFER_BYTES)?;
        }
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&address.into()) {
            Err(error)
                if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error()) =>
            {
                return Err(error).context("connect");
            }
            Ok(()) | Err(_) => {}
        }
        Ok(Self {
            stream: TcpStream::from_std(socket.into()),
            state: State::Shaking,
            stalls: false,
            publisher: false,
            wish,
            held: Vec::new(),
            unsent: Vec::new(),
            next: None,
            context: None,
            edge: Vec::new(),
        })
    }

    /// Writes what waits, as far as the socket takes it.
    pub(crate) fn write(&mut self) -> Result<()> {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(bytes) => drop(self.unsent.drain(..bytes)),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected
                    ) =>
                {
                    break;
                }
                Err(error) => return Err(error).context("write"),
            }
        }
        Ok(())
    }

    pub(crate) fn publish(&mut self, speech: Speech, topic: u32, message: &[u8]) -> Result<()> {
        speech.publish(topic, message, &mut self.unsent);
        self.write()
    }

    /// Reads all that is there.
    pub(crate) fn read(&mut self, buffer: &mut [u8], shared: &mut Shared) -> Result<()> {
        loop {
            let bytes = match self.stream.read(buffer) {
                Ok(0) => {
                    self.state = State::Closed;
                    return Ok(());
                }
                Ok(bytes) => bytes,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected
                    ) =>
                {
                    return Ok(());
                }
                Err(_) => {
                    self.state = State::Closed;
                    return Ok(());
                }
            };
            let whole = bytes < buffer.len();
            self.take(buffer.get(..bytes).unwrap_or_default(), shared)?;
            if whole {
                return Ok(());
            }
        }
    }

    fn take(&mut self, bytes: &[u8], shared: &mut Shared) -> Result<()> {
        if self.publisher && !shared.speech.publishes_by_websocket() {
            return Ok(()); // answers of HTTP
        }
        shared.tally.wire_bytes += bytes.len() as u64;
        if self.held.is_empty() && self.state != State::Shaking {
            let rest = self.frames(bytes, shared)?;
            let at = bytes.len() - rest;
            self.held.extend_from_slice(bytes.get(at..).unwrap_or_default());
            return Ok(());
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let mut begin = 0;
        if self.state == State::Shaking {
            let Some(end) = memmem::find(&held, b"\r\n\r\n") else {
                self.held = held;
                return Ok(());
            };
            begin = end + 4;
            self.shaken(held.get(..end).unwrap_or_default(), shared)?;
        }
        let rest = self.frames(held.get(begin..).unwrap_or_default(), shared)?;
        held.drain(..held.len() - rest);
        if held.is_empty() {
            held = Vec::new(); // idle ones hold nothing
        }
        self.held = held;
        Ok(())
    }

    fn shaken(&mut self, head: &[u8], shared: &mut Shared) -> Result<()> {
        let head = String::from_utf8_lossy(head).to_lowercase();
        if !head.starts_with("http/1.1 101") {
            bail!("the handshake was answered with {:?}", head.lines().next());
        }
        if head.contains("permessage-deflate") && !head.contains("server_no_context_takeover") {
            self.context = Some(Context::default());
        }
        self.state = State::Greeting;
        if shared.speech.is_ready_at_once() {
            self.become_ready(shared);
        }
        Ok(())
    }

    fn become_ready(&mut self, shared: &Shared) {
        self.state = State::Ready;
        self.next.get_or_insert_with(|| shared.published.clone().into());
    }

    /// Answers how many bytes at the end are an unfinished frame.
    fn frames(&mut self, bytes: &[u8], shared: &mut Shared) -> Result<usize> {
        let mut rest = bytes;
        let mut inflated = Vec::new();
        while let Some((frame, after)) = frames::split(rest) {
            rest = after;
            match frame.kind {
                Kind::Ping => {
                    frames::masked(10, frame.payload, &mut self.unsent);
                    self.write()?;
                }
                Kind::Pong => {}
                Kind::Close => self.state = State::Closed,
                Kind::Message if !frame.deflated => self.hear(frame.payload, shared)?,
                Kind::Message => {
                    if let Some(context) = &mut self.context {
                        inflated.clear();
                        context.inflate(frame.payload, &mut inflated).context("bad deflate")?;
                        self.hear(&inflated, shared)?;
                    } else {
                        let mut remembered = std::mem::take(&mut shared.remembered);
                        let plain = remembered.inflate(frame.payload).context("bad deflate")?;
                        self.hear(plain, shared)?;
                        shared.remembered = remembered;
                    }
                }
            }
        }
        Ok(rest.len())
    }

    fn hear(&mut self, text: &[u8], shared: &mut Shared) -> Result<()> {
        let before = shared.tally.delivered;
        if shared.speech.is_a_stream() {
            let head = text.get(..MARK_BYTES - 1).unwrap_or(text);
            self.edge.extend_from_slice(head);
            let edge = std::mem::take(&mut self.edge);
            self.count(&edge, shared);
            // Marks inside either part are not whole in the other, so none counts twice.
            let tail = text.len().saturating_sub(MARK_BYTES - 1);
            self.edge.extend_from_slice(text.get(tail..).unwrap_or_default());
        }
        self.count(text, shared);
        if shared.tally.delivered > before {
            if shared.epoch.is_none() && shared.speech == Speech::Bellwether {
                shared.epoch = number_after(text, b"\"epoch\":");
            }
            return Ok(());
        }
        if self.state == State::Ready {
            if shared.speech == Speech::Bellwether {
                shared.tally.told += told(text);
            }
            if let Some(answer) = shared.speech.answer(text) {
                self.unsent.extend(answer);
                return self.write();
            }
            return Ok(());
        }
        match shared.speech.greet(&self.wish, self.publisher, text) {
            Greeting::Say(words) => {
                self.unsent.extend(words);
                self.write()?;
            }
            Greeting::Ready => self.become_ready(shared),
            Greeting::Wait => {}
        }
        Ok(())
    }

    fn count(&mut self, text: &[u8], shared: &mut Shared) {
        let Some(next) = &mut self.next else { return };
        let Shared { tally, window, now, .. } = shared;
        Mark::each(text, |mark| {
            let Some(next) = next.get_mut(mark.topic as usize) else { return };
            let from = *next;
            tally.count(mark, next, *now);
            if mark.topic == 0 {
                window.reached(from, *next);
            }
        });
    }
}

/// How many events a notice of a gap says are lost: `"from":[epoch,last],"to":[epoch,next]`.
fn told(text: &[u8]) -> u64 {
    let notice: serde_json::Value = match serde_json::from_slice(text) {
        Ok(notice) => notice,
        Err(_) => return 0,
    };
    let offset = |name: &str| notice.get("gap")?.get(name)?.get(1)?.as_u64();
    match (offset("from"), offset("to")) {
        (Some(from), Some(to)) => to.saturating_sub(from + 1),
        _ => 0,
    }
}

fn number_after(text: &[u8], name: &[u8]) -> Option<u64> {
    let begin = memmem::find(text, name)? + name.len();
    let digits: Vec<u8> =
        text.get(begin..)?.iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_told_gap_is_counted() {
        let notice = br#"{"topic":"a","gap":{"from":[7,2],"to":[7,6],"reason":"overrun"}}"#;
        assert_eq!(told(notice), 3);
        assert_eq!(told(b"{}"), 0);
        assert_eq!(number_after(b"{\"epoch\":17,\"x\"", b"\"epoch\":"), Some(17));
    }
}
