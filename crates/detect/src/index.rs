//! Which rules look at a topic, and where in its state: found once for each topic, so that a state that
//! no rule looks at costs one look into a table.

use std::{collections::HashMap, sync::Arc};

use bellwether_signal::{
    Topic,
    alert::{Levels, Rule},
    topic::{decode_segment, encode_segment},
};
use serde_json::{Map, Value};

use crate::{book::Track, machine::Limits};

/// A rule that looks at a topic.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) rule: Arc<Rule>,
    pub(crate) limits: Limits,
    /// The path of the field; `None` stands for any key.
    path: Box<[Option<Box<str>>]>,
    /// By series.
    pub(crate) tracks: HashMap<Box<str>, Track>,
}

/// What the topic is about: its first two segments.
pub(crate) fn subject(series: &str) -> &str {
    let mut slashes = series.match_indices('/').map(|(at, _)| at);
    slashes.nth(1).and_then(|at| series.get(..at)).unwrap_or(series)
}

/// The levels of a rule for a subject: its own, those of its model's name, those of all.
fn levels<'a>(rule: &'a Rule, given: &'a Given, subject: &str) -> &'a Levels {
    let name = model_name(subject);
    let own = |subject: &str| rule.overrides.get(subject);
    let other = |subject: &str| given.get(&(rule.name.clone(), subject.to_owned()));
    own(subject)
        .or_else(|| own(name?))
        .or_else(|| other(subject))
        .or_else(|| other(name?))
        .unwrap_or(&rule.levels)
}

/// Levels that other rooms give, by rule and subject.
pub(crate) type Given = HashMap<(String, String), Levels>;

/// `model/churn` of `model/churn-v3`.
pub(crate) fn model_name(subject: &str) -> Option<&str> {
    let (name, version) = subject.strip_prefix("model/").map(|_| subject)?.rsplit_once("-v")?;
    version.bytes().all(|b| b.is_ascii_digit()).then_some(name)
}

impl Binding {
    /// `None` when the rule does not look at the topic.
    pub(crate) fn new(rule: &Arc<Rule>, given: &Given, topic: &Topic) -> Option<Self> {
        let mut wanted = rule.series.split('/');
        let fits = |segment: &str| wanted.next().is_some_and(|it| it == "*" || it == segment);
        if !rule.enabled || !topic.as_str().split('/').all(fits) {
            return None;
        }
        let path: Box<[_]> =
            wanted.map(|it| (it != "*").then(|| decode_segment(it).into())).collect();
        if path.is_empty() {
            return None;
        }
        let limits = Limits::of(rule, levels(rule, given, subject(topic.as_str())));
        Some(Self { rule: Arc::clone(rule), limits, path, tracks: HashMap::new() })
    }

    /// Visits each value that the rule looks at, with the name of its series.
    pub(crate) fn visit(
        &self,
        topic: &Topic,
        state: &Map<String, Value>,
        visit: &mut impl FnMut(&str, f64),
    ) {
        let divisor = match self.rule.per.as_ref().map(|field| state.get(field)) {
            None => 1.0,
            Some(Some(Value::Object(entries))) => entries.len() as f64,
            Some(Some(Value::Number(number))) => number.as_f64().unwrap_or_default(),
            Some(_) => 0.0,
        };
        if divisor <= 0.0 {
            return;
        }
        let boolean = self.rule.is_boolean();
        let mut value_of = |name: &str, value: &Value| match value {
            Value::Bool(is) if boolean => visit(name, if *is { 1.0 } else { 0.0 }),
            Value::Number(number) if !boolean => {
                if let Some(number) = number.as_f64() {
                    visit(name, number / divisor);
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {}
        };
        descend(&mut topic.as_str().to_owned(), &self.path, state, &mut value_of);
    }
}

fn descend(
    name: &mut String,
    path: &[Option<Box<str>>],
    fields: &Map<String, Value>,
    visit: &mut impl FnMut(&str, &Value),
) {
    let Some((step, rest)) = path.split_first() else { return };
    let length = name.len();
    let mut enter = |key: &str, value: &Value| {
        name.push('/');
        name.push_str(&encode_segment(key));
        match value {
            _ if rest.is_empty() => visit(name, value),
            Value::Object(inner) => descend(name, rest, inner, visit),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => {}
        }
        name.truncate(length);
    };
    match step {
        Some(key) => {
            if let Some(value) = fields.get(&**key) {
                enter(key, value);
            }
        }
        None => fields.iter().for_each(|(key, value)| enter(key, value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(series: &str, per: Option<&str>, topic: &str, state: Value) -> Vec<(String, f64)> {
        let rule: Rule = serde_json::from_value(json!({
            "name": "r", "title": "r", "text": "r", "series": series, "comparison": "above",
            "levels": {"warning": 1}, "per": per,
        }))
        .unwrap();
        let topic = Topic::parse(topic).unwrap();
        let Some(binding) = Binding::new(&Arc::new(rule), &Given::new(), &topic) else {
            return Vec::new();
        };
        let mut seen = Vec::new();
        let Value::Object(state) = state else { unreachable!("tests hand objects") };
        binding.visit(&topic, &state, &mut |name, value| seen.push((name.to_owned(), value)));
        seen
    }

    #[test]
    fn a_rule_sees_what_its_pattern_names() {
        let check = |series, per, topic, state, expected: &[(&str, f64)]| {
            let expected: Vec<_> = expected.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect();
            assert_eq!(seen(series, per, topic, state), expected, "{series} {topic}");
        };
        let cpu = json!({"total_percent": 7, "load_1m": 6, "cores": {"0": {}, "1": {}, "2": {}}});
        check(
            "host/*/cpu/total_percent",
            None,
            "host/a/cpu",
            cpu.clone(),
            &[("host/a/cpu/total_percent", 7.0)],
        );
        check("host/b/cpu/total_percent", None, "host/a/cpu", cpu.clone(), &[]);
        check(
            "host/*/cpu/load_1m",
            Some("cores"),
            "host/a/cpu",
            cpu.clone(),
            &[("host/a/cpu/load_1m", 2.0)],
        );
        check("host/*/cpu/load_1m", Some("none"), "host/a/cpu", cpu.clone(), &[]);
        check("host/*/cpu/cores", None, "host/a/cpu", cpu, &[]);
        let disks = json!({"filesystems": {"/": {"used_percent": 5}, "/data": {"other": 1}}});
        let pattern = "host/*/disks/filesystems/*/used_percent";
        check(
            pattern,
            None,
            "host/a/disks",
            disks,
            &[("host/a/disks/filesystems/%2F/used_percent", 5.0)],
        );
        check(pattern, None, "host/a/disks", json!({"filesystems": 4}), &[]);
        check("a/b/c", None, "a/b/c", json!({"c": 1}), &[]);
    }

    #[test]
    fn a_model_is_named_by_its_versions() {
        assert_eq!(model_name("model/churn-v3"), Some("model/churn"));
        assert_eq!(model_name("model/net-v2-v13"), Some("model/net-v2"));
        assert_eq!(model_name("host/web-v1"), None);
        assert_eq!(model_name("model/churn"), None);
        assert_eq!(subject("host/a/cpu/x"), "host/a");
        assert_eq!(subject("host/a"), "host/a");
    }
}
