//! What sealed hours hold and take, counted from what is on disk.
//!
//! A week has 168 of them, so they are counted a few at a time, between the writer's commits; one that
//! is sealed again or dropped is counted anew. Nothing of it is kept: a start counts from the beginning.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::{chunk::id_in, seal::ids_in, seal::oldest_from};

/// Hours that are counted at a time: a few milliseconds at 1,000 series.
const AT_ONCE: usize = 4;

/// Samples, and the bytes of their values and times. What the pages of the file add is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) samples: u64,
    pub(crate) bytes: u64,
}

/// The count so far. Belongs to the writer.
#[derive(Default)]
pub(crate) struct Sealed {
    windows: BTreeMap<i64, Held>,
    /// Windows that changed since they were counted.
    changed: BTreeSet<i64>,
    /// Windows before this are counted.
    next: i64,
    /// There is none from `next` on.
    through: bool,
}

impl Sealed {
    /// A window was sealed or dropped.
    pub(crate) fn changed(&mut self, window: i64) {
        self.changed.insert(window);
    }

    /// Counts some of what is not counted yet; false when nothing is left.
    pub(crate) fn count_some(&mut self, connection: &Connection) -> rusqlite::Result<bool> {
        for _ in 0..AT_ONCE {
            if let Some(window) = self.changed.first().copied() {
                self.count(connection, window)?;
                self.changed.remove(&window);
            } else if self.through {
                return Ok(false);
            } else if let Some(window) = oldest_from(connection, id_in(self.next, 0))? {
                if !self.windows.contains_key(&window) {
                    self.count(connection, window)?;
                }
                self.next = window + 1;
            } else {
                self.through = true;
            }
        }
        Ok(true)
    }

    fn count(&mut self, connection: &Connection, window: i64) -> rusqlite::Result<()> {
        let sums = "SELECT coalesce(sum(clock.count), 0), coalesce(sum(length(samples)), 0),
                        (SELECT coalesce(sum(length(times)), 0) FROM clock WHERE id BETWEEN ?1 AND ?2)
                    FROM chunk JOIN clock ON clock.id = ?1 + chunk.clock
                    WHERE chunk.id BETWEEN ?1 AND ?2";
        let (samples, values, times) =
            connection.prepare_cached(sums)?.query_row(ids_in(window), |row| {
                let sum =
                    |index| Ok::<_, rusqlite::Error>(row.get::<_, i64>(index)?.cast_unsigned());
                Ok((sum(0)?, sum(1)?, sum(2)?))
            })?;
        if samples == 0 {
            self.windows.remove(&window);
        } else {
            self.windows.insert(window, Held { samples, bytes: values + times });
        }
        Ok(())
    }

    /// All of it; nothing before every hour is counted.
    pub(crate) fn total(&self) -> Option<Held> {
        if !self.through || !self.changed.is_empty() {
            return None;
        }
        let add = |sum: Held, held: &Held| Held {
            samples: sum.samples + held.samples,
            bytes: sum.bytes + held.bytes,
        };
        Some(self.windows.values().fold(Held::default(), add))
    }
}
