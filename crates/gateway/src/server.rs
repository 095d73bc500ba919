//! Listens, hands each connection to the routes, and ends in good order.

mod connection;
mod control;
mod places;
mod refusal;

use std::{io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::Router;
use connection::Held;
pub use control::{CONTROL_SOCKET, ControlError};
use places::Places;
use refusal::{REFUSALS, refuse};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

use crate::{
    access::{AccessRules, Caller, Guesses, Stays, session_cookie_name},
    catching_up,
    clients::{Clients, DialectReport},
    dialect::{flat::Flat, socketio::SocketIoServer},
    durables::Durables,
    gateway::Gateway,
    limits::{LEAVING, ServerLimits},
    metrics::GatewayCounts,
    publishing::Publishing,
    routes,
    services::Services,
    stream::{Peer, Streams},
    tls::{Tls, TlsError, TlsFiles},
    websocket::{Shards, SocketOptions, SocketTiming},
};

/// Time that open requests get to end after the server was told to stop.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Connections that the kernel keeps until they are accepted (it takes fewer where
/// `net.core.somaxconn` is lower). Those beyond try again after 1, 3 and 7 s: when a thousand clients
/// come back at once, a shorter queue makes some of them wait that long.
const BACKLOG: u32 = 4_096;

/// Chosen once, at start.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Who may connect. Its `listen` and `tls` are filled in.
    pub rules: AccessRules,
    /// Certificate and key, to speak TLS.
    pub tls: Option<TlsFiles>,
    /// When sockets are looked after.
    pub timing: SocketTiming,
    /// How sockets are served.
    pub sockets: SocketOptions,
    /// How much clients may hold.
    pub limits: ServerLimits,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Certificate or key cannot be used.
    #[error("cannot speak TLS: {0}")]
    Tls(#[from] TlsError),
    /// The threads for the sockets did not start.
    #[error("cannot start the threads for WebSockets")]
    Shard(#[source] io::Error),
}

/// A server that listens. Nothing is answered before [`Server::run`].
pub struct Server {
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    control: Option<control::Control>,
    gateway: Arc<Gateway>,
    routes: Router,
}

/// Listens with room for many that come at once.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that starts again takes the address although the last one's connections linger.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

impl Server {
    /// Takes the address.
    #[expect(clippy::unused_async, reason = "what it opens belongs to the runtime that polls it")]
    pub async fn bind(config: ServerConfig, services: Services) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Listen { address: config.listen, source };
        let now = (services.clock)().monotonic;
        let tls = config.tls.map(|files| Tls::open(files, now)).transpose()?;
        let listener = listen(config.listen).map_err(failed)?;
        let listen = listener.local_addr().map_err(failed)?;
        let counts = Arc::new(GatewayCounts::default());
        let (hub, clock) = (services.hub.clone(), services.clock);
        let clients = Clients::new(hub.clone(), clock, &config.limits);
        let streams = Streams::new(hub.clone(), clock, Arc::clone(&counts), config.timing)
            .map_err(ServeError::Shard)?;
        let shards = Shards::start(&hub, clock, &counts, config.timing, config.sockets)
            .map_err(ServeError::Shard)?;
        let tasks = TaskTracker::new();
        let socketio = SocketIoServer::new(
            services.clone(),
            Arc::clone(&counts),
            config.timing,
            tasks.clone(),
        )
        .map_err(ServeError::Shard)?;
        let flat = Flat::new(services.hub.clone(), services.host.clone(), services.started.wall);
        let signals = Arc::clone(&services.app_signals);
        let publishing = Arc::new(Publishing::new(hub, signals, clock, services.features));
        let durables = Arc::new(Durables::new(Arc::clone(&services.durables)));
        let (stays, looking) = (Stays::new(clock), shards.clone());
        stays.on_change(move || looking.look_at_stays());
        let gateway = Arc::new(Gateway {
            stays,
            services,
            rules: AccessRules { listen, tls: tls.is_some(), ..config.rules },
            guesses: Guesses::default(),
            cookie_name: session_cookie_name(listen.port()),
            counts,
            limits: config.limits,
            clients,
            shards,
            sockets: config.sockets,
            publishing,
            durables,
            streams,
            flat: Arc::new(flat),
            socketio,
            tasks,
        });
        let routes = routes::router(Arc::clone(&gateway));
        Ok(Self { listener, tls: tls.map(Arc::new), control: None, gateway, routes })
    }

    /// The address that was taken.
    pub fn address(&self) -> SocketAddr {
        self.gateway.rules.listen
    }

    /// What to type into a browser.
    pub fn origin(&self) -> String {
        self.gateway.origin()
    }

    /// Listens on the control socket too, in a folder that nobody else works on.
    pub fn open_control(&mut self, folder: &Path) -> Result<(), ControlError> {
        self.control = Some(control::Control::open(folder)?);
        Ok(())
    }

    /// What passes, counted.
    pub fn counts(&self) -> Arc<GatewayCounts> {
        Arc::clone(&self.gateway.counts)
    }

    /// What each dialect carries.
    pub fn dialects(&self) -> DialectReport {
        DialectReport(Arc::clone(&self.gateway.clients))
    }

    /// Serves until `stop`, then tells the sockets, lets requests end and returns.
    pub async fn run(self, stop: CancellationToken) {
        let Self { listener, tls, control, gateway, routes } = self;
        gateway.tasks.spawn(Arc::clone(&gateway.streams).run(stop.clone()));
        let (hub, events) = (gateway.services.hub.clone(), Arc::clone(&gateway.services.events));
        gateway.tasks.spawn(catching_up::run(hub, events, gateway.tasks.clone(), stop.clone()));
        gateway.tasks.spawn(Arc::clone(&gateway.socketio).run(stop.clone()));
        if let Some(control) = control {
            let (routes, tasks) = (routes.clone(), gateway.tasks.clone());
            gateway.tasks.spawn(control.serve(routes, tasks, stop.clone()));
        }
        gateway.tasks.spawn(Arc::clone(&gateway).tell_of_refused(stop.clone()));
        gateway.tasks.spawn(Arc::clone(&gateway.clients).publish(stop.clone()));
        let clock = gateway.services.clock;
        let places = Places::new(gateway.limits.connections);
        // Those that leave and those that are refused take a moment to be gone.
        let open = Arc::new(Semaphore::new(gateway.limits.connections + LEAVING));
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        let header_time = gateway.limits.header_time;
        loop {
            let Some(Ok(opened)) =
                stop.run_until_cancelled(Arc::clone(&open).acquire_owned()).await
            else {
                break;
            };
            let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else { break };
            let (stream, caller) = match accepted {
                Ok((stream, address)) => (stream, Caller::At(address.ip().to_canonical())),
                Err(error) => {
                    // Out of descriptors, mostly. Asked again at once the kernel would say the same,
                    // and this loop would spin until a connection ends.
                    warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Some(place) = places.take() else {
                debug!("a connection was refused: all have a request under way");
                gateway.counts.refused.add(1);
                // Over this, and where TLS is spoken, it is closed without a word.
                if let (None, Ok(saying)) = (&tls, Arc::clone(&refusals).try_acquire_owned()) {
                    gateway.tasks.spawn(async move {
                        refuse(stream).await;
                        drop((saying, opened));
                    });
                }
                continue;
            };
            let (routes, tls, stop) = (routes.clone(), tls.clone(), stop.clone());
            gateway.tasks.spawn(async move {
                // Small answers go at once.
                if let Err(error) = stream.set_nodelay(true) {
                    debug!(%error, "no TCP_NODELAY");
                }
                let peer = Peer::of(&stream);
                let ends = (caller, peer);
                let held = Held { place: Some(Arc::clone(&place)), header_time };
                match tls {
                    None => connection::serve(stream, ends, routes, held, stop).await,
                    Some(tls) => {
                        let shaken = tls.shake_hands(stream, clock().monotonic);
                        let shaken = tokio::select! {
                            shaken = shaken => shaken,
                            () = place.is_needed() => None,
                            () = stop.cancelled() => None,
                        };
                        if let Some(stream) = shaken {
                            connection::serve(stream, ends, routes, held, stop).await;
                        }
                    }
                }
                drop(opened);
            });
        }
        drop(listener);
        gateway.shards.close();
        gateway.tasks.close();
        if timeout(DRAIN_TIME, gateway.tasks.wait()).await.is_err() {
            warn!("some requests did not end in time");
        }
        let shards = gateway.shards.clone();
        if tokio::task::spawn_blocking(move || shards.join()).await.is_err() {
            warn!("the threads for WebSockets did not end well");
        }
    }
}
