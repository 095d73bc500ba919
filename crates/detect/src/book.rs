//! The alerts that there are: opened, worse, better, silent, over, gone. What has to be written down and
//! told is collected here; [`crate::Alerts`] does both, outside of any lock.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use bellwether_signal::{
    Moment, Timestamp,
    activity::{Activity, ActivityKind, Severity},
    alert::{Alert, AlertChangeKind, AlertSeverity, AlertState, Rule},
};

use crate::{
    index::subject,
    kept::{Kept, new_id},
    machine::{FLAP_WINDOW, Limits, Machine, Stand},
    words::{Blanks, subject_name},
};

/// Most alerts that are open or recently resolved; more are counted only.
pub(crate) const MOST_OPEN: usize = 1_000;
/// Alerts of the past that are kept; the oldest leave.
pub(crate) const MOST_PAST: usize = 1_000;
/// How often the value of a firing alert is told anew, when nothing else changed.
const VALUE_EVERY: Duration = Duration::from_secs(5);
/// How long what is resolved waits for somebody to see it.
const RESOLVED_STAYS_MS: i64 = 24 * 3_600_000;

/// What is remembered of one series of one rule.
#[derive(Debug, Default)]
pub(crate) struct Track {
    pub(crate) machine: Machine,
    /// The id of its alert, while that is not gone.
    pub(crate) alert: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) kept: Kept,
    /// When its state was told last.
    told: Duration,
    /// Something follows it: its series was seen since the start.
    pub(crate) followed: bool,
}

/// What has to be written down and told.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// Records, by id; those that are no more have to be removed.
    pub(crate) records: BTreeSet<String>,
    /// States.
    pub(crate) states: BTreeSet<String>,
    /// Topics to be retired.
    pub(crate) gone: Vec<String>,
    pub(crate) news: Vec<Activity>,
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    /// By id, that is, by time.
    pub(crate) held: BTreeMap<String, Held>,
    /// Those that are not gone, by rule and series.
    open: HashMap<(Box<str>, Box<str>), String>,
    opened: u64,
    /// Alerts that were not opened because there were too many.
    pub(crate) left_out: u64,
    pub(crate) out: Outgoing,
}

impl Book {
    /// One that was written down before.
    pub(crate) fn restore(&mut self, kept: Kept, now: Moment) {
        let alert = &kept.alert;
        if !kept.gone {
            let key = (alert.rule.as_str().into(), alert.metric.as_deref().unwrap_or("").into());
            self.open.insert(key, alert.id.clone());
            self.out.states.insert(alert.id.clone());
        }
        let held = Held { told: now.monotonic, followed: false, kept };
        self.held.insert(held.kept.alert.id.clone(), held);
    }

    /// A series that is seen for the first time goes on where its alert stands.
    pub(crate) fn track(&mut self, rule: &Rule, series: &str, now: Moment) -> Track {
        let key = (rule.name.as_str().into(), series.into());
        let Some(id) = self.open.get(&key) else { return Track::default() };
        let Some(held) = self.held.get_mut(id) else { return Track::default() };
        held.followed = true;
        let alert = &held.kept.alert;
        let machine = if alert.state == AlertState::Firing {
            let since = Moment { wall: alert.since_at_ms, monotonic: now.monotonic };
            Machine::firing(alert.severity, since, alert.value.unwrap_or_default(), now)
        } else {
            Machine::default()
        };
        Track { machine, alert: Some(id.clone()) }
    }

    /// Brings the alert of a series to where its machine stands.
    pub(crate) fn follow(
        &mut self,
        track: &mut Track,
        rule: &Rule,
        limits: &Limits,
        series: &str,
        now: Moment,
    ) {
        let stand = track.machine.stand();
        let Stand::Firing { severity, since, flapping } = stand else {
            if let Some(id) = &track.alert {
                let id = id.clone();
                self.over(&id, track.machine.value(), rule, now);
            }
            return;
        };
        let blanks = Blanks {
            pattern: &rule.series,
            series,
            value: track.machine.value(),
            limit: limits.levels.of(severity).filter(|_| !rule.is_boolean()),
            is_ratio: rule.per.is_some(),
        };
        let mut text = blanks.fill(&rule.text);
        let silent = track.machine.silent_since(limits, now).map(|at| at.wall);
        if flapping {
            text.push_str(" It comes and goes.");
        }
        if silent.is_some() {
            text.push_str(" Its source is silent.");
        }
        let value = blanks.value.filter(|_| !rule.is_boolean());
        let id = match self.usable(track.alert.as_deref(), now) {
            Some(id) => id,
            None if self.open.len() >= MOST_OPEN => {
                self.left_out += 1;
                return;
            }
            None => self.open(rule, series, severity, now),
        };
        track.alert = Some(id.clone());
        let Some(held) = self.held.get_mut(&id) else { return };
        let alert = &mut held.kept.alert;
        let before = (alert.state, alert.severity, alert.flapping, alert.silent_since_at_ms);
        let (was_firing, was_flapping) = (alert.state == AlertState::Firing, alert.flapping);
        let is_worse = was_firing && severity > alert.severity;
        if !was_firing {
            alert.since_at_ms = since.wall;
            alert.fired_at_ms = Some(now.wall);
            alert.resolved_at_ms = None;
            alert.resolved_by = None;
        }
        if is_worse || (!was_firing && !flapping) {
            alert.acknowledged = false;
            alert.acknowledged_by = None;
            alert.acknowledged_at_ms = None;
        }
        let moved = alert.value != value || alert.text != text;
        alert.state = AlertState::Firing;
        alert.severity = severity;
        alert.flapping = flapping;
        alert.silent_since_at_ms = silent;
        alert.title.clone_from(&rule.title);
        alert.action.clone_from(&rule.action);
        alert.threshold = blanks.limit;
        alert.value = value;
        alert.text = text;
        let after = (alert.state, alert.severity, alert.flapping, alert.silent_since_at_ms);
        if before != after {
            let kinds = changes(before, after);
            kinds.for_each(|kind| held.kept.note(kind, now.wall, None));
            self.out.records.insert(id.clone());
        } else if !moved || now.monotonic.saturating_sub(held.told) < VALUE_EVERY {
            return;
        }
        held.told = now.monotonic;
        let flaps_first = flapping && !was_flapping;
        let is_news = !was_firing || is_worse || flaps_first;
        let alert = &held.kept.alert;
        if is_news && !alert.silenced && (!flapping || flaps_first) {
            let kind = ActivityKind::AlertFired;
            let news = Activity::new(kind, as_severity(alert.severity), alert.text.clone());
            self.out.news.push(news.about(alert.subject.clone()));
        }
        self.out.states.insert(id);
    }

    /// The alert of a series that fires again, if it is still the same to people.
    fn usable(&mut self, id: Option<&str>, now: Moment) -> Option<String> {
        let id = id?;
        let alert = &self.held.get(id).filter(|held| !held.kept.gone)?.kept.alert;
        let ago_ms = alert.resolved_at_ms.map_or(0, |at| now.wall.0.saturating_sub(at.0));
        let window_ms = i64::try_from(FLAP_WINDOW.as_millis()).unwrap_or(i64::MAX);
        let is_same = alert.state == AlertState::Firing
            || ago_ms < window_ms
            || (alert.silenced && alert.silence_ends_at_ms.is_some());
        if is_same {
            return Some(id.to_owned());
        }
        let id = id.to_owned();
        self.retire(&id);
        None
    }

    fn open(&mut self, rule: &Rule, series: &str, severity: AlertSeverity, now: Moment) -> String {
        self.opened += 1;
        let id = new_id(now.wall, &rule.name, series, self.opened);
        let alert = Alert {
            id: id.clone(),
            rule: rule.name.clone(),
            state: AlertState::Ok,
            severity,
            subject: subject(series).to_owned(),
            title: rule.title.clone(),
            text: String::new(),
            action: None,
            metric: Some(series.to_owned()),
            value: None,
            threshold: None,
            process: None,
            since_at_ms: now.wall,
            fired_at_ms: None,
            resolved_at_ms: None,
            acknowledged: false,
            acknowledged_by: None,
            acknowledged_at_ms: None,
            silenced: false,
            silence_ends_at_ms: None,
            flapping: false,
            silent_since_at_ms: None,
            resolved_by: None,
        };
        self.open.insert((rule.name.as_str().into(), series.into()), id.clone());
        let kept = Kept::new(alert);
        self.held.insert(id.clone(), Held { kept, told: Duration::ZERO, followed: true });
        id
    }

    /// The rule is kept again.
    fn over(&mut self, id: &str, value: Option<f64>, rule: &Rule, now: Moment) {
        let Some(alert) = self.firing(id) else { return };
        alert.value = value.filter(|_| !rule.is_boolean());
        let blanks = Blanks {
            pattern: &rule.series,
            series: alert.metric.as_deref().unwrap_or_default(),
            value: alert.value,
            limit: None,
            is_ratio: rule.per.is_some(),
        };
        let now_at = match (rule.is_boolean(), rule.text.contains("{value%}")) {
            (true, _) => String::new(),
            (false, true) => blanks.fill(" (now {value%})"),
            (false, false) => blanks.fill(" (now {value})"),
        };
        let about = subject_name(&alert.subject);
        let text = format!("{} no longer on {about}{now_at}.", alert.title);
        self.resolved(id, None, &text, now);
    }

    /// Ends a firing alert for a reason that is told.
    pub(crate) fn end(&mut self, id: &str, why: &str, now: Moment) {
        let Some(alert) = self.firing(id) else { return };
        let text = format!("{} on {}: {why}.", alert.title, subject_name(&alert.subject));
        self.resolved(id, None, &text, now);
    }

    fn firing(&mut self, id: &str) -> Option<&mut Alert> {
        let alert = &mut self.held.get_mut(id)?.kept.alert;
        (alert.state == AlertState::Firing).then_some(alert)
    }

    /// Marks as resolved, by itself or by somebody.
    pub(crate) fn resolved(&mut self, id: &str, by: Option<&str>, text: &str, now: Moment) {
        let Some(alert) = self.firing(id) else { return };
        alert.state = AlertState::Resolved;
        alert.resolved_at_ms = Some(now.wall);
        alert.resolved_by = by.map(str::to_owned);
        (alert.flapping, alert.silent_since_at_ms) = (false, None);
        let mut news = Activity::new(ActivityKind::AlertResolved, Severity::Success, text);
        news.subject = Some(alert.subject.clone());
        news.user = by.map(str::to_owned);
        self.out.news.push(news);
        self.note(id, AlertChangeKind::Resolved, now.wall, by);
        self.changed(id);
    }

    /// Notes what became of one.
    pub(crate) fn note(
        &mut self,
        id: &str,
        kind: AlertChangeKind,
        at: Timestamp,
        by: Option<&str>,
    ) {
        if let Some(held) = self.held.get_mut(id) {
            held.kept.note(kind, at, by);
        }
    }

    /// Its record and its topic are no longer true.
    pub(crate) fn changed(&mut self, id: &str) {
        self.out.records.insert(id.to_owned());
        self.out.states.insert(id.to_owned());
    }

    /// What is due by the clock: silences end, what people have seen goes, the oldest history leaves.
    pub(crate) fn tick(&mut self, now: Moment) {
        let mut gone = Vec::new();
        let mut changed = Vec::new();
        for (id, held) in self.held.iter_mut().filter(|(_, held)| !held.kept.gone) {
            let alert = &mut held.kept.alert;
            if alert.silence_ends_at_ms.is_some_and(|ends| ends <= now.wall) {
                (alert.silenced, alert.silence_ends_at_ms) = (false, None);
                changed.push(id.clone());
            }
            if alert.state != AlertState::Firing && is_done(alert, now.wall) {
                gone.push(id.clone());
            }
        }
        for id in &changed {
            self.note(id, AlertChangeKind::SilenceEnded, now.wall, None);
            self.changed(id);
        }
        for id in &gone {
            self.retire(id);
        }
        let past = self.held.values().filter(|held| held.kept.gone).count();
        let oldest: Vec<String> = self
            .held
            .iter()
            .filter(|(_, held)| held.kept.gone)
            .take(past.saturating_sub(MOST_PAST))
            .map(|(id, _)| id.clone())
            .collect();
        for id in oldest {
            self.held.remove(&id);
            self.out.records.insert(id);
        }
    }

    /// It becomes history.
    pub(crate) fn retire(&mut self, id: &str) {
        let Some(held) = self.held.get_mut(id) else { return };
        held.kept.gone = true;
        let alert = &held.kept.alert;
        let series = alert.metric.as_deref().unwrap_or("");
        self.open.remove(&(alert.rule.as_str().into(), series.into()));
        self.out.records.insert(id.to_owned());
        self.out.states.remove(id);
        self.out.gone.push(id.to_owned());
    }

    /// Alerts that are not gone, of one rule or of all.
    pub(crate) fn present(&self) -> impl Iterator<Item = &Alert> {
        self.held.values().filter(|held| !held.kept.gone).map(|held| &held.kept.alert)
    }
}

/// What of an alert is told apart: whether it fires, how bad, whether it flaps, since when it is silent.
type Standing = (AlertState, AlertSeverity, bool, Option<Timestamp>);

/// What became of an alert between two standings.
fn changes(before: Standing, after: Standing) -> impl Iterator<Item = AlertChangeKind> {
    let (was_firing, is_firing) = (before.0 == AlertState::Firing, after.0 == AlertState::Firing);
    let severity = match after.1.cmp(&before.1) {
        _ if !was_firing || !is_firing => None,
        std::cmp::Ordering::Greater => Some(AlertChangeKind::Worse),
        std::cmp::Ordering::Less => Some(AlertChangeKind::Better),
        std::cmp::Ordering::Equal => None,
    };
    let flapping = match (before.2, after.2) {
        (false, true) => Some(AlertChangeKind::Flapping),
        (true, false) => Some(AlertChangeKind::Steady),
        _ => None,
    };
    let silent = match (before.3, after.3) {
        (None, Some(_)) => Some(AlertChangeKind::Silent),
        (Some(_), None) => Some(AlertChangeKind::HeardAgain),
        _ => None,
    };
    let fired = (!was_firing && is_firing).then_some(AlertChangeKind::Fired);
    [fired, severity, flapping, silent].into_iter().flatten()
}

/// Whether a resolved alert need not be seen any more.
fn is_done(alert: &Alert, now: Timestamp) -> bool {
    let silenced_for_a_time = alert.silenced && alert.silence_ends_at_ms.is_some();
    let seen = alert.acknowledged || (alert.silenced && !silenced_for_a_time);
    let resolved = alert.resolved_at_ms.unwrap_or(now);
    !silenced_for_a_time && (seen || now.0.saturating_sub(resolved.0) >= RESOLVED_STAYS_MS)
}

pub(crate) fn as_severity(severity: AlertSeverity) -> Severity {
    match severity {
        AlertSeverity::Info => Severity::Info,
        AlertSeverity::Warning => Severity::Warning,
        AlertSeverity::Critical => Severity::Critical,
    }
}
