//! The gateway's accounts are the store's tokens.

use bellwether_gateway::{Accounts, Answer, Identity, NewToken, SignIn};
use bellwether_signal::answer::{TokenEntry, TokenMade, TokenUse};
use bellwether_store::{Store, Token, TokenKind};
use bellwether_sys::clock;

use super::ask;

/// How long a browser stays signed in: 30 days.
const SESSION_MS: i64 = 30 * 86_400_000;

pub(crate) struct StoredAccounts(pub(crate) Store);

fn identity(stored: bellwether_store::Identity) -> Identity {
    Identity {
        user: stored.name,
        role: stored.role,
        token: Some(stored.id),
        expires_at: stored.expires_at,
    }
}

fn entry(token: Token) -> TokenEntry {
    TokenEntry {
        id: token.identity.id,
        kind: match token.identity.kind {
            TokenKind::Api => TokenUse::Api,
            TokenKind::Session => TokenUse::Session,
            TokenKind::Link => TokenUse::Link,
        },
        name: token.identity.name,
        role: token.identity.role,
        created_at: token.created_at,
        expires_at: token.identity.expires_at,
        last_used_at: token.last_used_at,
        revoked_at: token.revoked_at,
        current: false,
    }
}

fn stored(new: NewToken) -> bellwether_store::NewToken {
    bellwether_store::NewToken {
        kind: match new.kind {
            TokenUse::Api => TokenKind::Api,
            TokenUse::Session => TokenKind::Session,
            TokenUse::Link => TokenKind::Link,
        },
        name: new.name,
        role: new.role,
        expires_at: new.expires_at,
    }
}

impl Accounts for StoredAccounts {
    /// What was looked up before is answered at once; only the first look-up takes a thread.
    fn verify<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Identity>> {
        if let Some(known) = self.0.known_token(secret, clock::now().wall) {
            return Box::pin(std::future::ready(Ok(Some(identity(known)))));
        }
        let secret = secret.to_owned();
        ask(&self.0, move |store| Ok(store.verify_token(&secret, clock::now().wall)?.map(identity)))
    }

    fn redeem<'a>(&'a self, code: &'a str) -> Answer<'a, Option<SignIn>> {
        let code = code.to_owned();
        ask(&self.0, move |store| {
            let redeemed = store.redeem_link(&code, clock::now().wall, SESSION_MS)?;
            Ok(redeemed.map(|(session, stored)| SignIn {
                secret: session.secret,
                identity: identity(stored),
            }))
        })
    }

    fn tokens(&self) -> Answer<'_, Vec<TokenEntry>> {
        ask(&self.0, |store| Ok(store.list_tokens()?.into_iter().map(entry).collect()))
    }

    fn create(&self, new: NewToken) -> Answer<'_, TokenMade> {
        let (kind, expires_at) = (new.kind, new.expires_at);
        ask(&self.0, move |store| {
            let issued = store.create_token(stored(new), clock::now().wall)?;
            let path = (kind == TokenUse::Link).then(|| format!("/sign-in?code={}", issued.secret));
            Ok(TokenMade { id: issued.id, secret: issued.secret, path, expires_at })
        })
    }

    fn revoke<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        let id = id.to_owned();
        ask(&self.0, move |store| store.revoke_token(&id, clock::now().wall))
    }
}
