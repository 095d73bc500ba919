//! A hub, its clients and the thread that flushes, in one room with a clock that only schedules
//! move. After every step the hub has to have done exactly what is owed.
//!
//! A shard is flushed only when the hub woke it or at the time that the hub named: what would wait
//! for a wake-up that never comes is found as starved.

mod checks;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Weak},
    time::Duration,
};

use bellwether_hub::{
    Core, HubError, Limits, News, Priority, Segment, ShardId, Sharing, SubscriberId,
};
use bellwether_signal::{Role, Timestamp, Topic, patch, protocol::Position};
use serde_json::{Value, json};

use crate::{
    broken,
    check::{Broken, Check},
    compare::compare,
    random::Random,
    reader::{Memory, Reader, Said},
    schedule::{CLIENTS, From, LOGGED, POLLERS, SHARDS, Step, TOPICS},
    tally::Tally,
    truth::{Channel, Published, Truth},
    words::{self, named, of_kind, parsed, since},
};

const RING: u64 = 4;
const PATCHES: usize = 3;

/// Small enough that all of them are met.
fn limits() -> Limits {
    Limits {
        ring: 4,
        patches: PATCHES,
        topics: 8,
        subscribers: CLIENTS - 1,
        patterns: 6,
        // What did not come back is the subject of tests/absent.rs.
        absent: Duration::MAX,
        ..Limits::default()
    }
}

#[derive(Default)]
struct Client {
    memory: Memory,
    /// What it subscribes to again after a cut.
    wishes: BTreeSet<&'static str>,
    live: Option<Live>,
}

struct Live {
    id: SubscriberId,
    shard: usize,
    reader: Reader,
    interval: Duration,
    last_flush: Option<Duration>,
    blocked: bool,
    /// The next flush arrives up to here, then the connection breaks.
    cut_after: Option<usize>,
}

impl Live {
    fn may_be_flushed_at(&self) -> Duration {
        match self.last_flush {
            Some(last) if !self.reader.is_urgent() => last + self.interval,
            _ => Duration::ZERO,
        }
    }
}

pub(crate) struct World {
    core: Core,
    shards: Vec<(ShardId, Option<Duration>)>,
    woken: u32,
    now: Duration,
    truth: Truth,
    clients: [Client; CLIENTS],
    pollers: [Memory; POLLERS],
    interest: BTreeSet<String>,
    epoch: u64,
    log_epoch: u64,
    interrupt: Option<u64>,
    given: Vec<Weak<Segment>>,
    pub(crate) tally: Tally,
}

type Done = Result<(), Broken>;

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            core: Core::new(1_000, limits()),
            shards: Vec::new(),
            woken: 0,
            now: Duration::from_secs(5),
            truth: Truth::default(),
            clients: Default::default(),
            pollers: Default::default(),
            interest: BTreeSet::new(),
            epoch: 1_000,
            log_epoch: 500_000,
            interrupt: None,
            given: Vec::new(),
            tally: Tally::default(),
        };
        world.open_shards();
        world
    }

    fn open_shards(&mut self) {
        self.shards = (0..SHARDS).map(|_| (self.core.add_shard(), None)).collect();
        self.woken = 0;
    }

    /// Runs one step; then everything that is due is flushed and everything checked.
    pub(crate) fn run(&mut self, step: &Step) -> Done {
        match step {
            Step::State { topic, dice } => self.state(*topic, *dice)?,
            Step::Event { topic, priority } => self.event(*topic, *priority)?,
            Step::Burst { topic, count, priority } => {
                for _ in 0..*count {
                    self.event(*topic, *priority)?;
                }
            }
            Step::Connect { client, shard, role, from, forget } => {
                if *forget {
                    self.clients[*client].memory = Memory::default();
                }
                self.connect(*client, *shard, *role, *from)?;
            }
            Step::Cut { client } => self.cut(*client),
            Step::CutMidway { client, after } => {
                if let Some(live) = &mut self.clients[*client].live {
                    live.cut_after = Some(*after);
                }
            }
            Step::Subscribe { client, patterns, from } => {
                self.subscribe(*client, &named(patterns), *from)?;
            }
            Step::Unsubscribe { client, patterns } => {
                let all = || self.clients[*client].wishes.iter().copied().collect();
                let patterns = if patterns.is_empty() { all() } else { named(patterns) };
                self.unsubscribe(*client, &patterns)?;
            }
            Step::Stall { client, stalled } => self.stall(*client, *stalled),
            Step::Interval { client, ms } => self.interval(*client, Duration::from_millis(*ms))?,
            Step::Look { poller, role, patterns, from } => {
                self.look(*poller, *role, &named(patterns), *from)?;
            }
            Step::Pass { ms, late } => self.pass(Duration::from_millis(*ms), *late)?,
            Step::Interrupt { dice } => self.interrupt = Some(*dice),
            Step::Restart { put_back, log_lost } => self.restart(*put_back, *log_lost)?,
        }
        self.flush()?;
        self.check()
    }

    /// Everybody reads again and time passes: all have the newest, and the hub says so too.
    pub(crate) fn settle(&mut self) -> Done {
        for client in 0..CLIENTS {
            self.stall(client, false);
        }
        self.pass(Duration::from_secs(11), false)?;
        self.check()?;
        for client in &self.clients {
            let Some(live) = &client.live else { continue };
            let owed = live.reader.owed(&self.truth.channels, RING);
            owed.is_empty().check("owed at the end", || format!("{owed:?}"))?;
            for topic in live.reader.views.keys() {
                let channel = &self.truth.channels[topic];
                let newest = Position(channel.epoch, channel.newest());
                let position = client.memory.positions.get(topic);
                if channel.is_state {
                    (position == Some(&newest)).check("the end", || topic.clone())?;
                    let state = client.memory.states.get(topic);
                    (state == channel.log[channel.log.len() - 1].value.as_object())
                        .check("the newest state", || format!("{topic} {state:?}"))?;
                }
            }
        }
        Ok(())
    }

    fn state(&mut self, topic: usize, dice: u64) -> Done {
        let name = of_kind(topic, true);
        let value = self.truth.change(name, dice);
        let ts = self.truth.ts();
        // Publishers say all of it, or what changed.
        let news = match self.truth.newest(name) {
            Some(before) if dice.is_multiple_of(2) => News::Patch(patch::diff(before, &value)),
            None if dice.is_multiple_of(2) => News::Patch(value.clone()),
            _ => News::Whole(value.clone()),
        };
        let told = self.core.publish_state(&words::topic(name), news, Timestamp(ts)).err();
        let published = Published { ts, value: Value::Object(value), priority: Priority::Normal };
        self.published(name, true, published, told.as_ref())
    }

    fn event(&mut self, topic: usize, priority: Priority) -> Done {
        let name = of_kind(topic, false);
        let ts = self.truth.ts();
        let value = json!({ "number": ts });
        let told = if name == LOGGED {
            let channel = self.truth.channels.get(name);
            let newest = channel.map_or(0, Channel::newest);
            let epoch = channel.map_or(self.log_epoch, |channel| channel.epoch);
            let mut publish = |offset| {
                let (at, value) = (Position(epoch, offset), value.clone());
                self.core.publish_logged(&words::topic(name), at, value, Timestamp(ts), priority)
            };
            if newest > 0 && ts % 5 == 0 {
                let again = publish(newest);
                let refused = matches!(again, Err(HubError::NotAfter { .. }));
                refused.check("a position twice", || again)?;
                self.tally.refused += 1;
            }
            publish(newest + 1).err()
        } else {
            let topic = words::topic(name);
            self.core.publish_event(&topic, value.clone(), Timestamp(ts), priority).err()
        };
        self.published(name, false, Published { ts, value, priority }, told.as_ref())
    }

    fn published(
        &mut self,
        name: &'static str,
        is_state: bool,
        published: Published,
        told: Option<&HubError>,
    ) -> Done {
        let channels = &mut self.truth.channels;
        let known = channels.get(name);
        if known.is_some_and(|channel| channel.is_state != is_state) {
            self.tally.refused += 1;
            return matches!(told, Some(HubError::WrongKind { .. })).check("wrong kind", || told);
        }
        if known.is_none() && channels.len() >= limits().topics {
            self.tally.refused += 1;
            return matches!(told, Some(HubError::TooManyTopics(8))).check("topics", || told);
        }
        told.is_none().check("published", || told)?;
        let lives = self.clients.iter_mut().filter_map(|client| client.live.as_mut());
        let readers: Vec<&mut Reader> = lives.map(|live| &mut live.reader).collect();
        let is_new = known.is_none();
        let epoch = if name == LOGGED { self.log_epoch } else { self.epoch };
        let channel = channels.entry(name.to_owned()).or_insert_with(|| Channel {
            is_state,
            epoch,
            held_from: 1,
            log: Vec::new(),
        });
        let urgent = published.priority == Priority::High;
        if !is_new {
            channel.log.push(published.clone());
        }
        for reader in readers {
            if is_new {
                reader.born(name, channel, RING);
            }
            if let Some(view) = reader.views.get_mut(name) {
                view.urgent |= urgent;
            }
        }
        if is_new {
            channel.log.push(published);
        }
        Ok(())
    }

    fn connect(&mut self, client: usize, shard: usize, role: Role, from: From) -> Done {
        self.cut(client);
        let added = self.core.add_subscriber(self.shards[shard].0, role);
        let full = self.clients.iter().filter(|client| client.live.is_some()).count();
        let id = match added {
            Err(HubError::TooManySubscribers(_)) if full >= limits().subscribers => {
                self.tally.refused += 1;
                return Ok(());
            }
            Err(error) => return Err(broken(&error)),
            Ok(id) => id,
        };
        self.clients[client].live = Some(Live {
            id,
            shard,
            reader: Reader::new(role),
            interval: limits().interval,
            last_flush: None,
            blocked: false,
            cut_after: None,
        });
        let wishes: Vec<&str> = self.clients[client].wishes.iter().copied().collect();
        self.subscribe(client, &wishes, from)
    }

    fn cut(&mut self, client: usize) {
        if let Some(live) = self.clients[client].live.take() {
            self.core.remove_subscriber(live.id);
        }
    }

    fn subscribe(&mut self, client: usize, patterns: &[&'static str], from: From) -> Done {
        let mut memory = self.clients[client].memory.clone();
        let said = self.said(from, &mut memory);
        let Some(live) = &mut self.clients[client].live else { return Ok(()) };
        let told = self.core.subscribe(live.id, &parsed(patterns), &since(&said));
        let all: BTreeSet<&str> = live.reader.patterns.iter().chain(patterns).copied().collect();
        if all.len() > limits().patterns {
            self.tally.refused += 1;
            return matches!(told, Err(HubError::TooManyPatterns(6))).check("patterns", || told);
        }
        told.map_err(|error| broken(&error))?;
        live.reader.subscribe(patterns, &said, &self.truth.channels, RING);
        self.clients[client].wishes = all;
        self.clients[client].memory = memory;
        Ok(())
    }

    fn unsubscribe(&mut self, client: usize, patterns: &[&'static str]) -> Done {
        let client = &mut self.clients[client];
        let Some(live) = &mut client.live else { return Ok(()) };
        let told = self.core.unsubscribe(live.id, &parsed(patterns));
        told.map_err(|error| broken(&error))?;
        live.reader.unsubscribe(patterns);
        client.wishes.clone_from(&live.reader.patterns);
        Ok(())
    }

    fn stall(&mut self, client: usize, stalled: bool) {
        let Some(live) = &mut self.clients[client].live else { return };
        self.core.set_blocked(live.id, stalled);
        live.blocked = stalled;
    }

    fn interval(&mut self, client: usize, interval: Duration) -> Done {
        let Some(live) = &mut self.clients[client].live else { return Ok(()) };
        let told = self.core.set_interval(live.id, interval);
        if interval > limits().interval_max {
            self.tally.refused += 1;
            return matches!(told, Err(HubError::IntervalTooLong(_))).check("interval", || told);
        }
        let before = told.map_err(|error| broken(&error))?;
        (before == live.interval).check("the interval before", || before)?;
        live.interval = interval;
        Ok(())
    }

    /// One poll: what a subscriber would get, at once, and nothing else changes.
    fn look(&mut self, poller: usize, role: Role, patterns: &[&'static str], from: From) -> Done {
        let mut memory = self.pollers[poller].clone();
        let said = self.said(from, &mut memory);
        let glance = self.core.glance(role, &parsed(patterns), &since(&said));
        let full = self.clients.iter().filter(|client| client.live.is_some()).count();
        let glance = match glance {
            Err(HubError::TooManySubscribers(_)) if full >= limits().subscribers => {
                self.tally.refused += 1;
                return Ok(());
            }
            Err(error) => return Err(broken(&error)),
            Ok(glance) => glance,
        };
        let interest = self.core.take_interest();
        interest.is_empty().check("who looks once has no lasting interest", || interest)?;
        self.pollers[poller] = memory;
        let mut reader = Reader::new(role);
        reader.subscribe(patterns, &said, &self.truth.channels, RING);
        let owed = reader.owed(&self.truth.channels, RING);
        let memory = &mut self.pollers[poller];
        compare(memory, &glance.segments, &owed, &self.truth, &mut self.tally)?;
        self.given.extend(glance.segments.iter().map(Arc::downgrade));
        self.tally.looks += 1;
        reader.given(&self.truth.channels);
        self.has_positions(&reader, &glance.positions)
    }

    fn has_positions(&self, reader: &Reader, told: &[(Topic, Position)]) -> Done {
        let told: BTreeMap<&str, Position> =
            told.iter().map(|(topic, position)| (topic.as_str(), *position)).collect();
        let newest = |topic: &String| {
            let channel = &self.truth.channels[topic];
            Position(channel.epoch, channel.newest())
        };
        let expected: BTreeMap<&str, Position> =
            reader.views.keys().map(|topic| (topic.as_str(), newest(topic))).collect();
        (told == expected).check("positions", || format!("{told:?}, not {expected:?}"))
    }

    /// Where a client says that it is. Who names a wrong position has what it says to have.
    fn said(&self, from: From, memory: &mut Memory) -> Said {
        let (mut kind, mut dice) = (from, None);
        match from {
            From::Retained => return Said::Retained,
            From::Now => return Said::Now,
            From::Mixed(seed) => dice = Some(Random::new(seed)),
            From::Here | From::Old(_) | From::Foreign(_) | From::Future(_) => {}
        }
        let names: BTreeSet<&str> = TOPICS.iter().map(|(name, _)| *name).collect();
        let mut positions = BTreeMap::new();
        for name in names {
            if let Some(dice) = &mut dice {
                let some = dice.next() % 5;
                let kinds = [From::Here, From::Old(some), From::Foreign(some), From::Future(some)];
                kind = dice.pick(&kinds);
                if dice.percent(30) {
                    continue;
                }
            }
            let channel = self.truth.channels.get(name);
            let newest = channel.map_or(0, Channel::newest);
            let epoch = if name == LOGGED { self.log_epoch } else { self.epoch };
            let here = memory.positions.get(name).copied();
            let position = match kind {
                From::Old(behind) if channel.is_some() => {
                    Position(epoch, newest.saturating_sub(behind))
                }
                From::Foreign(some) => Position(epoch * 2 + 1 - some % 3, some),
                From::Future(6) => Position(epoch, u64::MAX),
                From::Future(ahead) => Position(epoch, newest + 1 + ahead),
                From::Old(_) | From::Here | From::Retained | From::Now | From::Mixed(_) => {
                    match here {
                        Some(here) => here,
                        None => continue,
                    }
                }
            };
            positions.insert(name.to_owned(), position);
            memory.positions.insert(name.to_owned(), position);
            let had = channel.filter(|channel| channel.reached(position));
            let had = had.and_then(|channel| channel.at(position.offset()));
            match had.and_then(|had| had.value.as_object()) {
                Some(state) => memory.states.insert(name.to_owned(), state.clone()),
                None => memory.states.remove(name),
            };
        }
        Said::Positions(positions)
    }

    fn pass(&mut self, length: Duration, late: bool) -> Done {
        let end = self.now + length;
        loop {
            let next = self.shards.iter().filter_map(|(_, deadline)| *deadline).min();
            let Some(next) = next.filter(|next| !late && *next <= end) else { break };
            self.now = self.now.max(next);
            self.flush()?;
            self.check()?;
        }
        self.now = end;
        self.flush()
    }

    fn restart(&mut self, put_back: usize, log_lost: bool) -> Done {
        self.epoch += 1_000;
        self.log_epoch += u64::from(log_lost);
        self.core = Core::new(self.epoch, limits());
        self.open_shards();
        self.interest.clear();
        let logged = self.truth.channels.remove(LOGGED).filter(|_| !log_lost);
        self.truth.channels.clear();
        if let Some(logged) = logged {
            self.put_back(logged, put_back)?;
        }
        self.tally.restarts += 1;
        for client in 0..CLIENTS {
            if let Some(live) = self.clients[client].live.take() {
                self.connect(client, live.shard, live.reader.role, From::Here)?;
            }
        }
        Ok(())
    }

    /// The newest events of a log, before anybody is connected.
    fn put_back(&mut self, mut logged: Channel, most: usize) -> Done {
        let newest = logged.newest();
        let left_out = logged.log.len().saturating_sub(most);
        let event = |(index, it): (usize, &Published)| {
            (Position(logged.epoch, index as u64 + 1), it.value.clone(), Timestamp(it.ts))
        };
        let events: Vec<_> = logged.log.iter().enumerate().skip(left_out).map(event).collect();
        let at = Position(logged.epoch, newest);
        let told = self.core.restore_events(&words::topic(LOGGED), at, events);
        told.map_err(|error| broken(&error))?;
        self.tally.put_back += 1;
        logged.held_from = left_out as u64 + 1;
        for published in &mut logged.log {
            published.priority = Priority::Normal;
        }
        self.truth.channels.insert(LOGGED.to_owned(), logged);
        Ok(())
    }

    /// The shards that were woken or whose time has come.
    fn flush(&mut self) -> Done {
        loop {
            self.woken |= self.core.take_woken();
            let now = self.now;
            let is_up = |(index, (_, at)): (usize, &(ShardId, Option<Duration>))| {
                let woken = self.woken & (1 << index) != 0;
                (woken || at.is_some_and(|at| at <= now)).then_some(index)
            };
            let Some(index) = self.shards.iter().enumerate().find_map(is_up) else { return Ok(()) };
            self.woken &= !(1 << index);
            let mut due = Vec::new();
            let next = self.core.due(self.shards[index].0, now, &mut due);
            next.is_none_or(|next| next > now).check("a deadline in the past", || next)?;
            self.shards[index].1 = next;
            if let Some(dice) = self.interrupt.take() {
                let topic = Random::new(dice).below(TOPICS.len());
                let urgent = if dice % 4 == 0 { Priority::High } else { Priority::Normal };
                self.event(topic, urgent)?;
                self.state(topic, dice)?;
                self.tally.interrupts += 1;
            }
            let (mut sharing, mut out) = (Sharing::default(), Vec::new());
            for id in due {
                let given = self.core.take_shared(id, now, &mut sharing, &mut out);
                let segments = out.get(given).unwrap_or_default().to_vec();
                self.take(index, id, &segments)?;
            }
        }
    }

    fn take(&mut self, shard: usize, id: SubscriberId, segments: &[Arc<Segment>]) -> Done {
        let is = |client: &Client| client.live.as_ref().is_some_and(|live| live.id == id);
        let index = self.clients.iter().position(is);
        let index = index.ok_or_else(|| broken("due, but gone"))?;
        self.given.extend(segments.iter().map(Arc::downgrade));
        let Client { memory, live: Some(live), .. } = &mut self.clients[index] else {
            return Err(broken("gone"));
        };
        (live.shard == shard).check("shard", || shard)?;
        (!live.blocked).check("taken for a stalled client", || index)?;
        let before = memory.clone();
        let owed = live.reader.owed(&self.truth.channels, RING);
        if !owed.is_empty() {
            let from = live.may_be_flushed_at();
            (self.now >= from).check("flushed before its time", || (self.now, from))?;
            self.tally.urgent += u64::from(
                live.reader.is_urgent()
                    && live.last_flush.is_some_and(|last| self.now < last + live.interval),
            );
            live.last_flush = Some(self.now);
        }
        compare(memory, segments, &owed, &self.truth, &mut self.tally)
            .map_err(|Broken(what)| Broken(format!("client {index}: {what}")))?;
        live.reader.given(&self.truth.channels);
        let broken_after = live.cut_after.take_if(|_| !segments.is_empty());
        let reader = live.reader.clone();
        self.has_positions(&reader, &self.core.positions(id))?;
        if let Some(after) = broken_after {
            // It has the first of them only.
            self.clients[index].memory = before;
            for segment in segments.iter().take(after) {
                self.clients[index].memory.take(segment.json(), &self.truth.channels)?;
            }
            self.tally.cut_midway += 1;
            self.cut(index);
        }
        Ok(())
    }
}
