//! Who is in the namespace, and how they are told something.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use socketioxide::{SendError, SocketError, extract::SocketRef, socket::Sid};
use tokio::task::yield_now;
use tracing::debug;

use super::visit::{Lines, Visit};
use crate::{clients::Cut, metrics::GatewayCounts};

/// What is said: the event's name and its payload.
pub(super) type Said = (&'static str, Value);

/// All clients.
pub(super) struct Clients {
    here: Mutex<HashMap<Sid, Client>>,
    pub(super) lines: Arc<Lines>,
    pub(super) counts: Arc<GatewayCounts>,
    /// A client that takes nothing for this long is cut.
    stuck_after: Duration,
}

struct Client {
    socket: SocketRef,
    visit: Arc<Visit>,
    /// Since when it has no room for more.
    full_since: Option<Duration>,
}

/// What became of something said to one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    All,
    /// Its buffer is full; the rest was left out.
    Full,
    Gone,
}

impl Clients {
    pub(super) fn new(counts: Arc<GatewayCounts>, stuck_after: Duration) -> Self {
        Self { here: Mutex::default(), lines: Arc::default(), counts, stuck_after }
    }

    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    pub(super) fn add(&self, socket: SocketRef, visit: Arc<Visit>) {
        self.all().insert(socket.id, Client { socket, visit, full_since: None });
    }

    pub(super) fn remove(&self, id: Sid) {
        self.all().remove(&id);
    }

    /// Says something to one client.
    pub(super) fn tell(&self, socket: &SocketRef, said: &[Said]) {
        if let Some(visit) = socket.req_parts().extensions.get::<Arc<Visit>>() {
            self.say(socket, visit, said, &lengths(said));
        }
    }

    /// Says something to all. Who has no room is left out, and cut when that lasts.
    pub(super) async fn tell_all(&self, said: &[Said], now: Duration) {
        let one = |one: &Client| (one.socket.clone(), Arc::clone(&one.visit));
        let here: Vec<(SocketRef, Arc<Visit>)> = self.all().values().map(one).collect();
        let bytes = lengths(said);
        for (socket, visit) in here {
            let told = self.say(&socket, &visit, said, &bytes);
            if told == Told::All {
                visit.seat.gave(now);
            }
            self.note(socket.id, told, now);
            // One client's texts are made in well under a millisecond, those of all are not.
            yield_now().await;
        }
    }

    /// Notes what became of it.
    fn note(&self, id: Sid, told: Told, now: Duration) {
        let mut all = self.all();
        let Some(client) = all.get_mut(&id) else { return };
        client.full_since = match told {
            Told::All => None,
            Told::Full => client.full_since.or(Some(now)),
            Told::Gone => {
                all.remove(&id);
                return;
            }
        };
        if client.full_since.is_some_and(|since| now >= since + self.stuck_after) {
            let visit = Arc::clone(&client.visit);
            drop(all);
            debug!("a client that took nothing was cut");
            self.counts.dropped.add(1);
            visit.seat.cut(Cut::Stuck);
            self.cut(id, &visit);
        }
    }

    /// Resets the connection of a client that has a WebSocket. Who polls has none, and ends when it
    /// polls no more.
    pub(super) fn cut(&self, id: Sid, visit: &Visit) {
        self.remove(id);
        visit.cut();
        self.lines.cut(&id.to_string());
    }

    /// The same for all.
    pub(super) fn cut_all(&self) {
        let all = std::mem::take(&mut *self.all());
        for (id, client) in all {
            self.cut(id, &client.visit);
        }
    }

    fn say(&self, socket: &SocketRef, visit: &Visit, said: &[Said], bytes: &[u64]) -> Told {
        for ((event, payload), bytes) in said.iter().zip(bytes) {
            match socket.emit(event, payload) {
                Ok(()) => {
                    self.counts.sent_messages.add(1);
                    visit.seat.sends(1, *bytes);
                }
                Err(SendError::Socket(SocketError::InternalChannelFull)) => return Told::Full,
                Err(SendError::Socket(SocketError::Closed)) => return Told::Gone,
                Err(SendError::Serialize(error)) => {
                    debug!(%error, event, "a payload is no JSON");
                    return Told::All;
                }
            }
        }
        Told::All
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Sid, Client>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long each payload is as text: counted once for all who get it.
fn lengths(said: &[Said]) -> Vec<u64> {
    said.iter().map(|(_, payload)| payload.to_string().len() as u64).collect()
}
