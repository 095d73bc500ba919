//! The dashboard's dialect: flat JSON on plain `/ws`, for clients of the dashboard that bellwether
//! replaces. Each frame is one object with `type`, `timestamp` and the event's own fields; what is not
//! known is null.
//!
//! Enters: states and events of the hub, pings and requests of the client. Leaves: frames.
//! Has no logic or storage of its own, and knows nothing that the hub does not.
//! Start at [`Client`], one connection; [`Flat`] is what all of them share. A family of events is a
//! file: [`training`], [`models`], [`datasets`] … and a line in `Memory::translate` or
//! `translate_event`; [`system`] makes what everybody is told every 5 s.

mod activity;
mod alerts;
mod broadcast;
mod client;
mod datasets;
mod frame;
mod health;
mod host;
mod machines;
mod models;
pub(super) mod pace;
mod predictions;
mod queue;
mod state;
mod system;
mod training;
pub(crate) mod words;

pub(crate) use broadcast::Flat;
pub(crate) use client::Client;
pub(crate) use frame::count;
pub(crate) use models::word as model_word;
pub(crate) use training::job as training_job;
pub(crate) use words::{rfc3339, size};
