//! Who reads when. Pure decisions: time comes in, what is due and until when to sleep go out.
//!
//! Time is cut into ticks: tick 0 is the start, tick 1 comes [`WARM_UP`] later (so that the first
//! rates are there at once), and from then on one each second. All periods are whole numbers of
//! ticks counted from the same one, so that whatever is due is due at the same wake-up.
//!
//! A collector that costs too much is due less often, whoever looks: on a host with tens of thousands
//! of processes to watch them all each second would be the load that we are here to find.
//!
//! A collector that fails is tried again after 1, 2, 4 … [`LONGEST_BACK_OFF`] ticks; one that this
//! host does not offer each [`LOOK_AGAIN`] ticks, because drivers are loaded and devices plugged in.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bellwether_signal::{
    Unit,
    system::{CollectorState, CollectorStatus},
};

use crate::{CollectorSpec, Tier};

/// Between the first two rounds: long enough for the kernel's clock ticks (10 ms) to say
/// something, short enough that nobody waits for the first figures.
pub const WARM_UP: Duration = Duration::from_millis(100);
/// Longest pause of a failing collector, in ticks.
const LONGEST_BACK_OFF: u64 = 30;
/// Pause before something that was not offered is looked for again, in ticks.
const LOOK_AGAIN: u64 = 60;
/// How long what was critical is published every second after it last was, in ticks: a value that
/// swings around its threshold does not switch the tier to and fro.
const CRITICAL_TICKS: u64 = 10;
/// Rounds after opening that take place at successive ticks and are published: the second has rates.
const FIRST_ROUNDS: u8 = 2;

/// Processor time that a collector may take in a second, from which on it is due less often: 1.5 % of
/// a core.
const BUDGET: Duration = Duration::from_millis(15);
/// The same while somebody looks or something is critical: 6 % of a core.
const FAST_BUDGET: Duration = Duration::from_millis(60);
/// Most that periods are stretched to, in ticks.
const LONGEST_STRETCH: u64 = 30;
/// Weight of the newest cost in the mean, as one part in so many: one costly round means little.
const COST_WEIGHT: u32 = 4;

/// The plan of all collectors.
pub struct Schedule {
    start: Duration,
    slots: Vec<Slot>,
    promoted: BTreeSet<String>,
}

/// What is due, in the order in which it was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which collector, by its place in the list that [`Schedule::new`] was given.
    pub slot: usize,
    /// Whether it is to publish.
    pub publish: bool,
}

struct Slot {
    spec: CollectorSpec,
    phase: Phase,
    read_at: u64,
    published_at: u64,
    /// The last tick that counts as critical, if any ever did.
    critical_until: Option<u64>,
    rounds: u32,
    failures: u32,
    cost: Option<Duration>,
    /// Mean of the last rounds, without the first ones: opening costs more, and once.
    mean_cost: Duration,
    error: Option<String>,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Opened, with so many rounds since.
    Working { rounds: u8 },
    /// Failed so many times in a row.
    Failing { in_a_row: u32, retry_at: u64 },
    /// Not there.
    NotOffered { retry_at: u64 },
}

impl Schedule {
    /// Everything is due at `start`, and once more after [`WARM_UP`].
    pub fn new(specs: &[CollectorSpec], start: Duration) -> Self {
        let slots = specs.iter().map(|spec| Slot::new(*spec)).collect();
        Self { start, slots, promoted: BTreeSet::new() }
    }

    /// What to read now. Whatever was missed in between, such as while suspended, is read once.
    pub fn due(&self, now: Duration) -> Vec<Due> {
        let tick = self.tick(now);
        let due = |(slot, one): (usize, &Slot)| {
            one.is_due(tick, self.is_fast(one, tick))
                .then(|| Due { slot, publish: one.publishes(tick, self.is_fast(one, tick)) })
        };
        self.slots.iter().enumerate().filter_map(due).collect()
    }

    /// When something is due next.
    pub fn next_deadline(&self, now: Duration) -> Duration {
        let tick = self.tick(now);
        // Who is critical for the last time now is no longer fast at the tick after.
        let next = self.slots.iter().map(|one| one.next_tick(self.is_fast(one, tick + 1))).min();
        // What became due between two ticks, because somebody looks now, waits for the next one.
        self.time_of(next.unwrap_or_default().max(tick + 1))
    }

    /// A round worked. `publish` as it was due, `critical` as the collector found.
    pub fn worked(&mut self, due: Due, now: Duration, cost: Duration, critical: bool) {
        let tick = self.tick(now);
        let Some(slot) = self.slots.get_mut(due.slot) else { return };
        let before = if let Phase::Working { rounds } = slot.phase { rounds } else { 0 };
        slot.phase = Phase::Working { rounds: before.saturating_add(1) };
        slot.read_at = tick;
        if due.publish {
            slot.published_at = tick;
        }
        if critical {
            slot.critical_until = Some(tick + CRITICAL_TICKS);
        }
        slot.rounds = slot.rounds.saturating_add(1);
        slot.cost = Some(cost);
        if before >= FIRST_ROUNDS {
            let rest = slot.mean_cost * (COST_WEIGHT - 1);
            slot.mean_cost = (rest + cost) / COST_WEIGHT;
        }
        slot.error = None;
    }

    /// A round failed, or the collector could not be opened.
    pub fn failed(&mut self, slot: usize, now: Duration, error: String) {
        let tick = self.tick(now);
        let Some(slot) = self.slots.get_mut(slot) else { return };
        let before = if let Phase::Failing { in_a_row, .. } = slot.phase { in_a_row } else { 0 };
        let pause = 1_u64.checked_shl(before).unwrap_or(LONGEST_BACK_OFF).min(LONGEST_BACK_OFF);
        slot.phase = Phase::Failing { in_a_row: before.saturating_add(1), retry_at: tick + pause };
        slot.rounds = slot.rounds.saturating_add(1);
        slot.failures = slot.failures.saturating_add(1);
        slot.error = Some(error);
    }

    /// This host does not offer what the collector reads.
    pub fn not_offered(&mut self, slot: usize, now: Duration) {
        let tick = self.tick(now);
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.phase = Phase::NotOffered { retry_at: tick + LOOK_AGAIN };
            slot.error = None;
        }
    }

    /// The topics that somebody looks at, by their last segments: they are published every second.
    pub fn promote(&mut self, topics: BTreeSet<String>) {
        self.promoted = topics;
    }

    /// How often each topic speaks now, without those that this host does not offer.
    pub fn intervals_ms(&self, now: Duration) -> BTreeMap<String, u32> {
        let tick = self.tick(now);
        let mut intervals = BTreeMap::new();
        for slot in &self.slots {
            if matches!(slot.phase, Phase::NotOffered { .. }) {
                continue;
            }
            for topic in slot.spec.topics {
                intervals.insert((*topic).to_owned(), self.interval_ms(slot, tick));
            }
            for topic in slot.spec.quiet_topics {
                let interval_ms = self.interval_ms(slot, tick).max(Tier::Background.interval_ms());
                intervals.insert((*topic).to_owned(), interval_ms);
            }
        }
        intervals
    }

    /// How each collector is doing.
    pub fn statuses(&self, now: Duration) -> BTreeMap<String, CollectorStatus> {
        let tick = self.tick(now);
        let status = |slot: &Slot| CollectorStatus {
            state: match slot.phase {
                Phase::Working { .. } => CollectorState::Working,
                Phase::Failing { .. } => CollectorState::Failing,
                Phase::NotOffered { .. } => CollectorState::NotOffered,
            },
            interval_ms: self.interval_ms(slot, tick),
            cost_us: slot.cost.and_then(|cost| Unit::Microseconds.round(cost.as_secs_f64() * 1e6)),
            rounds: slot.rounds,
            failures: slot.failures,
            error: slot.error.clone(),
        };
        self.slots.iter().map(|slot| (slot.spec.name.to_owned(), status(slot))).collect()
    }

    fn interval_ms(&self, slot: &Slot, tick: u64) -> u32 {
        let ticks = slot.publish_ticks(self.is_fast(slot, tick));
        u32::try_from(ticks.saturating_mul(1_000)).unwrap_or(u32::MAX)
    }

    /// Whether a collector publishes every second: somebody looks, or it found something critical.
    fn is_fast(&self, slot: &Slot, tick: u64) -> bool {
        let mut topics = slot.spec.topics.iter().chain(slot.spec.quiet_topics);
        slot.critical_until.is_some_and(|last| tick <= last)
            || topics.any(|topic| self.promoted.contains(*topic))
    }

    fn tick(&self, now: Duration) -> u64 {
        let past_warm_up = now.checked_sub(self.start + WARM_UP);
        past_warm_up.map_or(0, |since| since.as_secs() + 1)
    }

    fn time_of(&self, tick: u64) -> Duration {
        let whole = tick.checked_sub(1).map(Duration::from_secs);
        self.start + whole.map_or(Duration::ZERO, |since| WARM_UP + since)
    }
}

impl Slot {
    fn new(spec: CollectorSpec) -> Self {
        Self {
            spec,
            phase: Phase::Working { rounds: 0 },
            read_at: 0,
            published_at: 0,
            critical_until: None,
            rounds: 0,
            failures: 0,
            cost: None,
            mean_cost: Duration::ZERO,
            error: None,
        }
    }

    fn is_due(&self, tick: u64, fast: bool) -> bool {
        let never_read = matches!(self.phase, Phase::Working { rounds: 0 });
        never_read || tick >= self.next_tick(fast)
    }

    fn publishes(&self, tick: u64, fast: bool) -> bool {
        match self.phase {
            Phase::Working { rounds } if rounds >= FIRST_ROUNDS => {
                tick >= next_multiple(self.published_at, self.publish_ticks(fast))
            }
            Phase::Working { .. } | Phase::Failing { .. } | Phase::NotOffered { .. } => true,
        }
    }

    fn next_tick(&self, fast: bool) -> u64 {
        match self.phase {
            Phase::Working { rounds: 0 } => 0,
            Phase::Working { rounds } if rounds < FIRST_ROUNDS => self.read_at + 1,
            Phase::Working { .. } if self.spec.every_second => {
                next_multiple(self.read_at, self.stretch(fast))
            }
            Phase::Working { .. } => next_multiple(self.read_at, self.publish_ticks(fast)),
            Phase::Failing { retry_at, .. } | Phase::NotOffered { retry_at } => retry_at,
        }
    }

    fn publish_ticks(&self, fast: bool) -> u64 {
        let tier = if fast { Tier::Critical } else { self.spec.tier };
        u64::from(tier.seconds()).max(self.stretch(fast))
    }

    /// The shortest period that its cost allows, in ticks.
    fn stretch(&self, fast: bool) -> u64 {
        let budget = if fast { FAST_BUDGET } else { BUDGET };
        let ticks = self.mean_cost.as_micros().div_ceil(budget.as_micros());
        u64::try_from(ticks).unwrap_or(LONGEST_STRETCH).clamp(1, LONGEST_STRETCH)
    }
}

/// The next tick after `tick` that a period of `every` ticks falls on; periods count from tick 1.
fn next_multiple(tick: u64, every: u64) -> u64 {
    (tick.saturating_sub(1) / every + 1) * every + 1
}

#[cfg(test)]
mod tests;
