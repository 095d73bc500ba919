//! What schedules met, in numbers: a simulation in which nothing happens proves nothing.

use bellwether_signal::protocol::GapReason;

use crate::reader::Item;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) fulls: u64,
    pub(crate) patches: u64,
    pub(crate) events: u64,
    pub(crate) overruns: u64,
    pub(crate) new_epochs: u64,
    pub(crate) unknown_positions: u64,
    pub(crate) looks: u64,
    /// Flushes before their time, because something urgent came.
    pub(crate) urgent: u64,
    /// Clients that had to wait for their clock.
    pub(crate) waits: u64,
    pub(crate) refused: u64,
    pub(crate) restarts: u64,
    pub(crate) cut_midway: u64,
    pub(crate) interrupts: u64,
    /// Logged topics that came back after a restart.
    pub(crate) put_back: u64,
}

impl Tally {
    pub(crate) fn item(&mut self, item: &Item) {
        let count = match item {
            Item::State { full: true, .. } => &mut self.fulls,
            Item::State { full: false, .. } => &mut self.patches,
            Item::Event { .. } => &mut self.events,
            Item::Gap { reason: GapReason::Overrun, .. } => &mut self.overruns,
            Item::Gap { reason: GapReason::NewEpoch, .. } => &mut self.new_epochs,
            Item::Gap { reason: GapReason::UnknownPosition, .. } => &mut self.unknown_positions,
        };
        *count += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, more) in self.all().into_iter().zip(other.clone().all()) {
            *sum += *more;
        }
    }

    fn all(&mut self) -> [&mut u64; 14] {
        [
            &mut self.fulls,
            &mut self.patches,
            &mut self.events,
            &mut self.overruns,
            &mut self.new_epochs,
            &mut self.unknown_positions,
            &mut self.looks,
            &mut self.urgent,
            &mut self.waits,
            &mut self.refused,
            &mut self.restarts,
            &mut self.cut_midway,
            &mut self.interrupts,
            &mut self.put_back,
        ]
    }

    /// The rarest of all that can happen.
    pub(crate) fn least(mut self) -> u64 {
        self.all().into_iter().map(|count| *count).min().unwrap_or_default()
    }
}
