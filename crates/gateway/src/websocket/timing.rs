//! When sockets are looked after, and how they are served.

use std::time::Duration;

use super::shards::usual_threads;

/// When sockets are looked after, pinged, dropped and cut.
#[derive(Clone, Copy, Debug)]
pub struct SocketTiming {
    /// How often connections are looked after, while there are any.
    pub round: Duration,
    /// A silent client is pinged after this time …
    pub ping_after: Duration,
    /// … and dropped after this.
    pub drop_after: Duration,
    /// A client that takes nothing for this long is cut.
    pub stuck_after: Duration,
}

impl Default for SocketTiming {
    fn default() -> Self {
        Self {
            round: Duration::from_secs(5),
            ping_after: Duration::from_secs(30),
            drop_after: Duration::from_secs(75),
            stuck_after: Duration::from_secs(30),
        }
    }
}

/// How sockets are served.
#[derive(Clone, Copy, Debug)]
pub struct SocketOptions {
    /// Whether messages are packed for clients that offer it (permessage-deflate, RFC 7692).
    pub deflate: bool,
    /// Threads for all sockets.
    pub threads: usize,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self { deflate: true, threads: usual_threads() }
    }
}
