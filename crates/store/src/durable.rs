//! Durable subscriptions: a place in topics, kept for a user under a name.
//!
//! A name is made by who first subscribes with it, with the place where that subscription begins, so
//! that nothing is missed before the first acknowledgement either. What nobody uses for long is
//! forgotten when the next one is made or looked for.

use bellwether_signal::{
    Timestamp, Topic,
    durable::{DURABLE_DAYS, DURABLE_TOPICS, DURABLES_OF_USER},
    protocol::Position,
};
use rusqlite::Connection;

use crate::StoreError;

/// Durable subscriptions of all users; one more is refused.
pub const MAX_DURABLES: usize = 1_024;

/// How long one is kept without being used.
pub const DURABLE_KEPT_MS: i64 = 86_400_000 * DURABLE_DAYS as i64;

/// A durable subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durable {
    /// Whose it is.
    pub user: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last subscribed to or acknowledged.
    pub used_at: Timestamp,
    /// Topics that it keeps its place in.
    pub topics: u32,
}

/// A position in a topic.
pub(crate) type Place = (Topic, Position);

/// The places of a durable subscription, which is made if it is not there. Topics that it does not
/// know begin where `begins` says.
pub(crate) fn open(
    connection: &Connection,
    (user, name): (&str, &str),
    begins: &[Place],
    now: Timestamp,
) -> Result<Vec<Place>, StoreError> {
    forget_unused(connection, now)?;
    if !touch(connection, (user, name), now)? {
        check_room(connection, user)?;
        connection
            .prepare_cached(
                "INSERT INTO durable (user, name, created_at_ms, used_at_ms) VALUES (?1, ?2, ?3, ?3)",
            )?
            .execute((user, name, now.0))?;
    }
    let mut known = places(connection, user, name)?;
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO durable_position (user, name, topic, epoch, offset)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (topic, position) in begins {
        // Those beyond begin with what the ring holds when they are subscribed to again.
        if known.len() >= DURABLE_TOPICS {
            break;
        }
        let Position(epoch, offset) = *position;
        let (epoch, offset) = (epoch.cast_signed(), offset.cast_signed());
        if insert.execute((user, name, topic.as_str(), epoch, offset))? > 0 {
            known.push((topic.clone(), *position));
        }
    }
    Ok(known)
}

/// Moves the places of a durable subscription; false when there is none of that name.
pub(crate) fn acknowledge(
    connection: &Connection,
    (user, name): (&str, &str),
    positions: &[Place],
    now: Timestamp,
) -> Result<bool, StoreError> {
    forget_unused(connection, now)?;
    if !touch(connection, (user, name), now)? {
        return Ok(false);
    }
    let mut set = connection.prepare_cached(
        "INSERT OR REPLACE INTO durable_position (user, name, topic, epoch, offset)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (topic, Position(epoch, offset)) in positions {
        set.execute((user, name, topic.as_str(), epoch.cast_signed(), offset.cast_signed()))?;
    }
    let topics: u32 = connection
        .prepare_cached("SELECT count(*) FROM durable_position WHERE user = ?1 AND name = ?2")?
        .query_row((user, name), |row| row.get(0))?;
    if topics as usize > DURABLE_TOPICS {
        return Err(StoreError::TooManyPlaces { name: name.to_owned(), limit: DURABLE_TOPICS });
    }
    Ok(true)
}

/// All of a user, or of everybody, by user and name.
pub(crate) fn list(
    connection: &Connection,
    user: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Durable>, StoreError> {
    let read = || -> rusqlite::Result<Vec<Durable>> {
        let mut select = connection.prepare_cached(
            "SELECT user, name, created_at_ms, used_at_ms, (
                 SELECT count(*) FROM durable_position AS place
                 WHERE place.user = durable.user AND place.name = durable.name)
             FROM durable WHERE used_at_ms >= ?1 AND (?2 IS NULL OR user = ?2)
             ORDER BY user, name",
        )?;
        let durable = |row: &rusqlite::Row| {
            Ok(Durable {
                user: row.get(0)?,
                name: row.get(1)?,
                created_at: Timestamp(row.get(2)?),
                used_at: Timestamp(row.get(3)?),
                topics: row.get(4)?,
            })
        };
        select.query_map((now.0 - DURABLE_KEPT_MS, user), durable)?.collect()
    };
    read().map_err(StoreError::read("read durable subscriptions"))
}

/// Forgets one; false when there is none of that name.
pub(crate) fn delete(connection: &Connection, user: &str, name: &str) -> Result<bool, StoreError> {
    connection
        .prepare_cached("DELETE FROM durable_position WHERE user = ?1 AND name = ?2")?
        .execute((user, name))?;
    let gone = connection
        .prepare_cached("DELETE FROM durable WHERE user = ?1 AND name = ?2")?
        .execute((user, name))?;
    Ok(gone > 0)
}

/// Notes that it is used; false when it is not there.
fn touch(
    connection: &Connection,
    (user, name): (&str, &str),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let known = connection
        .prepare_cached("UPDATE durable SET used_at_ms = ?3 WHERE user = ?1 AND name = ?2")?
        .execute((user, name, now.0))?;
    Ok(known > 0)
}

fn check_room(connection: &Connection, user: &str) -> Result<(), StoreError> {
    let (all, own): (u32, u32) = connection
        .prepare_cached("SELECT count(*), count(*) FILTER (WHERE user = ?1) FROM durable")?
        .query_row([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if own as usize >= DURABLES_OF_USER {
        return Err(StoreError::TooManyDurables { limit: DURABLES_OF_USER });
    }
    if all as usize >= MAX_DURABLES {
        return Err(StoreError::TooManyDurables { limit: MAX_DURABLES });
    }
    Ok(())
}

fn places(connection: &Connection, user: &str, name: &str) -> Result<Vec<Place>, StoreError> {
    let mut select = connection.prepare_cached(
        "SELECT topic, epoch, offset FROM durable_position WHERE user = ?1 AND name = ?2",
    )?;
    let mut rows = select.query((user, name))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        // Only topics were written; what is none any more is damage, and nobody can ask for it.
        let Ok(topic) = Topic::parse(&text) else { continue };
        let (epoch, offset): (i64, i64) = (row.get(1)?, row.get(2)?);
        found.push((topic, Position(epoch.cast_unsigned(), offset.cast_unsigned())));
    }
    Ok(found)
}

fn forget_unused(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let before = now.0 - DURABLE_KEPT_MS;
    connection
        .prepare_cached(
            "DELETE FROM durable_position WHERE (user, name) IN (
                 SELECT user, name FROM durable WHERE used_at_ms < ?1)",
        )?
        .execute([before])?;
    connection.prepare_cached("DELETE FROM durable WHERE used_at_ms < ?1")?.execute([before])?;
    Ok(())
}
