//! WebSocket (RFC 6455): handshake, framing, and the thread that owns the sockets.
//!
//! Frames are written from segments that all subscribers share, so the send path is our own
//! (docs/ARCHITECTURE.md says what that saves). What was agreed to be packed is packed once for all.

mod admission;
mod connection;
mod conversation;
mod decoder;
mod deflate;
mod extension;
mod frame;
mod handshake;
mod joined;
mod parting;
mod seal;
mod session;
mod shard;
mod shards;
mod timing;

pub(crate) use admission::Admission;
pub(crate) use conversation::Conversation;
pub(crate) use handshake::{Offer, Spoken, accept};
pub(crate) use session::{Desk, patterns_of, positions_of, welcome};
pub(crate) use shard::{Arrival, Wire};
pub(crate) use shards::Shards;
pub use timing::{SocketOptions, SocketTiming};
