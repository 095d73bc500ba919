//! How the store is, for `system/metrics` and `system/health`, and its one place to log trouble.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use bellwether_signal::system::{Health, PartHealth};
use tracing::{info, warn};

use crate::{Fault, names::Refused, sealed::Held};

/// Counted since start, unless said otherwise; written by the writer and by those who append.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) samples: AtomicU64,
    pub(crate) series: AtomicU64,
    pub(crate) failed_writes: AtomicU64,
    pub(crate) shed_frames: AtomicU64,
    pub(crate) shed_predictions: AtomicU64,
    /// What sealed hours hold, of all that is on disk.
    sealed: Mutex<Option<Held>>,
    trouble: Mutex<Trouble>,
}

/// What is wrong now.
#[derive(Default)]
struct Trouble {
    outage: Option<Outage>,
    names_refused: u64,
    values_refused: u64,
    times_refused: u64,
    /// Frames were shed that no outage explains: the writer is too slow.
    behind: bool,
    /// Why older history could not be compressed or dropped.
    upkeep: Option<Fault>,
    /// Events are shown and cannot be written.
    events: Option<Outage>,
    events_refused: u64,
    /// Predictions cannot be written.
    predictions: Option<Outage>,
    /// Predictions were shed that no outage explains: the writer is too slow.
    predictions_behind: u64,
}

/// From the first failed write to the next that works.
struct Outage {
    fault: Fault,
    shed: u64,
}

impl Report {
    fn lock(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What sealed hours hold now; nothing while it is counted.
    pub(crate) fn sealed(&self, held: Option<Held>) {
        *self.sealed.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    /// The same, to be told.
    pub(crate) fn held(&self) -> Option<Held> {
        *self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frames that will never be written.
    pub(crate) fn shed(&self, frames: u64) {
        if frames == 0 {
            return;
        }
        self.shed_frames.fetch_add(frames, Relaxed);
        let mut trouble = self.lock();
        if let Some(outage) = &mut trouble.outage {
            outage.shed += frames;
        } else if !trouble.behind {
            warn!(frames, "the store is behind: history has a gap");
            trouble.behind = true;
        }
    }

    /// A write failed.
    pub(crate) fn failed(&self, fault: &Fault) {
        self.failed_writes.fetch_add(1, Relaxed);
        let mut trouble = self.lock();
        if trouble.outage.as_ref().is_none_or(|outage| outage.fault != *fault) {
            warn!(%fault, "history is not being written; {}", fault.advice());
        }
        let shed = trouble.outage.as_ref().map_or(0, |outage| outage.shed);
        trouble.outage = Some(Outage { fault: fault.clone(), shed });
    }

    /// A write worked.
    pub(crate) fn worked(&self, samples: u64) {
        self.samples.fetch_add(samples, Relaxed);
        let mut trouble = self.lock();
        trouble.behind = false;
        if let Some(outage) = trouble.outage.take() {
            info!(lost_frames = outage.shed, "history is being written again");
        }
    }

    /// Events were written, or could not be; `shed` of them will never be.
    pub(crate) fn logged(&self, done: Result<(), &Fault>, shed: u64, refused: u64) {
        let mut trouble = self.lock();
        if refused > 0 && trouble.events_refused == 0 {
            warn!("an event is not kept: there are too many topics");
        }
        trouble.events_refused += refused;
        match done {
            Ok(()) => {
                if let Some(outage) = trouble.events.take() {
                    info!(lost_events = outage.shed, "events are being written again");
                }
            }
            Err(fault) => {
                self.failed_writes.fetch_add(1, Relaxed);
                if trouble.events.as_ref().is_none_or(|outage| outage.fault != *fault) {
                    warn!(%fault, "events are not being written; {}", fault.advice());
                }
                let before = trouble.events.as_ref().map_or(0, |outage| outage.shed);
                trouble.events = Some(Outage { fault: fault.clone(), shed: before + shed });
            }
        }
    }

    /// Predictions that came too quickly for the writer, and will never be written.
    pub(crate) fn predictions_shed(&self, shed: u64) {
        if shed == 0 {
            return;
        }
        self.shed_predictions.fetch_add(shed, Relaxed);
        let mut trouble = self.lock();
        if let Some(outage) = &mut trouble.predictions {
            outage.shed += shed;
            return;
        }
        if trouble.predictions_behind == 0 {
            warn!(shed, "the store is behind: predictions are missing in their log");
        }
        trouble.predictions_behind += shed;
    }

    /// Predictions were written, or could not be; `shed` of them will never be.
    pub(crate) fn predicted(&self, done: Result<(), &Fault>, shed: u64) {
        self.shed_predictions.fetch_add(shed, Relaxed);
        let mut trouble = self.lock();
        match done {
            Ok(()) => {
                trouble.predictions_behind = 0;
                if let Some(outage) = trouble.predictions.take() {
                    info!(lost_predictions = outage.shed, "predictions are being written again");
                }
            }
            Err(fault) => {
                self.failed_writes.fetch_add(1, Relaxed);
                if trouble.predictions.as_ref().is_none_or(|outage| outage.fault != *fault) {
                    warn!(%fault, "predictions are not being written; {}", fault.advice());
                }
                let before = trouble.predictions.as_ref().map_or(0, |outage| outage.shed);
                trouble.predictions = Some(Outage { fault: fault.clone(), shed: before + shed });
            }
        }
    }

    /// Older history was looked after, or could not be.
    pub(crate) fn kept_up(&self, done: Result<(), &Fault>) {
        let mut trouble = self.lock();
        if let Err(fault) = done
            && trouble.upkeep.is_none()
        {
            warn!(%fault, "older history is not compressed or dropped; {}", fault.advice());
        }
        trouble.upkeep = done.err().cloned();
    }

    /// A sample of this series was not kept, nor will be others like it.
    pub(crate) fn refused(&self, why: Refused, name: &str) {
        let mut trouble = self.lock();
        let count = match why {
            Refused::TooManyNames => &mut trouble.names_refused,
            Refused::NoNumber => &mut trouble.values_refused,
            Refused::NoTime => &mut trouble.times_refused,
        };
        *count += 1;
        if *count == 1 {
            warn!(?why, series = name, "a sample is not kept");
        }
    }

    /// There is room for names again.
    pub(crate) fn names_fit(&self) {
        self.lock().names_refused = 0;
    }

    /// What to say about it; `limit` is the most series.
    pub(crate) fn health(&self, limit: usize) -> PartHealth {
        let trouble = self.lock();
        for (what, parts, outage) in [
            ("history", "frames", &trouble.outage),
            ("what happened", "events", &trouble.events),
            ("the log of predictions", "predictions", &trouble.predictions),
        ] {
            let Some(Outage { fault, shed }) = outage else { continue };
            let (status, kept) = if *shed == 0 {
                (Health::Degraded, "it is kept in memory meanwhile".to_owned())
            } else {
                (Health::Critical, format!("{shed} {parts} are lost so far"))
            };
            let detail =
                format!("{what} is not being written: {fault}; {}; {kept}", fault.advice());
            return PartHealth { status, detail: Some(detail) };
        }
        if let Some(fault) = &trouble.upkeep {
            let detail =
                format!("older history is not compressed or dropped: {fault}; {}", fault.advice());
            return PartHealth { status: Health::Degraded, detail: Some(detail) };
        }
        if trouble.predictions_behind > 0 {
            let detail = format!(
                "predictions come faster than the disk takes them: {} are missing in their log",
                trouble.predictions_behind
            );
            return PartHealth { status: Health::Degraded, detail: Some(detail) };
        }
        if trouble.names_refused > 0 {
            let detail = format!(
                "there are {limit} series, the most that are kept; new names have no history until \
                 old ones expire"
            );
            return PartHealth { status: Health::Degraded, detail: Some(detail) };
        }
        PartHealth::default()
    }
}
