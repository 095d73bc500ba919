//! Samples as Prometheus keeps them, to stand beside: chunks of 120 samples, times as differences of
//! differences, values as XOR with the one before. After its public description (tsdb/docs/format,
//! "XOR chunk data") and Pelkonen et al., "Gorilla: A fast, scalable, in-memory time series database",
//! VLDB 2015. Only the chunks are counted: index, names and the write-ahead log would come on top.

/// Samples in a chunk, as Prometheus cuts them.
const CHUNK: usize = 120;
/// A scrape so near to its time is given that time (`scrape.timestamp-tolerance`).
const TOLERANCE_MS: i64 = 2;

/// One sample: epoch milliseconds and value.
pub(crate) type Sample = (i64, f64);

/// How many bytes a series takes.
pub(crate) fn encoded_bytes(samples: &[Sample]) -> usize {
    samples.chunks(CHUNK).map(|chunk| encode(chunk).len()).sum()
}

/// Times as a scraper of that interval would write them.
pub(crate) fn aligned(samples: &[Sample], interval_ms: i64) -> Vec<Sample> {
    let Some((first, _)) = samples.first() else { return Vec::new() };
    let snap = |at: i64| {
        let planned = first + (at - first + interval_ms / 2).div_euclid(interval_ms) * interval_ms;
        if (at - planned).abs() <= TOLERANCE_MS { planned } else { at }
    };
    samples.iter().map(|(at, value)| (snap(*at), *value)).collect()
}

fn encode(samples: &[Sample]) -> Vec<u8> {
    let count = u16::try_from(samples.len()).expect("a chunk is short");
    let mut bits = Bits::default();
    bits.push(u64::from(count), 16);
    let mut before: Option<Before> = None;
    for (at, value) in samples {
        let value = value.to_bits();
        let next = match before {
            None => {
                bits.varint(at.cast_unsigned() << 1 ^ (at >> 63).cast_unsigned());
                bits.push(value, 64);
                Before { at: *at, step: None, value, window: None }
            }
            Some(last) => {
                let step = at - last.at;
                match last.step {
                    None => bits.varint(step.cast_unsigned()),
                    Some(before) => bits.difference(step - before),
                }
                let window = bits.xor(value ^ last.value, last.window);
                Before { at: *at, step: Some(step), value, window }
            }
        };
        before = Some(next);
    }
    bits.bytes
}

#[derive(Clone, Copy)]
struct Before {
    at: i64,
    step: Option<i64>,
    value: u64,
    /// Leading and trailing zeros of the last XOR that was written with its own.
    window: Option<(u32, u32)>,
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// Free bits in the last byte.
    free: u32,
}

impl Bits {
    /// The lowest `count` bits, highest first.
    fn push(&mut self, value: u64, count: u32) {
        for at in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            if value >> at & 1 == 1 {
                let last = self.bytes.last_mut().expect("a byte with a free bit");
                *last |= 1 << self.free;
            }
        }
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push(value & 0x7f | 0x80, 8);
            value >>= 7;
        }
        self.push(value, 8);
    }

    /// 0, or a prefix and 14, 17, 20 or 64 bits.
    fn difference(&mut self, of_steps: i64) {
        let fits = |bits: u32| {
            let half = 1_i64 << (bits - 1);
            (-(half - 1)..=half).contains(&of_steps)
        };
        let value = of_steps.cast_unsigned();
        match of_steps {
            0 => self.push(0, 1),
            _ if fits(14) => {
                self.push(0b10, 2);
                self.push(value, 14);
            }
            _ if fits(17) => {
                self.push(0b110, 3);
                self.push(value, 17);
            }
            _ if fits(20) => {
                self.push(0b1110, 4);
                self.push(value, 20);
            }
            _ => {
                self.push(0b1111, 4);
                self.push(value, 64);
            }
        }
    }

    /// 0 when equal; else the bits that differ, in the window of the one before where they fit.
    fn xor(&mut self, xor: u64, window: Option<(u32, u32)>) -> Option<(u32, u32)> {
        if xor == 0 {
            self.push(0, 1);
            return window;
        }
        let (leading, trailing) = (xor.leading_zeros().min(31), xor.trailing_zeros());
        if let Some((before, after)) = window
            && leading >= before
            && trailing >= after
        {
            self.push(0b10, 2);
            self.push(xor >> after, 64 - before - after);
            return window;
        }
        let significant = 64 - leading - trailing;
        self.push(0b11, 2);
        self.push(u64::from(leading), 5);
        self.push(u64::from(significant % 64), 6); // 64 is written as 0
        self.push(xor >> trailing, significant);
        Some((leading, trailing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Reader<'a> {
        bytes: &'a [u8],
        at: usize,
    }

    impl Reader<'_> {
        fn take(&mut self, count: u32) -> u64 {
            (0..count).fold(0, |value, _| {
                let bit = self.bytes[self.at / 8] >> (7 - self.at % 8) & 1;
                self.at += 1;
                value << 1 | u64::from(bit)
            })
        }

        fn varint(&mut self) -> u64 {
            let mut value = 0;
            for shift in (0..).step_by(7) {
                let byte = self.take(8);
                value |= (byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
            }
            value
        }

        fn difference(&mut self) -> i64 {
            let bits = [14, 17, 20, 64].into_iter();
            let mut ones = 0;
            while ones < 4 && self.take(1) == 1 {
                ones += 1;
            }
            if ones == 0 {
                return 0;
            }
            let bits = bits.clone().nth(ones - 1).unwrap();
            let value = self.take(bits);
            if bits < 64 && value > 1 << (bits - 1) {
                value.cast_signed() - (1 << bits)
            } else {
                value.cast_signed()
            }
        }
    }

    /// Written from the description once more, the other way round.
    fn decode(bytes: &[u8]) -> Vec<Sample> {
        let mut bits = Reader { bytes, at: 0 };
        let count = bits.take(16);
        let (mut at, mut step, mut value, mut window) = (0, 0, 0, (0, 0));
        let mut samples = Vec::new();
        for n in 0..count {
            if n == 0 {
                let folded = bits.varint();
                at = (folded >> 1).cast_signed() ^ -(folded & 1).cast_signed();
                value = bits.take(64);
            } else {
                step = if n == 1 { bits.varint().cast_signed() } else { step + bits.difference() };
                at += step;
                if bits.take(1) == 1 {
                    if bits.take(1) == 1 {
                        let leading = u32::try_from(bits.take(5)).unwrap();
                        let significant = match u32::try_from(bits.take(6)).unwrap() {
                            0 => 64,
                            some => some,
                        };
                        window = (leading, 64 - leading - significant);
                    }
                    value ^= bits.take(64 - window.0 - window.1) << window.1;
                }
            }
            samples.push((at, f64::from_bits(value)));
        }
        samples
    }

    #[test]
    fn what_is_written_can_be_read() {
        let noisy = |n: i64| f64::from_bits((n * n * 2_654_435_761).cast_unsigned() << 20);
        let jumps = [0, 1, -3, 8_192, -8_191, 65_536, 70_000, 524_288, -600_000, 1 << 40];
        let mut at = 1_735_689_600_000;
        let mut samples = Vec::new();
        for n in 0..120 {
            at += 1_000_000 + jumps[usize::try_from(n).unwrap() % jumps.len()];
            let value = match n % 4 {
                0 => 12.5,
                1 => noisy(n),
                2 => -0.1 * n as f64,
                _ => f64::MAX,
            };
            samples.push((at, value));
        }
        assert_eq!(decode(&encode(&samples)), samples);
        assert_eq!(decode(&encode(&samples[..1])), samples[..1]);
    }

    #[test]
    fn what_stands_still_costs_two_bits() {
        let still: Vec<Sample> = (0..120).map(|n| (n * 1_000, 7.0)).collect();
        // The head (2), the first sample (1 + 8), the first step (2), 1 + 118 × 2 bits.
        assert_eq!(encoded_bytes(&still), 2 + 9 + 2 + 30);
    }

    #[test]
    fn small_lateness_is_not_kept() {
        let late = [(0, 1.0), (1_002, 1.0), (2_003, 1.0), (3_000, 1.0)];
        let times: Vec<i64> = aligned(&late, 1_000).into_iter().map(|(at, _)| at).collect();
        assert_eq!(times, [0, 1_000, 2_003, 3_000]);
    }
}
