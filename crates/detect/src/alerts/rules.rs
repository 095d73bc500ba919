//! What people do about rules: change them, add their own, reset or delete them.

use std::sync::Arc;

use bellwether_signal::{
    Moment,
    activity::{Activity, ActivityKind, Severity},
    alert::{AlertState, Levels, ListedRule, Rule, WrongRule},
    ports::{KeepError, RecordChange},
};

use super::{Alerts, Core};
use crate::{index::Binding, kept::RULES};

/// Most rules, shipped ones included.
const MOST_RULES: usize = 200;

/// Why a rule is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It says something that cannot be.
    #[error(transparent)]
    Wrong(#[from] WrongRule),
    /// There is none of that name.
    #[error("There is no rule {0}.")]
    Unknown(String),
    /// It was not written down.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

impl Alerts {
    /// All rules: shipped ones first, then people's own by name.
    pub fn rules(&self) -> Vec<ListedRule> {
        let core = self.lock();
        let own = core.rules.keys().filter(|name| !core.shipped.contains_key(*name));
        let names = core.order.iter().chain(own);
        names.filter_map(|name| core.listed(name)).collect()
    }

    /// A rule as it is listed.
    pub fn rule(&self, name: &str) -> Option<ListedRule> {
        self.lock().listed(name)
    }

    /// Changes a rule or adds one; it holds from the next value on.
    pub fn put_rule(&self, name: &str, rule: Rule, user: &str) -> Result<ListedRule, RuleError> {
        let rule = Rule { name: name.to_owned(), ..rule };
        rule.check()?;
        let is_new = {
            let core = self.lock();
            let is_new = !core.rules.contains_key(name);
            if is_new && core.rules.len() >= MOST_RULES {
                let text = format!("There are {MOST_RULES} rules, which is the most there may be.");
                return Err(KeepError::TooLarge(text).into());
            }
            is_new
        };
        self.around.records.change(vec![RecordChange::put(RULES, name, &rule)])?;
        let what = if is_new { "added" } else { "changed" };
        self.change(name, Some(rule), &format!("{user} {what} the rule {name}"), user);
        self.rule(name).ok_or_else(|| RuleError::Unknown(name.to_owned()))
    }

    /// Resets a shipped rule, deletes another; answers the shipped one.
    pub fn delete_rule(&self, name: &str, user: &str) -> Result<Option<ListedRule>, RuleError> {
        let shipped = {
            let core = self.lock();
            if !core.rules.contains_key(name) {
                return Err(RuleError::Unknown(name.to_owned()));
            }
            core.shipped.get(name).cloned()
        };
        self.around.records.change(vec![RecordChange::remove(RULES, name)])?;
        let what = if shipped.is_some() { "reset" } else { "deleted" };
        self.change(name, shipped, &format!("{user} {what} the rule {name}"), user);
        Ok(self.rule(name))
    }

    /// Levels that another room keeps for a subject (`model/churn`); people's own for the subject go
    /// first. `None` takes them away.
    pub fn give_levels(&self, rule: &str, subject: &str, levels: Option<Levels>) {
        let now = (self.around.clock)();
        let mut core = self.lock();
        let key = (rule.to_owned(), subject.to_owned());
        if core.given.get(&key) == levels.as_ref() {
            return;
        }
        match levels {
            Some(levels) => core.given.insert(key, levels),
            None => core.given.remove(&key),
        };
        core.rebind(rule, now);
    }

    fn change(&self, name: &str, rule: Option<Rule>, text: &str, user: &str) {
        let now = (self.around.clock)();
        {
            let mut core = self.lock();
            match rule {
                Some(rule) => core.rules.insert(name.to_owned(), Arc::new(rule)),
                None => core.rules.remove(name),
            };
            core.rebind(name, now);
            let news = Activity::new(ActivityKind::RuleChanged, Severity::Info, text);
            core.book.out.news.push(news.by(user));
        }
        self.tell();
    }
}

impl Core {
    fn listed(&self, name: &str) -> Option<ListedRule> {
        let rule = self.rules.get(name)?;
        let shipped = self.shipped.get(name);
        let bindings = self.topics.values().flatten().filter(|it| it.rule.name == name);
        let watches: usize = bindings.map(|binding| binding.tracks.len()).sum();
        let of_rule = |alert: &&_| is_firing(alert, name);
        let firing = self.book.present().filter(of_rule).count();
        Some(ListedRule {
            rule: (**rule).clone(),
            shipped: shipped.is_some(),
            changed: shipped.is_some_and(|shipped| *shipped != **rule),
            watches: u32::try_from(watches).unwrap_or(u32::MAX),
            firing: u32::try_from(firing).unwrap_or(u32::MAX),
        })
    }

    /// Lets a rule that changed look at what is known, with the newest values.
    fn rebind(&mut self, name: &str, now: Moment) {
        let Self { rules, given, topics, book, .. } = self;
        let rule = rules.get(name);
        let mut goes_on = Vec::new();
        for (topic, bindings) in topics.iter_mut() {
            let at = bindings.iter().position(|binding| binding.rule.name == name);
            let before = at.map(|at| bindings.swap_remove(at));
            let Some(mut new) = rule.and_then(|rule| Binding::new(rule, given, topic)) else {
                continue;
            };
            let looks_at = |rule: &Rule| (rule.series.clone(), rule.is_boolean(), rule.per.clone());
            if let Some(before) = before
                && looks_at(&before.rule) == looks_at(&new.rule)
            {
                new.tracks = before.tracks;
                for (series, track) in &mut new.tracks {
                    if let Some(value) = track.machine.value() {
                        track.machine.review(&new.limits, value, now);
                    }
                    book.follow(track, &new.rule, &new.limits, series, now);
                    goes_on.extend(track.alert.clone());
                }
            }
            bindings.push(new);
        }
        let ended: Vec<String> = book
            .held
            .values()
            .filter(|held| held.followed && !held.kept.gone)
            .map(|held| &held.kept.alert)
            .filter(|alert| is_firing(alert, name) && !goes_on.contains(&alert.id))
            .map(|alert| alert.id.clone())
            .collect();
        for id in &ended {
            book.end(id, "its rule was changed", now);
        }
    }
}

fn is_firing(alert: &bellwether_signal::alert::Alert, rule: &str) -> bool {
    alert.rule == rule && alert.state == AlertState::Firing
}
