//! What a client says that it is. It comes from outside, is shown to admins, and proves nothing.

use http::{HeaderMap, header};

/// Characters that are kept: enough for what browsers say.
const AGENT_CHARS: usize = 200;

/// The `User-Agent`, shortened, without control characters and marks of direction.
pub(super) fn user_agent(headers: &HeaderMap) -> Option<Box<str>> {
    let said = String::from_utf8_lossy(headers.get(header::USER_AGENT)?.as_bytes());
    let kept: String =
        said.trim().chars().filter(|c| !is_deceptive(*c)).take(AGENT_CHARS).collect();
    (!kept.is_empty()).then(|| kept.into())
}

/// Control characters, and those that turn the text after them around (Unicode TR 36, section 3.1).
fn is_deceptive(c: char) -> bool {
    let turns =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
    c.is_control() || turns || c == '\u{FEFF}' || c == char::REPLACEMENT_CHARACTER
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn an_agent_is_bounded_and_shows_as_it_is() {
        let check = |bytes: &[u8], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_bytes(bytes).unwrap());
            assert_eq!(user_agent(&headers).as_deref(), expected);
        };
        check(b"curl/8.1", Some("curl/8.1"));
        check(b"  ", None);
        check("a\u{202E}b\tc".as_bytes(), Some("abc"));
        check(b"a\xFFb", Some("ab"));
        check("ä".repeat(300).as_bytes(), Some(&"ä".repeat(200)));
        assert_eq!(user_agent(&HeaderMap::new()), None);
    }
}
