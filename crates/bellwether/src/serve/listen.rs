//! Where to listen: what was asked for or nothing; without a wish, the next free port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result};
use bellwether_gateway::{
    AccessRules, ServeError, Server, ServerConfig, ServerLimits, Services, TlsFiles,
    websocket::{SocketOptions, SocketTiming},
};
use bellwether_sys::limits::open_files;
use tracing::{info, warn};

use crate::cli::ServeFlags;

/// Loopback: nobody else reaches it unless the owner says so.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);
/// Ports that are tried after a taken default one.
const NEXT_PORTS: u16 = 20;

/// Descriptors for everything else: the database, the log, the kernel's own.
const OTHER_DESCRIPTORS: usize = 64;

/// What clients may hold beside the files that the collectors keep open.
pub(super) fn limits(flags: &ServeFlags, kept_descriptors: usize) -> ServerLimits {
    let limits = ServerLimits {
        sockets: flags.max_sockets,
        per_address: flags.max_per_address,
        per_token: flags.max_per_token,
        ..ServerLimits::default()
    };
    let Some(most) = open_files() else { return limits };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let room = most.saturating_sub(kept_descriptors + OTHER_DESCRIPTORS);
    let fitted = limits.within(room);
    if fitted.sockets < limits.sockets {
        info!(
            sockets = fitted.sockets,
            connections = fitted.connections,
            "this many clients, because {most} descriptors are allowed; raise 'ulimit -n' for more"
        );
    }
    fitted
}

pub(super) async fn bind(
    asked: Option<SocketAddr>,
    rules: &AccessRules,
    tls: Option<&TlsFiles>,
    services: &Services,
    limits: ServerLimits,
    sockets: SocketOptions,
) -> Result<Server> {
    let at = |listen| {
        let (rules, tls) = (rules.clone(), tls.cloned());
        let timing = SocketTiming::default();
        let config = ServerConfig { listen, rules, tls, timing, sockets, limits };
        Server::bind(config, services.clone())
    };
    if let Some(asked) = asked {
        return match at(asked).await {
            Err(error @ ServeError::Listen { .. }) => Err(error).context(
                "--listen names an address that cannot be had; port 0 takes any free port",
            ),
            bound => Ok(bound?),
        };
    }
    let last = DEFAULT.port() + NEXT_PORTS;
    for port in DEFAULT.port()..=last {
        match at(SocketAddr::new(DEFAULT.ip(), port)).await {
            Ok(server) => {
                if port != DEFAULT.port() {
                    warn!("port {} is taken, listening on port {port}", DEFAULT.port());
                }
                return Ok(server);
            }
            Err(ServeError::Listen { .. }) => {}
            Err(error @ (ServeError::Tls(_) | ServeError::Shard(_))) => return Err(error.into()),
        }
    }
    anyhow::bail!("ports {} to {last} are all taken; choose another with --listen", DEFAULT.port())
}
