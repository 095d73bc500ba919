//! The gateway over real sockets, a file a subject. One program, because linking one for each file takes
//! longer than all their tests.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod access;
mod analytics;
mod clients;
mod comings_and_goings;
mod conformance;
mod dashboard;
mod datasets;
mod durables;
mod events;
mod faults;
mod fixture;
mod flat;
mod host_monitor;
mod live_quality;
mod models;
mod predicting;
mod publishing;
mod roles;
mod socketio;
mod sockets;
mod specification;
mod storm;
mod streams;
mod tls;
mod tokens;
mod training;
