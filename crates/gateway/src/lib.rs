//! gateway: HTTP and WebSocket in, calls to the rooms and hub subscriptions out.
//! Enters: requests and sockets; the services that the binary hands in ([`Services`]).
//! Leaves: answers, problems, envelopes, the embedded page.
//! May not know how a thing is computed, or where it is kept.
//! Start at [`Server`]; a route is a file in `routes` and a line in `routes::router`, who may call
//! it is decided in `access`, `websocket` speaks `bellwether.v1`, and `stream` says the same as
//! Server-Sent Events.

mod access;
mod asyncapi;
mod catching_up;
mod clients;
mod dialect;
mod durables;
#[cfg(test)]
mod fuzz;
mod gateway;
mod happenings;
mod limits;
mod metrics;
mod openapi;
mod page;
mod problem;
mod publishing;
mod routes;
#[cfg(test)]
mod segments;
mod server;
mod services;
mod stream;
mod tls;
mod workshop;

pub mod websocket;

pub use access::{AccessRules, Identity};
pub use clients::DialectReport;
pub use happenings::{LOCAL, token_made, token_revoked};
pub use limits::ServerLimits;
pub use metrics::{GatewayCounts, GatewayTotals};
pub use routes::check_token;
pub use server::{CONTROL_SOCKET, ControlError, ServeError, Server, ServerConfig};
pub use services::{
    Accounts, ActivityLog, Answer, AppSignals, DurablePlaces, EventHistory, History, LaterEvents,
    NewToken, Resolution, SelfReport, ServiceError, Services, Settings, SignIn,
};
pub use tls::{TlsError, TlsFiles};
