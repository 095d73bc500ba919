//! One session, from its handshake to its end. It lies in the extensions of the request that opened
//! it, which Engine.IO keeps for exactly as long as the session lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{access::Stay, metrics::GatewayCounts, stream::Peer, websocket::Admission};

/// A session. While it lives, it counts as a socket.
pub(super) struct Visit {
    pub(super) stay: Stay,
    /// The connection of a session that began as a WebSocket.
    peer: Option<Peer>,
    admission: Mutex<Admission>,
    counts: Arc<GatewayCounts>,
}

impl Visit {
    pub(super) fn new(
        stay: Stay,
        peer: Option<Peer>,
        counts: Arc<GatewayCounts>,
        now: Duration,
    ) -> Arc<Self> {
        counts.connections.add(1);
        counts.opened.add(1);
        counts.socketio.add(1);
        Arc::new(Self { stay, peer, admission: Mutex::new(Admission::new(now)), counts })
    }

    /// Counts one message of the client; `false` when there were too many.
    pub(super) fn admits(&self, now: Duration) -> bool {
        self.counts.received_messages.add(1);
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

/// The upgraded connections that sessions went on with, by session.
#[derive(Default)]
pub(super) struct Lines(Mutex<HashMap<String, Peer>>);

impl Lines {
    /// Remembers the connection for as long as the answer is held.
    pub(super) fn take(self: &Arc<Self>, session: String, peer: Peer) -> Arc<Line> {
        self.all().insert(session.clone(), peer);
        Arc::new(Line { lines: Arc::clone(self), session })
    }

    /// Resets the connection that a session went on with, if it did.
    pub(super) fn cut(&self, session: &str) {
        if let Some(peer) = self.all().remove(session) {
            peer.reset();
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Peer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is remembered. It lies in the extensions of the request that upgraded it.
pub(super) struct Line {
    lines: Arc<Lines>,
    session: String,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.lines.all().remove(&self.session);
    }
}
