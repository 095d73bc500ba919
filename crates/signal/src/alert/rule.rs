//! Rules are data: which series is looked at, which values are wrong, for how long, and what people are
//! told. The program ships some; people change them and add their own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::AlertSeverity;

/// Longest title, in characters.
pub const TITLE_CHARS: usize = 100;
/// Longest text or action, in characters.
pub const TEXT_CHARS: usize = 500;
/// Longest time for which a rule may have to be broken: a day.
pub const FOR_SECONDS_MAX: u32 = 86_400;
/// Most exceptions of a rule.
pub const OVERRIDES: usize = 200;

/// A rule over every series that its pattern names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names it: `cpu_usage`; 1 to 63 of a-z, 0-9, `_` and `-`.
    #[serde(default)]
    pub name: String,
    /// What is wrong when it is broken, in a few words for people.
    pub title: String,
    /// The series: a topic and the path of a field in it, `*` for any one segment, as in
    /// `host/web-1/disks/filesystems/*`.
    pub series: String,
    /// Which side of a level is wrong.
    pub comparison: Comparison,
    /// Levels of a number, by how much each matters.
    #[serde(default)]
    #[ts(optional, as = "Option<Levels>")]
    pub levels: Levels,
    /// How much it matters when a yes or no is wrong; warning when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub severity: Option<AlertSeverity>,
    /// How far a number has to come back behind a level before it counts as kept, in its own unit.
    #[serde(default)]
    #[ts(optional, as = "Option<f64>")]
    pub clear_by: f64,
    /// How long it has to be broken without a break before it fires.
    #[serde(default)]
    #[ts(optional, as = "Option<u32>")]
    pub for_seconds: u32,
    /// After how long without a value its source counts as silent; absent where a value stands until
    /// the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub silent_after_seconds: Option<u32>,
    /// A field of the same state that the number is divided by first; of a map, the number of its
    /// entries: load by `cores`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub per: Option<String>,
    /// Whether it is looked at.
    #[serde(default = "yes")]
    #[ts(optional, as = "Option<bool>")]
    pub enabled: bool,
    /// One sentence for people. `{subject}`, `{item}`, `{value}` and `{limit}` are filled in;
    /// `{value%}` and `{limit%}` show a share of one as per cent.
    pub text: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub action: Option<String>,
    /// Other levels for some subjects: `host/web-1`, `model/churn` (all its versions), `model/churn-v3`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(optional, as = "Option<BTreeMap<String, Levels>>")]
    pub overrides: BTreeMap<String, Levels>,
}

fn yes() -> bool {
    true
}

/// From which value on something is wrong; without any level nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Levels {
    /// Good to know from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub info: Option<f64>,
    /// Should be looked at from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub warning: Option<f64>,
    /// Something has to be done from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub critical: Option<f64>,
}

/// Which values are wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// A number above a level.
    Above,
    /// A number below a level.
    Below,
    /// A yes.
    IsTrue,
    /// A no.
    IsFalse,
}

/// A rule as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ListedRule {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// Whether the program ships it: it can be reset, not deleted.
    pub shipped: bool,
    /// Whether somebody changed it since.
    pub changed: bool,
    /// Series that it looks at now.
    pub watches: u32,
    /// Alerts of it that are firing.
    pub firing: u32,
}

/// A rule that cannot be; the text names the field and says what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct WrongRule {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

impl Levels {
    /// Each level that is there, the least first.
    pub fn by_severity(&self) -> [(AlertSeverity, Option<f64>); 3] {
        [
            (AlertSeverity::Info, self.info),
            (AlertSeverity::Warning, self.warning),
            (AlertSeverity::Critical, self.critical),
        ]
    }

    /// The level of a severity.
    pub fn of(&self, severity: AlertSeverity) -> Option<f64> {
        match severity {
            AlertSeverity::Info => self.info,
            AlertSeverity::Warning => self.warning,
            AlertSeverity::Critical => self.critical,
        }
    }

    /// Finite, and the worse the further on.
    fn check(&self, comparison: Comparison, field: &'static str) -> Result<(), WrongRule> {
        let wrong = |detail: String| Err(WrongRule { field, detail });
        let there: Vec<f64> = self.by_severity().into_iter().filter_map(|(_, at)| at).collect();
        if there.iter().any(|level| !level.is_finite()) {
            return wrong("a level is a finite number.".to_owned());
        }
        let in_order = there.windows(2).all(|pair| match (comparison, pair) {
            (Comparison::Below, [milder, worse]) => worse < milder,
            (_, [milder, worse]) => worse > milder,
            _ => true,
        });
        if !in_order {
            let order = if comparison == Comparison::Below { "lower" } else { "higher" };
            return wrong(format!("a worse level has to be {order} than a milder one."));
        }
        Ok(())
    }
}

impl Rule {
    /// Whether it looks at a yes or no.
    pub fn is_boolean(&self) -> bool {
        matches!(self.comparison, Comparison::IsTrue | Comparison::IsFalse)
    }

    /// Checks what people wrote.
    pub fn check(&self) -> Result<(), WrongRule> {
        let wrong = |field, detail: String| Err(WrongRule { field, detail });
        let allowed = |c: u8| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if !(1..=63).contains(&self.name.len()) || !self.name.bytes().all(allowed) {
            return wrong("name", "has 1 to 63 of a-z, 0-9, _ and -.".to_owned());
        }
        for (field, text, longest) in
            [("title", &self.title, TITLE_CHARS), ("text", &self.text, TEXT_CHARS)]
        {
            if text.trim().is_empty() || text.chars().count() > longest {
                return wrong(field, format!("has 1 to {longest} characters."));
            }
        }
        if self.action.as_ref().is_some_and(|it| it.chars().count() > TEXT_CHARS) {
            return wrong("action", format!("has at most {TEXT_CHARS} characters."));
        }
        check_series(&self.series).or_else(|detail| wrong("series", detail))?;
        self.levels.check(self.comparison, "levels")?;
        if self.overrides.len() > OVERRIDES {
            return wrong("overrides", format!("has at most {OVERRIDES} subjects."));
        }
        self.overrides.values().try_for_each(|it| it.check(self.comparison, "overrides"))?;
        let has_level = self.levels != Levels::default() || !self.overrides.is_empty();
        if !self.is_boolean() && !has_level {
            let detail = "a rule over numbers needs a level: info, warning or critical.";
            return wrong("levels", detail.to_owned());
        }
        if !self.clear_by.is_finite() || self.clear_by < 0.0 {
            return wrong("clear_by", "is a distance: a number from 0 on.".to_owned());
        }
        if self.for_seconds > FOR_SECONDS_MAX {
            return wrong("for_seconds", format!("is at most {FOR_SECONDS_MAX} (a day)."));
        }
        if self.silent_after_seconds.is_some_and(|it| it == 0 || it > FOR_SECONDS_MAX) {
            let detail = format!("is 1 to {FOR_SECONDS_MAX} (a day), or absent.");
            return wrong("silent_after_seconds", detail);
        }
        Ok(())
    }
}

/// A topic and a field, with `*` for whole segments.
fn check_series(text: &str) -> Result<(), String> {
    let pattern = crate::TopicPattern::parse(text).map_err(|error| format!("{error}."))?;
    let segments: Vec<&str> = pattern.as_str().split('/').collect();
    if segments.contains(&"**") {
        return Err("each segment is named or *; ** names no field.".to_owned());
    }
    if segments.len() < 3 || segments.first() == Some(&"*") || segments.last() == Some(&"*") {
        return Err(
            "is a topic and a field in it, such as host/*/cpu/total_percent; neither its first nor \
             its last segment is *."
                .to_owned(),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(changes: &serde_json::Value) -> Result<(), String> {
        let mut body = json!({
            "name": "cpu", "title": "CPU is busy", "series": "host/*/cpu/total_percent",
            "comparison": "above", "levels": {"warning": 80, "critical": 90}, "text": "CPU is at {value}.",
        });
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        let rule: Rule = serde_json::from_value(body).map_err(|error| error.to_string())?;
        rule.check().map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn wrong_rules_name_their_field() {
        let check = |changes: serde_json::Value, part: &str| {
            let told = rule(&changes).expect_err(part);
            assert!(told.contains(part), "{changes}: {told}");
        };
        assert_eq!(rule(&json!({})), Ok(()));
        check(json!({"name": "CPU use"}), "name: has 1 to 63");
        check(json!({"title": " "}), "title: has 1 to 100");
        check(json!({"text": "x".repeat(501)}), "text: has 1 to 500");
        check(json!({"series": "host/**"}), "series: each segment");
        check(json!({"series": "cpu"}), "series: is a topic and a field");
        check(json!({"series": "*/x/y"}), "series: is a topic and a field");
        check(json!({"series": "a//b"}), "series: \"a//b\" has an empty segment");
        check(
            json!({"levels": {"warning": 80, "critical": 70}}),
            "levels: a worse level has to be higher",
        );
        check(json!({"comparison": "below"}), "levels: a worse level has to be lower");
        check(json!({"levels": {}}), "levels: a rule over numbers");
        check(json!({"clear_by": -1}), "clear_by:");
        check(json!({"for_seconds": 100_000}), "for_seconds: is at most 86400");
        check(json!({"silent_after_seconds": 0}), "silent_after_seconds: is 1 to");
        check(
            json!({"overrides": {"host/a": {"warning": 9, "critical": 8}}}),
            "overrides: a worse",
        );
    }
}
