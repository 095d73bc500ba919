//! What a collector is: one file that knows one part of the host, and one line in [`crate::ALL`].

use std::collections::BTreeMap;

use bellwether_signal::{
    Moment,
    host::{HostState, ProcessEvent},
    system::OwnProcess,
};

use crate::{CollectError, Headlines, HostRoot};

/// Reads one part of the host, round after round. It keeps what it needs to tell rates: files,
/// buffers and the counters of the round before.
pub trait Collector: Send {
    /// Reads, and says what there is to say. When it fails, nothing of this round is said, and the
    /// collector is dropped and opened anew.
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError>;
}

/// What opening gives.
pub type Opened = Result<Option<Box<dyn Collector>>, CollectError>;

/// A collector, before it is opened.
#[derive(Clone, Copy, Debug)]
pub struct CollectorSpec {
    /// Its name in reports.
    pub name: &'static str,
    /// How often it publishes while nobody looks.
    pub tier: Tier,
    /// Whether a busy host gives it much to read: a file for each process or group, or devices that
    /// answer slowly. Such collectors read first; what the others tell is then fresh.
    pub lengthy: bool,
    /// Whether it reads every second, because that is cheap and something would be missed.
    pub every_second: bool,
    /// The state topics on which it speaks each time it publishes (last segments).
    pub topics: &'static [&'static str],
    /// State topics on which it speaks when something changed, and else at [`Tier::Background`].
    pub quiet_topics: &'static [&'static str],
    /// Opens it; `None` when this host does not offer what it reads.
    pub open: fn(&HostRoot) -> Opened,
}

/// How often something is published (H4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Every second: whatever somebody looks at, and what is in trouble.
    Critical,
    /// Every two seconds.
    Important,
    /// Every five seconds.
    Standard,
    /// Every ten seconds.
    Background,
}

impl Tier {
    /// Its period.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Critical => 1,
            Self::Important => 2,
            Self::Standard => 5,
            Self::Background => 10,
        }
    }

    /// Its period, as payloads and series want it.
    pub const fn interval_ms(self) -> u32 {
        self.seconds() * 1_000
    }
}

/// What a collector has to know of the round.
#[derive(Clone, Copy, Debug)]
pub struct Round<'a> {
    /// When it takes place. Rates are told over [`Moment::monotonic`] alone.
    pub now: Moment,
    /// Whether it is time to publish; otherwise this round only reads.
    pub publish: bool,
    /// How often each topic of this host speaks now.
    pub intervals_ms: &'a BTreeMap<String, u32>,
    /// What the others said last that is worth a headline.
    pub headlines: &'a Headlines,
}

/// What a collector says in one round.
#[derive(Debug, Default)]
pub struct Output {
    /// New states.
    pub states: Vec<HostState>,
    /// Processes that came and went.
    pub events: Vec<ProcessEvent>,
    /// What we cost ourselves.
    pub own_process: Option<OwnProcess>,
    /// Whether what was read is bad enough to be published every second for a while.
    pub critical: bool,
}
