//! One session, from its handshake to its end. It lies in the extensions of the request that opened
//! it, which Engine.IO keeps for exactly as long as the session lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    access::Stay, clients::Seat, metrics::GatewayCounts, stream::Peer, websocket::Admission,
};

/// A session. While it lives, it counts as a socket.
pub(super) struct Visit {
    pub(super) stay: Stay,
    /// Its place among all who are connected.
    pub(super) seat: Seat,
    /// The connection of a session that began as a WebSocket.
    peer: Option<Peer>,
    admission: Mutex<Admission>,
    counts: Arc<GatewayCounts>,
}

impl Visit {
    pub(super) fn new(
        (stay, seat): (Stay, Seat),
        peer: Option<Peer>,
        counts: Arc<GatewayCounts>,
        now: Duration,
    ) -> Arc<Self> {
        counts.connections.add(1);
        counts.opened.add(1);
        counts.socketio.add(1);
        let stay = stay.unless(seat.dismissal());
        Arc::new(Self { stay, seat, peer, admission: Mutex::new(Admission::new(now)), counts })
    }

    /// Counts one message of the client; `false` when there were too many.
    pub(super) fn admits(&self, now: Duration) -> bool {
        self.counts.received_messages.add(1);
        self.seat.heard_one();
        self.admission.lock().unwrap_or_else(PoisonError::into_inner).admit(now)
    }

    /// Resets the connection that the session began with, if that was a WebSocket.
    pub(super) fn cut(&self) {
        if let Some(peer) = &self.peer {
            peer.reset();
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.counts.connections.sub(1);
        self.counts.socketio.sub(1);
    }
}

/// The upgraded connections that sessions went on with, each with its session: a client may try more
/// than one.
#[derive(Default)]
pub(super) struct Lines(Mutex<State>);

#[derive(Default)]
struct State {
    next: u64,
    taken: HashMap<u64, (String, Peer)>,
}

impl Lines {
    /// Remembers the connection for as long as the answer is held.
    pub(super) fn take(self: &Arc<Self>, session: String, peer: Peer) -> Arc<Line> {
        let mut state = self.state();
        state.next += 1;
        let number = state.next;
        state.taken.insert(number, (session, peer));
        drop(state);
        Arc::new(Line { lines: Arc::clone(self), number })
    }

    /// Resets the connections that a session went on with, if it did.
    pub(super) fn cut(&self, session: &str) {
        for (_, peer) in self.state().taken.values().filter(|(of, _)| of == session) {
            peer.reset();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is remembered. It lies in the extensions of the request that upgraded it.
pub(super) struct Line {
    lines: Arc<Lines>,
    number: u64,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.lines.state().taken.remove(&self.number);
    }
}
