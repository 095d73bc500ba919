//! What the client offers in `Sec-WebSocket-Extensions`, and what is agreed on (RFC 6455, section
//! 9.1; RFC 7692, section 7.1).

use http::{HeaderMap, HeaderValue, header};

const DEFLATE: &str = "permessage-deflate";
/// Bits of the window that is shared by all: 32 KiB, the most that deflate has.
const WINDOW_BITS: u8 = 15;

/// The terms of `permessage-deflate`. Nothing is carried from one message to the next, in neither
/// direction: so one packed message serves all subscribers, and an idle connection holds no window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// The client named the window that it has room for; it wants to hear so.
    window_is_named: bool,
}

impl Agreed {
    /// What the answer to the handshake says.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(if self.window_is_named {
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=15"
        } else {
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        })
    }
}

/// A header that is no list of extensions. The handshake fails then (RFC 6455, section 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The first offer that can be taken, in the client's order of preference. An offer with a parameter
/// that is unknown, doubled or out of range is declined, and the next one looked at.
pub(crate) fn agree(headers: &HeaderMap) -> Result<Option<Agreed>, Malformed> {
    let mut agreed = None;
    for line in headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS) {
        let mut rest = line.to_str().map_err(|_| Malformed)?;
        while let Some(offer) = Offer::read(&mut rest)? {
            agreed = agreed.or_else(|| offer.deflate());
        }
    }
    Ok(agreed)
}

/// One element of the list: a name, and parameters with a value or without.
struct Offer<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> Offer<'a> {
    /// Takes one element off the list; `None` at its end. Empty elements count for nothing (RFC
    /// 9110, section 5.6.1.2).
    fn read(rest: &mut &'a str) -> Result<Option<Self>, Malformed> {
        while skip(rest, ',') {}
        if rest.is_empty() {
            return Ok(None);
        }
        let mut offer = Self { name: token(rest)?, parameters: Vec::new() };
        while skip(rest, ';') {
            let name = token(rest)?;
            let value = if skip(rest, '=') { Some(value(rest)?) } else { None };
            offer.parameters.push((name, value));
        }
        if rest.is_empty() || skip(rest, ',') { Ok(Some(offer)) } else { Err(Malformed) }
    }

    fn deflate(&self) -> Option<Agreed> {
        if self.name != DEFLATE {
            return None;
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut window_is_named = false;
        for (name, value) in &self.parameters {
            if seen.contains(name) {
                return None;
            }
            seen.push(name);
            match (*name, value) {
                (
                    "server_no_context_takeover"
                    | "client_no_context_takeover"
                    | "client_max_window_bits",
                    None,
                ) => {}
                // What the client may use at most is for us to say; less costs us nothing.
                ("client_max_window_bits", Some(bits)) => {
                    window_bits(bits)?;
                }
                // A message that is packed once for all has the window that most have.
                ("server_max_window_bits", Some(bits)) if window_bits(bits)? == WINDOW_BITS => {
                    window_is_named = true;
                }
                _ => return None,
            }
        }
        Some(Agreed { window_is_named })
    }
}

/// 8 to 15, in decimal without leading zeros.
fn window_bits(text: &str) -> Option<u8> {
    (8..=15).find(|bits: &u8| bits.to_string() == text)
}

/// Takes spaces, a character if it comes, and spaces again; says whether it came.
fn skip(rest: &mut &str, wanted: char) -> bool {
    const SPACE: [char; 2] = [' ', '\t'];
    *rest = rest.trim_start_matches(SPACE);
    let after = rest.strip_prefix(wanted);
    *rest = after.unwrap_or(rest).trim_start_matches(SPACE);
    after.is_some()
}

/// RFC 9110, section 5.6.2.
fn token<'a>(rest: &mut &'a str) -> Result<&'a str, Malformed> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (token, after) = rest.split_at(end);
    *rest = after;
    if token.is_empty() { Err(Malformed) } else { Ok(token) }
}

/// A token, in quotation marks or without. No token needs an escape, so none is read.
fn value<'a>(rest: &mut &'a str) -> Result<&'a str, Malformed> {
    let Some(quoted) = rest.strip_prefix('"') else { return token(rest) };
    *rest = quoted;
    let inside = token(rest)?;
    *rest = rest.strip_prefix('"').ok_or(Malformed)?;
    Ok(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz;

    fn agree_on(lines: &[&'static str]) -> Result<Option<Agreed>, Malformed> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::SEC_WEBSOCKET_EXTENSIONS, HeaderValue::from_static(line));
        }
        agree(&headers)
    }

    #[test]
    fn offers_that_can_be_taken() {
        let check = |lines: &[&'static str], window_is_named| {
            assert_eq!(agree_on(lines), Ok(Some(Agreed { window_is_named })), "{lines:?}");
        };
        check(&["permessage-deflate"], false);
        check(&["permessage-deflate; client_max_window_bits"], false);
        check(&["permessage-deflate;client_max_window_bits=10"], false);
        check(&["permessage-deflate ; server_max_window_bits = \"15\""], true);
        check(&["x-other; a=1; b, permessage-deflate"], false);
        check(&["x-other", "permessage-deflate"], false);
        check(&[", ,permessage-deflate,"], false);
        // The second choice, because we cannot do the first.
        check(&["permessage-deflate; server_max_window_bits=10, permessage-deflate"], false);
        check(
            &["permessage-deflate; server_no_context_takeover; client_no_context_takeover"],
            false,
        );
    }

    #[test]
    fn offers_that_are_declined() {
        let check = |offer: &'static str| assert_eq!(agree_on(&[offer]), Ok(None), "{offer}");
        check("");
        check("permessage-bzip2");
        check("Permessage-Deflate");
        check("permessage-deflate; unknown");
        check("permessage-deflate; unknown=1");
        check("permessage-deflate; server_no_context_takeover=1");
        check("permessage-deflate; client_no_context_takeover; client_no_context_takeover");
        check("permessage-deflate; server_max_window_bits");
        check("permessage-deflate; server_max_window_bits=14");
        check("permessage-deflate; server_max_window_bits=16");
        check("permessage-deflate; server_max_window_bits=015");
        check("permessage-deflate; client_max_window_bits=7");
        check("permessage-deflate; client_max_window_bits=\"\u{0031}6\"");
        assert_eq!(agree_on(&[]), Ok(None));
    }

    #[test]
    fn what_is_no_list_of_extensions() {
        let check = |line: &'static str| assert_eq!(agree_on(&[line]), Err(Malformed), "{line}");
        check("permessage-deflate;");
        check("permessage-deflate; =1");
        check("permessage-deflate; a=");
        check("permessage-deflate; a=\"1");
        check("permessage-deflate; a=\"1 2\"");
        check("permessage-deflate permessage-deflate");
        check("permessage-deflate, ;");
        check("permessage/deflate");
    }

    /// What is agreed on is an offer that we would agree on again.
    #[test]
    fn fuzz_offers() {
        const OFFERS: [&str; 4] = [
            "permessage-deflate; client_max_window_bits",
            "x-other; a=\"1\", permessage-deflate; server_max_window_bits=15",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        ];
        fuzz::rounds(|random| {
            let mut headers = HeaderMap::new();
            for _ in 0..=random.below(2) {
                let mut line = random.pick(&OFFERS).as_bytes().to_vec();
                random.damage(&mut line);
                let Ok(line) = HeaderValue::from_bytes(&line) else { continue };
                headers.append(header::SEC_WEBSOCKET_EXTENSIONS, line);
            }
            if let Ok(Some(agreed)) = agree(&headers) {
                let mut answer = HeaderMap::new();
                answer.insert(header::SEC_WEBSOCKET_EXTENSIONS, agreed.header());
                assert_eq!(agree(&answer), Ok(Some(agreed)));
            }
        });
    }
}
