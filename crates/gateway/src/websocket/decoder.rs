//! Frames that arrive: masked, perhaps fragmented, perhaps broken (RFC 6455, section 5).
//!
//! Sans-I/O: bytes in, messages out. Only an unfinished frame or message is kept, so an idle
//! connection holds no buffer.

use bellwether_signal::protocol::CloseCode;

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A complete text message.
    Text(String),
    /// A ping, to be answered with the same payload.
    Ping(Vec<u8>),
    /// The answer to our ping.
    Pong,
    /// The client is done, with its code when it gave one.
    Close(Option<u16>),
}

/// A frame that breaks the rules. The connection ends with this code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Broken {
    /// What the close frame carries.
    pub code: CloseCode,
    /// The rule that was broken, for the close frame and the log.
    pub reason: &'static str,
}

const fn broken(code: CloseCode, reason: &'static str) -> Broken {
    Broken { code, reason }
}

const OPCODE_CONTINUE: u8 = 0x0;
const OPCODE_TEXT: u8 = 0x1;
const OPCODE_BINARY: u8 = 0x2;
const OPCODE_CLOSE: u8 = 0x8;
const OPCODE_PING: u8 = 0x9;
const OPCODE_PONG: u8 = 0xA;

/// Most of a message's fragments. Without a bound, empty ones could go on for ever.
const FRAGMENTS: u32 = 1_024;

/// Turns bytes into messages.
#[derive(Debug)]
pub struct Decoder {
    limit: usize,
    /// Bytes of an unfinished frame.
    pending: Vec<u8>,
    /// The finished fragments of an unfinished message, and how many they were.
    message: Option<(Vec<u8>, u32)>,
    closed: bool,
}

/// The head of a frame.
struct Head {
    last: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Bytes of the head itself.
    size: usize,
    payload: usize,
}

impl Decoder {
    /// Accepts messages of up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, pending: Vec::new(), message: None, closed: false }
    }

    /// Takes what arrived and appends the messages that are complete. After an error or a close,
    /// nothing more is read.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Incoming>) -> Result<(), Broken> {
        if self.closed {
            return Ok(());
        }
        if self.pending.is_empty() {
            // The common case: whole frames arrive, nothing is copied.
            let used = self.frames(bytes, out)?;
            self.pending.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(bytes);
            let used = self.frames(&pending, out)?;
            pending.drain(..used);
            if !pending.is_empty() {
                self.pending = pending;
            }
        }
        Ok(())
    }

    fn frames(&mut self, bytes: &[u8], out: &mut Vec<Incoming>) -> Result<usize, Broken> {
        let mut used = 0;
        while !self.closed {
            let rest = bytes.get(used..).unwrap_or_default();
            let Some(head) = self.head(rest)? else { break };
            let end = head.size + head.payload;
            let Some(masked) = rest.get(head.size..end) else { break };
            let payload: Vec<u8> =
                masked.iter().zip(head.mask.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
            used += end;
            if let Some(incoming) = self.frame(&head, payload)? {
                out.push(incoming);
            }
        }
        Ok(if self.closed { bytes.len() } else { used })
    }

    /// `None` while the head is not complete. What is wrong is said as early as it can be seen.
    fn head(&self, bytes: &[u8]) -> Result<Option<Head>, Broken> {
        let protocol = |reason| Err(broken(CloseCode::ProtocolError, reason));
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let (last, opcode, length) = (first & 0x80 != 0, first & 0x0F, second & 0x7F);
        if first & 0x70 != 0 {
            return protocol("a reserved bit is set, but no extension was agreed on");
        }
        if second & 0x80 == 0 {
            return protocol("a client's frames have to be masked");
        }
        let control = opcode >= OPCODE_CLOSE;
        match opcode {
            OPCODE_BINARY => {
                return Err(broken(CloseCode::Unsupported, "messages are text, not binary"));
            }
            OPCODE_CONTINUE if self.message.is_none() => {
                return protocol("a fragment without a beginning");
            }
            OPCODE_TEXT if self.message.is_some() => {
                return protocol("a new message before the end of the last one");
            }
            OPCODE_CLOSE | OPCODE_PING | OPCODE_PONG if !last => {
                return protocol("a control frame may not be fragmented");
            }
            OPCODE_CLOSE | OPCODE_PING | OPCODE_PONG if length > 125 => {
                return protocol("a control frame holds at most 125 bytes");
            }
            OPCODE_CONTINUE | OPCODE_TEXT | OPCODE_CLOSE | OPCODE_PING | OPCODE_PONG => {}
            _ => return protocol("an unknown kind of frame"),
        }
        let (size, payload) = match length {
            126 => match rest.first_chunk() {
                Some(length) => (4, u64::from(u16::from_be_bytes(*length))),
                None => return Ok(None),
            },
            127 => match rest.first_chunk() {
                Some(length) => (10, u64::from_be_bytes(*length)),
                None => return Ok(None),
            },
            short => (2, u64::from(short)),
        };
        let before = self.message.as_ref().map_or(0, |(bytes, _)| bytes.len());
        let fits = usize::try_from(payload)
            .ok()
            .filter(|payload| control || before.saturating_add(*payload) <= self.limit);
        let Some(payload) = fits else {
            return Err(broken(CloseCode::TooBig, "the message is over the limit of the welcome"));
        };
        let mask = bytes.get(size..).and_then(|rest| rest.first_chunk());
        Ok(mask.map(|mask| Head { last, opcode, mask: *mask, size: size + 4, payload }))
    }

    fn frame(&mut self, head: &Head, payload: Vec<u8>) -> Result<Option<Incoming>, Broken> {
        match head.opcode {
            OPCODE_PING => return Ok(Some(Incoming::Ping(payload))),
            OPCODE_PONG => return Ok(Some(Incoming::Pong)),
            OPCODE_CLOSE => {
                self.closed = true;
                return close_code(&payload).map(|code| Some(Incoming::Close(code)));
            }
            _ => {}
        }
        let (mut message, fragments) = self.message.take().unwrap_or_default();
        if message.is_empty() {
            message = payload;
        } else {
            message.extend_from_slice(&payload);
        }
        if !head.last {
            if fragments >= FRAGMENTS {
                return Err(broken(CloseCode::TooBig, "the message has too many fragments"));
            }
            self.message = Some((message, fragments + 1));
            return Ok(None);
        }
        let text = String::from_utf8(message)
            .map_err(|_| broken(CloseCode::InvalidText, "a text message has to be UTF-8"))?;
        Ok(Some(Incoming::Text(text)))
    }
}

/// Section 7.4: nothing, or a code that may be sent and a reason in UTF-8.
fn close_code(payload: &[u8]) -> Result<Option<u16>, Broken> {
    let wrong = |reason| Err(broken(CloseCode::ProtocolError, reason));
    match payload {
        [] => Ok(None),
        [_] => wrong("half a close code"),
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return wrong("a close code that may not be sent");
            }
            if std::str::from_utf8(reason).is_err() {
                return Err(broken(CloseCode::InvalidText, "a close reason has to be UTF-8"));
            }
            Ok(Some(code))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MASK: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

    /// A client's frame, as section 5.2 draws it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![first];
        match payload.len() {
            short @ 0..=125 => out.push(0x80 | u8::try_from(short).unwrap()),
            medium @ 126..=0xFFFF => {
                out.push(0xFE);
                out.extend(u16::try_from(medium).unwrap().to_be_bytes());
            }
            long => {
                out.push(0xFF);
                out.extend((long as u64).to_be_bytes());
            }
        }
        out.extend(MASK);
        out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(b, k)| b ^ k));
        out
    }

    fn decode(bytes: &[u8]) -> Result<Vec<Incoming>, Broken> {
        let mut out = Vec::new();
        Decoder::new(1_000).feed(bytes, &mut out).map(|()| out)
    }

    #[test]
    fn messages_arrive_whole() {
        let hello = Incoming::Text("hello".into());
        assert_eq!(decode(&frame(0x81, b"hello")).unwrap(), std::slice::from_ref(&hello));
        let fragments =
            [frame(0x01, b"hel"), frame(0x89, b"?"), frame(0x00, b""), frame(0x80, b"lo")].concat();
        assert_eq!(decode(&fragments).unwrap(), [Incoming::Ping(b"?".into()), hello]);
        let closing = [frame(0x88, &[3, 232]), frame(0x81, b"late")].concat();
        assert_eq!(decode(&closing).unwrap(), [Incoming::Close(Some(1000))]);
    }

    #[test]
    fn broken_frames_are_named() {
        let check = |bytes: &[u8], code: CloseCode| {
            let broken = decode(bytes).unwrap_err();
            assert_eq!(broken.code, code, "{bytes:?}: {broken}");
        };
        check(&[0x81, 0x05], CloseCode::ProtocolError); // not masked
        check(&frame(0xC1, b""), CloseCode::ProtocolError); // reserved bit
        check(&frame(0x83, b""), CloseCode::ProtocolError); // unknown kind
        check(&frame(0x80, b""), CloseCode::ProtocolError); // fragment without a beginning
        check(&frame(0x09, b""), CloseCode::ProtocolError); // fragmented ping
        check(&frame(0x89, &[0; 126]), CloseCode::ProtocolError); // long ping
        check(&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), CloseCode::ProtocolError);
        check(&frame(0x88, &[3]), CloseCode::ProtocolError); // half a code
        check(&frame(0x88, &1005u16.to_be_bytes()), CloseCode::ProtocolError);
        check(&frame(0x88, &[3, 232, 0xFF]), CloseCode::InvalidText);
        check(&frame(0x82, b""), CloseCode::Unsupported);
        check(&frame(0x81, &[0xC3, 0x28]), CloseCode::InvalidText);
        check(&frame(0x81, &[b'x'; 1_001]), CloseCode::TooBig);
        check(&[frame(0x01, &[b'x'; 600]), frame(0x80, &[b'x'; 600])].concat(), CloseCode::TooBig);
        // Said from the head alone, before a byte of the payload came.
        check(&[0x81, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0], CloseCode::TooBig);
    }

    #[test]
    fn endless_fragments_end() {
        let mut bytes = frame(0x01, b"");
        bytes.extend(frame(0x00, b"").repeat(FRAGMENTS as usize + 1));
        assert_eq!(decode(&bytes).unwrap_err().code, CloseCode::TooBig);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::new(100);
            let mut out = Vec::new();
            for chunk in bytes.chunks(7) {
                if decoder.feed(chunk, &mut out).is_err() {
                    break;
                }
                prop_assert!(decoder.pending.len() <= 100 + 14 + 7);
            }
        }

        #[test]
        fn how_bytes_are_cut_does_not_matter(
            texts in prop::collection::vec("\\PC{0,80}", 1..6),
            cut in 1..50usize,
        ) {
            let bytes: Vec<u8> = texts.iter().flat_map(|t| frame(0x81, t.as_bytes())).collect();
            let mut decoder = Decoder::new(1_000);
            let mut out = Vec::new();
            for chunk in bytes.chunks(cut) {
                decoder.feed(chunk, &mut out).unwrap();
            }
            let expected: Vec<Incoming> = texts.into_iter().map(Incoming::Text).collect();
            prop_assert_eq!(out, expected);
            prop_assert!(decoder.pending.is_empty());
        }
    }
}
