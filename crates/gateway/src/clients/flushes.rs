//! Flushes, counted where they are handed over. In a round most connections get the very same
//! segments: what such neighbours got is looked at once, and counted for all of them together.

use std::{ptr, sync::Arc};

use bellwether_hub::Segment;
use bellwether_signal::Moment;

use super::{Client, registry::Meters};

/// Flushes of a round on one thread. What is noted is counted when another kind of flush follows, and
/// at the end.
pub(crate) struct Flushes<'a> {
    now: Moment,
    alike: Option<Alike<'a>>,
}

/// The same segments, to connections of the same dialect.
struct Alike<'a> {
    meters: &'a Meters,
    segments: &'a [Arc<Segment>],
    payload_bytes: u64,
    /// The oldest of their times, in epoch milliseconds.
    oldest_ms: u64,
    times: u64,
}

impl<'a> Flushes<'a> {
    pub(crate) fn at(now: Moment) -> Self {
        Self { now, alike: None }
    }

    /// Notes that segments are handed to a connection; answers how long they are as text.
    pub(crate) fn note(&mut self, client: &'a Client, segments: &'a [Arc<Segment>]) -> u64 {
        client.figures.flushed(self.now.monotonic);
        if !self.alike.as_ref().is_some_and(|alike| alike.is_of(client, segments)) {
            self.count();
        }
        let alike = self.alike.get_or_insert_with(|| Alike::new(client, segments));
        let news_since_ms = client.figures.news_since_ms();
        if news_since_ms < alike.oldest_ms {
            alike.times += 1;
        } else {
            // Some of it was kept for who asks, and is no news.
            alike.count(epoch_ms(self.now), news_since_ms, 1);
        }
        alike.payload_bytes
    }

    fn count(&mut self) {
        if let Some(alike) = self.alike.take() {
            alike.count(epoch_ms(self.now), 0, alike.times);
        }
    }
}

impl Drop for Flushes<'_> {
    fn drop(&mut self) {
        self.count();
    }
}

impl<'a> Alike<'a> {
    fn new(client: &'a Client, segments: &'a [Arc<Segment>]) -> Self {
        let payload_bytes = segments.iter().map(|segment| segment.json().len() as u64).sum();
        let oldest_ms = times_ms(segments).min().unwrap_or(u64::MAX);
        Self { meters: &client.meters, segments, payload_bytes, oldest_ms, times: 0 }
    }

    fn is_of(&self, client: &Client, segments: &[Arc<Segment>]) -> bool {
        ptr::eq(self.meters, &raw const *client.meters)
            && Segment::are_same(self.segments, segments)
    }

    fn count(&self, now_ms: u64, news_since_ms: u64, times: u64) {
        let news = times_ms(self.segments).filter(|at| *at > news_since_ms);
        self.meters.latency_ms.observe_all(news.map(|at| now_ms.saturating_sub(at)), times);
        self.meters.flush_bytes.observe_all([self.payload_bytes], times);
        self.meters.flush_messages.observe_all([self.segments.len() as u64], times);
    }
}

fn times_ms(segments: &[Arc<Segment>]) -> impl Iterator<Item = u64> {
    segments.iter().filter_map(|segment| u64::try_from(segment.ts()?.0).ok())
}

fn epoch_ms(now: Moment) -> u64 {
    u64::try_from(now.wall.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bellwether_hub::{Hub, Limits};
    use bellwether_signal::{Role, Timestamp};
    use http::HeaderMap;

    use super::*;
    use crate::{
        access::Identity,
        clients::{Clients, Dialect, Histogram, Newcomer, Seat},
        limits::ServerLimits,
        segments::published,
    };

    #[test]
    fn neighbours_are_counted_as_if_each_were_alone() {
        let counted = |alone: bool| {
            let hub = Hub::new(1, Limits::default(), Box::new(|_, _| ()));
            let early = || Moment { wall: Timestamp(1_000), monotonic: Duration::ZERO };
            let clients = Clients::new(hub, early, &ServerLimits::default());
            let identity = Identity::without_token("ada", Role::Viewer);
            let headers = HeaderMap::new();
            let seat = |dialect| {
                let address = None;
                let new = Newcomer { identity: &identity, address, headers: &headers, dialect };
                clients.admit(&new).unwrap()
            };
            let (first, second) = (Dialect::Bellwether, Dialect::Flat);
            let seats = [first, first, first, second, first, first].map(seat);
            let now = Moment { wall: Timestamp(2_500), monotonic: Duration::from_secs(1) };
            // The third asked after the first of the events.
            seats[2].heard(9, Moment { wall: Timestamp(1_500), ..now });
            let (long, short) = (published([1_400, 1_600, 2_400]), published([2_499]));
            let parts = [&long, &long, &long, &long, &long, &short];
            let mut together = Flushes::at(now);
            for (seat, part) in seats.iter().zip(parts) {
                let bytes: usize = part.iter().map(|segment| segment.json().len()).sum();
                let noted = if alone {
                    Flushes::at(now).note(seat, part)
                } else {
                    together.note(seat, part)
                };
                assert_eq!(noted, bytes as u64);
            }
            drop(together);
            let flushes: Vec<u64> =
                seats.iter().map(|seat: &Seat| seat.figures.sums(None).flushes).collect();
            assert_eq!(flushes, [1; 6]);
            let read = |totals: crate::clients::DialectTotals| {
                let Meters { latency_ms, flush_bytes, flush_messages, .. } = &*totals.meters;
                [latency_ms, flush_bytes, flush_messages].map(Histogram::read)
            };
            clients.totals().into_iter().map(read).collect::<Vec<_>>()
        };
        let together = counted(false);
        assert_eq!(together, counted(true));
        let [latency, _, messages] = &together[Dialect::Bellwether as usize];
        // Three have all of three events, one has two of them, one has another one.
        assert_eq!(latency.sum, 3 * (1_100 + 900 + 100) + (900 + 100) + 1);
        assert_eq!(messages.sum, 4 * 3 + 1);
    }
}
