//! What leaves: everything that one round has to say.

use std::collections::BTreeMap;

use bellwether_signal::{
    Moment, Timestamp,
    host::{HostState, ProcessEvent},
    system::{CollectorStatus, OwnProcess},
};

/// The signals of one round.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// When the round began.
    pub at: Moment,
    /// New states, each topic at most once.
    pub states: Vec<Publication>,
    /// Processes that came and went since the round before; those that went come first.
    pub events: Vec<ProcessEvent>,
    /// About ourselves: every five seconds, and as soon as a collector fails or recovers.
    pub report: Option<Report>,
}

/// A new state.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// When it was read. The collectors of a round share two moments: those that take long, and
    /// after them all others.
    pub at: Timestamp,
    /// How long until its topic speaks again, as planned now.
    pub interval_ms: u32,
    /// The state; [`HostState::topic_name`] says where it belongs.
    pub state: HostState,
}

/// How collecting goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Each collector by name.
    pub collectors: BTreeMap<String, CollectorStatus>,
    /// What this process costs as a whole; absent until it was measured.
    pub own_process: Option<OwnProcess>,
}

impl Batch {
    /// Whether there is nothing to tell: a round that only read.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty() && self.events.is_empty() && self.report.is_none()
    }
}
