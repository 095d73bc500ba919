//! One connection: who it is, what passed it, and the place that it holds.

use std::{
    net::IpAddr,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bellwether_hub::{Hub, SubscriberId};
use bellwether_signal::{Moment, Role};

use super::{Clients, Cut, Dialect, figures::Figures, registry::Meters};
use crate::access::{Departure, End};

/// Somebody who is connected.
#[derive(Debug)]
pub(crate) struct Client {
    pub(super) number: u64,
    pub(super) name: Box<str>,
    pub(super) user: Box<str>,
    pub(super) role: Role,
    pub(super) token: Option<Box<str>>,
    pub(super) address: Option<IpAddr>,
    pub(super) dialect: Dialect,
    pub(super) agent: Option<Box<str>>,
    pub(super) opened: Moment,
    pub(super) figures: Figures,
    /// What all connections of its dialect share.
    pub(super) meters: Arc<Meters>,
    pub(super) subscriber: OnceLock<SubscriberId>,
    pub(super) dismissal: Arc<End>,
}

/// A place among the connected, held for as long as the connection lasts.
pub(crate) struct Seat {
    pub(super) clients: Arc<Clients>,
    pub(super) client: Arc<Client>,
}

impl Client {
    /// What it is called in the log, in its welcome and in the list: `ws-7`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What ends the connection when an admin wants that.
    pub(crate) fn dismissal(&self) -> Arc<End> {
        Arc::clone(&self.dismissal)
    }

    /// Says which subscriber of the hub it is.
    pub(crate) fn is_subscriber(&self, id: SubscriberId) {
        // A connection is one subscriber for all its life.
        let _was_set = self.subscriber.set(id);
    }

    /// Gives up the subscriber, and keeps what the hub counted. Beforehand too, so that no total
    /// ever goes back.
    pub(crate) fn leaves(&self, hub: &Hub, id: SubscriberId) {
        if let Some(standing) = hub.standing(id) {
            self.figures.parted(standing.tally);
        }
        self.figures.parted(hub.remove_subscriber(id));
    }

    /// Counts a flush of a dialect that gathers by itself what it says.
    pub(crate) fn gave(&self, now: Duration) {
        self.figures.flushed(now);
    }

    /// Counts a message that was read by a dialect that does not tell its text.
    pub(crate) fn heard_one(&self) {
        self.figures.heard_one();
    }

    /// Counts messages that are handed to the connection, as long as they are as text.
    pub(crate) fn sends(&self, messages: u64, payload_bytes: u64) {
        self.figures.sends(messages, payload_bytes);
    }

    /// Counts what the socket took, and notes what waits now.
    pub(crate) fn wrote(&self, wire_bytes: usize, waiting_bytes: usize) {
        self.figures.wrote(wire_bytes as u64, waiting_bytes as u64);
    }

    /// Counts bytes that were read.
    pub(crate) fn read(&self, wire_bytes: usize) {
        self.figures.read(wire_bytes as u64);
    }

    /// Counts a message that was read, as long as it is as text.
    pub(crate) fn heard(&self, payload_bytes: usize, now: Moment) {
        let wall_ms = u64::try_from(now.wall.0).unwrap_or_default();
        self.figures.heard(payload_bytes as u64, wall_ms);
    }

    /// Notes how long a ping and its answer took.
    pub(crate) fn measured(&self, round_trip: Duration) {
        self.figures.measured(round_trip);
    }

    /// Counts that we end it.
    pub(crate) fn cut(&self, why: Cut) {
        self.meters.cut(why);
    }

    /// The same, for who had to go.
    pub(crate) fn departs(&self, why: Departure) {
        self.cut(match why {
            Departure::SignedOut | Departure::Revoked | Departure::Expired => Cut::Token,
            Departure::Dismissed => Cut::Admin,
        });
    }
}

impl Deref for Seat {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.clients.leave(&self.client);
    }
}

/// Without the list that it is in.
impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Seat").field(&self.client.name).finish()
    }
}
