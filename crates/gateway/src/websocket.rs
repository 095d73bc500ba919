//! WebSocket (RFC 6455): handshake, framing, and the thread that owns the sockets.
//!
//! Frames are written from segments that all subscribers share, so the send path is our own
//! (docs/ARCHITECTURE.md says what that saves). [`Decoder`] is public for its fuzz target.

mod admission;
mod connection;
mod conversation;
mod decoder;
mod frame;
mod handshake;
mod seal;
mod session;
mod shard;

pub use decoder::{Broken, Decoder, Incoming};
pub(crate) use handshake::{Offer, accept};
pub(crate) use session::{patterns_of, positions_of, welcome};
pub use shard::SocketTiming;
pub(crate) use shard::{Arrival, Shard, Wire};
