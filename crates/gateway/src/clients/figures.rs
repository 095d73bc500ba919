//! What passed one connection, counted by whoever moves it, read by whoever looks.

use std::time::Duration;

use bellwether_hub::Tally;

use crate::metrics::Count;

/// Totals of one connection. Each is right by itself; they are not read at one instant.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    busy: Busy,
    received_messages: Count,
    received_payload_bytes: Count,
    received_wire_bytes: Count,
    /// The last round trip that was measured, plus one; 0 for none.
    round_trip_us: Count,
    conflated: Count,
    resyncs: Count,
    gaps: Count,
}

/// What each flush touches, on one cache line: with a thousand clients none of it is in a cache when
/// their turn comes, and each line more is a wait for memory.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Busy {
    sent_messages: Count,
    sent_payload_bytes: Count,
    sent_wire_bytes: Count,
    flushes: Count,
    /// Bytes that wait now.
    waiting_bytes: Count,
    /// When it was last given a flush, in milliseconds of the monotonic clock; 0 for never.
    last_flush_ms: Count,
    /// When it last said something; what was published before that may be an answer to it.
    heard_ms: Count,
}

/// A sum over connections, or one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) sent_messages: u64,
    /// As text, before compression.
    pub(crate) sent_payload_bytes: u64,
    /// As written to the socket: framed, compressed where that was agreed on, before TLS.
    pub(crate) sent_wire_bytes: u64,
    pub(crate) received_messages: u64,
    pub(crate) received_payload_bytes: u64,
    pub(crate) received_wire_bytes: u64,
    pub(crate) flushes: u64,
    pub(crate) tally: Tally,
}

impl Figures {
    /// Messages that were handed to the connection, as long as they are as text.
    pub(crate) fn sends(&self, messages: u64, payload_bytes: u64) {
        self.busy.sent_messages.add(messages);
        self.busy.sent_payload_bytes.add(payload_bytes);
    }

    /// What the socket took of them, and what waits now.
    pub(crate) fn wrote(&self, wire_bytes: u64, waiting_bytes: u64) {
        self.busy.sent_wire_bytes.add(wire_bytes);
        self.busy.waiting_bytes.set(waiting_bytes);
    }

    pub(crate) fn flushed(&self, now: Duration) {
        self.busy.flushes.add(1);
        self.busy.last_flush_ms.set(millis(now));
    }

    /// Bytes that were read, whatever they are.
    pub(crate) fn read(&self, wire_bytes: u64) {
        self.received_wire_bytes.add(wire_bytes);
    }

    /// A message that was understood as one.
    pub(crate) fn heard(&self, payload_bytes: u64, now_wall_ms: u64) {
        self.received_messages.add(1);
        self.received_payload_bytes.add(payload_bytes);
        self.busy.heard_ms.set(now_wall_ms);
    }

    /// The same, where nobody knows its length.
    pub(crate) fn heard_one(&self) {
        self.received_messages.add(1);
    }

    pub(crate) fn begins(&self, now_wall_ms: u64) {
        self.busy.heard_ms.set(now_wall_ms);
    }

    /// Since when (epoch milliseconds) what is published goes to it as news.
    pub(crate) fn news_since_ms(&self) -> u64 {
        self.busy.heard_ms.value()
    }

    pub(crate) fn measured(&self, round_trip: Duration) {
        let micros = u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX);
        self.round_trip_us.set(micros.saturating_add(1));
    }

    /// What the hub counted until it let go of the subscriber.
    pub(crate) fn parted(&self, tally: Tally) {
        self.conflated.set(tally.conflated);
        self.resyncs.set(tally.resyncs);
        self.gaps.set(tally.gaps);
    }

    pub(crate) fn waiting_bytes(&self) -> u64 {
        self.busy.waiting_bytes.value()
    }

    pub(crate) fn last_flush(&self) -> Option<Duration> {
        Some(self.busy.last_flush_ms.value()).filter(|ms| *ms > 0).map(Duration::from_millis)
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip_us.value().checked_sub(1).map(Duration::from_micros)
    }

    /// All of it. `live` is what the hub has counted, while it knows the subscriber.
    pub(crate) fn sums(&self, live: Option<Tally>) -> Sums {
        let parted = || Tally {
            conflated: self.conflated.value(),
            resyncs: self.resyncs.value(),
            gaps: self.gaps.value(),
        };
        Sums {
            sent_messages: self.busy.sent_messages.value(),
            sent_payload_bytes: self.busy.sent_payload_bytes.value(),
            sent_wire_bytes: self.busy.sent_wire_bytes.value(),
            received_messages: self.received_messages.value(),
            received_payload_bytes: self.received_payload_bytes.value(),
            received_wire_bytes: self.received_wire_bytes.value(),
            flushes: self.busy.flushes.value(),
            tally: live.unwrap_or_else(parted),
        }
    }
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.sent_messages += other.sent_messages;
        self.sent_payload_bytes += other.sent_payload_bytes;
        self.sent_wire_bytes += other.sent_wire_bytes;
        self.received_messages += other.received_messages;
        self.received_payload_bytes += other.received_payload_bytes;
        self.received_wire_bytes += other.received_wire_bytes;
        self.flushes += other.flushes;
        self.tally += other.tally;
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
