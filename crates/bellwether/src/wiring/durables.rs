//! Where durable subscriptions stand is the store's.

use bellwether_gateway::{Answer, DurablePlaces};
use bellwether_signal::{Timestamp, Topic, answer::DurableEntry, protocol::Position};
use bellwether_store::{DURABLE_KEPT_MS, Durable, Store};
use bellwether_sys::clock;

use super::ask;

pub(crate) struct StoredDurables(pub(crate) Store);

impl DurablePlaces for StoredDurables {
    fn open<'a>(
        &'a self,
        user: &'a str,
        name: &'a str,
        begins: Vec<(Topic, Position)>,
    ) -> Answer<'a, Vec<(Topic, Position)>> {
        let (user, name, now) = (user.to_owned(), name.to_owned(), clock::now().wall);
        ask(&self.0, move |store| store.open_durable(&user, &name, &begins, now))
    }

    fn acknowledge<'a>(
        &'a self,
        user: &'a str,
        name: &'a str,
        positions: Vec<(Topic, Position)>,
    ) -> Answer<'a, bool> {
        let (user, name, now) = (user.to_owned(), name.to_owned(), clock::now().wall);
        ask(&self.0, move |store| store.acknowledge(&user, &name, &positions, now))
    }

    fn list<'a>(&'a self, user: Option<&'a str>) -> Answer<'a, Vec<DurableEntry>> {
        let (user, now) = (user.map(str::to_owned), clock::now().wall);
        ask(&self.0, move |store| {
            let found = store.durables(user.as_deref(), now)?;
            Ok(found.into_iter().map(entry).collect())
        })
    }

    fn delete<'a>(&'a self, user: &'a str, name: &'a str) -> Answer<'a, bool> {
        let (user, name) = (user.to_owned(), name.to_owned());
        ask(&self.0, move |store| store.delete_durable(&user, &name))
    }
}

fn entry(durable: Durable) -> DurableEntry {
    let Durable { user, name, created_at, used_at, topics } = durable;
    let expires_at = Timestamp(used_at.0.saturating_add(DURABLE_KEPT_MS));
    DurableEntry { user, name, created_at, used_at, expires_at, topics, connected: false }
}
