//! `/ws`, and how every WebSocket of ours is opened: shakes hands and gives the socket to a shard.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use bellwether_signal::feature::Feature;
use bytes::Bytes;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tracing::debug;

use crate::{
    access::{Caller, Identity, Talker, is_on},
    clients::Dialect,
    dialect::flat,
    gateway::Gateway,
    problem::{Kind, Problem},
    websocket::{self, Arrival, Conversation, Desk, Offer, Spoken, Wire},
};

pub(super) async fn open(
    State(gateway): State<Arc<Gateway>>,
    Talker(identity): Talker,
    request: Request,
) -> Result<Response, Problem> {
    hand_over(&gateway, &identity, request, |spoken| {
        Ok(match spoken {
            Spoken::Bellwether => None,
            // Who may only publish has nothing to hear in the dashboard's words.
            Spoken::Dialect if !identity.role.reads() => {
                let detail = format!("The role {} may not read.", identity.role.name());
                return Err(Problem::new(Kind::Forbidden, detail));
            }
            Spoken::Dialect => {
                is_on(&gateway.services.features, Feature::DashboardDialect)?;
                Some(Box::new(flat::Client::new(Arc::clone(&gateway.flat))))
            }
        })
    })
}

/// Agrees, and gives the socket to a shard; `choose` says which dialect is spoken on it.
pub(super) fn hand_over(
    gateway: &Gateway,
    identity: &Identity,
    mut request: Request,
    choose: impl FnOnce(Spoken) -> Result<Option<Box<dyn Conversation>>, Problem>,
) -> Result<Response, Problem> {
    if request.extensions().get::<Caller>() == Some(&Caller::Local) {
        let detail = "The control socket takes requests only; open WebSockets at the server's \
                      address.";
        return Err(Problem::new(Kind::BadRequest, detail));
    }
    let offer = Offer::read(request.headers())?;
    let dialect = choose(offer.spoken())?;
    let offer = if gateway.sockets.deflate { offer } else { offer.without_deflate() };
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Err(Problem::new(Kind::UpgradeRequired, "This connection cannot be upgraded."));
    };
    let spoken = dialect.as_ref().map_or(Dialect::Bellwether, |dialect| dialect.dialect());
    let seat = gateway.admit(identity, request.headers(), request.extensions(), spoken)?;
    let (role, stay) = (identity.role, gateway.stays.of(identity));
    let publishing = Arc::clone(&gateway.publishing);
    let durables = Arc::clone(&gateway.durables);
    let desk = Desk { identity: identity.clone(), publishing, durables };
    let (shards, deflates) = (gateway.shards.clone(), offer.deflates());
    gateway.tasks.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                if let Some((wire, read)) = wire(upgraded) {
                    let arrival = Arrival { wire, read, role, deflates, desk, stay, seat, dialect };
                    shards.arrive(arrival).await;
                }
            }
            Err(error) => debug!(%error, "an upgrade did not happen"),
        }
    });
    Ok(websocket::accept(&offer))
}

/// The TCP stream below, its TLS, and what was read from it already.
fn wire(upgraded: Upgraded) -> Option<(Wire, Bytes)> {
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => {
            let stream = parts.io.into_inner().into_std().ok()?;
            Some((Wire { stream, tls: None }, parts.read_buf))
        }
        Err(upgraded) => {
            let parts = upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>().ok()?;
            let (stream, tls) = parts.io.into_inner().into_inner();
            let stream = stream.into_std().ok()?;
            Some((Wire { stream, tls: Some(Box::new(tls)) }, parts.read_buf))
        }
    }
}
