//! A plain axum broadcast server, as one would write it first: one broadcast channel, one task a
//! socket, axum's own WebSocket.
//! Enters: a publisher's texts, each beginning with the four digits of its topic. Leaves: the rest of
//! each, to every subscriber of that topic. It is only measured against; nothing depends on it.
//! Start at [`main`].

use axum::{
    Router,
    extract::{
        Path, State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
};
use tokio::sync::broadcast::{self, error::RecvError};

/// Messages that wait for a slow reader; then it skips.
const WAITING: usize = 1_024;

type Published = (u32, Utf8Bytes);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(8080_u16);
    let (sender, _) = broadcast::channel::<Published>(WAITING);
    let routes = Router::new()
        .route("/publish", get(publisher))
        .route("/subscribe/{topics}", get(subscriber))
        .with_state(sender);
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    axum::serve(listener, routes).await.expect("it serves until it is ended");
}

async fn publisher(
    State(sender): State<broadcast::Sender<Published>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            let Message::Text(text) = message else { continue };
            let Some((topic, rest)) = text.split_at_checked(4) else { continue };
            let Ok(topic) = topic.parse() else { continue };
            // Nobody may be there to hear it.
            drop(sender.send((topic, Utf8Bytes::from(rest))));
        }
    })
}

async fn subscriber(
    State(sender): State<broadcast::Sender<Published>>,
    Path(topics): Path<u32>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut messages = sender.subscribe();
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        loop {
            tokio::select! {
                message = messages.recv() => match message {
                    Ok((topic, text)) if topic < topics => {
                        if socket.send(Message::Text(text)).await.is_err() {
                            return;
                        }
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                heard = socket.recv() => if !matches!(heard, Some(Ok(_))) { return },
            }
        }
    })
}
