//! The state machine of one rule over one series: ok → pending → firing → resolved, with a level for
//! each severity, a time for which a level has to be broken, and a distance to come back.
//!
//! Each level is a latch of its own; the worst latched one is how bad it is. A latch closes when the
//! level was broken for `hold` without a break, and opens when the value is back behind it by
//! `clear_by`. Time is handed in; the same values at the same times give the same result.

use std::{collections::VecDeque, time::Duration};

use bellwether_signal::{
    Moment,
    alert::{AlertSeverity, Comparison, Levels, Rule},
};

/// More changes than this within [`FLAP_WINDOW`] are called flapping.
pub const FLAP_CHANGES: usize = 3;
/// How far back changes are counted.
pub const FLAP_WINDOW: Duration = Duration::from_mins(10);

/// What a rule says of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Whether lower is worse.
    pub below: bool,
    /// One for each severity, the least first.
    pub levels: Levels,
    /// How far a value comes back before it counts as kept.
    pub clear_by: f64,
    /// How long a level is broken before it counts.
    pub hold: Duration,
    /// After how long without a value nothing is known; `None` where a value stands.
    pub silent_after: Option<Duration>,
}

/// Where a series stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stand {
    /// The rule is kept.
    Ok,
    /// Broken, not yet for long enough.
    Pending,
    /// Broken for long enough; or it comes and goes.
    Firing {
        /// As bad as it is.
        severity: AlertSeverity,
        /// When the first value broke it.
        since: Moment,
        /// It comes and goes.
        flapping: bool,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Latch {
    /// Since when the level is broken without a break.
    broken_since: Option<Moment>,
    closed: bool,
}

/// What is remembered of one series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    latches: [Latch; 3],
    /// The last value, and when it came.
    last: Option<(f64, Moment)>,
    /// When it began or ceased to be latched, within the window; one more than is needed to tell.
    changes: VecDeque<Duration>,
    /// How bad it was, and since when, when it was latched last.
    worst: Option<(AlertSeverity, Moment)>,
}

const SEVERITIES: [AlertSeverity; 3] =
    [AlertSeverity::Info, AlertSeverity::Warning, AlertSeverity::Critical];

impl Limits {
    /// Of a rule, for a subject that may have levels of its own.
    pub fn of(rule: &Rule, levels: &Levels) -> Self {
        let (below, levels, clear_by) = match rule.comparison {
            Comparison::Above => (false, *levels, rule.clear_by),
            Comparison::Below => (true, *levels, rule.clear_by),
            Comparison::IsTrue | Comparison::IsFalse => {
                let mut at_half = Levels::default();
                match rule.severity.unwrap_or(AlertSeverity::Warning) {
                    AlertSeverity::Info => at_half.info = Some(0.5),
                    AlertSeverity::Warning => at_half.warning = Some(0.5),
                    AlertSeverity::Critical => at_half.critical = Some(0.5),
                }
                (rule.comparison == Comparison::IsFalse, at_half, 0.0)
            }
        };
        Self {
            below,
            levels,
            clear_by,
            hold: Duration::from_secs(rule.for_seconds.into()),
            silent_after: rule.silent_after_seconds.map(|it| Duration::from_secs(it.into())),
        }
    }

    /// How bad a value is that nothing was known before.
    pub fn worst(&self, value: f64) -> Option<AlertSeverity> {
        let levels = self.levels.by_severity().into_iter().rev();
        let breaks = |level: Option<f64>| level.is_some_and(|it| self.breaks(value, it, false));
        levels.into_iter().find(|(_, level)| breaks(*level)).map(|(severity, _)| severity)
    }

    /// Whether a value breaks a level; a latched one until it is back by the distance.
    fn breaks(&self, value: f64, level: f64, closed: bool) -> bool {
        let back = if closed { self.clear_by } else { 0.0 };
        if self.below { value < level + back } else { value > level - back }
    }
}

impl Machine {
    /// One that was firing before a restart. It goes on from there, and its source counts as heard
    /// now.
    pub fn firing(severity: AlertSeverity, since: Moment, value: f64, now: Moment) -> Self {
        let mut machine = Self { last: Some((value, now)), ..Self::default() };
        for (latch, its) in machine.latches.iter_mut().zip(SEVERITIES) {
            if its <= severity {
                *latch = Latch { broken_since: Some(since), closed: true };
            }
        }
        machine.worst = Some((severity, since));
        machine
    }

    /// A new value.
    pub fn observe(&mut self, limits: &Limits, value: f64, now: Moment) {
        // What was in between nobody knows: what was not latched starts over.
        if self.is_silent(limits, now) {
            self.forget_pending();
        }
        let was = self.is_latched();
        for (latch, (_, level)) in self.latches.iter_mut().zip(limits.levels.by_severity()) {
            match level {
                Some(level) if limits.breaks(value, level, latch.closed) => {
                    latch.broken_since.get_or_insert(now);
                }
                Some(_) | None => *latch = Latch::default(),
            }
        }
        self.last = Some((value, now));
        self.settle(limits, was, now);
    }

    /// The limits have changed: the last value is looked at anew, without counting as heard.
    pub fn review(&mut self, limits: &Limits, value: f64, now: Moment) {
        let heard = self.last;
        self.observe(limits, value, now);
        self.last = heard;
    }

    /// Time has passed; what was broken may have been so for long enough.
    pub fn tick(&mut self, limits: &Limits, now: Moment) {
        let was = self.is_latched();
        if self.is_silent(limits, now) {
            self.forget_pending();
        }
        self.settle(limits, was, now);
    }

    /// A person says that it is over: whatever still is wrong has to last for its time again.
    pub fn resolve(&mut self, now: Moment) {
        for latch in &mut self.latches {
            latch.closed = false;
            latch.broken_since = latch.broken_since.map(|_| now);
        }
        self.changes.clear();
        self.worst = None;
    }

    /// Where it stands.
    pub fn stand(&self) -> Stand {
        let flapping = self.changes.len() > FLAP_CHANGES;
        match self.worst {
            Some((severity, since)) if self.is_latched() || flapping => {
                Stand::Firing { severity, since, flapping }
            }
            _ if self.latches.iter().any(|latch| latch.broken_since.is_some()) => Stand::Pending,
            _ => Stand::Ok,
        }
    }

    /// The last value.
    pub fn value(&self) -> Option<f64> {
        self.last.map(|(value, _)| value)
    }

    /// When its source was heard last.
    pub fn heard(&self) -> Option<Duration> {
        self.last.map(|(_, at)| at.monotonic)
    }

    /// When its source was heard last, if that is too long ago.
    pub fn silent_since(&self, limits: &Limits, now: Moment) -> Option<Moment> {
        self.last.map(|(_, at)| at).filter(|_| self.is_silent(limits, now))
    }

    /// Whether nothing is wrong and nothing was lately: it need not be remembered.
    pub fn is_idle(&self) -> bool {
        self.stand() == Stand::Ok && self.changes.is_empty()
    }

    fn is_silent(&self, limits: &Limits, now: Moment) -> bool {
        let heard = self.last.map(|(_, at)| now.monotonic.saturating_sub(at.monotonic));
        heard.zip(limits.silent_after).is_some_and(|(ago, after)| ago > after)
    }

    fn is_latched(&self) -> bool {
        self.latches.iter().any(|latch| latch.closed)
    }

    fn forget_pending(&mut self) {
        for latch in self.latches.iter_mut().filter(|latch| !latch.closed) {
            latch.broken_since = None;
        }
    }

    /// Closes what was broken for long enough, and notes whether that is a change.
    fn settle(&mut self, limits: &Limits, was: bool, now: Moment) {
        for latch in &mut self.latches {
            let held = latch.broken_since.map(|at| now.monotonic.saturating_sub(at.monotonic));
            latch.closed |= held.is_some_and(|held| held >= limits.hold);
        }
        let is = self.is_latched();
        while self
            .changes
            .front()
            .is_some_and(|at| now.monotonic.saturating_sub(*at) >= FLAP_WINDOW)
        {
            self.changes.pop_front();
        }
        if was != is {
            self.changes.push_back(now.monotonic);
            if self.changes.len() > FLAP_CHANGES + 1 {
                self.changes.pop_front();
            }
        }
        let worst_first = self.latches.iter().zip(SEVERITIES).rev();
        let mut closed = worst_first.filter(|(latch, _)| latch.closed);
        if let Some((_, severity)) = closed.next() {
            // What comes and goes began when it first came.
            let goes_on = self.changes.len() > FLAP_CHANGES || was;
            let before = self.worst.map(|(_, since)| since).filter(|_| goes_on);
            let first = self.latches.iter().filter_map(|latch| latch.broken_since);
            let first = first.min_by_key(|at| at.monotonic).unwrap_or(now);
            self.worst = Some((severity, before.unwrap_or(first)));
        }
    }
}
