//! All decisions of the hub, as plain functions of state, input and time.

mod absent;
mod app;
mod catching_up;
mod looking;
mod retiring;
mod sharing;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

pub use app::Publication;
use catching_up::Asking;
pub(crate) use catching_up::CatchUp;
pub use catching_up::{Missing, Page, Past};
pub use looking::Glance;
pub use sharing::Sharing;

use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    app::is_app,
    protocol::{Kind, Position},
};
use serde_json::Value;
use smallvec::SmallVec;

use crate::{
    error::HubError,
    event_topic::EventTopic,
    limits::Limits,
    mailboxes::Mailboxes,
    numbered::Numbered,
    segment::{Form, Segment},
    since::{Since, Start},
    standing::Tally,
    state_topic::{News, StateTopic},
    subscriber::{Absence, Cursor, Mailbox, Priority, Subscriber, TopicIndex},
    waiting::Waiting,
};

/// A group of subscribers that one thread of the gateway flushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShardId(pub(crate) usize);

/// One subscriber. Numbers are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriberId(u64);

#[derive(Debug)]
enum Channel {
    State(StateTopic),
    Event(EventTopic),
}

impl Channel {
    fn kind(&self) -> Kind {
        match self {
            Self::State(_) => Kind::State,
            Self::Event(_) => Kind::Event,
        }
    }
}

#[derive(Debug)]
struct TopicEntry {
    topic: Topic,
    channel: Channel,
    /// Its events are in a log too.
    logged: bool,
    priority: Priority,
    /// Who has a cursor here: resolved once per topic and subscription, not per publication.
    subscribers: Vec<SubscriberId>,
    /// Those of them that have everything, or had when they were put here: the next publication is
    /// noted for each once, and the ones after it cost nothing until it was taken.
    hearing: Vec<SubscriberId>,
}

/// Topics, cursors and the flush clock. Time is the monotonic time that callers hand in.
#[derive(Debug)]
pub struct Core {
    limits: Limits,
    /// The epoch of every volatile topic: those of this run of the program.
    epoch: u64,
    topics: Vec<TopicEntry>,
    by_name: HashMap<Topic, TopicIndex>,
    /// How many of them are users' own.
    app_topics: usize,
    /// States that are gone, oldest first; some of them may be back.
    retired: VecDeque<TopicIndex>,
    /// The highest offset of a state whose place was given away: should its name come back, nobody may
    /// take a position of then for one of now.
    forgotten: u64,
    /// Boxed: a table of them is up to twice as large as what is in it.
    subscribers: Numbered<SubscriberId, Box<Subscriber>>,
    next_subscriber: u64,
    /// Subscribers with something new, by shard.
    waiting: Waiting,
    /// Topics that gained their first subscriber or lost their last since it was asked.
    interest: Vec<(Topic, bool)>,
    /// What is asked of logs.
    asking: Asking,
    /// Those who named topics from before a restart, by shard.
    absences: Vec<Vec<SubscriberId>>,
}

impl Core {
    /// `epoch` has to differ from those of earlier runs: the start time does.
    pub fn new(epoch: u64, limits: Limits) -> Self {
        Self {
            limits,
            epoch,
            topics: Vec::new(),
            by_name: HashMap::new(),
            app_topics: 0,
            retired: VecDeque::new(),
            forgotten: 0,
            subscribers: Numbered::default(),
            next_subscriber: 0,
            waiting: Waiting::default(),
            interest: Vec::new(),
            asking: Asking::default(),
            absences: Vec::new(),
        }
    }

    /// The bounds in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Adds a group of subscribers.
    pub fn add_shard(&mut self) -> ShardId {
        self.waiting.shards.push(Vec::new());
        self.absences.push(Vec::new());
        ShardId(self.waiting.shards.len() - 1)
    }

    /// Publishes the newest value of a state topic, or what changed of it; a value without change says
    /// "still so".
    pub fn publish_state(
        &mut self,
        topic: &Topic,
        news: impl Into<News>,
        ts: Timestamp,
    ) -> Result<(), HubError> {
        let index = self.topic(topic, Kind::State, Position(self.epoch, 0))?;
        let Some(entry) = self.topics.get_mut(index) else { return Ok(()) };
        if let Channel::State(state) = &mut entry.channel {
            state.publish(news.into(), ts, !entry.subscribers.is_empty(), self.limits.patches);
        }
        self.mark(index, Priority::Normal);
        Ok(())
    }

    /// Publishes an event of a volatile topic: it gets the next position.
    pub fn publish_event(
        &mut self,
        topic: &Topic,
        event: Value,
        ts: Timestamp,
        priority: Priority,
    ) -> Result<(), HubError> {
        let index = self.topic(topic, Kind::Event, Position(self.epoch, 0))?;
        self.publish_at(index, None, event, ts, priority)
    }

    /// Publishes an event of a logged topic, at the position that its log gave it: after the newest
    /// one, in the same epoch or a later one.
    pub fn publish_logged(
        &mut self,
        topic: &Topic,
        position: Position,
        event: Value,
        ts: Timestamp,
        priority: Priority,
    ) -> Result<(), HubError> {
        let before = Position(position.epoch(), position.offset().saturating_sub(1));
        let index = self.topic(topic, Kind::Event, before)?;
        self.topics.get_mut(index).into_iter().for_each(|entry| entry.logged = true);
        self.publish_at(index, Some(position), event, ts, priority)
    }

    /// Puts back a logged topic as its log knows it, after a restart: where it stands, and its
    /// newest events, oldest first.
    pub fn restore_events(
        &mut self,
        topic: &Topic,
        newest: Position,
        events: impl IntoIterator<Item = (Position, Value, Timestamp)>,
    ) -> Result<(), HubError> {
        for (position, event, ts) in events {
            self.publish_logged(topic, position, event, ts, Priority::Normal)?;
        }
        let index = self.topic(topic, Kind::Event, newest)?;
        if let Some(TopicEntry { channel: Channel::Event(events), logged, .. }) =
            self.topics.get_mut(index)
        {
            events.advance(newest);
            *logged = true;
        }
        self.mark(index, Priority::Normal);
        Ok(())
    }

    fn publish_at(
        &mut self,
        index: TopicIndex,
        position: Option<Position>,
        event: Value,
        ts: Timestamp,
        priority: Priority,
    ) -> Result<(), HubError> {
        let Some(entry) = self.topics.get_mut(index) else { return Ok(()) };
        if let Channel::Event(events) = &mut entry.channel {
            let position = position.unwrap_or_else(|| events.next_position());
            if !events.takes(position) {
                let (topic, newest) = (entry.topic.clone(), events.position());
                return Err(HubError::NotAfter { topic, position, newest });
            }
            events.publish(&entry.topic, position, event, ts, self.limits.ring);
        }
        entry.priority = priority;
        self.mark(index, priority);
        Ok(())
    }

    /// Adds a subscriber without patterns.
    pub fn add_subscriber(&mut self, shard: ShardId, role: Role) -> Result<SubscriberId, HubError> {
        if self.subscribers.len() >= self.limits.subscribers {
            return Err(HubError::TooManySubscribers(self.limits.subscribers));
        }
        self.next_subscriber += 1;
        let id = SubscriberId(self.next_subscriber);
        let subscriber = Subscriber {
            shard: shard.0,
            role,
            patterns: Vec::new(),
            mailboxes: Mailboxes::default(),
            awaited: BTreeMap::new(),
            absence: Absence::default(),
            catching_up: BTreeMap::new(),
            interval: self.limits.interval,
            last_flush: None,
            dirty: SmallVec::new(),
            urgent: 0,
            listed: false,
            blocked: false,
            tally: Tally::default(),
        };
        self.subscribers.insert(id, Box::new(subscriber));
        Ok(id)
    }

    /// Forgets a subscriber; answers what it did not get one by one.
    pub fn remove_subscriber(&mut self, id: SubscriberId) -> Tally {
        let Some(gone) = self.subscribers.remove(&id) else { return Tally::default() };
        for index in gone.mailboxes.indices() {
            self.leave(index, id);
        }
        if let Some(shard) = self.waiting.shards.get_mut(gone.shard) {
            shard.retain(|waits| *waits != id);
        }
        gone.tally
    }

    /// Sets the shortest time between two flushes, and says what it was.
    pub fn set_interval(
        &mut self,
        id: SubscriberId,
        interval: Duration,
    ) -> Result<Duration, HubError> {
        if interval > self.limits.interval_max {
            return Err(HubError::IntervalTooLong(self.limits.interval_max));
        }
        let subscriber = self.subscribers.get_mut(&id).ok_or(HubError::NoSuchSubscriber)?;
        // A shorter interval holds at once, counted from the last flush.
        let before = std::mem::replace(&mut subscriber.interval, interval);
        if subscriber.listed {
            self.waiting.woken |= 1 << subscriber.shard; // its deadline moved
        }
        Ok(before)
    }

    /// Adds patterns. Topics that the subscriber already has keep their cursor, unless `since`
    /// names a position for them.
    pub fn subscribe(
        &mut self,
        id: SubscriberId,
        patterns: &[TopicPattern],
        since: &Since,
    ) -> Result<(), HubError> {
        let subscriber = self.subscribers.get_mut(&id).ok_or(HubError::NoSuchSubscriber)?;
        let mut all = subscriber.patterns.clone();
        for pattern in patterns {
            if !all.contains(pattern) {
                all.push(pattern.clone());
            }
        }
        if all.len() > self.limits.patterns {
            return Err(HubError::TooManyPatterns(self.limits.patterns));
        }
        subscriber.patterns = all;
        if let Since::Positions(known) = since {
            for (topic, position) in known {
                let room = subscriber.awaited.len() < self.limits.positions
                    || subscriber.awaited.contains_key(topic);
                if room && !self.by_name.contains_key(topic) {
                    subscriber.awaited.insert(topic.clone(), *position);
                }
            }
        }
        for index in 0..self.topics.len() {
            let Some(entry) = self.topics.get(index) else { break };
            self.join(index, id, since.start(&entry.topic));
        }
        self.expect_back(id);
        Ok(())
    }

    /// Takes patterns back; cursors of topics that no other pattern wants are forgotten.
    pub fn unsubscribe(
        &mut self,
        id: SubscriberId,
        patterns: &[TopicPattern],
    ) -> Result<(), HubError> {
        let subscriber = self.subscribers.get_mut(&id).ok_or(HubError::NoSuchSubscriber)?;
        subscriber.patterns.retain(|pattern| !patterns.contains(pattern));
        let topics = &self.topics;
        let unwanted: Vec<TopicIndex> = subscriber
            .mailboxes
            .indices()
            .filter(|index| topics.get(*index).is_none_or(|t| !subscriber.wants(&t.topic)))
            .collect();
        for index in &unwanted {
            subscriber.forget(*index);
        }
        for index in unwanted {
            self.leave(index, id);
        }
        Ok(())
    }

    /// Says that a subscriber's socket takes nothing at the moment, or takes again.
    pub fn set_blocked(&mut self, id: SubscriberId, blocked: bool) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        subscriber.blocked = blocked;
        if !blocked && subscriber.has_news() {
            self.waiting.list(subscriber, id);
        }
    }

    /// Those of a shard that may be flushed now, and when the next of the others may.
    pub fn due(
        &mut self,
        shard: ShardId,
        now: Duration,
        out: &mut Vec<SubscriberId>,
    ) -> Option<Duration> {
        let mut next = self.look_at_absences(shard, now);
        let subscribers = &mut self.subscribers;
        self.waiting.shards.get_mut(shard.0)?.retain(|id| {
            let Some(subscriber) = subscribers.get_mut(id) else { return false };
            if subscriber.blocked || !subscriber.has_news() {
                subscriber.listed = false;
                return false;
            }
            if subscriber.is_due(now) {
                subscriber.listed = false;
                out.push(*id);
                return false;
            }
            let its = subscriber.not_before();
            next = Some(next.map_or(its, |at| at.min(its)));
            true
        });
        next
    }

    /// Appends everything that a subscriber has not had, most urgent first, moves its cursors and,
    /// when there was something, starts its clock.
    pub fn take(&mut self, id: SubscriberId, now: Duration, out: &mut Vec<Arc<Segment>>) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        let mut dirty = std::mem::take(&mut subscriber.dirty);
        subscriber.urgent = 0;
        let before = out.len();
        absent::tell(subscriber, self.epoch, &self.by_name, out);
        let topics = &mut self.topics;
        dirty.sort_by_key(|index| topics.get(*index).map(|entry| entry.priority));
        for index in dirty.drain(..) {
            let (Some(entry), Some(mailbox)) =
                (topics.get_mut(index), subscriber.mailboxes.get_mut(index))
            else {
                continue;
            };
            mailbox.taken(id, &mut entry.hearing);
            match (&mut entry.channel, &mut mailbox.cursor) {
                (Channel::State(state), Cursor::State { known }) => {
                    if let Some(segment) = state.since(&entry.topic, *known) {
                        subscriber.tally.given(*known, state.position(), segment.form());
                        out.push(segment);
                    }
                    *known = Some(state.position());
                }
                (Channel::Event(events), Cursor::Event(cursor))
                    if entry.logged && self.asking.answered =>
                {
                    let whose = (id, index, self.limits.resume);
                    let from = (&entry.topic, &*events);
                    self.asking.take(whose, from, cursor, &mut subscriber.catching_up, out);
                }
                (Channel::Event(events), Cursor::Event(cursor)) => {
                    let from = out.len();
                    events.take(&entry.topic, cursor, out);
                    let given = out.iter().skip(from);
                    let gaps = given.filter(|segment| segment.form() == Form::Gap).count();
                    subscriber.tally.gaps += gaps as u64;
                }
                (Channel::State(_), Cursor::Event(_))
                | (Channel::Event(_), Cursor::State { .. }) => {}
            }
        }
        if out.len() > before {
            subscriber.last_flush = Some(now);
        }
        // Its capacity is used again: no allocation per flush.
        subscriber.dirty = dirty;
    }

    /// The shards that got somebody to flush since the last call, a bit each.
    pub fn take_woken(&mut self) -> u32 {
        std::mem::take(&mut self.waiting.woken)
    }

    /// Topics that gained their first subscriber (`true`) or lost their last since the last call.
    pub fn take_interest(&mut self) -> Vec<(Topic, bool)> {
        std::mem::take(&mut self.interest)
    }

    /// The topic's index; makes the topic, whose next publication follows `start`, and lets those
    /// join who want it.
    fn topic(
        &mut self,
        topic: &Topic,
        kind: Kind,
        start: Position,
    ) -> Result<TopicIndex, HubError> {
        if let Some(index) = self.by_name.get(topic).copied() {
            let is = self.topics.get(index).map_or(kind, |entry| entry.channel.kind());
            if is == kind {
                return Ok(index);
            }
            return Err(HubError::WrongKind { topic: topic.clone(), is, published: kind });
        }
        if is_app(topic) && self.app_topics >= self.limits.app_topics {
            return Err(HubError::TooManyAppTopics(self.limits.app_topics));
        }
        let is_full = self.topics.len() >= self.limits.topics;
        let free = if is_full { self.reclaim() } else { None };
        let channel = match kind {
            Kind::State => Channel::State(StateTopic::new(Position(start.epoch(), self.forgotten))),
            Kind::Event => Channel::Event(EventTopic::after(start)),
        };
        let entry = TopicEntry {
            topic: topic.clone(),
            channel,
            logged: false,
            priority: Priority::default(),
            subscribers: Vec::new(),
            hearing: Vec::new(),
        };
        let index = free.unwrap_or(self.topics.len());
        match free.and_then(|place| self.topics.get_mut(place)) {
            Some(place) => *place = entry,
            None if is_full => return Err(HubError::TooManyTopics(self.limits.topics)),
            None => self.topics.push(entry),
        }
        self.by_name.insert(topic.clone(), index);
        self.app_topics += usize::from(is_app(topic));
        let ids: Vec<SubscriberId> = self.subscribers.keys().copied().collect();
        for id in ids {
            // The topic has no past: whoever wants only what comes from now on gets all. A
            // position that was named for it has waited for this, wanted or not.
            let subscriber = self.subscribers.get_mut(&id);
            let named = subscriber.and_then(|it| it.awaited.remove(topic));
            self.join(index, id, named.map_or(Start::Retained, Start::After));
        }
        Ok(index)
    }

    /// Gives a subscriber a mailbox for a topic that it wants.
    fn join(&mut self, index: TopicIndex, id: SubscriberId, start: Start) {
        let (Some(entry), Some(subscriber)) =
            (self.topics.get_mut(index), self.subscribers.get_mut(&id))
        else {
            return;
        };
        if !subscriber.wants(&entry.topic) {
            return;
        }
        let known = subscriber.mailboxes.get(index).copied();
        if known.is_some() && !matches!(start, Start::After(_)) {
            return;
        }
        let (cursor, behind) = match &entry.channel {
            Channel::State(state) => {
                let (known, behind) = match start {
                    // One that was never there may be reached later: it must not count then.
                    Start::After(position) => {
                        let known = Some(position).filter(|it| state.reached(*it));
                        (known, known != Some(state.position()))
                    }
                    Start::Retained | Start::Now => (None, !state.is_gone()),
                };
                (Cursor::State { known }, behind)
            }
            Channel::Event(events) => {
                let cursor = events.cursor(start);
                (Cursor::Event(cursor), events.is_behind(cursor))
            }
        };
        let mut mailbox =
            known.unwrap_or(Mailbox { cursor, dirty: false, urgent: false, hears: false });
        mailbox.cursor = cursor;
        subscriber.catching_up.remove(&index);
        if mailbox.urgent && !behind {
            mailbox.urgent = false;
            subscriber.urgent -= 1;
        }
        if behind == mailbox.hears {
            mailbox.hears = !behind;
            if behind {
                entry.hearing.retain(|hears| *hears != id);
            } else {
                entry.hearing.push(id);
            }
        }
        subscriber.mailboxes.insert(index, mailbox);
        if known.is_none() {
            entry.subscribers.push(id);
            if entry.subscribers.len() == 1 {
                self.interest.push((entry.topic.clone(), true));
            }
        }
        if behind && subscriber.mark(index, Priority::Normal) {
            self.waiting.list(subscriber, id);
        }
    }

    fn leave(&mut self, index: TopicIndex, id: SubscriberId) {
        let Some(entry) = self.topics.get_mut(index) else { return };
        entry.subscribers.retain(|subscriber| *subscriber != id);
        entry.hearing.retain(|subscriber| *subscriber != id);
        if entry.subscribers.is_empty() {
            self.interest.push((entry.topic.clone(), false));
        }
    }

    /// Notes something new in a topic for all its subscribers.
    fn mark(&mut self, index: TopicIndex, priority: Priority) {
        let Some(entry) = self.topics.get_mut(index) else { return };
        // Who has not taken the publication before knows already that there is something; what is
        // urgent is noted for all.
        let hearing = match priority {
            Priority::High => &entry.subscribers,
            Priority::Normal | Priority::Low => &entry.hearing,
        };
        for id in hearing {
            let Some(subscriber) = self.subscribers.get_mut(id) else { continue };
            if subscriber.mark(index, priority) {
                self.waiting.list(subscriber, *id);
            }
        }
        entry.hearing.clear();
    }
}
