//! How a subscriber is doing: what it wants, how far behind it is, and what it missed since it came.

use std::time::Duration;

use bellwether_signal::{TopicPattern, protocol::Position};

use crate::Form;

/// What a subscriber did not get one by one, counted since it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Publications of states that it got merged into a later one.
    pub conflated: u64,
    /// States that it got in full although it had them before: it was too far behind for a patch.
    pub resyncs: u64,
    /// Gaps in sequences of events that it was told.
    pub gaps: u64,
}

/// One subscriber at one moment.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it asked for.
    pub patterns: Vec<TopicPattern>,
    /// Topics in which it has a cursor.
    pub topics: usize,
    /// Publications that it has not been given yet.
    pub behind: u64,
    /// Shortest time between two flushes.
    pub interval: Duration,
    /// Its socket takes nothing at the moment.
    pub blocked: bool,
    /// What it did not get one by one.
    pub tally: Tally,
}

impl Tally {
    /// What came since an earlier reading.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            conflated: self.conflated - before.conflated,
            resyncs: self.resyncs - before.resyncs,
            gaps: self.gaps - before.gaps,
        }
    }

    /// Counts a state that was given to somebody who had it at `known`.
    pub(crate) fn given(&mut self, known: Option<Position>, now: Position, form: Form) {
        let Some(known) = known.filter(|known| known.epoch() == now.epoch()) else { return };
        self.conflated += now.offset().saturating_sub(known.offset()).saturating_sub(1);
        self.resyncs += u64::from(form == Form::Full);
    }
}

/// Both together.
impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.conflated += other.conflated;
        self.resyncs += other.resyncs;
        self.gaps += other.gaps;
    }
}
