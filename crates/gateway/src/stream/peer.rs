//! The TCP connection below an answer. An endless one has to bound what the kernel keeps for a
//! client, and to end a connection that HTTP itself is stuck on.

use std::{net::Shutdown, sync::Arc, time::Duration};

use socket2::{SockRef, Socket};
use tokio::net::TcpStream;
use tracing::debug;

/// What the kernel may hold for a client. Left to itself it grows to megabytes of stale samples.
const SEND_BUFFER_BYTES: usize = 128 * 1024;

/// A second handle of the connection, beside that of the HTTP server: in the request's extensions.
#[derive(Clone, Debug)]
pub(crate) struct Peer(Arc<Socket>);

impl Peer {
    /// `None` where there is no descriptor left for a second handle.
    pub(crate) fn of(stream: &TcpStream) -> Option<Self> {
        SockRef::from(stream).try_clone().ok().map(|socket| Self(Arc::new(socket)))
    }

    /// Prepares the connection for an endless answer. A client that does not even acknowledge what
    /// arrives, because its machine or network is gone, is given up by the kernel after `silence`.
    pub(crate) fn prepare(&self, silence: Duration) {
        let small = self.0.set_send_buffer_size(SEND_BUFFER_BYTES);
        if let Err(error) = small.and_then(|()| self.0.set_tcp_user_timeout(Some(silence))) {
            debug!(%error, "a stream keeps the kernel's limits");
        }
    }

    /// Resets the connection: what was sent and not taken does not stay in the kernel.
    pub(crate) fn reset(&self) {
        let lingering = self.0.set_linger(Some(Duration::ZERO));
        if let Err(error) = lingering.and_then(|()| self.0.shutdown(Shutdown::Both)) {
            debug!(%error, "a stream ended before it was cut");
        }
    }
}
