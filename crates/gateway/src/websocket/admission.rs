//! How much a client may say: a token bucket per connection, whatever it speaks.

use std::time::Duration;

/// Messages in a second, on average; over it, the connection is closed.
pub(crate) const MESSAGES_PER_SECOND: u32 = 20;
/// Messages at once, before the average counts.
const MESSAGE_BURST: f64 = 60.0;

/// What one client may still say.
#[derive(Debug)]
pub(crate) struct Admission {
    allowance: f64,
    refilled: Duration,
}

impl Admission {
    pub(crate) fn new(now: Duration) -> Self {
        Self { allowance: MESSAGE_BURST, refilled: now }
    }

    /// Counts one message; `false` when there were too many.
    pub(crate) fn admit(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.refilled).as_secs_f64();
        self.refilled = now;
        let refill = passed * f64::from(MESSAGES_PER_SECOND);
        self.allowance = (self.allowance + refill).min(MESSAGE_BURST) - 1.0;
        self.allowance >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_messages_are_noticed() {
        let mut admission = Admission::new(Duration::ZERO);
        let now = Duration::from_secs(1);
        let admitted = (0..1_000).take_while(|_| admission.admit(now)).count();
        assert!((60..=80).contains(&admitted), "{admitted}");
        assert!(admission.admit(now + Duration::from_secs(1)));
    }
}
