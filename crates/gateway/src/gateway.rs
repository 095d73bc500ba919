//! What every route, the door and the sockets share.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::{
    access::{AccessRules, Guesses, Stays},
    dialect::{flat::Flat, socketio::SocketIoServer},
    limits::ServerLimits,
    metrics::GatewayCounts,
    services::Services,
    stream::Streams,
    websocket::{Shards, SocketOptions},
};

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
    pub(crate) shards: Shards,
    pub(crate) sockets: SocketOptions,
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
}
