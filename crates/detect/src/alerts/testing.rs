//! Rules over what is there already: what one would say of it, and what a new one finds.

use std::{cmp::Reverse, sync::Arc};

use bellwether_signal::{
    Moment, Topic,
    alert::{Rule, WrongRule},
    answer::{RuleTestAnswer, TestedSeries},
};
use serde_json::{Map, Value};

use super::{Alerts, look};
use crate::{index::Binding, words::Blanks};

/// Series that a test names; the others are counted.
const MOST_TESTED: usize = 20;

/// Calls what it is handed with each state that is there.
pub type Present<'a> = dyn Fn(&mut dyn FnMut(&Topic, &Map<String, Value>)) + 'a;

impl Alerts {
    /// What a rule would say of the states that there are now. Nothing is changed by it.
    pub fn test_rule(
        &self,
        name: &str,
        rule: Rule,
        present: &Present<'_>,
    ) -> Result<RuleTestAnswer, WrongRule> {
        let rule = Arc::new(Rule { name: name.to_owned(), enabled: true, ..rule });
        rule.check()?;
        let given = self.lock().given.clone();
        let mut answer = RuleTestAnswer::default();
        present(&mut |topic, state| {
            let Some(binding) = Binding::new(&rule, &given, topic) else { return };
            binding.visit(topic, state, &mut |series, value| {
                let severity = binding.limits.worst(value);
                answer.looks_at = answer.looks_at.saturating_add(1);
                answer.over = answer.over.saturating_add(u32::from(severity.is_some()));
                let text = severity.map(|severity| {
                    let levels = binding.limits.levels;
                    let blanks = Blanks {
                        pattern: &rule.series,
                        series,
                        value: Some(value),
                        limit: levels.of(severity).filter(|_| !rule.is_boolean()),
                        is_ratio: rule.per.is_some(),
                    };
                    blanks.fill(&rule.text)
                });
                answer.series.push(TestedSeries { name: series.to_owned(), value, severity, text });
            });
            // The worst stay; what there is of the others is counted.
            if answer.series.len() > MOST_TESTED * 50 {
                keep_worst(&mut answer.series);
            }
        });
        keep_worst(&mut answer.series);
        Ok(answer)
    }

    /// Lets a rule look at the states that there are, where it has seen none yet: what is published once
    /// and then stands is not said again for a rule that came later.
    pub fn show_present(&self, name: &str, present: &Present<'_>, at: Moment) {
        present(&mut |topic, state| {
            let mut core = self.lock();
            let super::Core { topics, book, .. } = &mut *core;
            let bindings = topics.get_mut(topic).into_iter().flatten();
            for binding in bindings.filter(|it| it.rule.name == name && it.tracks.is_empty()) {
                look(binding, book, topic, state, at);
            }
        });
        self.tell();
    }
}

fn keep_worst(series: &mut Vec<TestedSeries>) {
    series.sort_by(|a, b| (Reverse(a.severity), &a.name).cmp(&(Reverse(b.severity), &b.name)));
    series.truncate(MOST_TESTED);
}
