//! What a connection speaks: `bellwether.v1` itself, or a dialect of clients that were there before.

use std::{sync::Arc, time::Duration};

use bellwether_hub::Segment;
use bellwether_signal::{Moment, TopicPattern};

use crate::clients::Dialect;

/// A dialect on one connection: what it wants of the hub, and how it says that in its own words. It
/// holds what differs per connection and nothing else; each text that it gives is one message.
///
/// A dialect keeps no clock and does no I/O: the shard hands in the time, and writes.
pub(crate) trait Conversation: Send {
    /// Under which name it is counted and listed.
    fn dialect(&self) -> Dialect;

    /// What the connection is subscribed to, within its role.
    fn topics(&self) -> Vec<TopicPattern>;

    /// Shortest time between two flushes; `None` for the usual.
    fn interval(&self) -> Option<Duration> {
        None
    }

    /// What is said before anything was heard.
    fn open(&mut self, _now: Moment) -> Vec<String> {
        Vec::new()
    }

    /// Answers a text of the client.
    fn hear(&mut self, text: &str, now: Moment) -> Vec<String>;

    /// What the hub has to tell, most urgent first. A state topic's segment may be a patch: the hub
    /// has the whole state.
    fn tell(&mut self, segments: &[Arc<Segment>], now: Moment) -> Vec<String>;

    /// When it wants to say something by itself, in monotonic time. It may change with each call
    /// above, and has to lie after `now` once [`Self::speak`] was called.
    fn due(&self) -> Option<Duration> {
        None
    }

    /// What it says by itself when that time has come.
    fn speak(&mut self, _now: Moment) -> Vec<String> {
        Vec::new()
    }

    /// The last words when the server stops, before the close frame.
    fn farewell(&mut self, _now: Moment) -> Option<String> {
        None
    }
}
