//! Where to listen: what was asked for or nothing; without a wish, the next free port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result};
use bellwether_gateway::{
    AccessRules, ServeError, Server, ServerConfig, Services, TlsFiles, websocket::SocketTiming,
};
use tracing::warn;

/// Loopback: nobody else reaches it unless the owner says so.
pub(crate) const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);
/// Ports that are tried after a taken default one.
const NEXT_PORTS: u16 = 20;

pub(super) async fn bind(
    asked: Option<SocketAddr>,
    rules: &AccessRules,
    tls: Option<&TlsFiles>,
    services: &Services,
) -> Result<Server> {
    let at = |listen| {
        let (rules, tls) = (rules.clone(), tls.cloned());
        let config = ServerConfig { listen, rules, tls, timing: SocketTiming::default() };
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
