//! All open streams, and the task that gives them what the hub says is due.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use bellwether_hub::{Hub, HubError, Segment, ShardId, Since, SubscriberId};
use bellwether_signal::{
    Moment, Role, Topic, TopicPattern,
    protocol::{CloseCode, Kind},
};
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    EventBody, Peer, Place,
    outbox::{Outbox, Pull},
    place::TooLong,
};
use crate::{
    access::Stay,
    clients::{Cut, Flushes, Seat},
    metrics::GatewayCounts,
    websocket::{self, SocketTiming},
};

/// Streams open at the same time: half of the HTTP connections that the server has. One more is
/// refused, and its client polls.
const STREAMS: usize = 512;

/// The streams of a server.
pub(crate) struct Streams {
    hub: Hub,
    shard: ShardId,
    clock: fn() -> Moment,
    counts: Arc<GatewayCounts>,
    timing: SocketTiming,
    wake: Arc<Notify>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    outboxes: HashMap<SubscriberId, Arc<Outbox>>,
    /// The server ends: none is added.
    closing: bool,
}

/// What a stream is opened with.
pub(crate) struct Opening {
    pub(crate) role: Role,
    pub(crate) patterns: Vec<TopicPattern>,
    /// Where to go on; what `place` names counts more.
    pub(crate) since: Since,
    /// The id of the last event that the client had.
    pub(crate) place: Option<Place>,
    pub(crate) interval: Option<Duration>,
    pub(crate) stay: Stay,
    /// Its place among all who are connected.
    pub(crate) seat: Seat,
    pub(crate) peer: Option<Peer>,
}

/// Why a stream was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("{STREAMS} streams are open, no more are taken; try again later")]
    TooMany,
    #[error("the server is stopping; come back soon")]
    Closing,
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error(transparent)]
    Hub(#[from] HubError),
}

impl Streams {
    pub(crate) fn new(
        hub: Hub,
        clock: fn() -> Moment,
        counts: Arc<GatewayCounts>,
        timing: SocketTiming,
    ) -> io::Result<Arc<Self>> {
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let shard = hub
            .add_shard(move || woken.notify_one())
            .ok_or_else(|| io::Error::other("the hub has all the shards that it can have"))?;
        Ok(Arc::new(Self { hub, shard, clock, counts, timing, wake, open: Mutex::default() }))
    }

    /// Subscribes; the answer's body is the stream.
    pub(crate) fn open(self: &Arc<Self>, opening: Opening) -> Result<EventBody, OpenError> {
        let Moment { wall, monotonic: now } = (self.clock)();
        {
            let open = self.opened();
            if open.closing {
                return Err(OpenError::Closing);
            }
            if open.outboxes.len() >= STREAMS {
                return Err(OpenError::TooMany);
            }
        }
        let id = self.hub.add_subscriber(self.shard, opening.role)?;
        // Blocked until its outbox is there: nothing is flushed to nobody.
        self.hub.set_blocked(id, true);
        let begun = self.begin(id, &opening);
        let place = match begun {
            Ok(place) => place,
            Err(error) => {
                self.hub.remove_subscriber(id);
                return Err(error);
            }
        };
        if let Some(peer) = &opening.peer {
            peer.prepare(self.timing.drop_after);
        }
        self.counts.streams.add(1);
        self.counts.streams_opened.add(1);
        let seat = opening.seat;
        seat.is_subscriber(id);
        let welcome = websocket::welcome(&self.hub, seat.name().to_owned(), opening.role, wall);
        let welcome = serde_json::to_string(&welcome).expect("an answer has only text keys");
        let stay = opening.stay.unless(seat.dismissal());
        let outbox = Outbox::new(opening.peer, &welcome, place, now, seat);
        let outbox = Arc::new(outbox);
        self.opened().outboxes.insert(id, Arc::clone(&outbox));
        self.hub.set_blocked(id, false);
        // The task may sleep as if there were no stream to look after.
        self.wake.notify_one();
        let departure = Box::pin(async move { stay.ended().await });
        Ok(EventBody { streams: Arc::clone(self), id, outbox, departure: Some(departure) })
    }

    /// Subscribes, and finds out where in its event topics the stream begins.
    fn begin(&self, id: SubscriberId, opening: &Opening) -> Result<Place, OpenError> {
        let mut named: HashMap<Topic, _> = match &opening.since {
            Since::Positions(named) => named.clone(),
            Since::Retained | Since::Now => HashMap::new(),
        };
        let place = opening.place.iter().flat_map(Place::positions);
        named.extend(place.map(|(topic, position)| (topic.clone(), position)));
        let since = match &opening.since {
            Since::Now if named.is_empty() => Since::Now,
            Since::Retained | Since::Now | Since::Positions(_) => Since::Positions(named.clone()),
        };
        self.hub.subscribe(id, &opening.patterns, &since, opening.interval)?;
        let mut place = Place::default();
        let here = self.hub.positions(id);
        let is_state: HashMap<Topic, bool> = opening
            .patterns
            .iter()
            .flat_map(|pattern| self.hub.topics(pattern))
            .map(|(topic, kind)| (topic, kind == Kind::State))
            .collect();
        let wanted = |topic: &Topic| opening.patterns.iter().any(|p| p.matches(topic));
        // What was named stays the client's place until it was told what came after it.
        let all = here.into_iter().chain(named.into_iter().filter(|(topic, _)| wanted(topic)));
        for (topic, position) in all {
            if !is_state.get(&topic).copied().unwrap_or_default() {
                place.reach(&topic, position)?;
            }
        }
        Ok(place)
    }

    /// Flushes until `stop`, then says goodbye to all.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut due = Vec::new();
        let mut segments = Vec::new();
        let mut next_round = self.now() + self.timing.round;
        loop {
            let now = self.now();
            let deliver = |id, segments: &[Arc<Segment>]| self.deliver(id, segments, now);
            let next = self.hub.flush(self.shard, now, &mut due, &mut segments, deliver);
            segments.clear(); // nothing is kept alive between flushes
            if now >= next_round {
                self.look_after(now);
                next_round = now + self.timing.round;
            }
            // Without streams there is nothing to wake for.
            let round = (!self.opened().outboxes.is_empty()).then_some(next_round);
            let until = next.into_iter().chain(round).min();
            let wait = until.map(|until| until.saturating_sub(now));
            tokio::select! {
                () = self.wake.notified() => {}
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                () = stop.cancelled() => break,
            }
        }
        self.opened().closing = true;
        for outbox in self.outboxes() {
            outbox.close(CloseCode::GoingAway, "the server is stopping; come back soon");
        }
    }

    pub(super) fn now(&self) -> Duration {
        (self.clock)().monotonic
    }

    /// Counts what the connection took. When that was the flush, the next one may come.
    pub(super) fn note(&self, id: SubscriberId, pull: &Pull) {
        if let Poll::Ready(Some(bytes)) = &pull.chunk {
            self.counts.stream_messages.add(pull.messages);
            self.counts.stream_bytes.add(bytes.len() as u64);
        }
        if pull.freed {
            self.hub.set_blocked(id, false);
        }
    }

    /// The body is gone.
    pub(super) fn part(&self, id: SubscriberId) {
        match self.opened().outboxes.remove(&id) {
            Some(outbox) => outbox.seat().leaves(&self.hub, id),
            None => drop(self.hub.remove_subscriber(id)),
        }
        self.counts.streams.sub(1);
    }

    fn deliver(&self, id: SubscriberId, segments: &[Arc<Segment>], now: Duration) {
        let Some(outbox) = self.opened().outboxes.get(&id).cloned() else { return };
        // First, because the body may pull it at once and say that it is free.
        self.hub.set_blocked(id, true);
        let moment = Moment { monotonic: now, ..(self.clock)() };
        Flushes::at(moment).note(outbox.seat(), segments);
        outbox.put(segments, now);
    }

    /// Says to the quiet that we are there, and cuts those that take nothing.
    fn look_after(&self, now: Duration) {
        for outbox in self.outboxes() {
            if outbox.stuck_for(now).is_some_and(|stuck| stuck >= self.timing.stuck_after) {
                self.counts.streams_dropped.add(1);
                outbox.seat().cut(Cut::Stuck);
                debug!("a stream was cut");
                outbox.cut();
            } else if outbox.quiet_for(now).is_some_and(|quiet| quiet >= self.timing.ping_after / 2)
            {
                outbox.beat(now);
            }
        }
    }

    fn outboxes(&self) -> Vec<Arc<Outbox>> {
        self.opened().outboxes.values().cloned().collect()
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
