//! The core behind a lock, with wakers for those who flush.

use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    app::Published,
    protocol::{Kind, Position},
};
use serde_json::{Map, Value};

use crate::{
    Core, Glance, HubError, Limits, Look, Missing, News, Page, Priority, Publication, Segment,
    ShardId, Sharing, Since, Standing, SubscriberId, Tally,
};

/// Hears of topics that gained their first subscriber (`true`) or lost their last.
pub type InterestListener = Box<dyn Fn(&Topic, bool) + Send + Sync>;

/// Most shards: one for streams, and one for each thread that owns sockets.
const SHARDS: usize = 8;

/// Subscribers that are given what is theirs under one lock, which takes some microseconds.
const TOGETHER: usize = 64;

type Waker = Box<dyn Fn() + Send + Sync>;

/// A shared hub. Each call takes the lock for the few microseconds of one decision; nothing is
/// written to a socket under it.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    core: Mutex<Core>,
    wakers: [OnceLock<Waker>; SHARDS],
    /// Wakes who asks logs.
    asker: OnceLock<Waker>,
    on_interest: InterestListener,
    /// Somebody of the gateway who hears of it too.
    also_on_interest: OnceLock<InterestListener>,
}

/// Some of the subscribers that are flushed, and what each gets.
#[derive(Debug)]
pub struct Group<'a> {
    parts: &'a [(SubscriberId, Range<usize>)],
    segments: &'a [Arc<Segment>],
}

impl<'a> Group<'a> {
    /// Who gets something, and that.
    pub fn iter(&self) -> impl Iterator<Item = (SubscriberId, &'a [Arc<Segment>])> {
        let part = |part: &Range<usize>| self.segments.get(part.clone()).unwrap_or_default();
        self.parts
            .iter()
            .map(move |(id, range)| (*id, part(range)))
            .filter(|(_, it)| !it.is_empty())
    }
}

impl Hub {
    /// A hub of volatile topics. `epoch` has to differ from those of earlier runs.
    pub fn new(epoch: u64, limits: Limits, on_interest: InterestListener) -> Self {
        let wakers = std::array::from_fn(|_| OnceLock::new());
        let (core, also_on_interest) = (Mutex::new(Core::new(epoch, limits)), OnceLock::new());
        Self(Arc::new(Inner {
            core,
            wakers,
            asker: OnceLock::new(),
            on_interest,
            also_on_interest,
        }))
    }

    /// Lets one more hear of topics that gain their first subscriber or lose their last; `false`
    /// when there is one already.
    pub fn watch_interest(&self, listener: InterestListener) -> bool {
        self.0.also_on_interest.set(listener).is_ok()
    }

    /// Adds a group of subscribers; `wake` is called when one of them has something new, and must
    /// return at once. `None` when there are enough.
    pub fn add_shard(&self, wake: impl Fn() + Send + Sync + 'static) -> Option<ShardId> {
        let shard = self.core().add_shard();
        self.0.wakers.get(shard.0)?.set(Box::new(wake)).is_ok().then_some(shard)
    }

    /// See [`Core::publish_state`].
    pub fn publish_state(
        &self,
        topic: &Topic,
        news: impl Into<News>,
        ts: Timestamp,
    ) -> Result<(), HubError> {
        self.change(|core| core.publish_state(topic, news, ts))
    }

    /// Publishes the states of one round together, so that they share a flush: one after the other,
    /// the first would go at once and the rest wait for the clock. The first refusal, if any, is
    /// told, after all were published that could be.
    pub fn publish_states(
        &self,
        states: impl IntoIterator<Item = (Topic, News, Timestamp)>,
    ) -> Result<(), HubError> {
        self.change(|core| {
            let publish =
                |(topic, news, ts): (Topic, News, Timestamp)| core.publish_state(&topic, news, ts);
            states.into_iter().map(publish).fold(Ok(()), Result::and)
        })
    }

    /// See [`Core::retire`].
    pub fn retire(&self, topic: &Topic, ts: Timestamp) {
        self.change(|core| core.retire(topic, ts));
    }

    /// See [`Core::publish_app`].
    pub fn publish_app(
        &self,
        topic: &Topic,
        publication: Publication,
        ts: Timestamp,
    ) -> Result<Published, HubError> {
        self.change(|core| core.publish_app(topic, publication, ts))
    }

    /// See [`Core::publish_event`].
    pub fn publish_event(
        &self,
        topic: &Topic,
        event: Value,
        ts: Timestamp,
        priority: Priority,
    ) -> Result<(), HubError> {
        self.change(|core| core.publish_event(topic, event, ts, priority))
    }

    /// See [`Core::publish_logged`].
    pub fn publish_logged(
        &self,
        topic: &Topic,
        position: Position,
        event: Value,
        ts: Timestamp,
        priority: Priority,
    ) -> Result<(), HubError> {
        self.change(|core| core.publish_logged(topic, position, event, ts, priority))
    }

    /// See [`Core::restore_events`].
    pub fn restore_events(
        &self,
        topic: &Topic,
        newest: Position,
        events: impl IntoIterator<Item = (Position, Value, Timestamp)>,
    ) -> Result<(), HubError> {
        self.change(|core| core.restore_events(topic, newest, events))
    }

    /// A copy of the newest value of a state topic, and when it was measured.
    pub fn state(&self, topic: &Topic) -> Option<(Map<String, Value>, Timestamp)> {
        self.core().state(topic).map(|(value, ts)| (value.clone(), ts))
    }

    /// Looks at the newest value of a state topic without copying it. `look` has to return at once:
    /// the lock is held.
    pub fn look<R>(&self, topic: &Topic, look: impl FnOnce(&Map<String, Value>) -> R) -> Option<R> {
        self.core().state(topic).map(|(value, _)| look(value))
    }

    /// The topics that a pattern matches.
    pub fn topics(&self, pattern: &TopicPattern) -> Vec<(Topic, Kind)> {
        self.core().topics(pattern).map(|(topic, kind)| (topic.clone(), kind)).collect()
    }

    /// See [`Core::add_subscriber`].
    pub fn add_subscriber(&self, shard: ShardId, role: Role) -> Result<SubscriberId, HubError> {
        self.core().add_subscriber(shard, role)
    }

    /// See [`Core::remove_subscriber`].
    pub fn remove_subscriber(&self, id: SubscriberId) -> Tally {
        self.change(|core| core.remove_subscriber(id))
    }

    /// See [`Core::standing`].
    pub fn standing(&self, id: SubscriberId) -> Option<Standing> {
        self.core().standing(id)
    }

    /// See [`Core::subscribe`] and [`Core::set_interval`]: both, or neither.
    pub fn subscribe(
        &self,
        id: SubscriberId,
        patterns: &[TopicPattern],
        since: &Since,
        interval: Option<Duration>,
    ) -> Result<(), HubError> {
        self.change(|core| {
            let before = interval.map(|interval| core.set_interval(id, interval)).transpose()?;
            let subscribed = core.subscribe(id, patterns, since);
            if let (Err(_), Some(before)) = (&subscribed, before) {
                core.set_interval(id, before)?;
            }
            subscribed
        })
    }

    /// See [`Core::unsubscribe`].
    pub fn unsubscribe(&self, id: SubscriberId, patterns: &[TopicPattern]) -> Result<(), HubError> {
        self.change(|core| core.unsubscribe(id, patterns))
    }

    /// See [`Core::set_blocked`].
    pub fn set_blocked(&self, id: SubscriberId, blocked: bool) {
        self.change(|core| core.set_blocked(id, blocked));
    }

    /// Hands what is due in a shard to `write`, subscriber by subscriber, and says when the next
    /// flush is due. The lock is not held while `write` runs.
    pub fn flush(
        &self,
        shard: ShardId,
        now: Duration,
        due: &mut Vec<SubscriberId>,
        segments: &mut Vec<Arc<Segment>>,
        mut write: impl FnMut(SubscriberId, &[Arc<Segment>]),
    ) -> Option<Duration> {
        self.flush_groups(shard, now, due, segments, |group| {
            for (id, part) in group.iter() {
                write(id, part);
            }
        })
    }

    /// The same for a group of subscribers at a time. With a thousand of them nothing of the next one is
    /// in a cache once the one before was written to: whoever looks at all of a group first waits for
    /// their memory together, and not one after the other.
    pub fn flush_groups(
        &self,
        shard: ShardId,
        now: Duration,
        due: &mut Vec<SubscriberId>,
        segments: &mut Vec<Arc<Segment>>,
        mut write: impl FnMut(&Group<'_>),
    ) -> Option<Duration> {
        due.clear();
        let next = self.core().due(shard, now, due);
        let mut sharing = Sharing::default();
        let mut parts = Vec::with_capacity(TOGETHER.min(due.len()));
        for some in due.chunks(TOGETHER) {
            segments.clear();
            parts.clear();
            let missing = {
                let mut core = self.core();
                sharing.forget();
                for id in some {
                    parts.push((*id, core.take_shared(*id, now, &mut sharing, segments)));
                }
                core.is_missing()
            };
            if let (true, Some(wake)) = (missing, self.0.asker.get()) {
                wake();
            }
            write(&Group { parts: &parts, segments });
        }
        next
    }

    /// From now on `wake` is called when something is missing that a log may have, and whoever it
    /// wakes [answers](Self::supply) it. It must return at once. False when there is somebody already.
    pub fn answer_missing(&self, wake: impl Fn() + Send + Sync + 'static) -> bool {
        let first = self.0.asker.set(Box::new(wake)).is_ok();
        if first {
            self.core().answer_missing();
        }
        first
    }

    /// See [`Core::take_missing`].
    pub fn take_missing(&self) -> Vec<Missing> {
        self.core().take_missing()
    }

    /// See [`Core::places`].
    pub fn places(
        &self,
        role: Role,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<Vec<(Topic, Position)>, HubError> {
        self.core().places(role, patterns, since)
    }

    /// See [`Core::supply`].
    pub fn supply(&self, missing: &Missing, page: Page) {
        self.change(|core| core.supply(missing, page));
    }

    /// A subscriber that looks as often as it likes, past the clock.
    pub fn look_on(
        &self,
        role: Role,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<Look, HubError> {
        // On no list: nobody flushes it.
        let id = self.add_subscriber(ShardId(usize::MAX), role)?;
        let look = Look { hub: self.clone(), id };
        self.subscribe(id, patterns, since, None)?;
        Ok(look)
    }

    /// See [`Core::take`] and [`Core::take_missing_of`].
    pub(crate) fn take_now(
        &self,
        id: SubscriberId,
        segments: &mut Vec<Arc<Segment>>,
    ) -> Vec<Missing> {
        let mut core = self.core();
        core.take(id, Duration::ZERO, segments);
        core.take_missing_of(id)
    }

    /// What a subscriber of these patterns would be sent, without becoming one.
    pub fn glance(
        &self,
        role: Role,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<Glance, HubError> {
        self.core().glance(role, patterns, since)
    }

    /// See [`Core::positions`].
    pub fn positions(&self, id: SubscriberId) -> Vec<(Topic, Position)> {
        self.core().positions(id)
    }

    /// See [`Core::counts`].
    pub fn counts(&self) -> (usize, usize) {
        self.core().counts()
    }

    /// The bounds in force.
    pub fn limits(&self) -> Limits {
        *self.core().limits()
    }

    /// Changes the core, then, without the lock, wakes the shards that have something new and tells
    /// of changed interest.
    fn change<R>(&self, change: impl FnOnce(&mut Core) -> R) -> R {
        let (result, woken, interest) = {
            let mut core = self.core();
            let result = change(&mut core);
            (result, core.take_woken(), core.take_interest())
        };
        for (index, waker) in self.0.wakers.iter().enumerate() {
            if let (true, Some(wake)) = (woken & (1 << index) != 0, waker.get()) {
                wake();
            }
        }
        for (topic, wanted) in interest {
            (self.0.on_interest)(&topic, wanted);
            if let Some(also) = self.0.also_on_interest.get() {
                also(&topic, wanted);
            }
        }
        result
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        // A panic under the lock would leave a half-done decision at worst; the next publication
        // mends it, and a silent hub would not.
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
