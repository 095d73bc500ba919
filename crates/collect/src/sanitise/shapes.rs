//! Secrets that are known by their looks: credentials in URLs, and tokens whose issuers gave them a
//! prefix so that they can be found.

use super::MASK;

/// Prefixes of tokens, and how many characters follow at least.
const TOKENS: [(&str, usize); 33] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("gldt-", 16),
    ("glrt-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("sk-", 20),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 20),
    ("eyJ", 20),
    ("npm_", 30),
    ("pypi-", 30),
    ("hf_", 20),
    ("dop_v1_", 20),
    ("SG.", 20),
    ("hvs.", 20),
    ("gsk_", 20),
    ("shpat_", 20),
    ("AGE-SECRET-KEY-", 20),
];
/// Addresses whose paths are secrets.
const SECRET_PATHS: [&str; 3] =
    ["hooks.slack.com/services/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"];
/// Longest name before an `@` that is taken for a user's and not for a token.
const USER_CHARACTERS: usize = 20;

/// A word without the credentials in it.
pub(super) fn masked(word: &str) -> String {
    let word = mask_authority(word);
    let word = mask_paths(&word);
    mask_tokens(&word)
}

/// Whether a word could be a generated secret: long, of one piece, with digits.
pub(super) fn looks_random(word: &str) -> bool {
    word.len() >= 16
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(&byte))
}

/// `scheme://user:password@host` and `user:password@host`. A password may hold anything, an `@`
/// included, so that the last one counts.
fn mask_authority(word: &str) -> String {
    let (scheme, rest) = match word.find("://") {
        Some(at) => word.split_at_checked(at + 3).unwrap_or((word, "")),
        None => ("", word),
    };
    let Some((user_and_password, host)) = rest.rsplit_once('@') else { return word.to_owned() };
    // An image and its digest look alike: `nginx:1.25@sha256:…`.
    if host.starts_with("sha256:") {
        return word.to_owned();
    }
    match user_and_password.split_once(':') {
        Some((user, _)) if !user.contains('@') => format!("{scheme}{user}:{MASK}@{host}"),
        Some(_) if scheme.is_empty() => word.to_owned(),
        Some(_) => format!("{scheme}{MASK}@{host}"),
        // A token takes the place of user and password: `https://TOKEN@host`.
        None if !scheme.is_empty() && user_and_password.chars().count() > USER_CHARACTERS => {
            format!("{scheme}{MASK}@{host}")
        }
        None => word.to_owned(),
    }
}

fn mask_paths(word: &str) -> String {
    for path in SECRET_PATHS {
        if let Some(at) = word.find(path) {
            let start = word.get(..at + path.len()).unwrap_or_default();
            return format!("{start}{MASK}");
        }
    }
    word.to_owned()
}

fn mask_tokens(word: &str) -> String {
    let mut shown = String::with_capacity(word.len());
    let mut rest = word;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let starts = !before.is_ascii_alphanumeric();
        if let Some(length) = starts.then(|| token_length(rest)).flatten() {
            shown.push_str(MASK);
            rest = rest.get(length..).unwrap_or_default();
            before = '*';
        } else {
            shown.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            before = c;
        }
    }
    shown
}

/// How long the token is that a text begins with, if it begins with one.
fn token_length(text: &str) -> Option<usize> {
    TOKENS.iter().find_map(|(prefix, least)| {
        let rest = text.strip_prefix(prefix)?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || "_-.+/=".contains(c);
        let length = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
        (length >= *least).then_some(prefix.len() + length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_addresses() {
        let check = |word: &str, expected: &str| assert_eq!(masked(word), expected, "{word}");
        check("postgres://app:x@db/main", "postgres://app:***@db/main");
        check("amqp://u:p@w@host:5672/%2f", "amqp://u:***@host:5672/%2f");
        check("https://0123456789abcdef012345@host/x.git", "https://***@host/x.git");
        check("ssh://git@host/x.git", "ssh://git@host/x.git");
        check("redis://:x@cache:6379", "redis://:***@cache:6379");
        check("app:x@tcp(db:3306)/main", "app:***@tcp(db:3306)/main");
        check("root@host:dir/a@b", "root@host:dir/a@b");
        check("nginx:1.25@sha256:0123", "nginx:1.25@sha256:0123");
        check("https://a@b:c@host", "https://***@host");
        check("user@host", "user@host");
        check("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/***");
    }

    #[test]
    fn tokens_with_a_prefix() {
        let check = |word: &str, expected: &str| assert_eq!(masked(word), expected, "{word}");
        check("ghp_0123456789abcdefghij0123", "***");
        check("x,AKIA0123456789ABCDEF,y", "x,***,y");
        check("sk-learn", "sk-learn");
        check("task-0123456789012345678901234", "task-0123456789012345678901234");
        check("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "***");
    }
}
