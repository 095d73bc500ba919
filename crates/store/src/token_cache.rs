//! Valid tokens in memory: the gateway asks on every request, the database only now and then.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellwether_signal::Timestamp;

use crate::token::{Hash, Identity, Token};

/// Tokens in memory. One more, and all are forgotten: each costs one look-up again.
const MAX_CACHED: usize = 1024;

/// How often the last use of a token is written.
const NOTE_USE_MS: i64 = 60_000;

/// Owned by the store. Holds what was valid when it was looked up, and nothing since a change.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    tokens: HashMap<Hash, Token>,
    /// Counts changes, so that what was read before one is not remembered after it.
    changes: u64,
}

/// What the cache knows of a secret.
pub(crate) enum Known {
    /// Who it is; `note` when its use is to be written.
    Valid { identity: Identity, note: bool },
    /// Nothing; `changes` is what [`TokenCache::remember`] wants to see again.
    Nothing { changes: u64 },
}

impl TokenCache {
    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn find(&self, hash: &Hash, now: Timestamp) -> Known {
        let mut cached = self.lock();
        let changes = cached.changes;
        match cached.tokens.get_mut(hash) {
            Some(token) if token.is_valid(now) => {
                let note = note(token, now);
                Known::Valid { identity: token.identity.clone(), note }
            }
            _ => Known::Nothing { changes },
        }
    }

    /// Keeps a token that was looked up after `changes`. Says whether its use is to be written.
    pub(crate) fn remember(
        &self,
        hash: Hash,
        mut token: Token,
        changes: u64,
        now: Timestamp,
    ) -> bool {
        let note = note(&mut token, now);
        let mut cached = self.lock();
        if cached.changes == changes {
            if cached.tokens.len() >= MAX_CACHED {
                cached.tokens.clear();
            }
            cached.tokens.insert(hash, token);
        }
        note
    }

    /// Forgets everything, after a change was committed.
    pub(crate) fn changed(&self) {
        let mut cached = self.lock();
        cached.tokens.clear();
        cached.changes += 1;
    }
}

/// Whether this use of the token is to be written; from then on it counts as written.
fn note(token: &mut Token, now: Timestamp) -> bool {
    let due = token.last_used_at.is_none_or(|at| (now.0 - at.0).abs() >= NOTE_USE_MS);
    if due {
        token.last_used_at = Some(now);
    }
    due
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Role;

    use super::*;
    use crate::TokenKind;

    #[test]
    fn what_was_looked_up_before_a_change_is_not_remembered_after_it() {
        let cache = TokenCache::default();
        let (hash, now) = ([7; 32], Timestamp(1_000));
        let identity = Identity {
            id: "1".into(),
            name: "ada".into(),
            role: Role::Viewer,
            kind: TokenKind::Api,
            expires_at: None,
        };
        let token = Token { identity, created_at: now, last_used_at: None, revoked_at: None };
        let known = || matches!(cache.find(&hash, now), Known::Valid { .. });
        let look_up = || match cache.find(&hash, now) {
            Known::Nothing { changes } => changes,
            Known::Valid { .. } => panic!("nothing is remembered"),
        };
        let before = look_up();
        cache.changed();
        cache.remember(hash, token.clone(), before, now);
        assert!(!known());
        cache.remember(hash, token, look_up(), now);
        assert!(known());
        cache.changed();
        assert!(!known());
    }
}
