//! Every bound of the hub in one place.

use std::time::Duration;

/// Bounds. What happens at each is said beside it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Events kept per topic (P12). Older ones leave; who had not taken them is told a gap.
    pub ring: usize,
    /// Events of a logged topic that a subscriber is given from the log without a pause; what is
    /// missing beyond is a told gap.
    pub resume: usize,
    /// Patches kept per state topic. Who is further behind gets the full state.
    pub patches: usize,
    /// Topics. A publication that would make one more is refused.
    pub topics: usize,
    /// Topics of users' own signals among them; one more is refused.
    pub app_topics: usize,
    /// Subscribers. One more is refused.
    pub subscribers: usize,
    /// Patterns per subscriber. One more is refused.
    pub patterns: usize,
    /// Positions that a subscriber may name for topics that do not exist yet; more are ignored, so
    /// that those topics start as if nothing had been named.
    pub positions: usize,
    /// How long a topic that a subscriber names from before a restart may take to come back, before it
    /// is told that there is no such topic any more; `Duration::MAX` for never. The slowest collectors
    /// speak every ten seconds.
    pub absent: Duration,
    /// Longest flush interval; a longer one is refused.
    pub interval_max: Duration,
    /// Flush interval of a subscriber that names none.
    pub interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ring: 300,
            resume: 10_000,
            patches: 32,
            topics: 20_000,
            app_topics: 2_000,
            subscribers: 10_000,
            patterns: 256,
            positions: 1_024,
            absent: Duration::from_secs(30),
            interval_max: Duration::from_secs(10),
            interval: Duration::from_millis(100),
        }
    }
}
