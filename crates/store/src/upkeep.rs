//! When history is sealed and when it is dropped.
//!
//! There is no clock here: what time it is, the frames say. One source whose clock is ahead must neither
//! seal nor drop what others still need, so the lowest time of the last rounds counts; and a
//! window of each level is dropped only every so many rounds, so that a clock that jumped for a while
//! costs a few hours of samples at most, and the writer is never away for long.

use bellwether_signal::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    Options,
    chunk::WINDOW_MS,
    events, head,
    level::{HOUR, MINUTE},
    names::Names,
    prediction,
    seal::{drop_hours, drop_minutes, drop_samples, oldest, seal},
    sealed::{Held, Sealed},
};

/// Commits between two looks: about a minute at a frame a second.
const ROUNDS: u32 = 60;

/// Owned by the writer.
pub(crate) struct Upkeep {
    /// How long a window stays in the head after its end, for samples that come late.
    seal_after_ms: i64,
    /// How long samples, minutes and hours are kept.
    keep_ms: i64,
    keep_minutes_ms: i64,
    keep_hours_ms: i64,
    /// How long events are kept, and how many of each topic.
    keep_events_ms: i64,
    max_events: u32,
    /// How long predictions are kept, and how many of each version.
    keep_predictions_ms: i64,
    max_predictions: u32,
    rounds: u32,
    /// The lowest time that came in since the last look.
    low: Option<Timestamp>,
    sealed: Sealed,
}

impl Upkeep {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            seal_after_ms: options.seal_after_ms,
            keep_ms: options.keep_ms,
            keep_minutes_ms: options.keep_minutes_ms,
            keep_hours_ms: options.keep_hours_ms,
            keep_events_ms: options.keep_events_ms,
            max_events: options.max_events,
            keep_predictions_ms: options.keep_predictions_ms,
            max_predictions: options.max_predictions,
            rounds: 0,
            low: None,
            sealed: Sealed::default(),
        }
    }

    /// A frame came in.
    pub(crate) fn saw(&mut self, at: Timestamp) {
        self.low = Some(self.low.map_or(at, |low| low.min(at)));
    }

    /// A round was committed. Seals at most one window and drops at most one.
    pub(crate) fn round(
        &mut self,
        connection: &mut Connection,
        names: &mut Names,
    ) -> rusqlite::Result<()> {
        self.count_sealed(connection);
        self.rounds += 1;
        if self.rounds < ROUNDS {
            return Ok(());
        }
        self.rounds = 0;
        let Some(now) = self.low.take() else { return Ok(()) };
        if self.seal_next(connection, now)? {
            // There may be more, after a long rest: one a round, each looked for with this time.
            self.rounds = ROUNDS;
            self.low = Some(now);
            return Ok(());
        }
        self.drop_next(connection, names, now)?;
        self.drop_events(connection, now)?;
        if self.drop_predictions(connection, now)? {
            self.rounds = ROUNDS;
            self.low = Some(now);
        }
        Ok(())
    }

    /// Everything that is due, at once.
    pub(crate) fn all(
        &mut self,
        connection: &mut Connection,
        names: &mut Names,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        while self.seal_next(connection, now)? {}
        while self.drop_next(connection, names, now)? {}
        while self.drop_events(connection, now)? {}
        while self.drop_predictions(connection, now)? {}
        while self.count_sealed(connection) {}
        Ok(())
    }

    /// What sealed hours hold, once they are counted.
    pub(crate) fn sealed(&self) -> Option<Held> {
        self.sealed.total()
    }

    /// Whether there is more to count. A count that fails is tried in the next round: nothing depends
    /// on it.
    fn count_sealed(&mut self, connection: &Connection) -> bool {
        self.sealed.count_some(connection).unwrap_or_else(|error| {
            tracing::debug!(%error, "sealed hours are not counted");
            false
        })
    }

    /// Seals the oldest window that is over; false when there is none.
    fn seal_next(&mut self, connection: &mut Connection, now: Timestamp) -> rusqlite::Result<bool> {
        let Some(window) = head::oldest_window(connection)? else { return Ok(false) };
        if !over(window, WINDOW_MS, self.seal_after_ms, now) {
            return Ok(false);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        seal(&transaction, window)?;
        transaction.commit()?;
        self.sealed.changed(window);
        Ok(true)
    }

    /// Drops the oldest window of each level that is too old; false when there is none.
    fn drop_next(
        &mut self,
        connection: &mut Connection,
        names: &mut Names,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let levels = [
            ("chunk", WINDOW_MS, self.keep_ms),
            (MINUTE.table, MINUTE.window_ms, self.keep_minutes_ms),
            (HOUR.table, HOUR.window_ms, self.keep_hours_ms),
        ];
        let mut more = false;
        for (table, window_ms, keep_ms) in levels {
            let Some(window) = oldest(connection, table)? else { continue };
            if !over(window, window_ms, keep_ms, now) {
                continue;
            }
            more = true;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let forgotten = match table {
                "chunk" => drop_samples(&transaction, window).map(|()| Vec::new()),
                "minute" => drop_minutes(&transaction, window).map(|()| Vec::new()),
                _ => drop_hours(&transaction, window),
            }?;
            transaction.commit()?;
            if table == "chunk" {
                self.sealed.changed(window);
            }
            names.forget(&forgotten);
        }
        Ok(more)
    }
}

impl Upkeep {
    /// Drops some events that are too old or too many; false when there are none.
    fn drop_events(&self, connection: &mut Connection, now: Timestamp) -> rusqlite::Result<bool> {
        let before_ms = now.0.saturating_sub(self.keep_events_ms);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let more = events::drop_old(&transaction, before_ms, self.max_events)?;
        transaction.commit()?;
        Ok(more)
    }

    /// The same with predictions.
    fn drop_predictions(
        &self,
        connection: &mut Connection,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        let before_ms = now.0.saturating_sub(self.keep_predictions_ms);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let more = prediction::drop_old(&transaction, before_ms, self.max_predictions)?;
        transaction.commit()?;
        Ok(more)
    }
}

/// Whether a window of this length ended so long ago.
fn over(window: i64, window_ms: i64, ago_ms: i64, now: Timestamp) -> bool {
    (window + 1) * window_ms <= now.0.saturating_sub(ago_ms)
}
