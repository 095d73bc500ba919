//! Alerts as the program calls them. Where signals pass ([`Alerts::observe`]) nothing waits; what came of
//! it is written down and told by [`Alerts::tick`], about once a second, and by what people do.

mod handling;
mod rules;
mod testing;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bellwether_signal::{
    Moment, Topic,
    alert::{self, Alert, AlertChange, AlertChangeKind, AlertSeverity, AlertState, Rule},
    answer::AlertsAnswer,
    ports::{KeepError, RecordChange, Surroundings, state_of},
};
use serde_json::{Map, Value};

pub use handling::HandleError;
pub use rules::RuleError;
pub use testing::Present;

use crate::{
    book::{Book, Outgoing, Track},
    index::{Binding, Given},
    kept::{ALERTS, Kept, RULES},
    machine::Stand,
    shipped,
};

/// Most topics that are remembered; those that no rule looks at are forgotten first.
const MOST_TOPICS: usize = 20_000;
/// Most series of one topic that one rule follows; the others are not looked at.
const MOST_SERIES: usize = 2_000;
/// After how long without a value a series in which nothing is wrong is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(1);

/// All rules and alerts.
pub struct Alerts {
    core: Mutex<Core>,
    /// Held while things are written down and told, so that both keep their order.
    telling: Mutex<()>,
    around: Surroundings,
}

struct Core {
    /// By name; shipped ones as they are now.
    rules: BTreeMap<String, Arc<Rule>>,
    /// What the program ships.
    shipped: BTreeMap<String, Rule>,
    /// Names of the shipped ones, in their order.
    order: Vec<String>,
    /// Levels that other rooms give, by rule and subject.
    given: Given,
    topics: HashMap<Topic, Vec<Binding>>,
    book: Book,
    opened: Moment,
    /// Why the last writing down failed; it is tried again.
    failed: Option<String>,
}

/// How many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertCounts {
    /// Firing, by severity: info, warning, critical.
    pub firing: [u32; 3],
    /// Broken, not yet for long enough.
    pub pending: u32,
    /// Firing, neither acknowledged nor silenced.
    pub unacknowledged: u32,
    /// Rules that are looked at.
    pub rules: u32,
    /// Series that are looked at.
    pub series: u32,
    /// Alerts that were not opened because there were too many.
    pub left_out: u64,
    /// Why alerts cannot be written down now.
    pub failed: Option<String>,
}

impl AlertCounts {
    /// All that fire.
    pub fn open(&self) -> u32 {
        self.firing.iter().sum()
    }
}

impl Alerts {
    /// Reads what was kept, and publishes what is open.
    pub fn open(around: Surroundings) -> Result<Self, KeepError> {
        let now = (around.clock)();
        let list = shipped::all();
        let order = list.iter().map(|rule| rule.name.clone()).collect();
        let shipped: BTreeMap<_, _> = list.into_iter().map(|it| (it.name.clone(), it)).collect();
        let mut rules: BTreeMap<String, Arc<Rule>> =
            shipped.iter().map(|(name, rule)| (name.clone(), Arc::new(rule.clone()))).collect();
        for (name, body) in around.records.all(RULES)? {
            // One that a newer version wrote is left where it is; the shipped one holds meanwhile.
            if let Ok(rule) = serde_json::from_value::<Rule>(body)
                && rule.check().is_ok()
            {
                rules.insert(name, Arc::new(rule));
            }
        }
        let mut book = Book::default();
        for (_, body) in around.records.all(ALERTS)? {
            if let Ok(kept) = serde_json::from_value::<Kept>(body) {
                book.restore(kept, now);
            }
        }
        let core = Core {
            rules,
            shipped,
            order,
            given: Given::new(),
            topics: HashMap::new(),
            book,
            opened: now,
            failed: None,
        };
        let alerts = Self { core: Mutex::new(core), telling: Mutex::new(()), around };
        alerts.tell();
        Ok(alerts)
    }

    /// A state that was published. Waits for nothing but the lock of a few lines.
    pub fn observe(&self, topic: &Topic, state: &Map<String, Value>, at: Moment) {
        let mut core = self.lock();
        let (bindings, book) = core.bindings(topic);
        for binding in bindings {
            look(binding, book, topic, state, at);
        }
    }

    /// Whether any rule looks at a topic: what nobody looks at need not be put together for it.
    pub fn looks_at(&self, topic: &Topic) -> bool {
        !self.lock().bindings(topic).0.is_empty()
    }

    /// What a state topic was about is no more.
    pub fn gone(&self, topic: &Topic) {
        let now = (self.around.clock)();
        let mut core = self.lock();
        let Core { topics, book, .. } = &mut *core;
        for binding in topics.remove(topic).unwrap_or_default() {
            for id in binding.tracks.into_values().filter_map(|track| track.alert) {
                book.end(&id, "what it was about is no longer there", now);
            }
        }
    }

    /// Does what is due by the clock, writes down what changed and tells it; to be called about once a
    /// second, on a thread that may wait for the disk.
    pub fn tick(&self, now: Moment) {
        {
            let mut core = self.lock();
            let opened = core.opened;
            let Core { topics, book, rules, .. } = &mut *core;
            for binding in topics.values_mut().flatten() {
                let Binding { rule, limits, tracks, .. } = binding;
                tracks.retain(|series, track| {
                    if track.machine.is_idle() && track.alert.is_none() {
                        let ago = track.machine.heard().map(|at| now.monotonic.saturating_sub(at));
                        return ago.is_none_or(|ago| ago < FORGOTTEN_AFTER);
                    }
                    track.machine.tick(limits, now);
                    book.follow(track, rule, limits, series, now);
                    true
                });
            }
            book.tick(now);
            unfollowed(book, rules, opened, now);
            for track in topics.values_mut().flatten().flat_map(|it| it.tracks.values_mut()) {
                let is_gone = |id: &String| book.held.get(id).is_none_or(|held| held.kept.gone);
                track.alert.take_if(|id| is_gone(id));
            }
        }
        self.tell();
    }

    /// Alerts: those that fire, the worst first; where all are asked for, then the others, newest
    /// first.
    pub fn list(&self, all: bool, limit: usize) -> AlertsAnswer {
        let counts = self.counts();
        let core = self.lock();
        let held = core.book.held.values().rev().map(|held| &held.kept.alert);
        let (mut firing, past): (Vec<&Alert>, Vec<&Alert>) =
            held.partition(|alert| alert.state == AlertState::Firing);
        firing.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
        let past = past.into_iter().filter(|_| all);
        let alerts = firing.into_iter().chain(past).take(limit).cloned().collect();
        AlertsAnswer { alerts, open: counts.open(), unacknowledged: counts.unacknowledged }
    }

    /// One alert, of now or of the past, and what became of it, oldest first.
    pub fn find(&self, id: &str) -> Option<(Alert, Vec<AlertChange>)> {
        let core = self.lock();
        let kept = &core.book.held.get(id)?.kept;
        Some((kept.alert.clone(), kept.changes.clone()))
    }

    /// How many there are of what.
    pub fn counts(&self) -> AlertCounts {
        let core = self.lock();
        let mut counts = AlertCounts { failed: core.failed.clone(), ..AlertCounts::default() };
        for alert in core.book.present().filter(|alert| alert.state == AlertState::Firing) {
            let [info, warning, critical] = &mut counts.firing;
            *match alert.severity {
                AlertSeverity::Info => info,
                AlertSeverity::Warning => warning,
                AlertSeverity::Critical => critical,
            } += 1;
            counts.unacknowledged += u32::from(!alert.acknowledged && !alert.silenced);
        }
        for track in core.topics.values().flatten().flat_map(|it| it.tracks.values()) {
            counts.series += 1;
            counts.pending += u32::from(track.machine.stand() == Stand::Pending);
        }
        let enabled = core.rules.values().filter(|rule| rule.enabled).count();
        counts.rules = u32::try_from(enabled).unwrap_or(u32::MAX);
        counts.left_out = core.book.left_out;
        counts
    }

    /// Writes down what changed, then tells it. What cannot be written is told all the same, and
    /// written when the disk takes it.
    fn tell(&self) {
        let _order = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let (out, records, states) = {
            let mut core = self.lock();
            let out = std::mem::take(&mut core.book.out);
            let held = |id: &String| core.book.held.get(id).map(|held| &held.kept);
            let records: Vec<RecordChange> = out
                .records
                .iter()
                .map(|id| match held(id) {
                    Some(kept) => RecordChange::put(ALERTS, id.clone(), kept),
                    None => RecordChange::remove(ALERTS, id.clone()),
                })
                .collect();
            let states: Vec<Alert> = out
                .states
                .iter()
                .filter_map(|id| held(id).filter(|kept| !kept.gone))
                .map(|kept| kept.alert.clone())
                .collect();
            (out, records, states)
        };
        let Outgoing { records: ids, gone, news, .. } = out;
        if !records.is_empty() {
            let kept = self.around.records.change(records);
            let mut core = self.lock();
            core.failed = kept.as_ref().err().map(ToString::to_string);
            if kept.is_err() {
                core.book.out.records.extend(ids);
            }
        }
        for alert in states {
            self.around.announce.state(&alert::topic(&alert.id), state_of(&alert), None);
        }
        for id in &gone {
            self.around.announce.gone(&alert::topic(id));
        }
        for activity in news {
            self.around.announce.activity(activity);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// The rules that look at a topic, and where they write. A topic is remembered from then on, so
    /// that a rule which comes later finds it.
    fn bindings(&mut self, topic: &Topic) -> (&mut [Binding], &mut Book) {
        let Self { rules, given, topics, book, .. } = self;
        if topics.len() >= MOST_TOPICS && !topics.contains_key(topic) {
            topics.retain(|_, bindings| !bindings.is_empty());
        }
        // Put together once: a name is copied only when it is new.
        if !topics.contains_key(topic) {
            let bound = rules.values().filter_map(|rule| Binding::new(rule, given, topic));
            topics.insert(topic.clone(), bound.collect());
        }
        (topics.get_mut(topic).map_or(&mut [], Vec::as_mut_slice), book)
    }
}

fn look(
    binding: &mut Binding,
    book: &mut Book,
    topic: &Topic,
    state: &Map<String, Value>,
    at: Moment,
) {
    let mut tracks = std::mem::take(&mut binding.tracks);
    let Binding { rule, limits, .. } = &*binding;
    binding.visit(topic, state, &mut |series, value| {
        if let Some(track) = tracks.get_mut(series) {
            track.machine.observe(limits, value, at);
            book.follow(track, rule, limits, series, at);
        } else if tracks.len() < MOST_SERIES {
            let mut track: Track = book.track(rule, series, at);
            track.machine.observe(limits, value, at);
            book.follow(&mut track, rule, limits, series, at);
            tracks.insert(series.into(), track);
        }
    });
    binding.tracks = tracks;
}

/// Alerts from before a restart whose source has said nothing since: that is told too.
fn unfollowed(book: &mut Book, rules: &BTreeMap<String, Arc<Rule>>, opened: Moment, now: Moment) {
    let ago = now.monotonic.saturating_sub(opened.monotonic);
    let mut silent = Vec::new();
    let mut over = Vec::new();
    for (id, held) in book.held.iter_mut().filter(|(_, held)| !held.followed && !held.kept.gone) {
        let alert = &mut held.kept.alert;
        if alert.state != AlertState::Firing {
            continue;
        }
        let Some(rule) = rules.get(&alert.rule).filter(|rule| rule.enabled) else {
            over.push(id.clone());
            continue;
        };
        let after = rule.silent_after_seconds.map(|it| Duration::from_secs(it.into()));
        if alert.silent_since_at_ms.is_none() && after.is_some_and(|after| ago > after) {
            alert.silent_since_at_ms = Some(opened.wall);
            alert.text.push_str(" Its source is silent.");
            silent.push(id.clone());
        }
    }
    for id in &silent {
        book.note(id, AlertChangeKind::Silent, now.wall, None);
        book.changed(id);
    }
    for id in &over {
        book.end(id, "its rule is off", now);
    }
}
