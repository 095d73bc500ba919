//! Frames that arrive: masked, perhaps fragmented, packed or broken (RFC 6455, section 5; RFC 7692,
//! section 6).
//!
//! Sans-I/O: bytes in, messages out. Only an unfinished frame or message is kept, so an idle
//! connection holds no buffer, and what a client announces is held only once it came.

use bellwether_signal::protocol::CloseCode;

use super::deflate::{Inflater, Unreadable};

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
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
pub(crate) struct Broken {
    /// What the close frame carries.
    pub(crate) code: CloseCode,
    /// The rule that was broken, for the close frame and the log.
    pub(crate) reason: &'static str,
}

const fn broken(code: CloseCode, reason: &'static str) -> Broken {
    Broken { code, reason }
}

const NOT_UTF_8: Broken = broken(CloseCode::InvalidText, "a text message has to be UTF-8");
const TOO_BIG: Broken = broken(CloseCode::TooBig, "the message is over the limit of the welcome");

const OPCODE_CONTINUE: u8 = 0x0;
const OPCODE_TEXT: u8 = 0x1;
const OPCODE_BINARY: u8 = 0x2;
const OPCODE_CLOSE: u8 = 0x8;
const OPCODE_PING: u8 = 0x9;
const OPCODE_PONG: u8 = 0xA;

/// Most of a message's fragments. Without a bound, empty ones could go on for ever.
const FRAGMENTS: u32 = 1_024;
/// What packing may add to a message that does not shrink: five bytes for each block of up to 64 KiB
/// (RFC 1951, section 3.2.4), and small blocks of a client that flushes often.
const PACKED_MORE: usize = 1_024;
/// The longest head of a frame.
const HEAD: usize = 14;

/// Turns bytes into messages.
#[derive(Debug)]
pub(crate) struct Decoder {
    limit: usize,
    /// Whether packed messages were agreed on.
    unpacks: bool,
    /// Bytes of an unfinished head.
    head: Vec<u8>,
    /// The frame whose payload is coming.
    frame: Option<Frame>,
    /// That payload, of a control frame.
    control: Vec<u8>,
    /// The message that is not finished.
    message: Option<Message>,
    closed: bool,
}

/// A frame whose head is known.
#[derive(Clone, Copy, Debug)]
struct Frame {
    last: bool,
    packed: bool,
    opcode: u8,
    /// Turned so that the next byte takes its first one.
    mask: [u8; 4],
    /// Bytes of the payload that are still to come.
    left: usize,
}

#[derive(Debug, Default)]
struct Message {
    bytes: Vec<u8>,
    packed: bool,
    /// How many of its frames are finished.
    fragments: u32,
    /// So many bytes are known to be UTF-8.
    checked: usize,
}

impl Decoder {
    /// Accepts messages of up to `limit` bytes, packed ones too where that was agreed on.
    pub(crate) fn new(limit: usize, unpacks: bool) -> Self {
        let (head, control) = (Vec::new(), Vec::new());
        Self { limit, unpacks, head, frame: None, control, message: None, closed: false }
    }

    /// Takes what arrived and appends the messages that are complete. After an error or a close,
    /// nothing more is read.
    pub(crate) fn feed(
        &mut self,
        mut bytes: &[u8],
        inflater: &mut Inflater,
        out: &mut Vec<Incoming>,
    ) -> Result<(), Broken> {
        while !self.closed {
            let Some(mut frame) =
                self.frame.take().map_or_else(|| self.begin(&mut bytes), |f| Ok(Some(f)))?
            else {
                return Ok(());
            };
            let (here, after) = bytes.split_at(frame.left.min(bytes.len()));
            bytes = after;
            self.take(&mut frame, here);
            if frame.left > 0 {
                self.frame = Some(frame);
                return self.look_ahead();
            }
            if let Some(incoming) = self.finish(frame, inflater)? {
                out.push(incoming);
            }
        }
        Ok(())
    }

    /// Takes the head of the next frame off; `None` while it is not complete.
    fn begin(&mut self, bytes: &mut &[u8]) -> Result<Option<Frame>, Broken> {
        let mut head = [0; HEAD];
        let kept = self.head.len();
        let all = self.head.iter().chain(bytes.iter());
        let known = head.iter_mut().zip(all).map(|(to, from)| *to = *from).count();
        let Some((frame, size)) = self.read_head(head.get(..known).unwrap_or_default())? else {
            self.head.extend_from_slice(bytes);
            *bytes = &[];
            return Ok(None);
        };
        self.head = Vec::new();
        *bytes = bytes.get(size - kept..).unwrap_or_default();
        Ok(Some(frame))
    }

    /// The head and its size. What is wrong is said as early as it can be seen.
    fn read_head(&self, bytes: &[u8]) -> Result<Option<(Frame, usize)>, Broken> {
        let protocol = |reason| Err(broken(CloseCode::ProtocolError, reason));
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        let (last, opcode, length) = (first & 0x80 != 0, first & 0x0F, second & 0x7F);
        let packed = first & 0x40 != 0;
        if first & 0x30 != 0 || (packed && !self.unpacks) {
            return protocol("a reserved bit is set, but no extension was agreed on");
        }
        if packed && opcode != OPCODE_TEXT && opcode != OPCODE_BINARY {
            return protocol("only the first frame of a message says that it is packed");
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
        if payload >> 63 != 0 {
            return protocol("the first bit of a length is 0");
        }
        let message = self.message.as_ref();
        let before = message.map_or(0, |message| message.bytes.len());
        let packed_message = packed || message.is_some_and(|message| message.packed);
        let limit = self.limit + if packed_message { PACKED_MORE } else { 0 };
        let fits = usize::try_from(payload)
            .ok()
            .filter(|payload| control || before.saturating_add(*payload) <= limit);
        let left = fits.ok_or(TOO_BIG)?;
        let mask = bytes.get(size..).and_then(|rest| rest.first_chunk());
        Ok(mask.map(|mask| (Frame { last, packed, opcode, mask: *mask, left }, size + 4)))
    }

    /// Takes bytes of a frame's payload.
    fn take(&mut self, frame: &mut Frame, masked: &[u8]) {
        let control = frame.opcode >= OPCODE_CLOSE;
        let to = if control {
            &mut self.control
        } else {
            let message = self.message.get_or_insert_default();
            message.packed |= frame.packed;
            &mut message.bytes
        };
        let from = to.len();
        to.extend_from_slice(masked);
        unmask(to.get_mut(from..).unwrap_or_default(), frame.mask);
        frame.mask.rotate_left(masked.len() % 4);
        frame.left -= masked.len();
    }

    /// What a finished frame completes, if anything.
    fn finish(
        &mut self,
        frame: Frame,
        inflater: &mut Inflater,
    ) -> Result<Option<Incoming>, Broken> {
        match frame.opcode {
            OPCODE_PING => return Ok(Some(Incoming::Ping(std::mem::take(&mut self.control)))),
            OPCODE_PONG => {
                self.control = Vec::new();
                return Ok(Some(Incoming::Pong));
            }
            OPCODE_CLOSE => {
                self.closed = true;
                return close_code(&self.control).map(|code| Some(Incoming::Close(code)));
            }
            _ => {}
        }
        if !frame.last {
            if let Some(message) = &mut self.message {
                if message.fragments >= FRAGMENTS {
                    return Err(broken(CloseCode::TooBig, "the message has too many fragments"));
                }
                message.fragments += 1;
            }
            return self.look_ahead().map(|()| None);
        }
        let message = self.message.take().unwrap_or_default();
        let bytes = if message.packed {
            inflater.unpack(message.bytes, self.limit).map_err(|unreadable| match unreadable {
                Unreadable::TooBig => TOO_BIG,
                Unreadable::Broken => {
                    broken(CloseCode::InvalidText, "the message cannot be unpacked")
                }
            })?
        } else {
            message.bytes
        };
        String::from_utf8(bytes).map(|text| Some(Incoming::Text(text))).map_err(|_| NOT_UTF_8)
    }

    /// Looks whether what came of an unfinished message can still become text. A message that came
    /// at once is looked at once, when it is complete.
    fn look_ahead(&mut self) -> Result<(), Broken> {
        let Some(message) = self.message.as_mut().filter(|message| !message.packed) else {
            return Ok(());
        };
        let new = message.bytes.get(message.checked..).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(text) => message.checked += text.len(),
            // A character may go on in what comes next.
            Err(error) if error.error_len().is_none() => message.checked += error.valid_up_to(),
            Err(_) => return Err(NOT_UTF_8),
        }
        Ok(())
    }
}

/// Section 5.3, four bytes at a time.
fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    let (whole, rest) = bytes.as_chunks_mut::<4>();
    let mask_word = u32::from_ne_bytes(mask);
    for word in whole {
        *word = (u32::from_ne_bytes(*word) ^ mask_word).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask) {
        *byte ^= key;
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
    use crate::fuzz;

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
        let (mut decoder, mut inflater) = (Decoder::new(1_000, true), Inflater::default());
        decoder.feed(bytes, &mut inflater, &mut out).map(|()| out)
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
        check(&frame(0xA1, b""), CloseCode::ProtocolError); // reserved bit
        check(&frame(0xC9, b""), CloseCode::ProtocolError); // a packed ping
        check(&[frame(0x41, b"a"), frame(0xC0, b"b")].concat(), CloseCode::ProtocolError);
        check(&frame(0xC1, b""), CloseCode::InvalidText); // nothing packed
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
    fn packed_messages_need_to_be_agreed_on() {
        let hello = frame(0xC1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
        assert_eq!(decode(&hello).unwrap(), [Incoming::Text("Hello".into())]);
        let fragments = [
            frame(0x41, &[0xf2, 0x48, 0xcd]),
            frame(0x89, b""),
            frame(0x80, &[0xc9, 0xc9, 0x07, 0x00]),
        ];
        let hello_twice = [fragments.concat(), frame(0x81, b"Hello")].concat();
        let text = Incoming::Text("Hello".into());
        let expected = [Incoming::Ping(Vec::new()), text.clone(), text];
        assert_eq!(decode(&hello_twice).unwrap(), expected);
        let (mut decoder, mut out) = (Decoder::new(1_000, false), Vec::new());
        let refused = decoder.feed(&hello, &mut Inflater::default(), &mut out).unwrap_err();
        assert_eq!(refused.code, CloseCode::ProtocolError);
    }

    #[test]
    fn what_cannot_become_text_is_refused_before_it_is_complete() {
        let (mut decoder, mut out) = (Decoder::new(1_000, true), Vec::new());
        let whole = frame(0x81, "κόσμε\u{10FFFF}".as_bytes());
        let mut feed = |bytes: &[u8]| decoder.feed(bytes, &mut Inflater::default(), &mut out);
        for byte in whole {
            feed(&[byte]).unwrap(); // between the bytes of a character too
        }
        let surrogate = frame(0x01, &[b'x', 0xED, 0xA0, 0x80]);
        let (before, after) = surrogate.split_at(8);
        feed(before).unwrap();
        assert_eq!(feed(after).unwrap_err().code, CloseCode::InvalidText);
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
            let (mut decoder, mut inflater) = (Decoder::new(100, true), Inflater::default());
            let mut out = Vec::new();
            for chunk in bytes.chunks(7) {
                if decoder.feed(chunk, &mut inflater, &mut out).is_err() {
                    break;
                }
                let held = decoder.message.as_ref().map_or(0, |message| message.bytes.len());
                prop_assert!(held <= 100 + PACKED_MORE);
                prop_assert!(decoder.head.len() < HEAD && decoder.control.len() <= 125);
            }
        }

        #[test]
        fn how_bytes_are_cut_does_not_matter(
            texts in prop::collection::vec("\\PC{0,80}", 1..6),
            cut in 1..50usize,
        ) {
            let bytes: Vec<u8> = texts.iter().flat_map(|t| frame(0x81, t.as_bytes())).collect();
            let (mut decoder, mut inflater) = (Decoder::new(1_000, true), Inflater::default());
            let mut out = Vec::new();
            for chunk in bytes.chunks(cut) {
                decoder.feed(chunk, &mut inflater, &mut out).unwrap();
            }
            let expected: Vec<Incoming> = texts.into_iter().map(Incoming::Text).collect();
            prop_assert_eq!(out, expected);
            prop_assert!(decoder.head.capacity() == 0 && decoder.message.is_none());
        }
    }

    /// How bytes are cut changes nothing, good or bad, and nothing grows over its bound.
    #[test]
    fn fuzz_frames() {
        const FIRST: [u8; 12] =
            [0x81, 0x81, 0x01, 0x00, 0x80, 0x80, 0xC1, 0x41, 0x89, 0x8A, 0x88, 0x82];
        const LIMIT: usize = 300;
        let payloads: [&[u8]; 6] = [
            b"hello",
            "κόσμε".as_bytes(),
            &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
            &[0x03, 0xE8],
            &[b'x'; 200],
            &[],
        ];
        let mut inflater = Inflater::default();
        fuzz::rounds(|random| {
            let mut bytes = Vec::new();
            for _ in 0..=random.below(8) {
                bytes.extend(frame(random.pick(&FIRST), random.pick(&payloads)));
            }
            random.damage(&mut bytes);
            let unpacks = random.percent(80);
            let (mut whole, mut expected) = (Decoder::new(LIMIT, unpacks), Vec::new());
            let ended = whole.feed(&bytes, &mut inflater, &mut expected);
            let (mut decoder, mut out) = (Decoder::new(LIMIT, unpacks), Vec::new());
            let mut end = Ok(());
            while !bytes.is_empty() && end.is_ok() {
                let part: Vec<u8> =
                    bytes.drain(..(1 + random.below(40)).min(bytes.len())).collect();
                end = decoder.feed(&part, &mut inflater, &mut out);
                let held = decoder.message.as_ref().map_or(0, |message| message.bytes.len());
                assert!(held <= LIMIT + PACKED_MORE && decoder.control.len() <= 125);
                assert!(decoder.head.len() < HEAD);
            }
            assert_eq!((out, end), (expected.clone(), ended));
            for incoming in expected {
                if let Incoming::Text(text) = incoming {
                    assert!(text.len() <= LIMIT);
                }
            }
        });
    }
}
