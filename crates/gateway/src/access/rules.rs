//! Which host names and origins are ours. Checking them defeats DNS rebinding and cross-site
//! WebSocket hijacking.

use std::net::{IpAddr, SocketAddr};

use bellwether_signal::Role;
use http::{HeaderMap, HeaderValue, header};

/// Chosen once, at start.
#[derive(Clone, Debug)]
pub struct AccessRules {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Whether connections are encrypted. Filled in by the server.
    pub tls: bool,
    /// Host names that are ours besides loopback and the address listened on.
    pub allowed_hosts: Vec<String>,
    /// Origins that may connect besides our own, such as `https://dashboard.example`.
    pub allowed_origins: Vec<String>,
    /// The role of whoever comes without a token, if any may.
    pub anonymous: Option<Role>,
}

impl AccessRules {
    /// Whether the request was sent to a name of ours.
    pub(crate) fn knows_host(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
            return false;
        };
        let name = name_of(host).to_ascii_lowercase();
        if name == "localhost" || name.ends_with(".localhost") {
            return true;
        }
        // An address cannot be rebound: whoever can name it reached it.
        if name.parse::<IpAddr>().is_ok_and(|ip| {
            ip.is_loopback() || ip == self.listen.ip() || self.listen.ip().is_unspecified()
        }) {
            return true;
        }
        self.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&name))
    }

    /// Whether a browser page of that origin may connect. Programs send no origin.
    pub(crate) fn knows_origin(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Ok(origin) = origin.to_str() else { return false };
        let own = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // Without TLS of ours a proxy in front may still have it.
        let schemes: &[&str] = if self.tls { &["https://"] } else { &["http://", "https://"] };
        let same = own.is_some_and(|own| {
            schemes.iter().any(|scheme| {
                origin.strip_prefix(scheme).is_some_and(|rest| rest.eq_ignore_ascii_case(own))
            })
        });
        same || self.allowed_origin(headers).is_some()
    }

    /// The origin of the page that asks, if it is not ours and may.
    pub(crate) fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        let text = origin.to_str().ok()?;
        let named = |allowed: &String| allowed.eq_ignore_ascii_case(text);
        self.allowed_origins.iter().any(named).then(|| origin.clone())
    }

    /// Whether a browser says by itself that a page of ours sent this: by its origin or, where it
    /// sends none, by `Sec-Fetch-Site` (W3C Fetch Metadata), which no page can set.
    pub(crate) fn is_from_our_page(&self, headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
        match headers.get(header::ORIGIN) {
            Some(_) => self.knows_origin(headers),
            None => site == Some("same-origin"),
        }
    }
}

/// The host without its port; an IPv6 address without its brackets.
fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> AccessRules {
        AccessRules {
            listen: "192.0.2.7:8420".parse().unwrap(),
            tls: false,
            allowed_hosts: vec!["bell.example".into()],
            allowed_origins: vec!["https://dash.example".into()],
            anonymous: None,
        }
    }

    #[test]
    fn only_own_names_are_answered() {
        let check = |host: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            assert_eq!(rules().knows_host(&headers), expected, "{host}");
        };
        check("localhost:8420", true);
        check("127.0.0.1:8420", true);
        check("[::1]:8420", true);
        check("192.0.2.7:8420", true);
        check("Bell.example", true);
        check("192.0.2.8:8420", false);
        check("rebound.example:8420", false);
        check("localhost.example", false);
        check("", false);
        assert!(!rules().knows_host(&HeaderMap::new()));
    }

    #[test]
    fn only_own_origins_connect() {
        let check = |origin: Option<&str>, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:8420"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
            }
            assert_eq!(rules().knows_origin(&headers), expected, "{origin:?}");
        };
        check(None, true);
        check(Some("http://localhost:8420"), true);
        check(Some("https://dash.example"), true);
        check(Some("http://localhost:9000"), false);
        check(Some("https://evil.example"), false);
        check(Some("null"), false);
    }

    #[test]
    fn with_tls_our_own_pages_have_it_too() {
        let with_tls = AccessRules { tls: true, ..rules() };
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("bell.example"));
        let mut check = |origin: &'static str, plain: bool, tls: bool| {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            assert_eq!(rules().knows_origin(&headers), plain, "{origin}");
            assert_eq!(with_tls.knows_origin(&headers), tls, "{origin}");
        };
        check("https://bell.example", true, true);
        check("http://bell.example", true, false);
        check("https://dash.example", true, true);
    }
}
