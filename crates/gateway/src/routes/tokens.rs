//! `/api/tokens`: who may come in, for admins: all tokens, new ones, one-time links, and the end of
//! each.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bellwether_signal::{
    HostId, Role, Timestamp,
    answer::{TokenMade, TokenUse, TokenWish, TokensAnswer},
};
use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    access::{Admin, Departure, Identity},
    gateway::Gateway,
    happenings::{token_made, token_revoked},
    problem::{Kind, Problem},
    services::NewToken,
};

/// Characters of a name.
const NAME_CHARS: usize = 100;
/// How long a link is good when nobody said: a day.
const LINK_SECONDS: u64 = 86_400;
/// The longest: 30 days for a link, ten years for a token.
const LINK_SECONDS_MAX: u64 = 30 * 86_400;
const TOKEN_SECONDS_MAX: u64 = 10 * 365 * 86_400;

/// `GET /api/tokens`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
) -> Result<Json<TokensAnswer>, Problem> {
    let mut tokens = gateway.services.accounts.tokens().await?;
    for token in &mut tokens {
        token.current = identity.token.as_ref() == Some(&token.id);
    }
    Ok(Json(TokensAnswer { tokens }))
}

/// `POST /api/tokens`.
pub(super) async fn create(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    body: Bytes,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    make(&gateway, &identity, TokenUse::Api, &body).await
}

/// `POST /api/tokens/link`.
pub(super) async fn create_link(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    body: Bytes,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    make(&gateway, &identity, TokenUse::Link, &body).await
}

/// `DELETE /api/tokens/{id}`: it ends at once.
pub(super) async fn revoke(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let tokens = gateway.services.accounts.tokens().await?;
    let token = tokens.into_iter().find(|token| token.id == id);
    if !gateway.services.accounts.revoke(&id).await? {
        let detail = "id: no token that is still good has that id; GET /api/tokens lists them all.";
        return Err(Problem::new(Kind::NotFound, detail));
    }
    gateway.stays.end(&id, Departure::Revoked);
    let token = token.as_ref().map(|token| (token.kind, &*token.name));
    gateway.services.activity.record(token_revoked(&identity.user, token));
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn make(
    gateway: &Gateway,
    by: &Identity,
    kind: TokenUse,
    body: &[u8],
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    let now = (gateway.services.clock)().wall;
    let new = read(body)
        .and_then(|wish| check(kind, wish, now))
        .map_err(|detail| Problem::new(Kind::Unprocessable, detail))?;
    let happened = token_made(&by.user, kind, &new.name, new.role);
    let made = gateway.services.accounts.create(new).await?;
    gateway.services.activity.record(happened);
    Ok((StatusCode::CREATED, Json(made)))
}

/// Reads a wish field by field, so that an error names its field.
fn read(body: &[u8]) -> Result<TokenWish, String> {
    fn field<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, String> {
        serde_json::from_value(value).map_err(|error| format!("{name}: {error}."))
    }
    let fields: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| format!("The body has to be a JSON object with a role: {error}."))?;
    let (mut name, mut role, mut expires_in_seconds) = (None, None, None);
    for (key, value) in fields {
        match &*key {
            "name" => name = field(&key, value)?,
            "role" => role = Some(field::<Role>(&key, value)?),
            "expires_in_seconds" => expires_in_seconds = field(&key, value)?,
            _ => {
                return Err(format!(
                    "{key:?}: there is no such field; there are name, role and expires_in_seconds."
                ));
            }
        }
    }
    let role = role.ok_or_else(|| {
        let roles = Role::ALL.map(Role::name).join(", ");
        format!("role: is missing; it is one of {roles}.")
    })?;
    Ok(TokenWish { name, role, expires_in_seconds })
}

/// Whether a wish makes sense, and what it asks for; the complaint starts with the field's name.
pub fn check(kind: TokenUse, wish: TokenWish, now: Timestamp) -> Result<NewToken, String> {
    let TokenWish { name, role, expires_in_seconds } = wish;
    let link = kind == TokenUse::Link;
    if link && !role.reads() {
        return Err(format!(
            "role: a link signs a browser in, where the role {} sees nothing; make a token instead.",
            role.name()
        ));
    }
    if role == Role::Agent && name.as_deref().is_none_or(|name| HostId::parse(name).is_err()) {
        return Err("name: an agent's token bears the host that it speaks for, such as web-1: \
                    small letters, digits and hyphens, at most 63."
            .to_owned());
    }
    let name = name.unwrap_or_else(|| role.name().to_owned());
    let length = name.chars().count();
    if name.trim().is_empty() || length > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(format!(
            "name: has 1 to {NAME_CHARS} characters, none of them a control character."
        ));
    }
    let longest = if link { LINK_SECONDS_MAX } else { TOKEN_SECONDS_MAX };
    let seconds = expires_in_seconds.or(link.then_some(LINK_SECONDS));
    if let Some(seconds) = seconds
        && !(1..=longest).contains(&seconds)
    {
        let without = if link { "a link is good for a day" } else { "a token does not end" };
        return Err(format!(
            "expires_in_seconds: is at least 1 and at most {longest} ({} days); without it \
             {without}.",
            longest / 86_400
        ));
    }
    let expires_at = seconds.map(|seconds| {
        let ms = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        Timestamp(now.0.saturating_add(ms))
    });
    Ok(NewToken { kind, name, role, expires_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(kind: TokenUse, body: &str) -> Result<NewToken, String> {
        read(body.as_bytes()).and_then(|wish| check(kind, wish, Timestamp(1_000)))
    }

    #[test]
    fn wrong_wishes_name_their_field() {
        let check = |kind, body: &str, part: &str| {
            let told = wish(kind, body).expect_err(body);
            assert!(told.contains(part), "{body}: {told}");
        };
        check(TokenUse::Api, "", "JSON object");
        check(TokenUse::Api, "[]", "JSON object");
        check(TokenUse::Api, "{}", "role: is missing; it is one of viewer");
        check(TokenUse::Api, r#"{"role":"root"}"#, "role: unknown variant `root`");
        check(TokenUse::Api, r#"{"role":"viewer","nmae":"x"}"#, "\"nmae\": there is no such");
        check(TokenUse::Api, r#"{"role":"viewer","name":""}"#, "name:");
        check(TokenUse::Api, r#"{"role":"viewer","name":" "}"#, "name:");
        check(TokenUse::Api, r#"{"role":"viewer","name":7}"#, "name:");
        check(TokenUse::Api, r#"{"role":"viewer","name":"a\u0007"}"#, "name:");
        let long = format!(r#"{{"role":"viewer","name":"{}"}}"#, "x".repeat(101));
        check(TokenUse::Api, &long, "name: has 1 to 100");
        check(TokenUse::Api, r#"{"role":"agent"}"#, "name: an agent's token bears the host");
        check(TokenUse::Api, r#"{"role":"agent","name":"Web 1"}"#, "name: an agent's token");
        for absurd in ["0", "-1", "1.5", "315360001", "18446744073709551615", "1e99", "\"1d\""] {
            let body = format!(r#"{{"role":"viewer","expires_in_seconds":{absurd}}}"#);
            check(TokenUse::Api, &body, "expires_in_seconds:");
        }
        check(TokenUse::Link, r#"{"role":"viewer","expires_in_seconds":2592001}"#, "30 days");
        check(TokenUse::Link, r#"{"role":"publisher"}"#, "role: a link signs a browser in");
    }

    #[test]
    fn what_nobody_said_is_chosen() {
        let new = wish(TokenUse::Link, r#"{"role":"viewer"}"#).unwrap();
        assert_eq!((&*new.name, new.expires_at), ("viewer", Some(Timestamp(86_401_000))));
        let new = wish(TokenUse::Api, r#"{"role":"agent","name":"web-1"}"#).unwrap();
        assert_eq!((&*new.name, new.expires_at), ("web-1", None));
        let body = r#"{"role":"admin","name":null,"expires_in_seconds":60}"#;
        let new = wish(TokenUse::Api, body).unwrap();
        assert_eq!((&*new.name, new.expires_at), ("admin", Some(Timestamp(61_000))));
    }
}
