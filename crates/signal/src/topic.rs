//! Topics and patterns: where signals are published, and what a client asks for.

use std::{borrow::Borrow, fmt, sync::Arc};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest topic or pattern, in bytes.
pub const TOPIC_LENGTH: usize = 512;
/// Most segments of a topic or pattern.
pub const TOPIC_SEGMENTS: usize = 16;

/// What stays as it is in a segment: the unreserved characters of RFC 3986, and `:` (which joins a
/// process id and its start time).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// Where something is published: `host/web-1/cpu`. No segment is empty, none is a wildcard.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, TS, JsonSchema)]
#[ts(type = "string")]
#[schemars(with = "String")]
pub struct Topic(Arc<str>);

/// What a client asks for: `*` stands for one segment, a final `**` for the rest, if any.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, TS, JsonSchema)]
#[ts(type = "string")]
#[schemars(with = "String")]
pub struct TopicPattern(Arc<str>);

/// Why a text is neither topic nor pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// Nothing between two slashes, or no text at all.
    #[error("{0:?} has an empty segment")]
    EmptySegment(String),
    /// `*` in a topic, or in a pattern beside other characters or before its end (`**`).
    #[error("{0:?} has a wildcard where none may stand: * is a whole segment, ** the last one")]
    Wildcard(String),
    /// A character that has to be percent-encoded.
    #[error("{text:?} has {character:?}, which a segment holds percent-encoded only")]
    Character {
        /// The text as it was given.
        text: String,
        /// The first character that may not stand there.
        character: char,
    },
    /// Longer than [`TOPIC_LENGTH`] or more than [`TOPIC_SEGMENTS`].
    #[error("a topic has at most {TOPIC_LENGTH} bytes in {TOPIC_SEGMENTS} segments")]
    TooLong,
}

/// Percent-encodes what may not stand in a segment: `/data disk` becomes `%2Fdata%20disk`.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The text that a segment stands for.
pub fn decode_segment(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

impl Topic {
    /// Checks a topic as clients write it.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        check_shape(text)?;
        for segment in text.split('/') {
            check_segment(text, segment)?;
        }
        Ok(Self(text.into()))
    }

    /// Joins segments and encodes in each what may not stand there.
    ///
    /// # Panics
    /// When a segment is empty or the whole is too long: both come from our own code.
    pub fn of<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        let encoded: Vec<String> = segments.into_iter().map(encode_segment).collect();
        Self::parse(&encoded.join("/")).expect("own topics are short and without empty segments")
    }

    /// The topic as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TopicPattern {
    /// Checks a pattern as clients write it.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        check_shape(text)?;
        let mut rest = text.split('/').peekable();
        while let Some(segment) = rest.next() {
            match segment {
                "*" => {}
                "**" if rest.peek().is_none() => {}
                _ => check_segment(text, segment)?,
            }
        }
        Ok(Self(text.into()))
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Follows MQTT 5.0, section 4.7, with `*` for `+` and `**` for `#`: `host/**` includes `host`.
    pub fn matches(&self, topic: &Topic) -> bool {
        let (mut wanted, mut given) = (self.0.split('/'), topic.0.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (Some("**"), _) | (None, None) => return true,
                (Some("*"), Some(_)) => {}
                (Some(want), Some(segment)) if want == segment => {}
                _ => return false,
            }
        }
    }

    /// The only topic it can match, when it has no wildcard.
    pub fn as_topic(&self) -> Option<Topic> {
        (!self.0.contains('*')).then(|| Topic(Arc::clone(&self.0)))
    }
}

fn check_shape(text: &str) -> Result<(), TopicError> {
    if text.len() > TOPIC_LENGTH || text.split('/').count() > TOPIC_SEGMENTS {
        return Err(TopicError::TooLong);
    }
    if text.split('/').any(str::is_empty) {
        return Err(TopicError::EmptySegment(text.to_owned()));
    }
    Ok(())
}

fn check_segment(text: &str, segment: &str) -> Result<(), TopicError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:%".contains(c);
    match segment.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some('*') => Err(TopicError::Wildcard(text.to_owned())),
        Some(character) => Err(TopicError::Character { text: text.to_owned(), character }),
    }
}

macro_rules! text_type {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

text_type!(Topic);
text_type!(TopicPattern);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_match_as_in_mqtt() {
        let check = |pattern: &str, topic: &str, expected: bool| {
            let pattern = TopicPattern::parse(pattern).unwrap();
            let topic = Topic::parse(topic).unwrap();
            assert_eq!(pattern.matches(&topic), expected, "{pattern} {topic}");
        };
        check("host/web-1/cpu", "host/web-1/cpu", true);
        check("host/web-1/cpu", "host/web-1/cpus", false);
        check("host/*/cpu", "host/web-1/cpu", true);
        check("host/*/cpu", "host/a/b/cpu", false);
        check("host/*", "host", false);
        check("host/**", "host", true);
        check("host/**", "host/web-1/cpu", true);
        check("host/**", "hosts", false);
        check("**", "activity", true);
        check("*", "activity", true);
        check("*", "a/b", false);
    }

    #[test]
    fn wrong_texts_say_what_is_wrong() {
        let check = |text: &str, part: &str| {
            let error = TopicPattern::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        };
        check("", "empty segment");
        check("a//b", "empty segment");
        check("/a", "empty segment");
        check("a/**/b", "wildcard");
        check("a/b*", "wildcard");
        check("a b", "' '");
        check(&"a".repeat(513), "at most 512");
        check(&["a"; 17].join("/"), "at most 512");
        assert!(Topic::parse("a/*").is_err());
    }

    /// What a pattern means, by recursion over its segments: `**` is the rest, `*` any one.
    fn means(pattern: &[&str], topic: &[&str]) -> bool {
        match (pattern, topic) {
            (["**"], _) | ([], []) => true,
            (["*", pattern @ ..], [_, topic @ ..]) => means(pattern, topic),
            ([want, pattern @ ..], [given, topic @ ..]) => want == given && means(pattern, topic),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_what_they_mean(
            mut pattern in prop::collection::vec(prop::sample::select(&["a", "b", "ab", "*"][..]), 0..4),
            topic in prop::collection::vec(prop::sample::select(&["a", "b", "ab"][..]), 1..5),
            rest in any::<bool>(),
        ) {
            if rest || pattern.is_empty() {
                pattern.push("**");
            }
            let expected = means(&pattern, &topic);
            let pattern = TopicPattern::parse(&pattern.join("/")).unwrap();
            let topic = Topic::parse(&topic.join("/")).unwrap();
            prop_assert_eq!(pattern.matches(&topic), expected, "{} {}", pattern, topic);
            prop_assert!(pattern.as_topic().is_none_or(|only| pattern.matches(&only)));
        }

        #[test]
        fn segments_survive_encoding(text in "\\PC{1,40}") {
            let segment = encode_segment(&text);
            prop_assert!(Topic::parse(&segment).is_ok() || segment.len() > TOPIC_LENGTH);
            prop_assert_eq!(decode_segment(&segment), text);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            if let Ok(topic) = Topic::parse(&text) {
                let pattern = TopicPattern::parse(&text).unwrap();
                prop_assert!(pattern.matches(&topic));
                prop_assert_eq!(pattern.as_topic(), Some(topic));
            }
        }
    }
}
