//! A client of `bellwether.v1` as small as it can be: RFC 6455 without fragments, one thread.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use bellwether_signal::protocol::SUBPROTOCOL;

/// Any 16 bytes: the server's proof that it speaks WebSocket is not what is measured.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// A frame of the server: opcode, and at most one process list.
const FRAME_BYTES: usize = 16 * 1024 * 1024;

pub(crate) struct Socket {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the server sent.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    Text(Vec<u8>),
    /// With the close code, if it gave one.
    Closed(Option<u16>),
}

impl Socket {
    /// Shakes hands; `session` is the header that carries it.
    pub(crate) fn open(address: &str, session: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("connect to {address}"))?;
        Self::shake_hands(stream, address, session)
    }

    /// The same for one who takes little at a time: its kernel keeps hardly anything for it.
    pub(crate) fn open_narrow(address: &str, session: &str) -> Result<Self> {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
        socket.set_recv_buffer_size(4_096)?;
        socket.connect(&address.parse::<std::net::SocketAddr>()?.into())?;
        Self::shake_hands(socket.into(), address, session)
    }

    fn shake_hands(mut stream: TcpStream, address: &str, session: &str) -> Result<Self> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\
             Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n{session}\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut socket = Self { stream, received: Vec::new() };
        loop {
            if let Some(end) = socket.received.windows(4).position(|it| it == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&socket.received[..end]).into_owned();
                socket.received.drain(..end + 4);
                if head.split(' ').nth(1) != Some("101") {
                    bail!("the handshake was answered with {:?}", head.lines().next());
                }
                return Ok(socket);
            }
            if socket.fill()? == 0 {
                bail!("the connection ended during the handshake");
            }
        }
    }

    /// How long [`Self::next`] waits.
    pub(crate) fn wait_at_most(&self, timeout: Duration) -> Result<()> {
        Ok(self.stream.set_read_timeout(Some(timeout))?)
    }

    pub(crate) fn say(&mut self, text: &str) -> Result<()> {
        self.send(1, text.as_bytes())
    }

    /// Masked with zeros: RFC 6455 wants a mask, and any will do among friends.
    fn send(&mut self, opcode: u8, payload: &[u8]) -> Result<()> {
        let mut frame = vec![0x80 | opcode];
        match u16::try_from(payload.len()) {
            Ok(length @ ..126) => frame.push(0x80 | length.to_be_bytes()[1]),
            Ok(length) => {
                frame.push(0xfe); // masked, 126: two bytes follow
                frame.extend(length.to_be_bytes());
            }
            Err(_) => bail!("nothing that long is sent here"),
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        Ok(self.stream.write_all(&frame)?)
    }

    /// The next message; `None` when none came in time.
    pub(crate) fn next(&mut self) -> Result<Option<Message>> {
        loop {
            if let Some((opcode, payload)) = self.take_frame()? {
                match opcode {
                    1 => return Ok(Some(Message::Text(payload))),
                    8 => {
                        let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                        return Ok(Some(Message::Closed(code)));
                    }
                    9 => self.send(10, &payload)?,
                    _ => {}
                }
                continue;
            }
            match self.fill() {
                Ok(0) => return Ok(Some(Message::Closed(None))),
                Ok(_) => {}
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer)?;
        self.received.extend(&buffer[..count]);
        Ok(count)
    }

    fn take_frame(&mut self) -> Result<Option<(u8, Vec<u8>)>> {
        let Some((opcode, head, length)) = frame_head(&self.received) else { return Ok(None) };
        if length > FRAME_BYTES {
            bail!("a frame of {length} bytes");
        }
        if self.received.len() < head + length {
            return Ok(None);
        }
        let payload = self.received[head..head + length].to_vec();
        self.received.drain(..head + length);
        Ok(Some((opcode, payload)))
    }
}

/// Opcode, length of the head, length of the payload; `None` until all of the head is there.
fn frame_head(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, second) = (bytes.first()?, bytes.get(1)?);
    let (head, length) = match second & 0x7f {
        126 => (4, u64::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)),
        length => (2, u64::from(length)),
    };
    Some((first & 0x0f, head, usize::try_from(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_all_lengths_are_read() {
        assert_eq!(frame_head(&[0x81, 5, 0]), Some((1, 2, 5)));
        assert_eq!(frame_head(&[0x81, 126, 1, 0]), Some((1, 4, 256)));
        assert_eq!(frame_head(&[0x88, 127, 0, 0, 0, 0, 0, 1, 0, 0]), Some((8, 10, 65_536)));
        assert_eq!(frame_head(&[0x81, 126, 1]), None);
        assert_eq!(frame_head(&[0x81]), None);
    }
}
