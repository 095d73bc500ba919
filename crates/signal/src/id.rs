//! Ids are newtypes: parsed once at the edge, afterwards the type is the proof.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest slug: one label of a DNS name (RFC 1035, section 2.3.4).
pub const SLUG_LENGTH: usize = 63;

/// Declares an id that is a slug, `[a-z0-9][a-z0-9-]{0,62}`.
macro_rules! slug_id {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS, JsonSchema,
        )]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// Accepts what already is a slug.
            pub fn parse(text: &str) -> Result<Self, NotASlug> {
                let of_slug = |text: &str| Self(text.to_owned());
                is_slug(text).then(|| of_slug(text)).ok_or_else(|| NotASlug(text.to_owned()))
            }

            /// The slug.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

slug_id! {
    /// A host's id: a slug of its name.
    HostId
}

slug_id! {
    /// The slug of an industrial machine: what its topics and our addresses name it by.
    MachineSlug
}

impl HostId {
    /// Makes a slug of a host name: `Web_1.example` becomes `web-1-example`. A name without a
    /// single letter or digit becomes `host`.
    pub fn from_name(name: &str) -> Self {
        let mut slug = String::with_capacity(name.len().min(SLUG_LENGTH));
        for c in name.chars().map(|c| c.to_ascii_lowercase()) {
            if slug.len() == SLUG_LENGTH {
                break;
            }
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                _ if slug.is_empty() || slug.ends_with('-') => {}
                _ => slug.push('-'),
            }
        }
        let slug = slug.trim_end_matches('-');
        Self(if slug.is_empty() { "host" } else { slug }.to_owned())
    }
}

/// One version of a model: the model's name, a slug, and which version of it: `churn-v3`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS, JsonSchema)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct ModelId(String);

impl ModelId {
    /// A name for a model, made of what a file or a person calls it: `Churn 2026.csv` becomes
    /// `churn-2026-csv`. A text without a single letter or digit becomes `model`.
    pub fn name_from(text: &str) -> String {
        let slug = HostId::from_name(text).0;
        if text.chars().any(|c| c.is_ascii_alphanumeric()) { slug } else { "model".to_owned() }
    }

    /// Whether a model may have this name: a slug.
    pub fn is_name(text: &str) -> bool {
        is_slug(text)
    }

    /// The version of that number of the model with that name.
    pub fn of(name: &str, version: u32) -> Result<Self, NotASlug> {
        if is_slug(name) {
            Ok(Self(format!("{name}-v{version}")))
        } else {
            Err(NotASlug(name.to_owned()))
        }
    }

    /// Accepts `NAME-vN`.
    pub fn parse(text: &str) -> Result<Self, NotAModel> {
        let parsed = split_version(text).and_then(|(name, version)| Self::of(name, version).ok());
        parsed.filter(|id| id.0 == text).ok_or_else(|| NotAModel(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the model, which all its versions share.
    pub fn name(&self) -> &str {
        split_version(&self.0).map_or("", |(name, _)| name)
    }

    /// Which version.
    pub fn version(&self) -> u32 {
        split_version(&self.0).map_or(0, |(_, version)| version)
    }
}

fn split_version(text: &str) -> Option<(&str, u32)> {
    let (name, version) = text.rsplit_once("-v")?;
    Some((name, version.parse().ok()?))
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ModelId {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}

/// One training with its record; also its place in the queue.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct RunId(pub u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn is_slug(text: &str) -> bool {
    (1..=SLUG_LENGTH).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// A text that is no slug.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no slug: 1 to 63 of a-z, 0-9 and -, not starting with -")]
pub struct NotASlug(String);

/// A text that names no version of a model.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} names no version of a model: a slug, then -v and a number")]
pub struct NotAModel(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        let check = |name: &str, slug: &str| assert_eq!(HostId::from_name(name).as_str(), slug);
        check("web-1", "web-1");
        check("Web_1.example", "web-1-example");
        check("--x--", "x");
        check("", "host");
        check("日本", "host");
        check(&"a".repeat(99), &"a".repeat(63));
    }

    #[test]
    fn only_slugs_parse() {
        for text in ["", "-a", "A", "a/b", "a b", &"a".repeat(64)] {
            assert!(HostId::parse(text).is_err(), "{text:?}");
        }
        assert!(HostId::parse("0-a").is_ok());
    }

    #[test]
    fn a_model_has_a_name_and_a_version() {
        let id = ModelId::parse("net-v2-v13").unwrap();
        assert_eq!((id.name(), id.version(), id.as_str()), ("net-v2", 13, "net-v2-v13"));
        assert_eq!(ModelId::of("net-v2", 13).unwrap(), id);
        for text in ["churn", "churn-v", "churn-v-1", "churn-v01", "churn-v+1", "-v1", "A-v1"] {
            assert!(ModelId::parse(text).is_err(), "{text:?}");
        }
    }
}
