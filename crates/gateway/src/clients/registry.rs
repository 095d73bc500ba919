//! The list of all who are connected, and what passed all of them, by dialect.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use bellwether_hub::Hub;
use bellwether_signal::Moment;
use http::HeaderMap;
use tokio::sync::Notify;

use super::{
    Client, Cut, Dialect, Histogram, Seat,
    agent::user_agent,
    figures::{Figures, Sums},
    room::{Bounds, Full, Room},
};
use crate::{
    access::{Departure, Identity},
    limits::ServerLimits,
    metrics::Count,
};

/// Bounds of the buckets of a delay: 1 ms to 10 s.
const LATENCY_MS: &[u64] = &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
/// Bounds for the text of a flush: 256 B to 1 MiB, each four times the one before.
const FLUSH_BYTES: &[u64] = &[256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];
/// Bounds for the messages of a flush.
const FLUSH_MESSAGES: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];

/// Who is connected. Owned by the gateway.
pub(crate) struct Clients {
    pub(super) hub: Hub,
    pub(super) clock: fn() -> Moment,
    state: Mutex<State>,
    meters: [Arc<Meters>; Dialect::ALL.len()],
    refused: [Count; Full::NAMES.len()],
    /// Somebody came or went.
    pub(super) changed: Notify,
}

struct State {
    room: Room,
    /// By number, oldest first.
    open: BTreeMap<u64, Arc<Client>>,
    newest: u64,
    by_dialect: [Past; Dialect::ALL.len()],
}

/// What is left of those who went.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    opened: u64,
    sums: Sums,
}

/// What all connections of a dialect share.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) latency_ms: Histogram,
    pub(crate) flush_bytes: Histogram,
    pub(crate) flush_messages: Histogram,
    cuts: [Count; Cut::ALL.len()],
}

/// Somebody who wants to come in.
pub(crate) struct Newcomer<'a> {
    pub(crate) identity: &'a Identity,
    /// `None` for who came through the control socket.
    pub(crate) address: Option<IpAddr>,
    /// Of its handshake.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) dialect: Dialect,
}

/// All connections of one dialect together, those that are gone included.
#[derive(Clone, Debug)]
pub(crate) struct DialectTotals {
    pub(crate) dialect: Dialect,
    /// Open now …
    pub(crate) open: u64,
    /// … and ever.
    pub(crate) opened: u64,
    /// Patterns subscribed now.
    pub(crate) patterns: u64,
    /// What waits now.
    pub(crate) waiting_bytes: u64,
    pub(crate) waiting_publications: u64,
    pub(crate) sums: Sums,
    pub(crate) meters: Arc<Meters>,
}

impl Meters {
    fn new() -> Self {
        Self {
            latency_ms: Histogram::new(LATENCY_MS),
            flush_bytes: Histogram::new(FLUSH_BYTES),
            flush_messages: Histogram::new(FLUSH_MESSAGES),
            cuts: Default::default(),
        }
    }

    pub(super) fn cut(&self, why: Cut) {
        if let Some(count) = self.cuts.get(why as usize) {
            count.add(1);
        }
    }

    /// How often each reason ended a connection.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = (Cut, u64)> {
        Cut::ALL.into_iter().zip(self.cuts.iter().map(Count::value))
    }
}

impl Clients {
    pub(crate) fn new(hub: Hub, clock: fn() -> Moment, limits: &ServerLimits) -> Arc<Self> {
        let ServerLimits { sockets, per_address, per_token, exempt_loopback, .. } = *limits;
        let room = Room::new(Bounds { sockets, per_address, per_token, exempt_loopback });
        let state =
            State { room, open: BTreeMap::new(), newest: 0, by_dialect: Default::default() };
        Arc::new(Self {
            hub,
            clock,
            state: Mutex::new(state),
            meters: std::array::from_fn(|_| Arc::new(Meters::new())),
            refused: Default::default(),
            changed: Notify::new(),
        })
    }

    /// Takes a place for a newcomer; it is given back when the seat is dropped.
    pub(crate) fn admit(self: &Arc<Self>, newcomer: &Newcomer<'_>) -> Result<Seat, Full> {
        let Newcomer { identity, address, headers, dialect } = newcomer;
        let (opened, agent) = ((self.clock)(), user_agent(headers));
        let meters = Arc::clone(self.meters.get(*dialect as usize).expect("a row a dialect"));
        let mut state = self.state();
        let taken = state.room.take(dialect.is_socket(), *address, identity.token.as_deref());
        if let Err(full) = taken {
            if let Some(count) = self.refused.get(full.place()) {
                count.add(1);
            }
            return Err(full);
        }
        state.newest += 1;
        if let Some(past) = state.by_dialect.get_mut(*dialect as usize) {
            past.opened += 1;
        }
        let number = state.newest;
        let client = Arc::new(Client {
            number,
            name: format!("{}-{number}", dialect.prefix()).into(),
            user: identity.user.as_str().into(),
            role: identity.role,
            token: identity.token.as_deref().map(Into::into),
            address: *address,
            dialect: *dialect,
            agent,
            opened,
            figures: Figures::default(),
            meters,
            subscriber: OnceLock::new(),
            dismissal: Arc::default(),
        });
        client.figures.begins(u64::try_from(opened.wall.0).unwrap_or_default());
        state.open.insert(number, Arc::clone(&client));
        drop(state);
        self.changed.notify_one();
        Ok(Seat { clients: Arc::clone(self), client })
    }

    pub(super) fn leave(&self, client: &Client) {
        let mut state = self.state();
        if state.open.remove(&client.number).is_none() {
            return;
        }
        let (is_socket, token) = (client.dialect.is_socket(), client.token.as_deref());
        state.room.leave(is_socket, client.address, token);
        if let Some(past) = state.by_dialect.get_mut(client.dialect as usize) {
            past.sums += client.figures.sums(None);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Ends a connection, whose client is told that it was an admin; answers who it was.
    pub(crate) fn dismiss(&self, name: &str) -> Option<Arc<Client>> {
        let found = self.state().open.values().find(|client| &*client.name == name).cloned();
        if let Some(client) = &found {
            client.dismissal.come(Departure::Dismissed);
        }
        found
    }

    /// All who are connected, oldest first.
    pub(super) fn open(&self) -> Vec<Arc<Client>> {
        self.state().open.values().cloned().collect()
    }

    /// Each dialect's totals. Taken under the list's lock, so that nobody counts twice while going.
    pub(crate) fn totals(&self) -> Vec<DialectTotals> {
        let state = self.state();
        let rows = Dialect::ALL.into_iter().zip(&state.by_dialect).zip(&self.meters);
        let mut totals: Vec<DialectTotals> = rows
            .map(|((dialect, past), meters)| DialectTotals {
                dialect,
                open: 0,
                opened: past.opened,
                patterns: 0,
                waiting_bytes: 0,
                waiting_publications: 0,
                sums: past.sums,
                meters: Arc::clone(meters),
            })
            .collect();
        for client in state.open.values() {
            let Some(total) = totals.get_mut(client.dialect as usize) else { continue };
            let standing = client.subscriber.get().and_then(|id| self.hub.standing(*id));
            total.open += 1;
            total.waiting_bytes += client.figures.waiting_bytes();
            if let Some(standing) = &standing {
                total.patterns += standing.patterns.len() as u64;
                total.waiting_publications += standing.behind;
            }
            total.sums += client.figures.sums(standing.map(|standing| standing.tally));
        }
        totals
    }

    /// How often each bound refused somebody, by name.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Full::NAMES.into_iter().zip(self.refused.iter().map(Count::value))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bellwether_hub::{Limits, Tally};
    use bellwether_signal::Role;
    use bellwether_sys::clock;

    use super::*;

    fn clients(limits: &ServerLimits) -> (Hub, Arc<Clients>) {
        let hub = Hub::new(1, Limits::default(), Box::new(|_, _| ()));
        (hub.clone(), Clients::new(hub, clock::now, limits))
    }

    fn newcomer<'a>(identity: &'a Identity, headers: &'a HeaderMap) -> Newcomer<'a> {
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        Newcomer { identity, address, headers, dialect: Dialect::Bellwether }
    }

    #[test]
    fn totals_do_not_go_back_when_somebody_goes() {
        let (hub, clients) = clients(&ServerLimits::default());
        let identity = Identity::without_token("ada", Role::Viewer);
        let headers = HeaderMap::new();
        let one = clients.admit(&newcomer(&identity, &headers)).unwrap();
        let two = clients.admit(&newcomer(&identity, &headers)).unwrap();
        assert_eq!((one.name(), two.name()), ("ws-1", "ws-2"));
        let shard = hub.add_shard(|| ()).unwrap();
        let id = hub.add_subscriber(shard, Role::Viewer).unwrap();
        one.is_subscriber(id);
        one.sends(2, 100);
        one.wrote(110, 5);
        let ours = || clients.totals().remove(Dialect::Bellwether as usize);
        let before = ours();
        assert_eq!((before.open, before.opened, before.waiting_bytes), (2, 2, 5));
        one.leaves(&hub, id);
        drop(one);
        let after = ours();
        assert_eq!((after.open, after.opened, after.waiting_bytes), (1, 2, 0));
        assert_eq!(after.sums, before.sums);
        assert_eq!(after.sums.sent_wire_bytes, 110);
        assert_eq!(after.sums.tally, Tally::default());
    }

    #[test]
    fn a_bound_refuses_and_counts() {
        let limits = ServerLimits { per_address: 1, ..ServerLimits::default() };
        let (_, clients) = clients(&limits);
        let identity = Identity::without_token("ada", Role::Viewer);
        let headers = HeaderMap::new();
        let one = clients.admit(&newcomer(&identity, &headers)).unwrap();
        assert_eq!(clients.admit(&newcomer(&identity, &headers)).unwrap_err(), Full::Address(1));
        let refused: Vec<_> = clients.refused().collect();
        assert_eq!(refused, [("total", 0), ("address", 1), ("token", 0)]);
        drop(one);
        assert!(clients.admit(&newcomer(&identity, &headers)).is_ok());
    }
}
