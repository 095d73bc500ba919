//! Server-Sent Events: what a socket would carry as one endless answer over plain HTTP, for networks
//! that let no WebSocket through.
//!
//! Streams are a shard of the hub like the sockets' one, flushed by one task. A client's body holds
//! one flush at most; while that waits, the hub sees the client as blocked, and its cursors stand.

mod body;
mod flusher;
mod outbox;
mod peer;
mod place;

use body::EventBody;
pub(crate) use flusher::{OpenError, Opening, Streams};
pub(crate) use peer::Peer;
pub(crate) use place::Place;
