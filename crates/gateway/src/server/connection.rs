//! One connection that speaks HTTP, from its first request to its last.

use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::debug;

use crate::{access::Caller, stream::Peer};

/// Time for a request's header, and for a kept-open connection to ask again.
const HEADER_TIME: Duration = Duration::from_secs(30);
/// Largest request header.
const HEADER_BYTES: usize = 32 * 1024;

/// Answers what the other side asks until it ends or `stop`. Each request bears who the other is.
pub(super) async fn serve<S>(
    stream: S,
    (caller, peer): (Caller, Option<Peer>),
    routes: Router,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let routes = routes.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(caller);
        if let Some(peer) = &peer {
            request.extensions_mut().insert(peer.clone());
        }
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}
