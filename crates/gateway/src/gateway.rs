//! What every route, the door and the sockets share.

use std::sync::Arc;

use http::{Extensions, HeaderMap};
use tokio_util::task::TaskTracker;

use crate::{
    access::{AccessRules, Caller, Guesses, Identity, Stays},
    clients::{Clients, Dialect, Full, Newcomer, Seat},
    dialect::{flat::Flat, socketio::SocketIoServer},
    durables::Durables,
    limits::ServerLimits,
    metrics::GatewayCounts,
    problem::{Kind, Problem},
    publishing::Publishing,
    services::Services,
    stream::Streams,
    websocket::{Shards, SocketOptions},
};

/// When somebody may try again who found no place.
const COME_BACK_SECONDS: u64 = 30;

/// One running gateway.
pub(crate) struct Gateway {
    pub(crate) services: Services,
    pub(crate) rules: AccessRules,
    /// Who is here on a long connection: what lasts holds a stay, and ends with it.
    pub(crate) stays: Stays,
    /// Wrong links and tokens.
    pub(crate) guesses: Guesses,
    pub(crate) cookie_name: String,
    pub(crate) counts: Arc<GatewayCounts>,
    pub(crate) limits: ServerLimits,
    /// Who is connected.
    pub(crate) clients: Arc<Clients>,
    pub(crate) shards: Shards,
    pub(crate) sockets: SocketOptions,
    /// What users publish.
    pub(crate) publishing: Arc<Publishing>,
    /// Who holds which durable name.
    pub(crate) durables: Arc<Durables>,
    pub(crate) streams: Arc<Streams>,
    pub(crate) socketio: Arc<SocketIoServer>,
    /// The dialect of the dashboard.
    pub(crate) flat: Arc<Flat>,
    pub(crate) tasks: TaskTracker,
}

impl Gateway {
    /// Our address, as a browser has it.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.rules.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.rules.listen)
    }

    /// Takes a place for a connection that lasts, whatever it speaks; with a problem that names the
    /// limit where there is none. Headers and extensions are those of its first request.
    pub(crate) fn admit(
        &self,
        identity: &Identity,
        headers: &HeaderMap,
        extensions: &Extensions,
        dialect: Dialect,
    ) -> Result<Seat, Problem> {
        let address = extensions.get::<Caller>().and_then(Caller::address);
        let newcomer = Newcomer { identity, address, headers, dialect };
        self.clients.admit(&newcomer).map_err(|full| {
            let kind = match full {
                Full::Total(_) => Kind::Unavailable,
                Full::Address(_) | Full::Token(_) => Kind::TooManyConnections,
            };
            Problem::new(kind, full.to_string()).retry_after(COME_BACK_SECONDS)
        })
    }
}
