//! Tells of parts of bellwether that fail or work again, once each, and not of what flaps.

use std::collections::BTreeMap;

use bellwether_signal::{
    activity::{Activity, ActivityKind, Severity},
    system::{Health, PartHealth, SystemHealth},
};

/// Looks that have to agree before a worse state is told.
const LOOKS_WORSE: u32 = 2;
/// Looks that have to agree before a better one is: what fails now and then is told once.
const LOOKS_BETTER: u32 = 6;

/// What was told of each part; a part that was never told of works.
#[derive(Default)]
pub(crate) struct HealthChanges {
    parts: BTreeMap<String, Told>,
}

#[derive(Default)]
struct Told {
    status: Health,
    /// What it was since, and for how many looks.
    other: Option<(Health, u32)>,
}

impl HealthChanges {
    /// Looks at every part, at a steady pace. Returns what is worth telling.
    pub(crate) fn look(&mut self, health: &SystemHealth) -> Vec<Activity> {
        let mut news = Vec::new();
        for (name, part) in &health.parts {
            let told = self.parts.entry(name.clone()).or_default();
            if told.look(part.status) {
                news.push(activity(name, part));
            }
        }
        news
    }
}

impl Told {
    fn look(&mut self, status: Health) -> bool {
        if status == self.status {
            self.other = None;
            return false;
        }
        let looks = match self.other {
            Some((other, looks)) if other == status => looks + 1,
            _ => 1,
        };
        let enough = if status > self.status { LOOKS_WORSE } else { LOOKS_BETTER };
        if looks < enough {
            self.other = Some((status, looks));
            return false;
        }
        *self = Self { status, other: None };
        true
    }
}

fn activity(name: &str, part: &PartHealth) -> Activity {
    let (severity, state) = match part.status {
        Health::Healthy => (Severity::Success, "works again"),
        Health::Degraded => (Severity::Warning, "works in part"),
        Health::Critical => (Severity::Critical, "does not work"),
    };
    let text = match &part.detail {
        Some(detail) => format!("{name} {state}: {detail}"),
        None => format!("{name} {state}"),
    };
    Activity::new(ActivityKind::HealthChanged, severity, text).about("system/health")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(status: Health) -> SystemHealth {
        let detail = (status != Health::Healthy).then(|| "the disk is full".to_owned());
        let parts = BTreeMap::from([("store".to_owned(), PartHealth { status, detail })]);
        SystemHealth { status, parts }
    }

    /// What is told of a part that is so, look by look: `h`ealthy, `d`egraded, `c`ritical.
    fn check(looks: &str, expected: &[(usize, &str)]) {
        let mut changes = HealthChanges::default();
        let mut told = Vec::new();
        for (look, letter) in looks.chars().enumerate() {
            let status = match letter {
                'h' => Health::Healthy,
                'd' => Health::Degraded,
                _ => Health::Critical,
            };
            told.extend(changes.look(&health(status)).into_iter().map(|news| (look, news.text)));
        }
        let expected: Vec<_> =
            expected.iter().map(|(look, text)| (*look, (*text).to_owned())).collect();
        assert_eq!(told, expected, "{looks}");
    }

    #[test]
    fn what_lasts_is_told_once() {
        let (full, dead) =
            ("store works in part: the disk is full", "store does not work: the disk is full");
        check("hhhhhh", &[]);
        check("hddddd", &[(2, full)]);
        check("hddcc", &[(2, full), (4, dead)]);
        check("cchhhhhhhh", &[(1, dead), (7, "store works again")]);
    }

    #[test]
    fn what_flaps_is_not_told_again_and_again() {
        check("hdhdhdhdhd", &[]);
        check("ddhhdhhhdhhhhh", &[(1, "store works in part: the disk is full")]);
    }
}
