//! Tokens: who may come in, by a secret of which only the SHA-256 is kept.
//!
//! A secret is 256 random bits, so that its plain hash can be neither guessed nor reversed; it is looked up by that
//! hash, and how long a look-up takes says nothing about the secret.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bellwether_signal::{Role, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// Tokens, sessions and links that there may be; one more is refused.
pub const MAX_TOKENS: usize = 10_000;

/// Characters of a token's name.
const MAX_NAME: usize = 100;

/// How long an expired or revoked API token stays in the list, for those who look why it stopped.
const REMEMBER_MS: i64 = 7 * 86_400_000;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A program's, sent with each request.
    Api,
    /// A browser's, in its cookie.
    Session,
    /// Good for one sign-in, which makes a session.
    Link,
}

impl TokenKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Session => "session",
            Self::Link => "link",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Api, Self::Session, Self::Link].into_iter().find(|kind| kind.name() == name)
    }
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub kind: TokenKind,
    /// Whose it is: the user's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it ends by itself; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A token that was made. The secret is told this once.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    /// Names it, to revoke it.
    pub id: String,
    /// What its owner shows: 43 characters of base64url.
    pub secret: String,
}

/// Without the secret: what is printed may end in a log.
impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("IssuedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who showed a valid secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The token's id.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// When it ends by itself; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Who it lets in.
    pub identity: Identity,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked or, a link, used up.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it lets anybody in.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.identity.expires_at.is_none_or(|at| now < at)
    }
}

/// The hash that is kept of a secret.
pub(crate) type Hash = [u8; 32];

pub(crate) fn hash(secret: &str) -> Hash {
    Sha256::digest(secret).into()
}

/// A fresh secret and an id that sorts by time (UUID version 7, RFC 9562).
pub(crate) fn issue(now: Timestamp) -> Result<IssuedToken, StoreError> {
    let (mut secret, mut tail) = ([0; 32], [0; 10]);
    getrandom::fill(&mut secret).map_err(StoreError::Random)?;
    getrandom::fill(&mut tail).map_err(StoreError::Random)?;
    let at_ms = u64::try_from(now.0).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(at_ms, &tail).into_uuid();
    Ok(IssuedToken { id: id.to_string(), secret: URL_SAFE_NO_PAD.encode(secret) })
}

/// Whether a name is one.
pub(crate) fn check_name(name: &str) -> Result<(), StoreError> {
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control))
        .then_some(())
        .ok_or(StoreError::TokenName { limit: MAX_NAME })
}

/// Writes a token, after forgetting what ended.
pub(crate) fn insert(
    connection: &Connection,
    new: &NewToken,
    issued: &IssuedToken,
    now: Timestamp,
) -> Result<(), StoreError> {
    forget_ended(connection, now)?;
    let count: u32 = connection.query_row("SELECT count(*) FROM token", [], |row| row.get(0))?;
    if count as usize >= MAX_TOKENS {
        return Err(StoreError::TooManyTokens { limit: MAX_TOKENS });
    }
    connection
        .prepare_cached(
            "INSERT INTO token (id, kind, name, role, hash, created_at_ms, expires_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            &issued.id,
            new.kind.name(),
            &new.name,
            new.role.name(),
            hash(&issued.secret),
            now.0,
            new.expires_at.map(|at| at.0),
        ))?;
    Ok(())
}

fn forget_ended(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM token
             WHERE min(ifnull(expires_at_ms, 9e18), ifnull(revoked_at_ms, 9e18))
                 <= iif(kind = 'api', ?1, ?2)",
        )?
        .execute((now.0.saturating_sub(REMEMBER_MS), now.0))?;
    Ok(())
}

const COLUMNS: &str = "SELECT id, kind, name, role, created_at_ms, expires_at_ms, last_used_at_ms, revoked_at_ms FROM token";

/// All there are, oldest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Token>, StoreError> {
    let read = || {
        let mut select = connection.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
        select.query_map([], token)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(StoreError::read("read tokens"))?.into_iter().collect()
}

/// The token with that hash, valid or not.
pub(crate) fn find(connection: &Connection, hash: &Hash) -> Result<Option<Token>, StoreError> {
    connection
        .prepare_cached(&format!("{COLUMNS} WHERE hash = ?1"))
        .and_then(|mut select| select.query_row([hash], token).optional())
        .map_err(StoreError::read("look up a token"))?
        .transpose()
}

fn token(row: &Row<'_>) -> rusqlite::Result<Result<Token, StoreError>> {
    let id: String = row.get(0)?;
    let (kind, role): (String, String) = (row.get(1)?, row.get(3)?);
    let (Some(kind), Some(role)) = (TokenKind::from_name(&kind), Role::from_name(&role)) else {
        return Ok(Err(StoreError::Record { what: format!("token {id}") }));
    };
    let time = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(index)?.map(Timestamp));
    Ok(Ok(Token {
        identity: Identity { id, name: row.get(2)?, role, kind, expires_at: time(5)? },
        created_at: Timestamp(row.get(4)?),
        last_used_at: time(6)?,
        revoked_at: time(7)?,
    }))
}

/// Uses up a link and writes the session that it makes; `None` when the link is none, or no more.
pub(crate) fn redeem(
    connection: &Connection,
    link: &Hash,
    session: &IssuedToken,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Identity>, StoreError> {
    let Some(found) = find(connection, link)? else { return Ok(None) };
    if found.identity.kind != TokenKind::Link || !found.is_valid(now) {
        return Ok(None);
    }
    connection
        .prepare_cached("UPDATE token SET revoked_at_ms = ?2, last_used_at_ms = ?2 WHERE id = ?1")?
        .execute((&found.identity.id, now.0))?;
    let Identity { name, role, .. } = found.identity;
    let kind = TokenKind::Session;
    let expires_at = Some(expires_at);
    let new = NewToken { kind, name: name.clone(), role, expires_at };
    insert(connection, &new, session, now)?;
    Ok(Some(Identity { id: session.id.clone(), name, role, kind, expires_at }))
}

/// Ends a token; false when there is none of that id that was still good.
pub(crate) fn revoke(
    connection: &Connection,
    id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = connection
        .prepare_cached(
            "UPDATE token SET revoked_at_ms = ?2 WHERE id = ?1 AND revoked_at_ms IS NULL",
        )?
        .execute((id, now.0))?;
    Ok(changed > 0)
}

/// Notes when a token was used.
pub(crate) fn used(connection: &Connection, id: &str, now: Timestamp) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE token SET last_used_at_ms = ?2 WHERE id = ?1")?
        .execute((id, now.0))?;
    Ok(())
}
