//! How often a token may publish: a token bucket each, over all of its connections and requests.

use std::{collections::HashMap, time::Duration};

use crate::access::Identity;

/// Publications in a second, on average.
pub(crate) const PUBLISHES_PER_SECOND: u32 = 50;
/// Publications at once, before the average counts.
const BURST: f64 = 100.0;

/// What each token may still publish.
#[derive(Debug, Default)]
pub(super) struct Rates {
    by_token: HashMap<String, Bucket>,
    /// At so many entries those that are full again are dropped: they say nothing.
    sweep_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    allowance: f64,
    refilled: Duration,
}

impl Bucket {
    fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.refilled).as_secs_f64();
        self.refilled = now;
        self.allowance = (self.allowance + passed * f64::from(PUBLISHES_PER_SECOND)).min(BURST);
    }
}

impl Rates {
    /// Counts one publication, or says after how many seconds one is taken again.
    pub(super) fn admit(&mut self, who: &Identity, now: Duration) -> Result<(), u64> {
        if self.by_token.len() >= self.sweep_at {
            self.by_token.retain(|_, bucket| {
                bucket.refill(now);
                bucket.allowance < BURST
            });
            self.sweep_at = (self.by_token.len() * 2).max(64);
        }
        // Those who need no token share one allowance.
        let token = who.token.as_deref().unwrap_or_default();
        let full = Bucket { allowance: BURST, refilled: now };
        let bucket = match self.by_token.get_mut(token) {
            Some(bucket) => bucket,
            None => self.by_token.entry(token.to_owned()).or_insert(full),
        };
        bucket.refill(now);
        if bucket.allowance < 1.0 {
            return Err(1);
        }
        bucket.allowance -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Role;

    use super::*;

    fn token(name: &str) -> Identity {
        let token = Some(name.to_owned());
        Identity { token, ..Identity::without_token("p", Role::Publisher) }
    }

    #[test]
    fn each_token_has_its_own_allowance() {
        let mut rates = Rates::default();
        let now = Duration::from_secs(5);
        let (one, other) = (token("a"), token("b"));
        let admitted = (0..1_000).take_while(|_| rates.admit(&one, now).is_ok()).count();
        assert_eq!(admitted, 100);
        assert!(rates.admit(&other, now).is_ok());
        let later = now + Duration::from_secs(1);
        let admitted = (0..1_000).take_while(|_| rates.admit(&one, later).is_ok()).count();
        assert_eq!(admitted, 50);
    }

    #[test]
    fn who_published_long_ago_is_forgotten() {
        let mut rates = Rates::default();
        for n in 0..10_000_u64 {
            let now = Duration::from_secs(n * 10);
            assert!(rates.admit(&token(&n.to_string()), now).is_ok());
        }
        assert!(rates.by_token.len() <= 64, "{}", rates.by_token.len());
    }
}
