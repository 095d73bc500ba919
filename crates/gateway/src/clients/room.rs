//! How many connections there may be: in total, from one address, with one token.
//!
//! Loopback is not counted by address and token: whoever is on the machine itself may open tabs,
//! benchmarks and proxies as the total allows.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    net::IpAddr,
};

use crate::access::network;

/// Bounds, from [`crate::ServerLimits`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) sockets: u64,
    pub(super) per_address: u64,
    pub(super) per_token: u64,
    pub(super) exempt_loopback: bool,
}

/// Which bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Full {
    /// All places are taken.
    #[error("{0} sockets are open, no more are taken. Try again later.")]
    Total(u64),
    /// One address has as many as it may.
    #[error(
        "{0} connections are open from your address, no more are taken (--max-per-address). Close \
         some, or try again later."
    )]
    Address(u64),
    /// One token has as many as it may.
    #[error(
        "{0} connections are open with your token, no more are taken (--max-per-token). Close some, \
         or use a token for each program."
    )]
    Token(u64),
}

impl Full {
    pub(crate) const NAMES: [&'static str; 3] = ["total", "address", "token"];

    /// Its place in [`Self::NAMES`].
    pub(super) fn place(self) -> usize {
        match self {
            Self::Total(_) => 0,
            Self::Address(_) => 1,
            Self::Token(_) => 2,
        }
    }
}

/// Who holds how many. It has entries only for those who hold some.
#[derive(Debug)]
pub(super) struct Room {
    bounds: Bounds,
    sockets: u64,
    addresses: HashMap<IpAddr, u64>,
    tokens: HashMap<Box<str>, u64>,
}

impl Room {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, sockets: 0, addresses: HashMap::new(), tokens: HashMap::new() }
    }

    /// Takes a place, or says which bound forbids it.
    pub(super) fn take(
        &mut self,
        is_socket: bool,
        address: Option<IpAddr>,
        token: Option<&str>,
    ) -> Result<(), Full> {
        let Bounds { sockets, per_address, per_token, .. } = self.bounds;
        if is_socket && self.sockets >= sockets {
            return Err(Full::Total(sockets));
        }
        let held = |count: Option<&u64>| count.copied().unwrap_or_default();
        if let Some(address) = self.counted(address) {
            if held(self.addresses.get(&address)) >= per_address {
                return Err(Full::Address(per_address));
            }
            if token.is_some_and(|token| held(self.tokens.get(token)) >= per_token) {
                return Err(Full::Token(per_token));
            }
            *self.addresses.entry(address).or_default() += 1;
            if let Some(token) = token {
                *self.tokens.entry(token.into()).or_default() += 1;
            }
        }
        self.sockets += u64::from(is_socket);
        Ok(())
    }

    /// Gives it back.
    pub(super) fn leave(&mut self, is_socket: bool, address: Option<IpAddr>, token: Option<&str>) {
        self.sockets -= u64::from(is_socket);
        if let Some(address) = self.counted(address) {
            one_less(&mut self.addresses, address);
            if let Some(token) = token {
                one_less(&mut self.tokens, token.into());
            }
        }
    }

    /// The address that is counted; none for loopback and for who came through the control socket.
    fn counted(&self, address: Option<IpAddr>) -> Option<IpAddr> {
        let exempt = |address: &IpAddr| address.to_canonical().is_loopback();
        let counts = |address: &IpAddr| !(self.bounds.exempt_loopback && exempt(address));
        address.filter(counts).map(network)
    }
}

fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, u64>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Room {
        Room::new(Bounds { sockets: 5, per_address: 2, per_token: 3, exempt_loopback: true })
    }

    fn from(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn each_bound_holds_and_is_given_back() {
        let mut room = room();
        for _ in 0..2 {
            room.take(true, Some(from(1)), Some("a")).unwrap();
        }
        assert_eq!(room.take(true, Some(from(1)), Some("b")), Err(Full::Address(2)));
        room.take(true, Some(from(2)), Some("a")).unwrap();
        assert_eq!(room.take(true, Some(from(3)), Some("a")), Err(Full::Token(3)));
        room.take(true, Some(from(3)), None).unwrap();
        room.take(true, Some(from(4)), Some("b")).unwrap();
        assert_eq!(room.take(true, Some(from(5)), Some("c")), Err(Full::Total(5)));
        room.take(false, Some(from(5)), Some("c")).unwrap();
        room.leave(true, Some(from(1)), Some("a"));
        room.take(true, Some(from(3)), Some("a")).unwrap();
    }

    #[test]
    fn loopback_has_the_total_only() {
        let mut room = room();
        let here = ["127.0.0.1", "::1", "::ffff:127.0.0.9"].map(|text| text.parse().ok());
        for address in here.into_iter().chain([None, None]) {
            room.take(true, address, Some("a")).unwrap();
        }
        assert_eq!(room.take(true, None, None), Err(Full::Total(5)));
    }

    #[test]
    fn who_left_is_forgotten() {
        let mut room = room();
        for n in 0..100 {
            room.take(true, Some(from(n)), Some("a")).unwrap();
            room.leave(true, Some(from(n)), Some("a"));
        }
        assert!(room.addresses.is_empty() && room.tokens.is_empty() && room.sockets == 0);
    }
}
