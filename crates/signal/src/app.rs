//! Users' own signals: what may be published below `app/`, and how much of it.

use std::io;

use serde_json::{Map, Value};

use crate::{
    Topic, Unit,
    protocol::{Kind, Position},
};

/// What topics of users' own signals begin with.
const PREFIX: &str = "app/";
/// Largest payload, as JSON text; a larger one is refused. Half of what a message may take.
pub const PAYLOAD_BYTES: usize = 32 * 1024;
/// Objects and arrays inside each other, the payload itself included.
pub const PAYLOAD_DEPTH: usize = 16;
/// Numbers in a state: each is a series.
pub const PAYLOAD_NUMBERS: usize = 250;
/// How far before the server's time a publication may say that it happened: who was away for a day
/// can still tell of it …
pub const PAST_MS: i64 = 86_400_000;
/// … and how far after it: clocks differ.
pub const FUTURE_MS: i64 = 60_000;

/// Whether users publish there.
pub fn is_app(topic: &Topic) -> bool {
    topic.as_str().starts_with(PREFIX)
}

/// What was published, as the server has it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The position that it got.
    pub position: Position,
    /// Of a state, the whole of it.
    pub state: Option<Map<String, Value>>,
}

/// What is wrong with a payload. Texts begin with the field that they are about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// A state that is no object.
    #[error("data: a state is a JSON object, such as {{\"power_kw\": 2.5}}")]
    NoObject,
    /// Null where none may be.
    #[error(
        "{at} is null: leave it out, because what is absent is unknown; only a patch to a state \
         holds null, for a field that is to go"
    )]
    Null {
        /// Where, from `data` on.
        at: String,
    },
    /// More than [`PAYLOAD_DEPTH`].
    #[error("data: objects and arrays stand at most {PAYLOAD_DEPTH} deep in each other")]
    TooDeep,
    /// More than [`PAYLOAD_BYTES`].
    #[error("data: takes {bytes} bytes as JSON, the most is {PAYLOAD_BYTES}")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// More than [`PAYLOAD_NUMBERS`].
    #[error(
        "data: a state with {numbers} numbers; the most is {PAYLOAD_NUMBERS}, because each becomes \
         a series: divide it over several topics"
    )]
    TooManyNumbers {
        /// How many it has.
        numbers: usize,
    },
}

impl PayloadError {
    /// The limit that was passed, when it was one.
    pub fn limit(&self) -> Option<usize> {
        match self {
            Self::NoObject | Self::Null { .. } => None,
            Self::TooDeep => Some(PAYLOAD_DEPTH),
            Self::TooLarge { .. } => Some(PAYLOAD_BYTES),
            Self::TooManyNumbers { .. } => Some(PAYLOAD_NUMBERS),
        }
    }
}

/// Checks what somebody wants to publish; `full` says that a state is to be replaced, not patched.
pub fn check_payload(kind: Kind, full: bool, data: &Value) -> Result<(), PayloadError> {
    let patches = kind == Kind::State && !full;
    if kind == Kind::State && !data.is_object() {
        return Err(PayloadError::NoObject);
    }
    descend(data, patches, 1, &mut vec!["data".to_owned()])?;
    check_size(data)
}

/// Checks a state as it would stand: patches that are small each may add up.
pub fn check_state(state: &Map<String, Value>) -> Result<(), PayloadError> {
    check_size(state)?;
    let numbers = numbers_of(state);
    if numbers > PAYLOAD_NUMBERS {
        return Err(PayloadError::TooManyNumbers { numbers });
    }
    Ok(())
}

fn descend(
    value: &Value,
    null_says_gone: bool,
    depth: usize,
    at: &mut Vec<String>,
) -> Result<(), PayloadError> {
    let mut into = |key: String, inner: &Value, null_says_gone: bool| {
        at.push(key);
        descend(inner, null_says_gone, depth + 1, at)?;
        at.pop();
        Ok(())
    };
    match value {
        Value::Null if null_says_gone => Ok(()),
        Value::Null => Err(PayloadError::Null { at: at.join(".") }),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        Value::Object(_) | Value::Array(_) if depth > PAYLOAD_DEPTH => Err(PayloadError::TooDeep),
        Value::Object(fields) => {
            fields.iter().try_for_each(|(key, inner)| into(key.clone(), inner, null_says_gone))
        }
        // A patch replaces an array whole: nothing in it says "gone".
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, inner)| into(index.to_string(), inner, false))
        }
    }
}

/// Numbers that become series.
fn numbers_of(fields: &Map<String, Value>) -> usize {
    let number = |(key, value): (&String, &Value)| match value {
        Value::Object(inner) => numbers_of(inner),
        Value::Number(_) => usize::from(Unit::of_field(key) != Unit::EpochMilliseconds),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => 0,
    };
    fields.iter().map(number).sum()
}

fn check_size(value: &impl serde::Serialize) -> Result<(), PayloadError> {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).expect("JSON has only text keys");
    if count.0 > PAYLOAD_BYTES {
        return Err(PayloadError::TooLarge { bytes: count.0 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_be_published_is_checked() {
        let check = |kind, full, data: Value, expected: Result<(), &str>| {
            let found = check_payload(kind, full, &data);
            match expected {
                Ok(()) => assert_eq!(found, Ok(()), "{data}"),
                Err(part) => {
                    let text = found.unwrap_err().to_string();
                    assert!(text.contains(part), "{data}: {text}");
                }
            }
        };
        check(Kind::State, true, json!({"a": {"b": [1, "x", true]}}), Ok(()));
        check(Kind::State, false, json!({"a": null, "b": {"c": null}}), Ok(()));
        check(Kind::Event, false, json!("stopped"), Ok(()));
        check(Kind::Event, false, json!(1.5), Ok(()));
        check(Kind::State, true, json!([1]), Err("data: a state is a JSON object"));
        check(Kind::State, false, json!(null), Err("data: a state is a JSON object"));
        check(Kind::State, true, json!({"a": {"b": null}}), Err("data.a.b is null"));
        check(Kind::State, false, json!({"a": [1, null]}), Err("data.a.1 is null"));
        check(Kind::Event, false, json!(null), Err("data is null"));
        check(Kind::Event, false, json!({"a": null}), Err("data.a is null"));
        let nested = |depth| (1..depth).fold(json!({}), |inner, _| json!({ "a": inner }));
        check(Kind::State, true, nested(PAYLOAD_DEPTH), Ok(()));
        check(Kind::State, true, nested(PAYLOAD_DEPTH + 1), Err("at most 16 deep"));
        let text = |bytes: usize| json!("x".repeat(bytes - 2));
        check(Kind::Event, false, text(PAYLOAD_BYTES), Ok(()));
        check(Kind::Event, false, text(PAYLOAD_BYTES + 1), Err("32769 bytes as JSON"));
    }

    #[test]
    fn a_state_has_a_bounded_number_of_series() {
        let state = |numbers: usize| {
            let mut state: Map<String, Value> =
                (0..numbers).map(|n| (format!("n{n}"), json!({ "value": n }))).collect();
            state.insert("seen_at_ms".to_owned(), json!(1));
            state
        };
        assert_eq!(check_state(&state(PAYLOAD_NUMBERS)), Ok(()));
        let error = check_state(&state(PAYLOAD_NUMBERS + 1)).unwrap_err();
        assert_eq!(error, PayloadError::TooManyNumbers { numbers: PAYLOAD_NUMBERS + 1 });
        assert_eq!(error.limit(), Some(PAYLOAD_NUMBERS));
    }
}
