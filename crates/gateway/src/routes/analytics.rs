//! The sockets of the analytics dialect: `/api/v1/ws/{kind}`, the same under `/api/analytics`, and
//! `/api/analytics/ws`.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Path, Request, State},
    response::Response,
};

use super::socket::hand_over;
use crate::{
    access::{Identity, Reader},
    dialect::analytics::{Client, Kind, client_id},
    gateway::Gateway,
    problem::{self, Problem},
    websocket::Spoken,
};

/// Enough that no two clients get the same name by chance.
const NAME_BYTES: usize = 8;

pub(super) async fn open(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    Path(kind): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let Some(kind) = Kind::named(&kind) else {
        let detail = "There are the sockets dashboard, anomalies, training and events.";
        return Err(Problem::new(problem::Kind::NotFound, detail));
    };
    hand_over_as(kind, &gateway, &identity, request)
}

pub(super) async fn open_statistics(
    State(gateway): State<Arc<Gateway>>,
    Reader(identity): Reader,
    request: Request,
) -> Result<Response, Problem> {
    hand_over_as(Kind::Statistics, &gateway, &identity, request)
}

fn hand_over_as(
    kind: Kind,
    gateway: &Gateway,
    identity: &Identity,
    request: Request,
) -> Result<Response, Problem> {
    let bad = |detail: &str| Problem::new(problem::Kind::BadRequest, detail);
    let id = client_id(request.uri().query()).map_err(|detail| bad(&detail))?;
    let id = match id {
        Some(id) => id,
        None => made_up()?,
    };
    let (hub, started) = (gateway.services.hub.clone(), gateway.services.started);
    hand_over(gateway, identity, request, |spoken| match spoken {
        Spoken::Bellwether => {
            Err(bad("bellwether.v1 is spoken at /ws; offer no subprotocol here."))
        }
        Spoken::Dialect => Ok(Some(Box::new(Client::new(kind, id, hub, started)))),
    })
}

fn made_up() -> Result<String, Problem> {
    let mut random = [0; NAME_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| Problem::internal(format!("no random bytes: {error}")))?;
    let mut name = String::from("client-");
    for byte in random {
        write!(name, "{byte:02x}").expect("writing to a string cannot fail");
    }
    Ok(name)
}
