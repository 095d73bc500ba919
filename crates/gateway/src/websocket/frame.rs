//! Frames that are sent: never masked, never fragmented (RFC 6455, section 5).

use bellwether_signal::protocol::CloseCode;
use bytes::{BufMut, Bytes, BytesMut};

/// Kinds of frames (RFC 6455, section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opcode {
    Text = 0x1,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

/// The bit of a message's last frame.
const FINAL: u8 = 0x80;
/// RSV1: the message is packed (RFC 7692, section 6).
const PACKED: u8 = 0x40;

/// Longest payload of a control frame (section 5.5).
pub(crate) const CONTROL_BYTES: usize = 125;

/// A complete text message.
pub(crate) fn text(payload: &[u8]) -> Bytes {
    frame(Opcode::Text, payload)
}

/// A complete text message whose payload is packed (RFC 7692, section 6).
pub(crate) fn packed(payload: &[u8]) -> Bytes {
    framed(FINAL | PACKED | Opcode::Text as u8, payload)
}

/// A ping; whoever answers it is alive.
pub(crate) fn ping() -> Bytes {
    frame(Opcode::Ping, &[])
}

/// The answer to a ping.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    frame(Opcode::Pong, payload.get(..CONTROL_BYTES).unwrap_or(payload))
}

/// The last frame, with advice.
pub(crate) fn close(code: CloseCode, reason: &str) -> Bytes {
    let mut payload = Vec::with_capacity(CONTROL_BYTES);
    payload.extend_from_slice(&(code as u16).to_be_bytes());
    let mut end = reason.len().min(CONTROL_BYTES - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    frame(Opcode::Close, &payload)
}

/// The answer to a close frame: its own code, or none where it had none (section 5.5.1).
pub(crate) fn close_back(code: Option<u16>) -> Bytes {
    let payload = code.map(u16::to_be_bytes);
    frame(Opcode::Close, payload.as_ref().map_or(&[], |code| code.as_slice()))
}

fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    framed(FINAL | opcode as u8, payload)
}

fn framed(first: u8, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 10);
    out.put_u8(first);
    match payload.len() {
        short @ 0..=125 => out.put_u8(u8::try_from(short).expect("at most 125")),
        medium @ 126..=0xFFFF => {
            out.put_u8(126);
            out.put_u16(u16::try_from(medium).expect("at most 65,535"));
        }
        long => {
            out.put_u8(127);
            out.put_u64(long as u64);
        }
    }
    out.put_slice(payload);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        let check = |length: usize, head: &[u8]| {
            let frame = text(&vec![b'x'; length]);
            assert_eq!(&frame[..head.len()], head);
            assert_eq!(frame.len(), head.len() + length);
        };
        check(0, &[0x81, 0]);
        check(125, &[0x81, 125]);
        check(126, &[0x81, 126, 0, 126]);
        check(65_535, &[0x81, 126, 0xFF, 0xFF]);
        check(65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let frame = close(CloseCode::TooManyMessages, &"ä".repeat(100));
        assert_eq!(frame[0], 0x88);
        assert_eq!(&frame[2..4], &4429u16.to_be_bytes());
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
        assert!(frame.len() <= 2 + CONTROL_BYTES);
    }
}
