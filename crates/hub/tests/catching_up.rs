//! Subscribers that go on from the log: random schedules of events, cuts, stalls, resumes from old
//! places, slow and failing answers, and logs that forget. The invariant: every event once and in
//! order, or a told gap that covers exactly what is missing; and nothing is missing that the log has.
//!
//! `BELLWETHER_SEED=n` repeats one schedule.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{collections::hash_map::RandomState, env, hash::BuildHasher, sync::Arc, time::Duration};

use bellwether_hub::{
    Core, Limits, Missing, Page, Past, Priority, Segment, ShardId, Since, SubscriberId,
};
use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern,
    answer::Delivered,
    protocol::{Content, Position},
};
use serde_json::{Value, json};

const RING: usize = 4;
const SCHEDULES: u64 = 3_000;
const CLIENTS: usize = 3;

struct Random(u64);

impl Random {
    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn topic() -> Topic {
    Topic::parse("activity").unwrap()
}

/// What a client has: the last position, and where it connected.
#[derive(Default)]
struct Client {
    id: Option<SubscriberId>,
    had: Option<Position>,
    blocked: bool,
}

struct World {
    core: Core,
    shard: ShardId,
    random: Random,
    now: Duration,
    /// Everything that ever happened, in order: positions, and what was said there.
    all: Vec<(Position, Value)>,
    /// The log has forgotten so many of the oldest.
    forgotten: usize,
    clients: [Client; CLIENTS],
    asked: Vec<Missing>,
    /// Answers that failed: what they would have brought may be a gap.
    failures: u64,
    from_log: u64,
    gaps: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let limits = Limits { ring: RING, ..Limits::default() };
        let mut core = Core::new(1, limits);
        core.answer_missing();
        let shard = core.add_shard();
        Self {
            core,
            shard,
            random: Random(seed),
            now: Duration::from_secs(1),
            all: Vec::new(),
            forgotten: 0,
            clients: Default::default(),
            asked: Vec::new(),
            failures: 0,
            from_log: 0,
            gaps: 0,
        }
    }

    fn happen(&mut self, new_epoch: bool) {
        let next = match self.all.last() {
            None => Position(10, 1),
            Some((Position(epoch, _), _)) if new_epoch => Position(epoch + 3, 1),
            Some((Position(epoch, offset), _)) => Position(*epoch, offset + 1),
        };
        let event = json!({ "n": self.all.len() });
        self.all.push((next, event.clone()));
        self.core.publish_logged(&topic(), next, event, Timestamp(1), Priority::Normal).unwrap();
    }

    fn connect(&mut self, client: usize) {
        self.cut(client);
        let id = self.core.add_subscriber(self.shard, Role::Viewer).unwrap();
        let client = &mut self.clients[client];
        client.id = Some(id);
        client.blocked = false;
        let since = match client.had {
            Some(had) => Since::Positions([(topic(), had)].into()),
            None => Since::Retained,
        };
        self.core.subscribe(id, &[TopicPattern::parse("activity").unwrap()], &since).unwrap();
    }

    fn cut(&mut self, client: usize) {
        if let Some(id) = self.clients[client].id.take() {
            self.core.remove_subscriber(id);
        }
    }

    fn stall(&mut self, client: usize, blocked: bool) {
        if let Some(id) = self.clients[client].id {
            self.core.set_blocked(id, blocked);
            self.clients[client].blocked = blocked;
        }
    }

    /// Answers one of the questions, in any order; `fails` as a store does that cannot be read.
    fn answer(&mut self, fails: bool) {
        self.asked.extend(self.core.take_missing());
        if self.asked.is_empty() {
            return;
        }
        let which = usize::try_from(self.random.below(self.asked.len() as u64)).unwrap();
        let missing = self.asked.swap_remove(which);
        if fails {
            self.failures += 1;
            self.core.supply(&missing, Page::default());
            return;
        }
        let limit = 1 + usize::try_from(self.random.below(6)).unwrap();
        let mut later = self.all.iter().skip(self.forgotten).filter(|(at, _)| *at > missing.after);
        let events: Vec<Past> = later
            .by_ref()
            .take(limit)
            .map(|(at, event)| Past { position: *at, at: Timestamp(1), event: event.clone() })
            .collect();
        self.from_log += events.len() as u64;
        let more = later.next().is_some();
        self.core.supply(&missing, Page { events, more });
    }

    fn flush(&mut self) {
        self.now += Duration::from_secs(11);
        let mut due = Vec::new();
        self.core.due(self.shard, self.now, &mut due);
        for id in due {
            let mut segments: Vec<Arc<Segment>> = Vec::new();
            self.core.take(id, self.now, &mut segments);
            let client = self.clients.iter().position(|it| it.id == Some(id)).unwrap();
            assert!(!self.clients[client].blocked, "taken for a stalled client");
            for segment in segments {
                self.receive(client, segment.json());
            }
        }
    }

    /// The client's side: each message follows the one before, or a gap says what does not.
    fn receive(&mut self, client: usize, json: &[u8]) {
        let had = self.clients[client].had;
        let index = |at: Position| self.all.iter().position(|(it, _)| *it == at);
        match serde_json::from_slice(json).unwrap() {
            Delivered::Gap(notice) => {
                let (from, to) = (notice.gap.from.unwrap(), notice.gap.to);
                assert!(had.is_none_or(|had| had == from), "{notice:?} for one at {had:?}");
                // What follows exists, or will; what lies between is gone everywhere, or a new epoch
                // began, or an answer failed.
                let between =
                    self.all.iter().skip(self.forgotten).filter(|(at, _)| *at > from && *at < to);
                assert!(between.count() == 0 || self.failures > 0, "{notice:?} hides events");
                self.gaps += 1;
                self.clients[client].had = Some(Position(to.epoch(), to.offset() - 1));
            }
            Delivered::Envelope(envelope) => {
                let at = Position(envelope.epoch, envelope.offset);
                let place = index(at).expect("an event that never happened");
                assert_eq!(Content::Data(self.all[place].1.clone()), envelope.content);
                if let Some(had) = had {
                    let follows = at == Position(had.epoch(), had.offset() + 1);
                    assert!(follows, "{at:?} came to one at {had:?}");
                }
                self.clients[client].had = Some(at);
            }
        }
    }

    fn step(&mut self) {
        let client = usize::try_from(self.random.below(CLIENTS as u64)).unwrap();
        match self.random.below(20) {
            0..7 => {
                let new_epoch = self.random.below(12) == 0;
                self.happen(new_epoch);
            }
            7 => (0..self.random.below(15)).for_each(|_| self.happen(false)),
            8 | 9 => self.connect(client),
            10 => self.cut(client),
            11 => self.stall(client, true),
            12 => self.stall(client, false),
            13 if self.random.below(3) == 0 => {
                let most = self.all.len().saturating_sub(self.forgotten) as u64 + 1;
                self.forgotten += usize::try_from(self.random.below(most.min(5))).unwrap();
            }
            14..17 => {
                let fails = self.random.below(30) == 0;
                self.answer(fails);
            }
            _ => self.flush(),
        }
    }

    /// Everybody reads and every question is answered: all have the newest.
    fn settle(&mut self) {
        (0..CLIENTS).for_each(|client| self.stall(client, false));
        for _ in 0..10_000 {
            self.flush();
            if self.asked.is_empty() && !self.core.is_missing() {
                break;
            }
            self.answer(false);
        }
        let newest = self.all.last().map(|(at, _)| *at);
        for client in &self.clients {
            if let (Some(id), Some(_)) = (client.id, newest) {
                assert_eq!(client.had, newest);
                assert_eq!(self.core.positions(id).first().map(|(_, at)| *at), newest);
            }
        }
    }
}

#[test]
fn who_goes_on_from_the_log_gets_everything_once_and_in_order() {
    let given = env::var("BELLWETHER_SEED").ok().map(|text| text.parse::<u64>().unwrap());
    let first = given.unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000_000);
    let count = if given.is_some() { 1 } else { SCHEDULES };
    println!("seeds {first} to {}", first + count - 1);
    let (mut from_log, mut gaps, mut failures) = (0, 0, 0);
    for seed in first..first + count {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            let length = 30 + world.random.below(150);
            (0..length).for_each(|_| world.step());
            world.settle();
            (world.from_log, world.gaps, world.failures)
        });
        let Ok((events, told, failed)) = run else {
            panic!("BELLWETHER_SEED={seed} fails");
        };
        (from_log, gaps, failures) = (from_log + events, gaps + told, failures + failed);
    }
    println!("{from_log} events from the log, {gaps} gaps, {failures} failed answers");
    let least = if given.is_some() { 0 } else { SCHEDULES / 20 };
    assert!(from_log.min(gaps).min(failures) >= least, "something hardly ever happens");
}

/// So much is given from the log without a pause, and the rest is a told gap.
#[test]
fn beyond_the_bound_the_rest_is_a_told_gap() {
    let mut core = Core::new(1, Limits { ring: RING, resume: 10, ..Limits::default() });
    core.answer_missing();
    let shard = core.add_shard();
    let event = |n: u64| (Position(9, n), json!(n));
    for n in 1..=100 {
        let (at, event) = event(n);
        core.publish_logged(&topic(), at, event, Timestamp(1), Priority::Normal).unwrap();
    }
    let id = core.add_subscriber(shard, Role::Viewer).unwrap();
    let since = Since::Positions([(topic(), Position(9, 1))].into());
    core.subscribe(id, &[TopicPattern::parse("activity").unwrap()], &since).unwrap();
    let mut segments = Vec::new();
    for _ in 0..10 {
        core.take(id, Duration::ZERO, &mut segments);
        for missing in core.take_missing() {
            let first = missing.after.offset() + 1;
            let past = |(position, event)| Past { position, at: Timestamp(1), event };
            let events = (first..first + 5).map(event).map(past).collect();
            core.supply(&missing, Page { events, more: true });
        }
    }
    let texts: Vec<String> =
        segments.iter().map(|it| String::from_utf8_lossy(it.json()).into_owned()).collect();
    let gaps: Vec<usize> =
        texts.iter().enumerate().filter(|(_, it)| it.contains("gap")).map(|(n, _)| n).collect();
    assert_eq!((texts.len(), gaps), (15, vec![10]), "{texts:?}");
    assert!(texts[10].contains(r#""from":[9,11],"to":[9,97],"reason":"overrun""#), "{}", texts[10]);
}
