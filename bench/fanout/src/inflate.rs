//! permessage-deflate on the subscribers' side (RFC 7692, section 7.2.2).

use std::collections::VecDeque;

use flate2::{Decompress, FlushDecompress};

/// Messages that are remembered, deflated and not: a thousand subscribers get the same ones.
const REMEMBERED: usize = 256;
/// What the sender took off the end of every message.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// Messages without context, inflated once for all subscribers.
#[derive(Default)]
pub(crate) struct Remembered(VecDeque<(Vec<u8>, Vec<u8>)>);

impl Remembered {
    /// The plain text of a message that needs no context; `None` when it cannot be inflated.
    pub(crate) fn inflate(&mut self, deflated: &[u8]) -> Option<&[u8]> {
        let known = self.0.iter().position(|(known, _)| known == deflated);
        let index = if let Some(index) = known {
            index
        } else {
            let mut plain = Vec::new();
            Context::default().inflate(deflated, &mut plain)?;
            self.0.push_front((deflated.to_vec(), plain));
            self.0.truncate(REMEMBERED);
            0
        };
        self.0.get(index).map(|(_, plain)| plain.as_slice())
    }
}

/// One connection's window.
pub(crate) struct Context(Decompress);

impl Default for Context {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

impl Context {
    /// Appends the plain text of the connection's next message.
    pub(crate) fn inflate(&mut self, deflated: &[u8], out: &mut Vec<u8>) -> Option<()> {
        for part in [deflated, &TAIL] {
            let begin = self.0.total_in();
            loop {
                let taken = usize::try_from(self.0.total_in() - begin).ok()?;
                let rest = part.get(taken..)?;
                if out.capacity() == out.len() {
                    out.reserve(4_096.max(part.len() * 4));
                }
                self.0.decompress_vec(rest, out, FlushDecompress::Sync).ok()?;
                let all = self.0.total_in() - begin == part.len() as u64;
                // A full buffer may hide that there is more.
                if all && out.len() < out.capacity() {
                    break;
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compress, Compression, FlushCompress};

    use super::*;

    #[test]
    fn what_was_deflated_comes_back() {
        let mut deflate = Compress::new(Compression::new(6), false);
        let (mut context, mut plain) = (Context::default(), Vec::new());
        let text = b"the same again and again, ".repeat(400);
        for nth in 0..3 {
            let mut deflated = Vec::with_capacity(20_000);
            deflate.compress_vec(&text, &mut deflated, FlushCompress::Sync).unwrap();
            deflated.truncate(deflated.len() - TAIL.len());
            plain.clear();
            context.inflate(&deflated, &mut plain).unwrap();
            assert_eq!(plain, text);
            if nth == 0 {
                let mut remembered = Remembered::default();
                assert_eq!(remembered.inflate(&deflated), Some(text.as_slice()));
                assert_eq!(remembered.inflate(&deflated), Some(text.as_slice()));
            }
        }
    }
}
