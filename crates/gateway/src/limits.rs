//! How much clients may hold at the same time, and for how long.

use std::time::Duration;

/// Connections beyond the limit that are on their way out: sent away, or being told that there is no
/// room. One more waits in the kernel's queue, a second at most.
pub(crate) const LEAVING: usize = 16;

/// Bounds of a server. The binary fits them to the descriptors that it may have.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// HTTP connections open at the same time, streams included. One more takes the place of the
    /// one that has waited longest without asking; while all have a request under way, it gets 503.
    pub connections: usize,
    /// Sockets (`/ws`) open at the same time; one more gets 503.
    pub sockets: u64,
    /// Sockets and streams open at the same time from one address (one network of 2^64 in IPv6);
    /// one more gets 429.
    pub per_address: u64,
    /// The same with one token, or one sign-in of a browser.
    pub per_token: u64,
    /// Whether connections from loopback are counted by neither address nor token: tabs, benchmarks
    /// and a proxy on the machine itself.
    pub exempt_loopback: bool,
    /// Time for a request's header, and for a kept-open connection to ask again.
    pub header_time: Duration,
    /// Longest answer to wait for, the request's body included.
    pub request_time: Duration,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            sockets: 10_000,
            per_address: 1_000,
            per_token: 1_000,
            exempt_loopback: true,
            header_time: Duration::from_secs(30),
            request_time: Duration::from_secs(30),
        }
    }
}

impl ServerLimits {
    /// As many as so many descriptors allow: a quarter for connections, the rest for sockets.
    #[must_use]
    pub fn within(self, descriptors: usize) -> Self {
        let connections = self.connections.min(descriptors / 4).max(1);
        let rest =
            u64::try_from(descriptors.saturating_sub(connections + LEAVING)).unwrap_or(u64::MAX);
        Self { connections, sockets: self.sockets.min(rest).max(1), ..self }
    }
}
