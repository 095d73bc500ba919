//! Events of logged topics: written first, shown after.
//!
//! The writer gives each event its position, commits, and only then hands it to the listener: what
//! is shown is on disk. While the disk cannot be written, events are shown all the same, under a new
//! epoch: if they are lost by a kill, the positions that were shown are never given to other events.
//! Meanwhile they wait here, up to a bound, and are written with the next attempt that works.

use std::collections::{HashMap, VecDeque};

use bellwether_signal::{Timestamp, Topic, protocol::Position};
use rusqlite::{Connection, Row, TransactionBehavior};
use serde_json::Value;

use crate::{StoreError, commit::durably, head::MAX_AT_MS};

/// The most that one event may take, as JSON text. A larger one is refused.
pub const MAX_EVENT_BYTES: usize = 16 * 1024;

/// Logged topics that there may be; an event of one more is refused.
const MAX_TOPICS: usize = 2_000;

/// The most bytes of events that wait for a disk that cannot be written; when a new one does not fit,
/// the oldest are shed: they were shown, and will not be found later.
const MAX_WAITING_BYTES: usize = 1024 * 1024;

/// A new epoch is the time, or one more than the epoch before, plus a random number below this: two
/// runs that both could not write come to different ones, and it stays exact in a JSON number.
const EPOCH_SPREAD: u64 = 1 << 20;

/// An event with its position.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// Where it was logged.
    pub topic: Topic,
    /// Its place there.
    pub position: Position,
    /// When it happened.
    pub at: Timestamp,
    /// What it says.
    pub event: Value,
}

/// Hears of each event after it was committed, in order, on the writer's thread. Has to return at once.
pub type EventListener = Box<dyn Fn(LoggedEvent) + Send + Sync>;

/// An event that has no position yet.
pub(crate) struct NewEvent {
    pub(crate) topic: Topic,
    pub(crate) at: Timestamp,
    pub(crate) event: Value,
    /// The event as text.
    pub(crate) text: Box<str>,
}

impl NewEvent {
    pub(crate) fn new(topic: Topic, at: Timestamp, event: Value) -> Result<Self, StoreError> {
        let text: Box<str> = event.to_string().into();
        if text.len() > MAX_EVENT_BYTES {
            let (bytes, limit) = (text.len(), MAX_EVENT_BYTES);
            return Err(StoreError::EventTooLarge { topic: topic.to_string(), bytes, limit });
        }
        let at = Timestamp(at.0.clamp(0, MAX_AT_MS));
        Ok(Self { topic, at, event, text })
    }
}

/// Every logged topic, and the events that are not on disk. Belongs to the writer.
pub(crate) struct EventLog {
    topics: HashMap<Topic, Standing>,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
}

#[derive(Clone, Copy)]
struct Standing {
    /// The position given last.
    newest: Position,
    /// Events of its epoch were shown before they were written.
    ahead: bool,
}

struct Waiting {
    topic: Topic,
    position: Position,
    at: Timestamp,
    text: Box<str>,
}

/// What became of events.
pub(crate) struct Written {
    /// To be shown, in order.
    pub(crate) show: Vec<LoggedEvent>,
    /// Whether everything is on disk.
    pub(crate) done: rusqlite::Result<()>,
    /// Events that will never be.
    pub(crate) shed: u64,
    /// Events that were refused: there are too many topics.
    pub(crate) refused: u64,
}

impl EventLog {
    /// Reads where each topic stands.
    pub(crate) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let topics = standings(connection)?;
        let topics = topics.into_iter().map(|(topic, newest)| {
            let ahead = false;
            (topic, Standing { newest, ahead })
        });
        Ok(Self { topics: topics.collect(), waiting: VecDeque::new(), waiting_bytes: 0 })
    }

    /// Whether events wait for the disk.
    pub(crate) fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Writes these, and what waits.
    pub(crate) fn write(&mut self, connection: &mut Connection, fresh: Vec<NewEvent>) -> Written {
        let already = self.waiting.len();
        let mut show = Vec::with_capacity(fresh.len());
        let mut refused = 0;
        for NewEvent { topic, at, event, text } in fresh {
            let Some(position) = self.next(&topic, at) else {
                refused += 1;
                continue;
            };
            self.waiting_bytes += text.len();
            self.waiting.push_back(Waiting { topic: topic.clone(), position, at, text });
            show.push(LoggedEvent { topic, position, at, event });
        }
        let done = self.commit(connection);
        let mut shed = 0;
        if done.is_ok() {
            self.waiting.clear();
            self.waiting_bytes = 0;
            self.topics.values_mut().for_each(|standing| standing.ahead = false);
        } else {
            self.begin_epochs(already, &mut show);
            while self.waiting_bytes > MAX_WAITING_BYTES && self.waiting.len() > 1 {
                self.waiting_bytes -= self.waiting.pop_front().map_or(0, |event| event.text.len());
                shed += 1;
            }
        }
        Written { show, done, shed, refused }
    }

    /// Gives the next position of a topic.
    fn next(&mut self, topic: &Topic, at: Timestamp) -> Option<Position> {
        if let Some(standing) = self.topics.get_mut(topic) {
            let Position(epoch, offset) = standing.newest;
            standing.newest = Position(epoch, offset + 1);
            return Some(standing.newest);
        }
        if self.topics.len() >= MAX_TOPICS {
            return None;
        }
        let newest = Position(epoch_after(0, at), 1);
        self.topics.insert(topic.clone(), Standing { newest, ahead: false });
        Some(newest)
    }

    /// The events from number `first` on could not be written: they get a new epoch, unless
    /// their topic is in one that was begun so already.
    fn begin_epochs(&mut self, first: usize, show: &mut [LoggedEvent]) {
        let mut begun: HashMap<Topic, Position> = HashMap::new();
        for (waiting, shown) in self.waiting.iter_mut().skip(first).zip(show) {
            let Some(standing) = self.topics.get_mut(&waiting.topic) else { continue };
            if !standing.ahead {
                standing.ahead = true;
                let epoch = epoch_after(standing.newest.epoch(), waiting.at);
                begun.insert(waiting.topic.clone(), Position(epoch, 0));
            }
            if let Some(newest) = begun.get_mut(&waiting.topic) {
                *newest = Position(newest.epoch(), newest.offset() + 1);
                (waiting.position, shown.position) = (*newest, *newest);
                standing.newest = *newest;
            }
        }
    }

    /// Everything that waits, in one transaction that is on disk when it returns.
    fn commit(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        durably(connection, |connection| self.insert(connection))
    }

    fn insert(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut insert = transaction.prepare_cached(
            "INSERT OR REPLACE INTO event (topic, epoch, offset, at_ms, event) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut stand = transaction.prepare_cached(
            "INSERT OR REPLACE INTO event_topic (topic, epoch, offset) VALUES (?1, ?2, ?3)",
        )?;
        for Waiting { topic, position, at, text } in &self.waiting {
            let (epoch, offset) = (position.epoch().cast_signed(), position.offset().cast_signed());
            insert.execute((topic.as_str(), epoch, offset, at.0, &**text))?;
            stand.execute((topic.as_str(), epoch, offset))?;
        }
        drop((insert, stand));
        transaction.commit()
    }
}

/// An epoch later than the one before.
pub(crate) fn epoch_after(before: u64, at: Timestamp) -> u64 {
    let mut random = [0; 8];
    // Without random bits there is still the time.
    let random = getrandom::fill(&mut random).map_or(0, |()| u64::from_le_bytes(random));
    before.max(at.0.cast_unsigned()) + 1 + random % EPOCH_SPREAD
}

/// Where each logged topic stands.
pub(crate) fn standings(connection: &Connection) -> rusqlite::Result<Vec<(Topic, Position)>> {
    let mut select =
        connection.prepare_cached("SELECT topic, epoch, offset FROM event_topic ORDER BY topic")?;
    let mut rows = select.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        // Only topics were written; what is none any more is damage, and nobody can ask for it.
        let Ok(topic) = Topic::parse(row.get_ref(0)?.as_str()?) else { continue };
        found.push((topic, position(row.get(1)?, row.get(2)?)));
    }
    Ok(found)
}

/// The newest events of a topic before a position, newest first.
pub(crate) fn before(
    connection: &Connection,
    topic: &Topic,
    before: Option<Position>,
    limit: usize,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let failed = || StoreError::read("read events");
    let largest = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (epoch, offset) =
        before.map_or((i64::MAX, i64::MAX), |at| (largest(at.epoch()), largest(at.offset())));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut select = connection
        .prepare_cached(
            "SELECT epoch, offset, at_ms, event FROM event
             WHERE topic = ?1 AND (epoch, offset) < (?2, ?3)
             ORDER BY epoch DESC, offset DESC LIMIT ?4",
        )
        .map_err(failed())?;
    let mut rows = select.query((topic.as_str(), epoch, offset, limit)).map_err(failed())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed())? {
        found.push(event_of(topic, row)?.0);
    }
    Ok(found)
}

/// Text that one page of [`after`] holds, more or less: what waits for a slow client is bounded.
const PAGE_BYTES: usize = 256 * 1024;

/// The oldest events of a topic after a position, oldest first, and whether there are more.
pub(crate) fn after(
    connection: &Connection,
    topic: &Topic,
    after: Position,
    limit: usize,
) -> Result<(Vec<LoggedEvent>, bool), StoreError> {
    let failed = || StoreError::read("read events");
    let largest = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut select = connection
        .prepare_cached(
            "SELECT epoch, offset, at_ms, event FROM event
             WHERE topic = ?1 AND (epoch, offset) > (?2, ?3)
             ORDER BY epoch, offset",
        )
        .map_err(failed())?;
    let place = (topic.as_str(), largest(after.epoch()), largest(after.offset()));
    let mut rows = select.query(place).map_err(failed())?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next().map_err(failed())? {
        if found.len() >= limit || bytes >= PAGE_BYTES {
            return Ok((found, true));
        }
        let (event, length) = event_of(topic, row)?;
        bytes += length;
        found.push(event);
    }
    Ok((found, false))
}

/// An event, and the bytes of its text.
fn event_of(topic: &Topic, row: &Row) -> Result<(LoggedEvent, usize), StoreError> {
    let failed = || StoreError::read("read events");
    let column = |index| row.get::<_, i64>(index).map_err(failed());
    let (position, at) = (position(column(0)?, column(1)?), Timestamp(column(2)?));
    let text = row.get_ref(3).map_err(failed())?.as_str().unwrap_or_default();
    let event = serde_json::from_str(text).map_err(|_| StoreError::Record {
        what: format!("the event {}, {} of {topic}", position.epoch(), position.offset()),
    })?;
    Ok((LoggedEvent { topic: topic.clone(), position, at, event }, text.len()))
}

fn position(epoch: i64, offset: i64) -> Position {
    Position(epoch.cast_unsigned(), offset.cast_unsigned())
}

/// Events dropped at a time, so that the writer is never away for long.
const DROPPED_AT_ONCE: i64 = 500;

/// Drops events from before a time, and those of a topic beyond the newest `most`. Says whether there
/// may be more to drop.
pub(crate) fn drop_old(
    connection: &Connection,
    before_ms: i64,
    most: u32,
) -> rusqlite::Result<bool> {
    let mut dropped = 0;
    for (topic, _) in standings(connection)? {
        // Only the oldest are looked at; their times may be out of order, where a clock jumped. The
        // first event that is too many has all older ones behind it.
        let aged = "SELECT epoch, offset FROM (
                        SELECT epoch, offset, at_ms FROM event WHERE topic = ?1
                        ORDER BY epoch, offset LIMIT ?4) WHERE at_ms < ?2";
        let many = "SELECT epoch, offset FROM event WHERE topic = ?1 AND (epoch, offset) <= (
                        SELECT epoch, offset FROM event WHERE topic = ?1
                        ORDER BY epoch DESC, offset DESC LIMIT 1 OFFSET ?3)
                    ORDER BY epoch, offset LIMIT ?4";
        dropped += connection
            .prepare_cached(&format!(
                "DELETE FROM event WHERE topic = ?1 AND (epoch, offset) IN (
                     SELECT * FROM ({aged}) UNION SELECT * FROM ({many}))"
            ))?
            .execute((topic.as_str(), before_ms, most, DROPPED_AT_ONCE))?;
    }
    Ok(dropped > 0)
}
