//! How fast a client is told things (P8): 10 updates a second on average, 20 at once.
//!
//! The virtual scheduling form of the generic cell rate algorithm (ITU-T I.371): one point in time
//! instead of a bucket, exact, and it says when the next frame may go.

use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(100);
const BURST: u32 = 20;

#[derive(Debug, Default)]
pub(in crate::dialect) struct Pace {
    /// When all that was sent would have been sent at the average rate.
    even: Duration,
}

impl Pace {
    /// Takes the right to send one frame, if there is one now.
    pub(in crate::dialect) fn take(&mut self, now: Duration) -> bool {
        let may = now >= self.next();
        if may {
            self.charge(now, 1);
        }
        may
    }

    /// Counts frames that are sent anyway.
    pub(super) fn charge(&mut self, now: Duration, frames: u32) {
        self.even = self.even.max(now) + INTERVAL * frames;
    }

    /// When the next frame may go.
    pub(in crate::dialect) fn next(&self) -> Duration {
        self.even.saturating_sub(INTERVAL * (BURST - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_at_once_then_ten_a_second() {
        let (mut pace, start) = (Pace::default(), Duration::from_secs(1_000));
        let at_once = (0..100).filter(|_| pace.take(start)).count();
        assert_eq!(at_once, 20);
        assert_eq!(pace.next(), start + INTERVAL);
        let ms = |ms| start + Duration::from_millis(ms);
        let later = (0..1_000).filter(|i| pace.take(ms(i * 10))).count();
        assert_eq!(later, 99, "9.99 s at 10 a second");
        pace.charge(ms(60_000), 25);
        assert!(!pace.take(ms(60_000)), "what had to be said is counted");
        assert!(pace.take(ms(60_600)));
    }
}
