//! Ids are newtypes: parsed once at the edge, afterwards the type is the proof.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Longest slug: one label of a DNS name (RFC 1035, section 2.3.4).
pub const SLUG_LENGTH: usize = 63;

/// A host's id: a slug of its name, `[a-z0-9][a-z0-9-]{0,62}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS, JsonSchema)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct HostId(String);

impl HostId {
    /// Accepts what already is a slug.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(NotASlug(text.to_owned())) }
    }

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

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for HostId {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
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
}
