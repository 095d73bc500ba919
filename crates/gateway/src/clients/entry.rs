//! The list as admins see it.

use std::cmp::Reverse;

use bellwether_hub::Hub;
use bellwether_signal::{
    Moment,
    system::{ConnectedClient, SystemClients},
};

use super::{Client, Clients};

/// Connections that are listed; of more, those for whom most waits, and then the newest.
const LISTED: usize = 500;
/// Patterns that are told of each.
const PATTERNS: usize = 8;

impl Clients {
    /// Everybody who is connected, with what passed until now.
    pub(crate) fn list(&self) -> SystemClients {
        let now = (self.clock)();
        let mut open = self.open();
        let total = u32::try_from(open.len()).unwrap_or(u32::MAX);
        if open.len() > LISTED {
            open.sort_by_key(|client| Reverse((client.figures.waiting_bytes(), client.number)));
            open.truncate(LISTED);
        }
        let entry = |client: &std::sync::Arc<Client>| {
            (client.name.to_string(), client.entry(&self.hub, now))
        };
        SystemClients { total, clients: open.iter().map(entry).collect() }
    }
}

impl Client {
    /// `ada (bellwether.v1, 192.0.2.1)`.
    pub(crate) fn described(&self) -> String {
        let (user, dialect) = (&self.user, self.dialect.name());
        match self.address {
            Some(address) => format!("{user} ({dialect}, {address})"),
            None => format!("{user} ({dialect})"),
        }
    }

    fn entry(&self, hub: &Hub, now: Moment) -> ConnectedClient {
        let standing = self.subscriber.get().and_then(|id| hub.standing(*id));
        let sums = self.figures.sums(standing.as_ref().map(|standing| standing.tally));
        let flushed = self.figures.last_flush().map(|at| {
            let ago = now.monotonic.saturating_sub(at).as_millis();
            now.wall.0.saturating_sub(i64::try_from(ago).unwrap_or(i64::MAX))
        });
        let round_trip = self.figures.round_trip();
        let mut entry = ConnectedClient {
            dialect: self.dialect.name().to_owned(),
            user: self.user.to_string(),
            role: self.role.name().to_owned(),
            address: self.address.map(|address| address.to_string()),
            agent: self.agent.as_deref().map(str::to_owned),
            opened_at_ms: self.opened.wall.0,
            sent_messages: sums.sent_messages as f64,
            sent_payload_bytes: sums.sent_payload_bytes as f64,
            sent_wire_bytes: sums.sent_wire_bytes as f64,
            received_messages: sums.received_messages as f64,
            received_payload_bytes: sums.received_payload_bytes as f64,
            received_wire_bytes: sums.received_wire_bytes as f64,
            flushes: sums.flushes as f64,
            last_flush_at_ms: flushed,
            waiting_bytes: self.figures.waiting_bytes() as f64,
            conflated: sums.tally.conflated as f64,
            resyncs: sums.tally.resyncs as f64,
            gaps: sums.tally.gaps as f64,
            round_trip_ms: round_trip.map(|time| (time.as_secs_f64() * 1e5).round() / 100.0),
            ..ConnectedClient::default()
        };
        if let Some(standing) = standing {
            let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            entry.subscriptions = small(standing.patterns.len());
            let patterns = standing.patterns.iter().take(PATTERNS);
            entry.patterns = patterns.map(ToString::to_string).collect();
            entry.topics = small(standing.topics);
            entry.interval_ms = Some(standing.interval.as_secs_f64() * 1e3);
            entry.waiting_publications = standing.behind as f64;
            entry.blocked = standing.blocked;
        }
        entry
    }
}
