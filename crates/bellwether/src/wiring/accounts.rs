//! The gateway's accounts are the store's tokens.

use bellwether_gateway::{Accounts, Answer, Identity, SignIn};
use bellwether_store::Store;
use bellwether_sys::clock;

use super::ask;

/// How long a browser stays signed in: 30 days.
const SESSION_MS: i64 = 30 * 86_400_000;

pub(crate) struct StoredAccounts(pub(crate) Store);

fn identity(stored: bellwether_store::Identity) -> Identity {
    Identity { user: stored.name, role: stored.role }
}

impl Accounts for StoredAccounts {
    fn verify<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Identity>> {
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

    fn sign_out<'a>(&'a self, secret: &'a str) -> Answer<'a, ()> {
        let secret = secret.to_owned();
        ask(&self.0, move |store| {
            let now = clock::now().wall;
            if let Some(session) = store.verify_token(&secret, now)? {
                store.revoke_token(&session.id, now)?;
            }
            Ok(())
        })
    }
}
