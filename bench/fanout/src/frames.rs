//! Frames of a server, out of whatever bytes a read gave (RFC 6455, section 5.2).

/// What a frame is, as far as a subscriber cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Ping,
    Pong,
    Close,
}

/// One frame of a server; its payload is not masked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: Kind,
    /// RSV1: the payload is deflated.
    pub(crate) deflated: bool,
    pub(crate) payload: &'a [u8],
}

/// Splits the first frame off; `None` until all of it is there.
pub(crate) fn split(bytes: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (head, length) = match second & 0x7f {
        126 => (4, u64::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)),
        short => (2, u64::from(short)),
    };
    let end = head + usize::try_from(length).ok()?;
    let payload = bytes.get(head..end)?;
    let kind = match first & 0x0f {
        8 => Kind::Close,
        9 => Kind::Ping,
        10 => Kind::Pong,
        _ => Kind::Message,
    };
    Some((Frame { kind, deflated: first & 0x40 != 0, payload }, bytes.get(end..)?))
}

/// A client's frame: masked with zeros, which is a mask like any other.
pub(crate) fn masked(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x80 | opcode);
    match payload.len() {
        short @ 0..=125 => out.push(0x80 | u8::try_from(short).expect("at most 125")),
        medium @ 126..=0xFFFF => {
            out.push(0xFE);
            out.extend(u16::try_from(medium).expect("at most 65,535").to_be_bytes());
        }
        long => {
            out.push(0xFF);
            out.extend((long as u64).to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out.extend(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_split_where_they_end() {
        assert_eq!(split(&[0x81]), None);
        assert_eq!(split(&[0x81, 3, b'a', b'b']), None);
        let (frame, rest) = split(&[0xC2, 1, b'a', 0x89]).unwrap();
        assert_eq!(frame, Frame { kind: Kind::Message, deflated: true, payload: b"a" });
        assert_eq!(rest, [0x89]);
        let mut long = vec![0x81, 126, 1, 0];
        long.extend([b'x'; 256]);
        assert_eq!(split(&long).unwrap().0.payload.len(), 256);
        assert_eq!(split(&[0x88, 0]).unwrap().0.kind, Kind::Close);
    }

    #[test]
    fn what_is_sent_is_masked() {
        let mut out = Vec::new();
        masked(1, b"hi", &mut out);
        assert_eq!(out, [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    }
}
