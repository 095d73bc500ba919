//! Names from outside: a file's, cleaned, and ids of our own.

use bellwether_signal::Timestamp;

use super::CatalogError;

/// Characters of a file's name; what is longer loses its beginning, not its ending.
const NAME_CHARS: usize = 120;
/// Endings of files that hold tables as text.
const ENDINGS: [&str; 3] = [".csv", ".tsv", ".txt"];

/// A file's name as it may be shown and kept: without folders, control characters and the marks that
/// turn the direction of writing around.
pub(super) fn clean(name: &str) -> Result<String, CatalogError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_seen = |c: &char| {
        !c.is_control()
            && !matches!(*c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let seen: String = last.chars().filter(is_seen).collect();
    let seen = seen.trim();
    let lower = seen.to_lowercase();
    if !ENDINGS.iter().any(|ending| lower.len() > ending.len() && lower.ends_with(ending)) {
        return Err(CatalogError::Name(seen.chars().take(NAME_CHARS).collect()));
    }
    let skipped = seen.chars().count().saturating_sub(NAME_CHARS);
    Ok(seen.chars().skip(skipped).collect())
}

/// A UUID of version 7 (RFC 9562): ids sort by time.
pub(crate) fn new_id(now: Timestamp) -> String {
    let mut tail = [0; 10];
    // Without random bits the time still tells ids apart, and a taken id is refused.
    let _filled = getrandom::fill(&mut tail);
    let at_ms = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(at_ms, &tail).into_uuid().to_string()
}

/// A SHA-256 as we write it.
pub(super) fn hash(text: &str) -> Result<String, CatalogError> {
    let text = text.trim().to_ascii_lowercase();
    let is_hash = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(text).ok_or(CatalogError::NotAHash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_what_is_not_seen() {
        let check = |name: &str, expected: &str| assert_eq!(clean(name).unwrap(), expected);
        check("churn.csv", "churn.csv");
        check("../../etc/passwd.csv", "passwd.csv");
        check("C:\\Users\\Ann\\Kunden 2026.CSV", "Kunden 2026.CSV");
        check("a\r\nSet-Cookie: x=1\0.csv", "aSet-Cookie: x=1.csv");
        check("evil\u{202E}vsc.csv", "evilvsc.csv");
        check("größe.tsv", "größe.tsv");
        let long = format!("{}.csv", "x".repeat(5_000));
        let kept = clean(&long).unwrap();
        assert_eq!(kept.chars().count(), NAME_CHARS);
        assert_eq!(kept.split('x').next_back(), Some(".csv"));
    }

    #[test]
    fn other_endings_are_refused() {
        for name in ["", ".csv", "a.csv/", "model.bin", "a.xlsx", "a.csv.exe", "csv", "\u{7}.csv"] {
            assert!(matches!(clean(name), Err(CatalogError::Name(_))), "{name:?}");
        }
    }

    #[test]
    fn ids_sort_by_time_and_differ() {
        let ids = [new_id(Timestamp(1)), new_id(Timestamp(2)), new_id(Timestamp(2))];
        assert!(ids[0] < ids[1] && ids[1] != ids[2], "{ids:?}");
        assert_eq!(ids[0].len(), 36);
    }
}
