//! Series: one number over time, named by its topic and the path of the field in it:
//! `host/web-1/cpu/cores/0/busy_percent`.

use serde_json::{Map, Value};

use crate::{
    Topic, Unit,
    topic::{TopicError, encode_segment},
};

/// The name of a series. It reads like a topic and follows the same rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesName(Topic);

impl SeriesName {
    /// Checks a name as clients write it.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        let topic = Topic::parse(text)?;
        if text.contains('/') {
            Ok(Self(topic))
        } else {
            Err(TopicError::EmptySegment(text.to_owned()))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The unit that its last segment names.
    pub fn unit(&self) -> Unit {
        Unit::of_field(self.as_str().rsplit('/').next().unwrap_or_default())
    }
}

/// Visits every number in a state payload as (series name, unit, value).
///
/// Names are built in one buffer that the visitor only borrows. Points in time are no series:
/// plotting when a process was started says nothing.
pub fn visit_numbers(
    topic: &Topic,
    payload: &Map<String, Value>,
    visit: &mut impl FnMut(&str, Unit, f64),
) {
    visit_fields(topic, payload, &mut |name, unit, value| {
        if let Value::Number(number) = value
            && let Some(number) = number.as_f64()
        {
            visit(name, unit, number);
        }
    });
}

/// Visits every number and every yes or no in a state payload as (name, unit, value), as
/// [`visit_numbers`] does: what rules can look at.
pub fn visit_fields(
    topic: &Topic,
    payload: &Map<String, Value>,
    visit: &mut impl FnMut(&str, Unit, &Value),
) {
    descend(&mut topic.as_str().to_owned(), payload, visit);
}

fn descend(
    name: &mut String,
    fields: &Map<String, Value>,
    visit: &mut impl FnMut(&str, Unit, &Value),
) {
    let length = name.len();
    for (key, field) in fields {
        name.push('/');
        // Our own field names need no encoding; keys such as mount points do.
        if key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            name.push_str(key);
        } else {
            name.push_str(&encode_segment(key));
        }
        match field {
            Value::Object(inner) => descend(name, inner, visit),
            Value::Number(_) => {
                let unit = Unit::of_field(key);
                if unit != Unit::EpochMilliseconds {
                    visit(name, unit, field);
                }
            }
            Value::Bool(_) => visit(name, Unit::Number, field),
            Value::Null | Value::String(_) | Value::Array(_) => {}
        }
        name.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_named_by_their_path() {
        let topic = Topic::parse("host/web-1/disks").unwrap();
        let Value::Object(payload) = json!({
            "filesystems": {"/data": {"used_percent": 12.5, "read_only": false, "device": "sda1"}},
            "booted_at_ms": 1,
            "queue_length": 2,
        }) else {
            unreachable!()
        };
        let mut switches = Vec::new();
        visit_fields(&topic, &payload, &mut |name, _, value| {
            if value.is_boolean() {
                switches.push(name.to_owned());
            }
        });
        assert_eq!(switches, ["host/web-1/disks/filesystems/%2Fdata/read_only"]);
        let mut seen = Vec::new();
        visit_numbers(&topic, &payload, &mut |name, unit, value| {
            seen.push((name.to_owned(), unit, value));
        });
        assert_eq!(
            seen,
            [
                ("host/web-1/disks/filesystems/%2Fdata/used_percent".into(), Unit::Percent, 12.5),
                ("host/web-1/disks/queue_length".into(), Unit::Number, 2.0),
            ]
        );
    }

    #[test]
    fn a_name_knows_its_unit() {
        let name = SeriesName::parse("host/web-1/cpu/total_percent").unwrap();
        assert_eq!(name.unit(), Unit::Percent);
        assert!(SeriesName::parse("cpu").is_err());
        assert!(SeriesName::parse("host/*/cpu").is_err());
    }
}
