//! Wrong links and tokens, by address: guessing is slowed, and told once a minute.
//!
//! A good token is never refused for the wrong ones that came from the same address: it is looked up
//! first. A link is tried only by who may try: that costs a write.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

/// Wrong tries at once from one address …
const BURST: f64 = 20.0;
/// … and then one in this time.
const ONE_IN: Duration = Duration::from_secs(3);
/// Addresses that are told apart. Beyond them, those that come new share one allowance.
const ADDRESSES: usize = 1_024;
/// An address is told of once in this time.
const TOLD_ONCE_IN: Duration = Duration::from_mins(1);

/// Owned by the gateway.
#[derive(Default)]
pub(crate) struct Guesses {
    addresses: Mutex<HashMap<IpAddr, Tries>>,
    /// Tells the reporter that something is to be told later.
    untold: Notify,
}

/// What one address may still try, and what was not told of it yet.
#[derive(Clone, Copy, Debug)]
struct Tries {
    allowance: f64,
    refilled: Duration,
    told: Duration,
    untold: u32,
}

/// What came of a wrong try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// How often this address was wrong, when that is to be told now.
    pub(crate) tell: Option<u32>,
    /// How long to wait, in seconds, when there were too many.
    pub(crate) wait_seconds: Option<u64>,
}

impl Tries {
    fn new(now: Duration) -> Self {
        Self { allowance: BURST, refilled: now, told: now, untold: 0 }
    }

    fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.refilled);
        self.refilled = now;
        self.allowance = (self.allowance + passed.div_duration_f64(ONE_IN)).min(BURST);
    }

    fn wait_seconds(&self) -> Option<u64> {
        let missing = 1.0 - self.allowance;
        (missing > 0.0).then(|| {
            let wait = ONE_IN.mul_f64(missing);
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

impl Guesses {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Tries>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long an address has to wait before it may try a link, in seconds.
    pub(crate) fn wait_seconds(&self, address: IpAddr, now: Duration) -> Option<u64> {
        let mut addresses = self.lock();
        let tries = addresses.get_mut(&network(address))?;
        tries.refill(now);
        tries.wait_seconds()
    }

    /// Counts a wrong try.
    pub(crate) fn wrong(&self, address: IpAddr, now: Duration) -> Wrong {
        let mut addresses = self.lock();
        let mut key = network(address);
        if addresses.len() >= ADDRESSES && !addresses.contains_key(&key) {
            addresses.retain(|_, tries| {
                tries.refill(now);
                tries.allowance < BURST || tries.untold > 0
            });
            if addresses.len() >= ADDRESSES {
                key = Ipv6Addr::UNSPECIFIED.into();
            }
        }
        let known = addresses.contains_key(&key);
        let tries = addresses.entry(key).or_insert_with(|| Tries::new(now));
        tries.refill(now);
        let wait_seconds = tries.wait_seconds();
        if wait_seconds.is_none() {
            tries.allowance -= 1.0;
        }
        tries.untold = tries.untold.saturating_add(1);
        let due = !known || now.saturating_sub(tries.told) >= TOLD_ONCE_IN;
        let tell = due.then(|| {
            tries.told = now;
            std::mem::take(&mut tries.untold)
        });
        drop(addresses);
        if tell.is_none() {
            self.untold.notify_one();
        }
        Wrong { tell, wait_seconds }
    }

    /// Waits until a wrong try was counted that nobody was told of.
    pub(crate) async fn something_untold(&self) {
        self.untold.notified().await;
    }

    /// How often to look at what is to be told.
    pub(crate) const fn round() -> Duration {
        TOLD_ONCE_IN
    }

    /// What is to be told now of addresses that are silent since; all of it `at_end`. The second
    /// answer says whether anything stays for later.
    pub(crate) fn due(&self, now: Duration, at_end: bool) -> (Vec<(IpAddr, u32)>, bool) {
        let mut due = Vec::new();
        let mut stays = false;
        for (address, tries) in self.lock().iter_mut().filter(|(_, tries)| tries.untold > 0) {
            if at_end || now.saturating_sub(tries.told) >= TOLD_ONCE_IN {
                tries.told = now;
                due.push((*address, std::mem::take(&mut tries.untold)));
            } else {
                stays = true;
            }
        }
        (due, stays)
    }
}

/// Who has one IPv6 address has the 2^64 beside it (RFC 4291, section 2.5.4).
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const TWO: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_000 + seconds)
    }

    #[test]
    fn guessing_is_slowed_for_that_address_only() {
        let guesses = Guesses::default();
        let free = (0..100).filter(|_| guesses.wrong(ONE, at(0)).wait_seconds.is_none()).count();
        assert_eq!(free, 20);
        assert_eq!(guesses.wait_seconds(ONE, at(0)), Some(3));
        assert_eq!(guesses.wait_seconds(TWO, at(0)), None);
        assert_eq!(guesses.wait_seconds(ONE, at(3)), None, "one more after three seconds");
        assert_eq!(guesses.wrong(ONE, at(3)).wait_seconds, None);
        assert!(guesses.wrong(ONE, at(3)).wait_seconds.is_some());
        assert_eq!(guesses.wait_seconds(ONE, at(90)), None);
    }

    #[test]
    fn an_address_is_told_of_once_a_minute_with_a_count() {
        let guesses = Guesses::default();
        let told = |seconds| guesses.wrong(ONE, at(seconds)).tell;
        assert_eq!(told(0), Some(1), "the first one at once");
        assert_eq!((told(1), told(59)), (None, None));
        assert_eq!(guesses.wrong(TWO, at(1)).tell, Some(1), "another address");
        assert_eq!(guesses.due(at(59), false), (vec![], true));
        assert_eq!(guesses.due(at(60), false), (vec![(ONE, 2)], false));
        assert_eq!((told(61), told(62)), (None, None), "told a moment ago");
        assert_eq!(told(121), Some(3));
        assert_eq!(told(122), None);
        assert_eq!(guesses.due(at(122), true), (vec![(ONE, 1)], false), "at the end all of it");
    }

    #[test]
    fn memory_is_bounded() {
        let guesses = Guesses::default();
        let address = |n: u32| IpAddr::from(n.to_be_bytes());
        for n in 0..5_000 {
            guesses.wrong(address(n), at(0));
        }
        assert!(guesses.lock().len() <= ADDRESSES + 1);
        assert!(guesses.wait_seconds(ONE, at(0)).is_none(), "a new one may try a link");
        for n in 10_000..10_100 {
            guesses.wrong(address(n), at(3_600));
        }
        assert!(guesses.lock().len() <= 101, "those that were silent are forgotten");
    }

    #[test]
    fn neighbours_in_ipv6_are_one() {
        let parse = |text: &str| network(text.parse().unwrap());
        assert_eq!(parse("2001:db8::1"), parse("2001:db8::ffff:1"));
        assert_ne!(parse("2001:db8::1"), parse("2001:db8:0:1::1"));
        assert_eq!(parse("::ffff:192.0.2.1"), ONE);
    }
}
