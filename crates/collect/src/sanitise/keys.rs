//! Names whose values are secret: `--db-password`, `AWS_SECRET_ACCESS_KEY`, `"api_key":`.

use super::Next;

/// How sure a name is to stand for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// May also be a switch without a value, such as `--auth`.
    Weak,
    /// Nothing else.
    Strong,
}

/// A secret value within a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// Where its name begins, in bytes.
    pub(super) name_at: usize,
    /// Where the value begins, in bytes.
    pub(super) value_at: usize,
    /// Whether all that follows belongs to the value, blanks included: when the name begins the
    /// text or a line of it, or follows a semicolon as in connection strings.
    pub(super) owns_the_rest: bool,
}

/// Parts of names that always mean a secret, whatever surrounds them; names are compared in small
/// letters and without punctuation.
const STRONG_PARTS: [&str; 23] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "accountkey",
    "sharedkey",
    "authkey",
    "sessionkey",
    "licensekey",
    "credential",
    "connectionstring",
    "bearer",
    "authorization",
    "cookie",
    "jwt",
];
/// Endings that mean a secret: `requirepass`, `MYSQL_PWD`, `rootpw`, `wpa-psk`.
const STRONG_ENDINGS: [&str; 6] = ["pass", "pwd", "pw", "psk", "passin", "passout"];
/// What ends like them and is none.
const HARMLESS_ENDINGS: [&str; 4] = ["bypass", "compass", "multipass", "trespass"];
/// Whole words that mean a secret at the end of a name.
const WEAK_WORDS: [&str; 18] = [
    "auth",
    "key",
    "keys",
    "sig",
    "signature",
    "pin",
    "otp",
    "totp",
    "dsn",
    "sas",
    "cred",
    "creds",
    "session",
    "sessionid",
    "sid",
    "community",
    "salt",
    "pat",
];
/// Last words that say something about a secret rather than giving it.
const ABOUT: [&str; 21] = [
    "file",
    "path",
    "dir",
    "stdin",
    "fd",
    "env",
    "prompt",
    "helper",
    "url",
    "uri",
    "endpoint",
    "name",
    "type",
    "length",
    "size",
    "count",
    "ttl",
    "timeout",
    "expiry",
    "algorithm",
    "policy",
];
/// First words that turn a name into a switch.
const SWITCHES: [&str; 6] = ["no", "ask", "disable", "skip", "without", "prompt"];
/// Schemes of HTTP authentication, which stand before the secret.
const SCHEMES: [&str; 5] = ["bearer", "basic", "token", "digest", "apikey"];

/// What may stand between a name and its `=` or `:`.
const BEHIND_NAMES: [char; 5] = ['"', '\'', '\\', ']', ' '];

/// Whether the value of `name` is secret.
pub(super) fn strength(name: &str) -> Option<Strength> {
    let words = parts(name);
    let (first, last) = (words.first()?, words.last()?);
    let is_about =
        words.len() > 1 && (ABOUT.contains(&last.as_str()) || SWITCHES.contains(&first.as_str()));
    // `keyfile`, `passwordFile` and `PGPASSFILE` are about secrets too.
    let squashed = words.concat().replace("tokenizer", "").replace("tokeniser", "");
    if is_about || squashed.ends_with("file") || squashed.ends_with("stdin") {
        return None;
    }
    let has_part = STRONG_PARTS.iter().any(|part| squashed.contains(part));
    let has_ending = STRONG_ENDINGS.iter().any(|ending| squashed.ends_with(ending))
        && !HARMLESS_ENDINGS.iter().any(|ending| squashed.ends_with(ending));
    let has_word = words.iter().any(|word| matches!(word.as_str(), "pass" | "pwd" | "psk"));
    if has_part || has_ending || has_word {
        Some(Strength::Strong)
    } else if WEAK_WORDS.contains(&last.as_str()) || squashed.ends_with("auth") {
        Some(Strength::Weak)
    } else {
        None
    }
}

/// The values in a text whose names are secret: `--token=x`, `user=a&password=b`,
/// `{"api_key":"x"}`, `Authorization: x`, `user[password]=x`, `password%3Dx`.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = Assignment> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let (at, separator) = next_separator(text, from)?;
            from = at + separator;
            let (before, value) = (text.get(..at)?, text.get(from..)?);
            let name = name_at_end(before);
            let counts = name.to_ascii_lowercase().ends_with("tokens") && is_amount(value);
            if strength(name).is_none() || counts {
                continue;
            }
            let name_at = before.trim_end_matches(BEHIND_NAMES).len() - name.len();
            let line = text.get(..name_at)?.rsplit('\n').next().unwrap_or_default();
            let lead = line.trim();
            // `--header=Cookie: …`: the value of the option begins with the name.
            let is_option = lead.starts_with('-') && !lead.contains(char::is_whitespace);
            let lead = lead.strip_suffix('=').filter(|_| is_option).map_or(lead, |_| "");
            let begins = lead.chars().all(|c| matches!(c, '-' | '/' | '{' | '"' | '\'' | '\\'));
            let owns_the_rest = begins || lead.ends_with(';');
            return Some(Assignment { name_at, value_at: from, owns_the_rest });
        }
    })
}

/// What a word without an option's dash says about the next: `password hunter2`, `Bearer x`.
pub(super) fn announces(word: &str) -> Next {
    let bare = word.trim_matches(['"', '\'', '{', '[', ',', ':']);
    let plain = bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !plain {
        return Next::Plain;
    }
    if bare.eq_ignore_ascii_case("bearer") {
        return Next::Secret;
    }
    if is_scheme(bare) {
        return Next::Value;
    }
    match strength(bare) {
        // Programs and files have such names too, `passwd` or `token-server`; what follows them is
        // hidden as well.
        Some(Strength::Strong) => Next::Value,
        Some(Strength::Weak) => Next::Token,
        None => Next::Plain,
    }
}

/// Whether a text is the name of an authentication scheme.
pub(super) fn is_scheme(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.trim().eq_ignore_ascii_case(scheme))
}

/// `=`, `:` and the encoded `%3D`, `%3A`: position and length, in bytes.
fn next_separator(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    (from..bytes.len()).find_map(|at| match bytes.get(at)? {
        b'=' | b':' => Some((at, 1)),
        b'%' => {
            let code = bytes.get(at + 1..at + 3)?;
            (code.eq_ignore_ascii_case(b"3d") || code.eq_ignore_ascii_case(b"3a"))
                .then_some((at, 3))
        }
        _ => None,
    })
}

/// The name that a text ends with, without quotes and brackets behind it.
fn name_at_end(text: &str) -> &str {
    let text = text.trim_end_matches(BEHIND_NAMES);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = text.rfind(|c| !is_name(c)).map_or(0, |at| {
        at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    text.get(start..).unwrap_or_default()
}

/// Nobody's secret is a short number under the name of many: `--max-tokens=4096` counts.
pub(super) fn is_amount(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ',', '}']);
    (1..=7).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// The words of a name in small letters: `dbPassword`, `DB_PASSWORD` and `--db-password` have the
/// same.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (starts || !c.is_ascii_alphanumeric()) && parts.last().is_some_and(|p| !p.is_empty()) {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (c.is_ascii_alphanumeric(), parts.last_mut()) {
            part.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        let check = |name: &str, expected: Option<Strength>| {
            assert_eq!(strength(name), expected, "{name}");
        };
        for name in [
            "password",
            "db-password",
            "DB_PASSWORD",
            "dbPassword",
            "MYSQL_PWD",
            "PGPASSWORD",
            "requirepass",
            "api_key",
            "X-Api-Key",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "client.secret",
            "rootpw",
            "wpa-psk",
            "passin",
            "keyStorePassword",
            "SharedAccessKey",
            "Cookie",
            "vault-token",
            "userpass",
            "AccountKey",
        ] {
            check(name, Some(Strength::Strong));
        }
        for name in ["auth", "key", "tls-key", "REDISCLI_AUTH", "masterauth", "SENTRY_DSN", "sig"] {
            check(name, Some(Strength::Weak));
        }
        for name in [
            "",
            "host",
            "password-file",
            "PGPASSFILE",
            "no-password",
            "ask-become-pass",
            "token-url",
            "bypass",
            "tokenizer",
            "keyboard",
            "author",
            "monkey",
            "seed",
            "passive",
            "key-file",
            "password-stdin",
        ] {
            check(name, None);
        }
    }

    #[test]
    fn values_begin_behind_their_names() {
        let check = |text: &str, value: Option<&str>| {
            let found = assignments(text).next().and_then(|found| text.get(found.value_at..));
            assert_eq!(found, value, "{text}");
        };
        check("--token=x", Some("x"));
        check("a=b&password=c", Some("c"));
        check(r#"{"api_key":"x"}"#, Some(r#""x"}"#));
        check(r#"{\"token\" : 5}"#, Some(" 5}"));
        check("user[password]=x", Some("x"));
        check("password%3Dx", Some("x"));
        check("Authorization: Bearer x", Some(" Bearer x"));
        check("--max-tokens=4096", None);
        check("--max-tokens=abcdef", Some("abcdef"));
        check("a=b", None);
        check("é=b", None);
    }
}
