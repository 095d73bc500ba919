//! What passes through the gateway, counted.

use std::{
    array,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Lanes of numbers that are added to at every flush. Threads beyond share them.
const LANES: usize = 8;

/// One number that many threads add to. It guards nothing, so the order of additions does not matter.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// For a number that one place keeps, and others read.
    pub(crate) fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One for each thread that adds often: the same number on two threads would go to and fro between
/// their caches at every flush, which costs more than the rest of the counting.
#[derive(Debug)]
pub(crate) struct Lanes<T>([Lane<T>; LANES]);

/// On cache lines of its own.
#[derive(Debug)]
#[repr(align(64))]
struct Lane<T>(T);

impl<T> Lanes<T> {
    pub(crate) fn new(mut lane: impl FnMut() -> T) -> Self {
        Self(array::from_fn(|_| Lane(lane())))
    }

    /// That of the thread that calls.
    pub(crate) fn own(&self) -> &T {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % LANES;
        }
        let Self([first, ..]) = self;
        &self.0.get(OWN.with(|own| *own)).unwrap_or(first).0
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|lane| &lane.0)
    }
}

/// A number that threads add to at every flush.
#[derive(Debug)]
pub(crate) struct BusyCount(Lanes<Count>);

impl Default for BusyCount {
    fn default() -> Self {
        Self(Lanes::new(Count::default))
    }
}

impl BusyCount {
    pub(crate) fn add(&self, n: u64) {
        self.0.own().add(n);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.all().map(Count::value).sum()
    }
}

/// Totals since start, and the sockets and streams that are open now.
#[derive(Debug, Default)]
pub struct GatewayCounts {
    pub(crate) connections: Count,
    pub(crate) opened: Count,
    pub(crate) sent_messages: BusyCount,
    pub(crate) sent_bytes: BusyCount,
    pub(crate) received_messages: Count,
    /// Messages that were packed, each once for all who got it.
    pub(crate) packings: Count,
    /// Bytes of the packed messages that were sent, before and after packing.
    pub(crate) unpacked_bytes: BusyCount,
    pub(crate) packed_bytes: BusyCount,
    pub(crate) flushes: BusyCount,
    pub(crate) dropped: Count,
    pub(crate) streams: Count,
    pub(crate) streams_opened: Count,
    pub(crate) streams_dropped: Count,
    pub(crate) stream_messages: Count,
    pub(crate) stream_bytes: Count,
    pub(crate) requests: Count,
    pub(crate) failed_requests: Count,
    pub(crate) refused: Count,
    /// Sessions of Socket.IO that are open now; they count among the connections too.
    pub(crate) socketio: Count,
}

/// One reading of [`GatewayCounts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GatewayTotals {
    /// Sockets open now.
    pub connections: u64,
    /// Envelopes and answers written.
    pub sent_messages: u64,
    /// Bytes written.
    pub sent_bytes: u64,
    /// Messages read.
    pub received_messages: u64,
    /// Messages that were packed, each once for all who got it.
    pub packings: u64,
    /// Bytes that the packed messages which were sent would have had as they were.
    pub unpacked_bytes: u64,
    /// Bytes that they had.
    pub packed_bytes: u64,
    /// Writes that carried messages.
    pub flushes: u64,
    /// Sockets that we closed for cause.
    pub dropped: u64,
    /// Streams (Server-Sent Events) open now.
    pub streams: u64,
    /// Streams that we cut for cause.
    pub streams_dropped: u64,
}

impl GatewayCounts {
    /// Reads all counts. They are not read at one instant; each is right by itself.
    pub fn totals(&self) -> GatewayTotals {
        GatewayTotals {
            connections: self.connections.value(),
            sent_messages: self.sent_messages.value(),
            sent_bytes: self.sent_bytes.value(),
            received_messages: self.received_messages.value(),
            packings: self.packings.value(),
            unpacked_bytes: self.unpacked_bytes.value(),
            packed_bytes: self.packed_bytes.value(),
            flushes: self.flushes.value(),
            dropped: self.dropped.value(),
            streams: self.streams.value(),
            streams_dropped: self.streams_dropped.value(),
        }
    }
}
