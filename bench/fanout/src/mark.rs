//! What tells one message from another inside whatever a server wraps around it: topic, number and
//! time of publication, in characters that no encoding changes.

use std::time::Duration;

use memchr::memmem;

/// `~n0003.0000000042.0000001234567890~`
pub(crate) const MARK_BYTES: usize = 35;
const BEGIN: &[u8] = b"~n";

/// One message of one topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) topic: u32,
    /// From 0, in the order of publication within its topic.
    pub(crate) number: u32,
    /// When it was published, on the generator's monotonic clock.
    pub(crate) at: Duration,
}

impl Mark {
    /// A JSON object that holds the mark and is filled to `bytes` bytes.
    pub(crate) fn message(self, bytes: usize, filling: Filling) -> Vec<u8> {
        let Self { topic, number, at } = self;
        let mut text = format!("{{\"m\":\"~n{topic:04}.{number:010}.{:016}~\"", at.as_micros());
        match filling {
            Filling::Plain => {
                text.push_str(",\"pad\":\"");
                while text.len() + 2 < bytes {
                    text.push('x');
                }
                text.push_str("\"}");
            }
            Filling::Measurements => measurements(&mut text, bytes, u64::from(number) + 1),
        }
        text.into_bytes()
    }

    /// Calls `found` with every mark of a text.
    pub(crate) fn each(text: &[u8], mut found: impl FnMut(Self)) {
        for start in memmem::find_iter(text, BEGIN) {
            if let Some(mark) = text.get(start..).and_then(Self::read) {
                found(mark);
            }
        }
    }

    fn read(text: &[u8]) -> Option<Self> {
        let (mark, _) = text.split_first_chunk::<MARK_BYTES>()?;
        let topic = digits(mark.get(2..6)?)?;
        let number = digits(mark.get(7..17)?)?;
        let at = digits(mark.get(18..34)?)?;
        Some(Self {
            topic: u32::try_from(topic).ok()?,
            number: u32::try_from(number).ok()?,
            at: Duration::from_micros(at),
        })
    }
}

/// What the rest of a message consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filling {
    /// One character again and again.
    Plain,
    /// Names and numbers as a host's measurements have them: they shrink to somewhat under a half.
    Measurements,
}

/// Values that differ from message to message, the same in every run.
fn measurements(text: &mut String, bytes: usize, seed: u64) {
    const NAMES: [&str; 6] = ["cpu", "disk", "net", "temp", "mem", "load"];
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for index in 0.. {
        // Knuth, The Art of Computer Programming, volume 2, section 3.3.4, line 26 of its table 1.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let name = NAMES.get(index % NAMES.len()).copied().unwrap_or("cpu");
        let (value, share) = (state >> 40, (state >> 33) & 127);
        let field = format!(
            ",\"{name}{index}\":{{\"value\":{}.{},\"share\":{share}}}",
            value / 10_000,
            value % 10_000
        );
        if text.len() + field.len() + 1 > bytes {
            break;
        }
        text.push_str(&field);
    }
    text.push('}');
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { topic: 7, number: 42, at: Duration::from_micros(1_234_567) };

    #[test]
    fn a_mark_is_found_inside_anything() {
        for filling in [Filling::Plain, Filling::Measurements] {
            let message = MARK.message(300, filling);
            serde_json::from_slice::<serde_json::Value>(&message).unwrap();
            assert!((270..=300).contains(&message.len()), "{}", message.len());
            let text = [b"42[\"m\",", message.as_slice(), b"]~n12", message.as_slice()].concat();
            let mut marks = Vec::new();
            Mark::each(&text, |mark| marks.push(mark));
            assert_eq!(marks, [MARK, MARK]);
        }
    }
}
