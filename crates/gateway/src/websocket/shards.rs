//! All threads that own sockets. A new socket goes to the first that has room, when all are full to the
//! one that has the fewest.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use bellwether_hub::Hub;
use bellwether_signal::Moment;

use super::{Arrival, SocketOptions, SocketTiming, shard::Shard};
use crate::metrics::GatewayCounts;

/// More threads gain nothing: what a socket costs is the kernel's time, and the rest of the program
/// wants cores too.
const THREADS: usize = 4;

/// Sockets that one thread takes before the next one is used. Two threads that write to few sockets each
/// wake up more often, and wake their readers across cores: a thousand sockets at ten flushes a second
/// take less than a tenth of a core (docs/STATUS.md).
const FULL: usize = 1_024;

/// As many as there are cores, up to four.
pub(super) fn usual_threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(THREADS)
}

/// The handles of the threads.
#[derive(Clone)]
pub(crate) struct Shards(Arc<[Shard]>);

impl Shards {
    pub(crate) fn start(
        hub: &Hub,
        clock: fn() -> Moment,
        counts: &Arc<GatewayCounts>,
        timing: SocketTiming,
        options: SocketOptions,
    ) -> io::Result<Self> {
        let start = |_| Shard::start(hub.clone(), clock, Arc::clone(counts), timing);
        (0..options.threads.max(1)).map(start).collect::<io::Result<_>>().map(Self)
    }

    /// Hands over a socket. It is dropped when the server is ending.
    pub(crate) async fn arrive(&self, arrival: Arrival) {
        let with_room = self.0.iter().find(|shard| shard.sockets() < FULL);
        let Some(shard) = with_room.or_else(|| self.0.iter().min_by_key(|shard| shard.sockets()))
        else {
            return;
        };
        shard.arrive(arrival).await;
    }

    /// Has every thread ask its connections whether their stay is over.
    pub(crate) fn look_at_stays(&self) {
        self.0.iter().for_each(Shard::look_at_stays);
    }

    /// Tells all clients that the server ends.
    pub(crate) fn close(&self) {
        self.0.iter().for_each(Shard::close);
    }

    /// Waits until the threads have ended.
    pub(crate) fn join(&self) {
        self.0.iter().for_each(Shard::join);
    }
}

/// How many sockets a thread has, those on their way included.
#[derive(Clone, Debug, Default)]
pub(super) struct Berths(Arc<AtomicUsize>);

impl Berths {
    pub(super) fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn take(&self) -> Berth {
        // Guards nothing: two that arrive at once may choose the same thread.
        self.0.fetch_add(1, Ordering::Relaxed);
        Berth(self.clone())
    }
}

/// One socket's part in that number, for as long as it lives.
#[derive(Debug)]
pub(super) struct Berth(Berths);

impl Drop for Berth {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
