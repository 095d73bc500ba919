//! Packing and unpacking of single messages (RFC 7692, section 7.2). Each stands by itself: no window
//! is kept between two, so one packer and one unpacker serve all connections of a thread.

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::frame;

/// Shorter messages are sent as they are: the few bytes saved cost more than a send has.
const WORTH_BYTES: usize = 256;
/// The same for what goes to one client only, and is packed for it alone.
const WORTH_ALONE_BYTES: usize = 1_024;
/// zlib's own default: level 9 takes twice the time for 1 % less.
const LEVEL: u32 = 6;
/// Scratch that is kept between two messages.
const SCRATCH_BYTES: usize = 256 * 1024;

/// What a sender takes off the end of each message, and a receiver puts back (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
/// An empty last block. Only behind the end of a whole block it can be read as that.
const LAST_BLOCK: [u8; 5] = [0x01, 0x00, 0x00, 0xFF, 0xFF];
/// A client may end its stream and begin another within a message (section 7.2.3.4). Each costs us a
/// new window, so their number is bounded.
const STREAMS: u32 = 16;

/// Packs messages, one at a time. It holds about 270 KiB from the first one on.
#[derive(Debug, Default)]
pub(crate) struct Deflater {
    stream: Option<Compress>,
    scratch: Vec<u8>,
}

impl Deflater {
    /// A complete packed message for everybody; `None` where it is not worth it.
    pub(crate) fn shared(&mut self, payload: &[u8]) -> Option<Bytes> {
        self.pack(payload, WORTH_BYTES)
    }

    /// The same for one client.
    pub(crate) fn alone(&mut self, payload: &[u8]) -> Option<Bytes> {
        self.pack(payload, WORTH_ALONE_BYTES)
    }

    fn pack(&mut self, payload: &[u8], worth: usize) -> Option<Bytes> {
        if payload.len() < worth {
            return None;
        }
        let stream =
            self.stream.get_or_insert_with(|| Compress::new(Compression::new(LEVEL), false));
        stream.reset();
        self.scratch.clear();
        // What does not fit is not smaller, so not worth it. Nothing is left over in the stream
        // where there is room left in the end.
        self.scratch.reserve(payload.len());
        let room = self.scratch.capacity();
        let done = stream.compress_vec(payload, &mut self.scratch, FlushCompress::Sync).is_ok()
            && stream.total_in() == payload.len() as u64
            && self.scratch.len() < room;
        let packed = self.scratch.strip_suffix(&TAIL).filter(|packed| packed.len() < payload.len());
        let message = packed.filter(|_| done).map(frame::packed);
        if self.scratch.capacity() > SCRATCH_BYTES {
            self.scratch = Vec::new();
        }
        message
    }
}

/// Why a message cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is larger than allowed. How much larger was not found out.
    TooBig,
    /// It is no deflate data, or not all of it.
    Broken,
}

/// Unpacks messages, one at a time. It holds about 40 KiB from the first one on.
#[derive(Debug, Default)]
pub(crate) struct Inflater(Option<Decompress>);

impl Inflater {
    /// The message in `packed`, of at most `limit` bytes. Never more than one byte over the limit is
    /// unpacked.
    pub(crate) fn unpack(
        &mut self,
        mut packed: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<u8>, Unreadable> {
        packed.extend(TAIL);
        packed.extend(LAST_BLOCK);
        let stream = self.0.get_or_insert_with(|| Decompress::new(false));
        stream.reset(false);
        let mut streams = 1;
        let mut rest = packed.as_slice();
        let mut out = Vec::new();
        loop {
            // Four times is what JSON gives; what is more grows as it comes.
            let more = (packed.len() * 4).max(out.len()).max(64);
            out.reserve_exact(more.min((limit + 1).saturating_sub(out.len())).max(1));
            let (taken, had) = (stream.total_in(), out.len());
            let status = stream
                .decompress_vec(rest, &mut out, FlushDecompress::None)
                .map_err(|_| Unreadable::Broken)?;
            let used = usize::try_from(stream.total_in() - taken).unwrap_or(usize::MAX);
            rest = rest.get(used..).unwrap_or_default();
            if out.len() > limit {
                return Err(Unreadable::TooBig);
            }
            match status {
                Status::StreamEnd if rest.is_empty() => return Ok(out),
                Status::StreamEnd if streams == STREAMS => return Err(Unreadable::Broken),
                Status::StreamEnd => {
                    streams += 1;
                    stream.reset(false);
                }
                Status::Ok | Status::BufError if used > 0 || out.len() > had => {}
                Status::Ok | Status::BufError => return Err(Unreadable::Broken),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fuzz;

    /// The payload of a server's frame.
    fn payload(frame: &[u8]) -> Vec<u8> {
        assert_eq!(frame[0], 0xC1, "final, packed, text");
        let head = match frame[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        frame[head..].to_vec()
    }

    fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, Unreadable> {
        Inflater::default().unpack(packed.to_vec(), limit)
    }

    #[test]
    fn what_is_packed_is_unpacked_again() {
        let text = r#"{"topic":"host/web-1/cpu","type":"state"}"#.repeat(50);
        let mut deflater = Deflater::default();
        let first = deflater.shared(text.as_bytes()).unwrap();
        assert!(first.len() < text.len() / 4);
        assert_eq!(deflater.shared(text.as_bytes()).unwrap(), first, "nothing is carried over");
        assert_eq!(unpack(&payload(&first), text.len()).unwrap(), text.as_bytes());
    }

    #[test]
    fn what_is_short_or_does_not_shrink_is_left_as_it_is() {
        let mut deflater = Deflater::default();
        assert_eq!(deflater.shared(&[b'x'; WORTH_BYTES - 1]), None);
        assert!(deflater.shared(&[b'x'; WORTH_BYTES]).is_some());
        assert_eq!(deflater.alone(&[b'x'; WORTH_ALONE_BYTES - 1]), None);
        let mut noise = 1_u32;
        let mut next = || {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            noise.to_le_bytes()[0]
        };
        let noise: Vec<u8> = (0..10_000).map(|_| next()).collect();
        assert_eq!(deflater.shared(&noise), None);
    }

    /// RFC 7692, sections 7.2.3.1 to 7.2.3.6.
    #[test]
    fn the_examples_of_the_rfc() {
        let check = |packed: &[u8], text: &str| {
            assert_eq!(unpack(packed, 100).as_deref(), Ok(text.as_bytes()), "{packed:x?}");
        };
        check(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], "Hello");
        // A block without compression.
        check(&[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00], "Hello");
        // A block that says it is the last.
        check(&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], "Hello");
        // Two blocks.
        check(
            &[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
            "Hello",
        );
        check(&[0x00], "");
    }

    #[test]
    fn what_is_cut_or_is_no_deflate_data_is_refused() {
        let check = |packed: &[u8]| {
            assert_eq!(unpack(packed, 100), Err(Unreadable::Broken), "{packed:x?}");
        };
        check(&[]);
        check(&[0xff; 10]);
        check(&[0x07]); // a block of the reserved kind
        check(&[0xf2, 0x48, 0xcd]);
        check(&[0x00, 0x50, 0x00, 0xaf, 0xff, 0x48]); // eighty bytes are announced
        check(&[0x02, 0x02, 0x00, 0x00]); // refers to what was before the message
        check(&[0x03, 0x00].repeat(1_000)); // one stream after the other
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut packer = Compress::new(Compression::best(), false);
        let mut bomb = Vec::with_capacity(100_000);
        packer.compress_vec(&vec![b' '; 50_000_000], &mut bomb, FlushCompress::Sync).unwrap();
        assert!(bomb.len() < 65_536, "{}", bomb.len());
        let bomb = bomb.strip_suffix(&TAIL).unwrap();
        assert_eq!(unpack(bomb, 65_536), Err(Unreadable::TooBig));
        assert_eq!(unpack(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], 4), Err(Unreadable::TooBig));
        assert!(unpack(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], 5).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_survives(text in "\\PC{0,400}", times in 1..20usize) {
            let text = text.repeat(times);
            if let Some(frame) = Deflater::default().shared(text.as_bytes()) {
                prop_assert_eq!(unpack(&payload(&frame), text.len()), Ok(text.into_bytes()));
            }
        }
    }

    /// Whatever comes, the limit holds, and the message before leaves nothing behind.
    #[test]
    fn fuzz_packed_messages() {
        const LIMIT: usize = 2_000;
        let (mut deflater, mut inflater) = (Deflater::default(), Inflater::default());
        fuzz::rounds(|random| {
            let word = random.pick(&["a", "the same again ", "κόσμε", "{\"v\":1}"]);
            let mut text = word.repeat(random.below(200)).into_bytes();
            random.damage(&mut text);
            let Some(message) = deflater.shared(&text) else { return };
            let mut packed = payload(&message);
            if random.percent(20) {
                let expected = if text.len() > LIMIT { Err(Unreadable::TooBig) } else { Ok(text) };
                assert_eq!(inflater.unpack(packed, LIMIT), expected);
                return;
            }
            random.damage(&mut packed);
            let unpacked = inflater.unpack(packed.clone(), LIMIT);
            assert!(unpacked.as_ref().map_or(0, Vec::len) <= LIMIT);
            assert_eq!(unpacked, Inflater::default().unpack(packed, LIMIT), "as if it were new");
        });
    }
}
