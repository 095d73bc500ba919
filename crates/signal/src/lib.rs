//! signal: the vocabulary that every room speaks: ids, units, topics, payloads, envelope.
//! Enters: nothing. Leaves: types, and the rules that hold for them.
//! May not do I/O, read a clock or name another room.
//! Start at [`topic`] (where a signal is published), [`host`] (what is said about a host), [`model`],
//! [`training`], [`dataset`] and [`alert`] (what is said about those), and [`protocol`] (how
//! clients hear of it). TypeScript types are generated from here ([`typescript`]).

pub mod activity;
pub mod alert;
pub mod answer;
pub mod app;
pub mod dataset;
pub mod durable;
pub mod feature;
pub mod host;
pub mod id;
pub mod machine;
pub mod model;
pub mod patch;
pub mod ports;
pub mod protocol;
pub mod role;
pub mod series;
pub mod system;
pub mod time;
pub mod topic;
pub mod training;
pub mod typescript;
pub mod unit;
pub mod why;

pub use id::{HostId, MachineSlug, ModelId, RunId};
pub use role::Role;
pub use time::{Moment, Timestamp};
pub use topic::{Topic, TopicPattern};
pub use unit::Unit;
