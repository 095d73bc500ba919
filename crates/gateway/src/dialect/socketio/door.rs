//! `/socket.io/`: who may open a session, and what goes on with one. The guard has looked at host,
//! origin and token already, of each request: a revoked token polls no more.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{Uri, header};
use socketioxide::service::SocketIoService;
use tower_service::Service as _;

use super::{SESSIONS, SocketIoServer, visit::Visit};
use crate::{
    access::{Identity, Reader},
    clients::Dialect,
    gateway::Gateway,
    problem::{Kind, Problem},
    stream::Peer,
};

/// Handshakes, polls and upgrades.
pub(crate) async fn open(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    mut request: Request,
) -> Result<Response, Problem> {
    let server = &gateway.socketio;
    if server.monitor.closing.is_cancelled() {
        return Err(stopping());
    }
    let is_socket = parameter(request.uri(), "transport") == Some("websocket");
    if is_socket && !asks_for_upgrade(&request) {
        return Err(Problem::new(
            Kind::UpgradeRequired,
            "The transport websocket needs a WebSocket handshake; without one, poll.",
        ));
    }
    let peer = request.extensions().get::<Peer>().filter(|_| is_socket).cloned();
    if let Some(peer) = &peer {
        peer.prepare(server.timing.drop_after);
    }
    match parameter(request.uri(), "sid").map(str::to_owned) {
        None => {
            let visit = enter(&gateway, &identity, &request, peer)?;
            request.extensions_mut().insert(visit);
        }
        Some(session) => {
            if let Some(peer) = peer {
                let line = server.monitor.clients().lines.take(session, peer);
                request.extensions_mut().insert(line);
            }
        }
    }
    server.answer(request).await
}

/// Packets of a client that polls.
pub(crate) async fn post(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    request: Request,
) -> Result<Response, Problem> {
    gateway.socketio.answer(request).await
}

impl SocketIoServer {
    async fn answer(&self, request: Request) -> Result<Response, Problem> {
        let mut service: SocketIoService<Router> = self.service.clone();
        tokio::select! {
            biased; // a close packet that is on its way is delivered
            answer = service.call(request) => {
                let response = answer.unwrap_or_else(|never: Infallible| match never {});
                Ok(response.map(Body::new))
            }
            () = self.closed() => Err(stopping()),
        }
    }

    /// Waits for the end of the server, and a moment longer: who waits for packets gets the last.
    async fn closed(&self) {
        self.monitor.closing.cancelled().await;
        tokio::time::sleep(super::GOODBYE).await;
    }
}

/// A session more, if there is room.
fn enter(
    gateway: &Gateway,
    identity: &Identity,
    request: &Request,
    peer: Option<Peer>,
) -> Result<Arc<Visit>, Problem> {
    let server = &gateway.socketio;
    let (headers, extensions) = (request.headers(), request.extensions());
    let seat = gateway.admit(identity, headers, extensions, Dialect::SocketIo)?;
    let stay = gateway.stays.of(identity);
    let counts = Arc::clone(&gateway.counts);
    let visit = Visit::new((stay, seat), peer, counts, server.now().monotonic);
    if gateway.counts.socketio.value() > SESSIONS {
        let detail = format!("{SESSIONS} Socket.IO sessions are open, no more are taken.");
        return Err(Problem::new(Kind::Unavailable, detail));
    }
    Ok(visit)
}

fn asks_for_upgrade(request: &Request) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    upgrade.is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The first parameter of that name, as Engine.IO reads it: nothing of it is percent-encoded.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn stopping() -> Problem {
    Problem::new(Kind::Unavailable, "The server is stopping; come back soon.")
}
