//! The bytes of a flush, made once for all who get the same: neighbours in a flush mostly get the very
//! same segments, so their frames are joined once and go out in one plain write each.

use std::{ops::AddAssign, sync::Arc};

use bellwether_hub::Segment;
use bytes::{Bytes, BytesMut};

/// A flush with more bytes is written piece by piece: to join it would cost more than it saves.
const MOST_BYTES: usize = 256 * 1024;

/// What the connection before was sent. Kept within one flush only.
#[derive(Debug, Default)]
pub(super) struct Joined {
    segments: Vec<Arc<Segment>>,
    /// Whether its frames may be packed.
    packs: bool,
    flush: Flush,
}

/// The frames of some segments.
#[derive(Clone, Debug, Default)]
pub(super) struct Flush {
    /// One after the other; mostly all in one.
    pub(super) parts: Vec<Bytes>,
    pub(super) saved: Saved,
}

/// Bytes of messages that were sent packed, as they would have been and as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) before: u64,
    pub(super) after: u64,
}

impl Saved {
    pub(super) fn add(&mut self, before: usize, after: usize) {
        self.before += before as u64;
        self.after += after as u64;
    }
}

impl AddAssign for Saved {
    fn add_assign(&mut self, other: Self) {
        self.before += other.before;
        self.after += other.after;
    }
}

impl Joined {
    /// The frames of these segments; `frame` makes one, and notes what packing it saved.
    pub(super) fn of(
        &mut self,
        segments: &[Arc<Segment>],
        packs: bool,
        mut frame: impl FnMut(&Segment, &mut Saved) -> Bytes,
    ) -> &Flush {
        if self.packs == packs && Segment::are_same(&self.segments, segments) {
            return &self.flush;
        }
        let mut saved = Saved::default();
        let parts = segments.iter().map(|segment| frame(segment, &mut saved)).collect();
        self.flush = Flush { parts: join(parts), saved };
        self.packs = packs;
        self.segments.clear();
        self.segments.extend(segments.iter().cloned());
        &self.flush
    }

    /// Lets go of everything: nothing is kept alive between flushes.
    pub(super) fn forget(&mut self) {
        self.segments.clear();
        self.flush = Flush::default();
    }
}

fn join(parts: Vec<Bytes>) -> Vec<Bytes> {
    let total = parts.iter().map(Bytes::len).sum();
    if parts.len() < 2 || total > MOST_BYTES {
        return parts;
    }
    let mut all = BytesMut::with_capacity(total);
    for part in &parts {
        all.extend_from_slice(part);
    }
    vec![all.freeze()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::published;

    #[test]
    fn the_same_segments_are_joined_once() {
        let segments = published(0..3);
        assert_eq!(segments.len(), 3);
        let (mut joined, mut made) = (Joined::default(), 0);
        let mut bytes = |segments: &[Arc<Segment>], packs| {
            let flush = joined.of(segments, packs, |segment, saved| {
                made += 1;
                saved.add(7, 1);
                segment.json().clone()
            });
            (flush.parts.concat(), flush.saved.before)
        };
        let text = |segments: &[Arc<Segment>]| -> Vec<u8> {
            segments.iter().flat_map(|segment| segment.json().to_vec()).collect()
        };
        assert_eq!(bytes(&segments, false), (text(&segments), 21));
        assert_eq!(bytes(&segments, false), (text(&segments), 21));
        // What may be packed is something else, and so are fewer segments.
        assert_eq!(bytes(&segments, true), (text(&segments), 21));
        assert_eq!(bytes(&segments[1..], true), (text(&segments[1..]), 14));
        assert_eq!(made, 3 + 3 + 2);
    }
}
