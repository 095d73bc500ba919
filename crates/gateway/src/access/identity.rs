//! Who is asking, as the extractors of routes see it.

use axum::extract::FromRequestParts;
use bellwether_signal::{Role, Timestamp};
use http::{HeaderMap, header, request::Parts};

use super::rights::Who;
use crate::problem::{Kind, Problem};

/// Who a token, session or link belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name of the token that signed in: settings are kept under it.
    pub user: String,
    /// What it may do.
    pub role: Role,
    /// The id of the token that it came with; `None` for those who need none.
    pub token: Option<String>,
    /// When that token ends by itself.
    pub expires_at: Option<Timestamp>,
}

impl Identity {
    /// Somebody who came without a token, and may.
    pub fn without_token(user: &str, role: Role) -> Self {
        Self { user: user.to_owned(), role, token: None, expires_at: None }
    }
}

/// Whoever asks, signed in or not: what the guard found out.
#[derive(Clone, Debug)]
pub(crate) struct Visitor(pub(crate) Option<Identity>);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(None)))
    }
}

/// Somebody who may read signals and history.
#[derive(Debug)]
pub(crate) struct Reader(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        signed_in(parts, state, Who::Readers).await.map(Self)
    }
}

/// Somebody who may publish signals of their own.
#[derive(Debug)]
pub(crate) struct PublisherOrMore(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for PublisherOrMore {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        signed_in(parts, state, Who::Publishers).await.map(Self)
    }
}

/// Somebody who may read or publish, by socket.
#[derive(Debug)]
pub(crate) struct Talker(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Talker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        signed_in(parts, state, Who::Talkers).await.map(Self)
    }
}

/// Somebody who may upload, train, deploy, acknowledge and silence.
#[derive(Debug)]
pub(crate) struct OperatorOrMore(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for OperatorOrMore {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        signed_in(parts, state, Who::Operators).await.map(Self)
    }
}

/// Somebody who may manage who comes in, and delete.
#[derive(Debug)]
pub(crate) struct Admin(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        signed_in(parts, state, Who::Admins).await.map(Self)
    }
}

/// The guard has asked the table for the address; this asks for what the handler takes, so that the
/// two cannot say different things.
async fn signed_in<S: Sync>(parts: &mut Parts, state: &S, who: Who) -> Result<Identity, Problem> {
    let Visitor(visitor) = Visitor::from_request_parts(parts, state).await?;
    who.check(visitor.as_ref())?;
    visitor.ok_or_else(|| Problem::new(Kind::NotSignedIn, "Sign in first."))
}

/// The request is known by a browser's cookie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByCookie;

/// The cookie's name holds the port, because browsers do not tell cookies apart by it: two servers
/// on one machine would sign each other's users out.
pub(crate) fn session_cookie_name(port: u16) -> String {
    format!("bellwether_session_{port}")
}

/// What a request carries as proof.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    Bearer(String),
    Cookie(String),
    Query(String),
}

/// The proof that a request carries, the most explicit first. A token in the address is taken only
/// where clients cannot send headers (`query_allowed`).
pub(crate) fn credential(
    headers: &HeaderMap,
    query: Option<&str>,
    query_allowed: bool,
    cookie_name: &str,
) -> Option<Credential> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some((scheme, secret)) = authorization.and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(Credential::Bearer(secret.trim().to_owned()));
    }
    let in_query = query.filter(|_| query_allowed).and_then(|query| {
        query.split('&').find_map(|pair| pair.strip_prefix("token=")).map(str::to_owned)
    });
    if let Some(secret) = in_query {
        return Some(Credential::Query(secret));
    }
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut pairs =
        cookies.flat_map(|line| line.split(';')).filter_map(|p| p.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == cookie_name)
        .map(|(_, secret)| Credential::Cookie(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_most_explicit_proof_counts() {
        let mut headers = HeaderMap::new();
        let read = |headers: &HeaderMap, query| credential(headers, query, true, "s_1");
        assert_eq!(read(&headers, None), None);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; s_2=x; s_1=cookie"));
        assert_eq!(read(&headers, None), Some(Credential::Cookie("cookie".into())));
        assert_eq!(read(&headers, Some("a=1&token=q")), Some(Credential::Query("q".into())));
        let refused = credential(&headers, Some("token=q"), false, "s_1");
        assert_eq!(refused, Some(Credential::Cookie("cookie".into())));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  key"));
        assert_eq!(read(&headers, Some("token=q")), Some(Credential::Bearer("key".into())));
    }
}
