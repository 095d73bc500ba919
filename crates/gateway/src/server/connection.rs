//! One connection that speaks HTTP, from its first request to its last.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::Router;
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::debug;

use super::places::{Answer, Place};
use crate::{access::Caller, stream::Peer};

/// Largest request header.
const HEADER_BYTES: usize = 32 * 1024;
/// Time for what is being written when the connection has to end.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// The same while others wait for the place.
const LAST_WORDS_IN_A_CROWD: Duration = Duration::from_millis(100);

/// What a connection holds, and for how long without asking.
pub(super) struct Held {
    /// Its place among the others, where they are counted.
    pub(super) place: Option<Arc<Place>>,
    /// Time for a request's header, and for a kept-open connection to ask again.
    pub(super) header_time: Duration,
}

/// Answers what the other side asks until it ends or `stop`. Each request bears who the other is.
pub(super) async fn serve<S>(
    stream: S,
    (caller, peer): (Caller, Option<Peer>),
    routes: Router,
    Held { place, header_time }: Held,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = place.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(caller);
        if let Some(peer) = &peer {
            request.extensions_mut().insert(peer.clone());
        }
        let asking = asked.as_ref().map(Place::ask);
        let answer = routes.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await?.map(|body| Answer { body, asking })) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let is_needed = async {
        match &place {
            Some(place) => place.is_needed().await,
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = is_needed => {
            connection.as_mut().graceful_shutdown();
            // Who never asked is owed nothing; who did may still be reading its answer.
            let asked = place.as_ref().is_some_and(|place| place.has_asked());
            let words = if asked { LAST_WORDS_IN_A_CROWD } else { Duration::ZERO };
            timeout(words, connection).await.unwrap_or(Ok(()))
        }
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            if place.as_ref().is_some_and(|place| !place.is_asking()) {
                // Whoever is in the middle of a header is not waited for.
                timeout(LAST_WORDS, connection).await.unwrap_or(Ok(()))
            } else {
                connection.await
            }
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}
