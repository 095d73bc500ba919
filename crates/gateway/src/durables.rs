//! Durable subscriptions: who holds which name. Where they stand is kept by [`DurablePlaces`].
//!
//! A name has one holder: whoever subscribes with it takes it over, and the connection that held it
//! is closed with the reason. So two clients that share a name by mistake notice.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio_util::sync::CancellationToken;

use crate::services::DurablePlaces;

/// Held names, and where they stand. One a gateway.
pub(crate) struct Durables {
    pub(crate) places: Arc<dyn DurablePlaces>,
    held: Mutex<HashMap<Key, Holder>>,
    holds: AtomicU64,
}

/// User and name.
type Key = (String, String);

struct Holder {
    number: u64,
    taken_over: CancellationToken,
}

/// A name that a connection holds, until this is dropped or somebody else takes it over.
pub(crate) struct Hold {
    number: u64,
    key: Key,
    durables: Arc<Durables>,
}

impl Durables {
    pub(crate) fn new(places: Arc<dyn DurablePlaces>) -> Self {
        Self { places, held: Mutex::default(), holds: AtomicU64::new(0) }
    }

    /// Takes a name; whoever held it hears of it by its token.
    pub(crate) fn take(
        self: &Arc<Self>,
        user: &str,
        name: &str,
        taken_over: CancellationToken,
    ) -> Hold {
        let number = self.holds.fetch_add(1, Relaxed);
        let key = (user.to_owned(), name.to_owned());
        let before = self.held().insert(key.clone(), Holder { number, taken_over });
        if let Some(before) = before {
            before.taken_over.cancel();
        }
        Hold { number, key, durables: Arc::clone(self) }
    }

    /// Whether a connection holds the name now.
    pub(crate) fn is_held(&self, user: &str, name: &str) -> bool {
        self.held().contains_key(&(user.to_owned(), name.to_owned()))
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Key, Holder>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    pub(crate) fn name(&self) -> &str {
        &self.key.1
    }

    /// Whether nobody has taken it over.
    pub(crate) fn is_good(&self) -> bool {
        self.durables.held().get(&self.key).is_some_and(|holder| holder.number == self.number)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.durables.held();
        if held.get(&self.key).is_some_and(|holder| holder.number == self.number) {
            held.remove(&self.key);
        }
    }
}
