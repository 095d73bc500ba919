//! The opening handshake (RFC 6455, section 4.2).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_signal::protocol::SUBPROTOCOL;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use sha1::{Digest, Sha1};

use super::extension::{self, Agreed};
use crate::problem::{Kind, Problem};

const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What is going to be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// The subprotocol `bellwether.v1`.
    Bellwether,
    /// The dialect of the address: no subprotocol was offered at all.
    Dialect,
}

/// A request to open a socket that is as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    key: String,
    spoken: Spoken,
    /// Packed messages, where the client offered them on terms that we have.
    deflate: Option<Agreed>,
}

impl Offer {
    /// Checks the headers; a problem says what is missing.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let names = |name, token: &str| {
            headers
                .get_all(name)
                .into_iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|list| list.split(','))
                .any(|word| word.trim().eq_ignore_ascii_case(token))
        };
        if !names(header::UPGRADE, "websocket") || !names(header::CONNECTION, "upgrade") {
            return Err(Problem::new(
                Kind::UpgradeRequired,
                format!("Connect here by WebSocket with the subprotocol {SUBPROTOCOL}."),
            ));
        }
        let bad = |detail: &str| Err(Problem::new(Kind::BadRequest, detail));
        if only(headers, header::SEC_WEBSOCKET_VERSION) != Some("13") {
            return Err(Problem::new(
                Kind::UpgradeRequired,
                "Only version 13 of WebSocket is spoken here (Sec-WebSocket-Version).",
            ));
        }
        let key = only(headers, header::SEC_WEBSOCKET_KEY);
        let Some(key) = key.filter(|key| STANDARD.decode(key).is_ok_and(|key| key.len() == 16))
        else {
            return bad("Sec-WebSocket-Key has to be 16 bytes in base64.");
        };
        let spoken = if names(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
            Spoken::Bellwether
        } else if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
            return bad(
                "Offer the subprotocol bellwether.v1 (Sec-WebSocket-Protocol), or none for \
                        the flat dialect.",
            );
        } else {
            Spoken::Dialect
        };
        let Ok(deflate) = extension::agree(headers) else {
            return bad("Sec-WebSocket-Extensions has to be a list of names with parameters.");
        };
        Ok(Self { key: key.to_owned(), spoken, deflate })
    }

    /// What is going to be spoken.
    pub(crate) fn spoken(&self) -> Spoken {
        self.spoken
    }

    /// The same without packed messages.
    pub(crate) fn without_deflate(self) -> Self {
        Self { deflate: None, ..self }
    }

    /// Whether messages may be packed.
    pub(crate) fn deflates(&self) -> bool {
        self.deflate.is_some()
    }
}

/// The value of a header that may be there once only (section 11.3).
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

/// The answer that agrees.
pub(crate) fn accept<B: Default>(offer: &Offer) -> Response<B> {
    let digest = Sha1::new().chain_update(&offer.key).chain_update(GUID).finalize();
    let proof = HeaderValue::try_from(STANDARD.encode(digest)).expect("base64 is visible ASCII");
    let mut response = Response::new(B::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, proof);
    if offer.spoken == Spoken::Bellwether {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    if let Some(agreed) = offer.deflate {
        headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, agreed.header());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    const GOOD: [(&str, &str); 5] = [
        ("upgrade", "WebSocket"),
        ("connection", "keep-alive, Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "other, bellwether.v1"),
    ];

    #[test]
    fn the_example_of_the_rfc() {
        let offer = Offer::read(&headers(&GOOD)).unwrap();
        let response: Response<String> = accept(&offer);
        assert_eq!(response.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn each_missing_header_is_refused() {
        for missing in GOOD.into_iter().take(4) {
            let given: Vec<_> = GOOD.into_iter().filter(|header| *header != missing).collect();
            assert!(Offer::read(&headers(&given)).is_err(), "{missing:?}");
        }
    }

    #[test]
    fn without_a_subprotocol_it_is_the_dialect_and_another_one_is_refused() {
        let [upgrade, connection, version, key, protocol] = GOOD;
        let spoken = |last: &[(&'static str, &'static str)]| {
            let all = [&[upgrade, connection, version, key], last].concat();
            Offer::read(&headers(&all)).map(|offer| (offer.spoken(), accept::<String>(&offer)))
        };
        let (is, response) = spoken(&[]).unwrap();
        assert_eq!(is, Spoken::Dialect);
        assert!(!response.headers().contains_key("sec-websocket-protocol"));
        assert_eq!(spoken(&[protocol]).unwrap().0, Spoken::Bellwether);
        assert!(spoken(&[("sec-websocket-protocol", "graphql-ws")]).is_err());
        assert!(spoken(&[("sec-websocket-protocol", "")]).is_err());
    }
}
