//! Socket.IO v4 (Engine.IO 4, path `/socket.io/`, default namespace) as clients of the host monitor
//! speak it: by WebSocket, by long-polling, and from one to the other.
//!
//! `socketioxide` owns the sockets and the packets; here is who may come ([`door`]), who is there
//! ([`clients`]), when they are told something ([`monitor`], [`tiers`]) and what ([`payload`], [`alerts`]). All
//! clients share one hub subscription. Nothing is kept for a client but what fits into its buffer:
//! who does not take an update gets the next one, which is as good.

mod alerts;
mod clients;
mod door;
mod monitor;
mod payload;
mod tiers;
mod visit;

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use bellwether_signal::Moment;
use socketioxide::{ParserConfig, SocketIo, extract::SocketRef, service::SocketIoService};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::debug;

pub(crate) use door::{open, post};

use self::{clients::Clients, monitor::Monitor};
use crate::{metrics::GatewayCounts, services::Services, websocket::SocketTiming};

/// Sessions at the same time: a session that polls holds an HTTP connection most of the time, and
/// this is half of those that the server has. One more gets 503.
const SESSIONS: u64 = 512;
/// Packets that wait for a client: five rounds of updates. A packet that finds no room is left out.
const WAITING_PACKETS: usize = 32;
/// Largest packet or request body of a client; the server's own largest answer to one poll is the
/// same.
const PACKET_BYTES: usize = 100_000;
/// Time to join the namespace, and to finish an upgrade.
const JOINING: Duration = Duration::from_secs(10);
/// Time for the last packets when the server ends.
const GOODBYE: Duration = Duration::from_secs(2);
/// What clients of the protocol expect.
const PING_EVERY: Duration = Duration::from_secs(25);
const PONG_WITHIN: Duration = Duration::from_secs(20);

/// The Socket.IO server of a gateway.
pub(crate) struct SocketIoServer {
    /// No other address is routed here, so what is behind it answers nothing.
    service: SocketIoService<Router>,
    io: SocketIo,
    monitor: Arc<Monitor>,
    timing: SocketTiming,
}

impl SocketIoServer {
    pub(crate) fn new(
        services: Services,
        counts: Arc<GatewayCounts>,
        timing: SocketTiming,
        tasks: TaskTracker,
    ) -> io::Result<Arc<Self>> {
        let clients = Clients::new(counts, timing.stuck_after);
        let monitor = Monitor::new(services, clients, tasks)?;
        let (service, io) = SocketIo::builder()
            .ping_interval(timing.ping_after.min(PING_EVERY))
            .ping_timeout(timing.drop_after.saturating_sub(timing.ping_after).min(PONG_WITHIN))
            .connect_timeout(JOINING)
            .upgrade_timeout(JOINING)
            .max_buffer_size(WAITING_PACKETS)
            .max_payload(PACKET_BYTES as u64)
            .ws_max_message_size(PACKET_BYTES)
            .ws_max_frame_size(PACKET_BYTES)
            // No request of ours takes binary attachments.
            .with_parser(ParserConfig::common().max_incoming_binaries(0))
            .build_with_inner_svc(Router::new());
        let welcoming = Arc::clone(&monitor);
        io.ns("/", move |socket: SocketRef| {
            let monitor = Arc::clone(&welcoming);
            async move { monitor.welcome(socket).await }
        });
        Ok(Arc::new(Self { service, io, monitor, timing }))
    }

    /// Tells the clients what is new until `stop`, then says goodbye to all.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        self.monitor.run(stop).await;
        self.monitor.closing.cancel();
        if timeout(GOODBYE, self.io.close()).await.is_err() {
            debug!("some clients did not take the goodbye");
        }
        self.monitor.clients().cut_all();
    }

    /// Reads the clock.
    fn now(&self) -> Moment {
        self.monitor.now()
    }
}
