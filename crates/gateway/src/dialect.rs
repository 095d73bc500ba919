//! The languages of clients that were there before, each a folder here. None has logic or storage of
//! its own: a dialect says what the hub knows in the words of its clients.

pub(crate) mod analytics;
pub(crate) mod flat;
pub(crate) mod socketio;

pub(crate) use flat::rfc3339;
