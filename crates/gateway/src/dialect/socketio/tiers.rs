//! How often clients are told: each group of values has a tier (H4), and an update goes out no
//! faster than the most urgent tier of what is new in it.

use std::time::Duration;

/// How soon something new is told, least urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Urgency {
    /// Network and disk.
    Background,
    /// Memory.
    Standard,
    /// Use of processor and graphics, processes.
    Important,
    /// The processor is over its limits.
    Critical,
}

impl Urgency {
    /// Of the topic of a host that ends with this segment; `None` for what updates do not carry.
    pub(super) fn of_group(name: &str) -> Option<Self> {
        match name {
            "cpu" | "processes" | "gpu" | "sensors" => Some(Self::Important),
            "memory" => Some(Self::Standard),
            "disks" | "network" | "summary" => Some(Self::Background),
            _ => None,
        }
    }

    /// What clients read.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Standard => "standard",
            Self::Important => "important",
            Self::Critical => "critical",
        }
    }

    /// Shortest time between two updates.
    pub(super) fn interval(self) -> Duration {
        Duration::from_secs(match self {
            Self::Background => 10,
            Self::Standard => 5,
            Self::Important => 2,
            Self::Critical => 1,
        })
    }
}

/// What is new since the last update, and when that was.
#[derive(Debug, Default)]
pub(super) struct Tiers {
    pending: Option<Urgency>,
    last: Option<Duration>,
}

impl Tiers {
    /// Something of this urgency is new.
    pub(super) fn note(&mut self, urgency: Urgency) {
        self.pending = self.pending.max(Some(urgency));
    }

    /// When the next update is due, in monotonic time.
    pub(super) fn due(&self) -> Option<Duration> {
        let urgency = self.pending?;
        Some(self.last.map_or(Duration::ZERO, |last| last + urgency.interval()))
    }

    /// The urgency of the update that is due now, if one is: everything new is in it.
    pub(super) fn take(&mut self, now: Duration) -> Option<Urgency> {
        self.due().filter(|due| now >= *due)?;
        self.last = Some(now);
        self.pending.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tier_has_its_rate() {
        let seconds = |n: f64| Duration::from_secs_f64(n);
        let check = |urgency, from: f64| {
            let mut tiers = Tiers::default();
            tiers.note(Urgency::Background);
            assert_eq!(tiers.take(seconds(100.0)), Some(Urgency::Background), "the first at once");
            assert_eq!(tiers.take(seconds(200.0)), None, "nothing is new");
            tiers.note(urgency);
            assert_eq!(tiers.due(), Some(seconds(100.0 + from)));
            assert_eq!(tiers.take(seconds(100.0 + from - 0.1)), None);
            assert_eq!(tiers.take(seconds(100.0 + from)), Some(urgency));
        };
        check(Urgency::Critical, 1.0);
        check(Urgency::Important, 2.0);
        check(Urgency::Standard, 5.0);
        check(Urgency::Background, 10.0);
    }

    #[test]
    fn the_most_urgent_counts() {
        let mut tiers = Tiers::default();
        for urgency in [Urgency::Standard, Urgency::Critical, Urgency::Background] {
            tiers.note(urgency);
        }
        assert_eq!(tiers.take(Duration::from_secs(1)), Some(Urgency::Critical));
        assert_eq!(tiers.due(), None, "the rest was in it");
    }
}
