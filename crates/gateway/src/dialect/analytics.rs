//! The dialect of the energy analytics: sockets of five kinds, each with the events that its page
//! shows and no others. Clients know machines by UUID, models and trainings as we do.
//!
//! Enters: states and events of the hub, heartbeats of the client. Leaves: one JSON object a frame,
//! with the event under the names of both generations ([`frame`]).
//! Has no logic or storage of its own; what is not known is null.
//! Start at [`Client`], one connection. A family of events is a file ([`machines`], [`training`],
//! [`models`], [`alerts`], [`statistics`]) and a line in [`Kind::topics`].

mod alerts;
mod client;
mod frame;
mod kind;
mod machines;
mod models;
mod statistics;
mod training;

pub(crate) use client::{Client, client_id};
pub(crate) use kind::Kind;
