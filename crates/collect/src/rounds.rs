//! One round after the other: opens what is due, lets it read, and keeps its failures to itself.

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use bellwether_signal::{
    Moment,
    system::{CollectorState, OwnProcess},
};
use tracing::{info, warn};

use crate::{
    Batch, Clock, CollectError, Collector, CollectorSpec, Headlines, HostRoot, Output, Publication,
    Report, Round, Schedule, schedule::Due,
};

/// The collectors of one host, and their plan.
pub struct Rounds {
    root: HostRoot,
    specs: &'static [CollectorSpec],
    /// By place in `specs`; none before its first round, after a failure and where not offered.
    opened: Vec<Option<Box<dyn Collector>>>,
    schedule: Schedule,
    states: BTreeMap<String, CollectorState>,
    own_process: Option<OwnProcess>,
    headlines: Headlines,
}

impl Rounds {
    /// The first round is due at `start`.
    pub fn new(root: HostRoot, specs: &'static [CollectorSpec], start: Moment) -> Self {
        Self {
            root,
            specs,
            opened: specs.iter().map(|_| None).collect(),
            schedule: Schedule::new(specs, start.monotonic),
            states: BTreeMap::new(),
            own_process: None,
            headlines: Headlines::default(),
        }
    }

    /// When the next round is due.
    pub fn next_deadline(&self, now: Moment) -> Duration {
        self.schedule.next_deadline(now.monotonic)
    }

    /// The topics that somebody looks at.
    pub fn promote(&mut self, topics: BTreeSet<String>) {
        self.schedule.promote(topics);
    }

    /// Lets everything that is due read: first those that take long.
    pub fn round(&mut self, clock: &dyn Clock) -> Batch {
        let began = clock.now();
        let due = self.schedule.due(began.monotonic);
        for one in &due {
            self.open(one.slot, began);
        }
        let intervals_ms = self.schedule.intervals_ms(began.monotonic);
        let mut batch = Batch { at: began, states: Vec::new(), events: Vec::new(), report: None };
        let mut measured_ourselves = false;
        let mut headlines = std::mem::take(&mut self.headlines);
        let is_lengthy = |one: &Due| self.specs.get(one.slot).is_some_and(|spec| spec.lengthy);
        let (lengthy, others): (Vec<_>, Vec<_>) = due.into_iter().partition(is_lengthy);
        let mut now = began;
        for (place, one) in lengthy.iter().chain(&others).enumerate() {
            if place == lengthy.len() && place > 0 {
                now = clock.now();
            }
            let round = Round {
                now,
                publish: one.publish,
                intervals_ms: &intervals_ms,
                headlines: &headlines,
            };
            let Some(output) = self.read(*one, &round, began, clock) else {
                headlines.forget(self.specs.get(one.slot).map_or(&[][..], |spec| spec.topics));
                continue;
            };
            output.states.iter().for_each(|state| headlines.note(state));
            batch.events.extend(output.events);
            batch.states.extend(output.states.into_iter().map(|state| Publication {
                at: now.wall,
                interval_ms: intervals_ms.get(state.topic_name()).copied().unwrap_or_default(),
                state,
            }));
            if let Some(own) = output.own_process {
                self.own_process = Some(own);
                measured_ourselves = true;
            }
        }
        self.headlines = headlines;
        batch.report = self.report(began, measured_ourselves);
        batch
    }

    fn open(&mut self, slot: usize, now: Moment) {
        let (Some(spec), Some(place)) = (self.specs.get(slot), self.opened.get_mut(slot)) else {
            return;
        };
        if place.is_some() {
            return;
        }
        let root = &self.root;
        match isolated(|| (spec.open)(root)) {
            Ok(Some(collector)) => *place = Some(collector),
            Ok(None) => self.schedule.not_offered(slot, now.monotonic),
            Err(error) => self.schedule.failed(slot, now.monotonic, error.to_string()),
        }
    }

    /// One collector's part of the round; nothing when it failed or is not there.
    fn read(
        &mut self,
        due: Due,
        round: &Round<'_>,
        began: Moment,
        clock: &dyn Clock,
    ) -> Option<Output> {
        let place = self.opened.get_mut(due.slot)?;
        let collector = place.as_mut()?;
        let mut output = Output::default();
        let before = clock.thread_cpu_time();
        let outcome = isolated(|| collector.collect(round, &mut output));
        let cost = clock.thread_cpu_time().saturating_sub(before);
        match outcome {
            Ok(()) => {
                self.schedule.worked(due, began.monotonic, cost, output.critical);
                Some(output)
            }
            Err(error) => {
                self.schedule.failed(due.slot, began.monotonic, error.to_string());
                // Even its end may panic; what it leaves behind is of no use to anybody.
                let dropped = place.take();
                isolated(|| {
                    drop(dropped);
                    Ok(())
                })
                .ok()?;
                None
            }
        }
    }

    /// A report is due when our own process was measured, and when a collector's state changed.
    fn report(&mut self, now: Moment, measured_ourselves: bool) -> Option<Report> {
        let collectors = self.schedule.statuses(now.monotonic);
        let mut changed = false;
        for (name, status) in &collectors {
            if self.states.get(name) == Some(&status.state) {
                continue;
            }
            changed = true;
            self.states.insert(name.clone(), status.state);
            match status.state {
                CollectorState::Working => info!(collector = name, "works"),
                CollectorState::NotOffered => info!(collector = name, "not offered by this host"),
                CollectorState::Failing => {
                    warn!(collector = name, error = status.error, "fails, is tried again");
                }
            }
        }
        (changed || measured_ourselves)
            .then(|| Report { collectors, own_process: self.own_process.clone() })
    }
}

/// Runs a part so that its panic is an error like any other.
fn isolated<T>(part: impl FnOnce() -> Result<T, CollectError>) -> Result<T, CollectError> {
    // A collector that panicked is dropped and never asked again, so no broken state is seen.
    catch_unwind(AssertUnwindSafe(part))
        .unwrap_or_else(|cause| Err(CollectError::Panicked(message(cause.as_ref()))))
}

fn message(cause: &(dyn Any + Send)) -> String {
    let text = cause.downcast_ref::<&str>().copied();
    let text = text.or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

/// The last segments of all topics that `specs` can speak on.
pub fn topic_names(specs: &[CollectorSpec]) -> impl Iterator<Item = &'static str> {
    specs.iter().flat_map(|spec| spec.topics.iter().chain(spec.quiet_topics)).copied()
}
