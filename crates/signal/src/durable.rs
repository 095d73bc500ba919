//! Durable subscriptions: how many there may be, and what they are called.

/// Durable subscriptions of a user; one more is refused.
pub const DURABLES_OF_USER: usize = 32;
/// Topics that one keeps its place in; what is acknowledged beyond is refused.
pub const DURABLE_TOPICS: usize = 1_024;
/// Days without being subscribed to or acknowledged, after which one is forgotten.
pub const DURABLE_DAYS: u32 = 30;
/// Characters of a name.
pub const DURABLE_NAME_CHARS: usize = 64;

/// Why a text is no name of a durable subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("durable: a name has 1 to {DURABLE_NAME_CHARS} letters, digits, '-', '_' and '.'")]
pub struct NoName;

/// Checks a name.
pub fn check_name(name: &str) -> Result<(), NoName> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let good = (1..=DURABLE_NAME_CHARS).contains(&name.len()) && name.chars().all(allowed);
    if good { Ok(()) } else { Err(NoName) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for good in ["a", "billing-7", "A_b.c", &"x".repeat(64)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "a b", "a/b", "ü", &"x".repeat(65)] {
            assert_eq!(check_name(bad), Err(NoName), "{bad}");
        }
    }
}
