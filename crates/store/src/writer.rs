//! The one thread that writes: collects, commits, tries again.
//!
//! The first frame after a pause is written at once, later ones about once a second in one
//! transaction; while nothing comes, the thread sleeps. What cannot be written stays packed in memory, up
//! to a bound, and is tried again: a disk that was full for an hour costs nothing but patience.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock, atomic::Ordering::Relaxed},
};

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    Fault, Frame,
    commit::durably,
    events::{EventListener, EventLog, NewEvent, Written},
    frame::pack,
    head::{MAX_AT_MS, SAME_MS_BITS},
    health::Report,
    inbox::{Answer, Done, Errand, Inbox, Job, Pace, Work},
    names::{Names, Refused},
    prediction,
    upkeep::Upkeep,
};

/// Rows of one time are counted up; the last of 2^20 is replaced.
const INSERT: &str = "INSERT OR REPLACE INTO head (id, interval_ms, samples) VALUES (
    coalesce((SELECT min(max(id) + 1, ?1 + 1048575) FROM head WHERE id BETWEEN ?1 AND ?1 + 1048575), ?1),
    ?2, ?3)";

/// Runs on its own thread until the inbox is closed.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) names: Names,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) report: Arc<Report>,
    pub(crate) upkeep: Upkeep,
    pub(crate) waiting: Waiting,
    /// Predictions that are not on disk yet.
    pub(crate) predictions: prediction::Queue,
    pub(crate) events: EventLog,
    /// Set once, by the store's owner.
    pub(crate) listener: Arc<OnceLock<EventListener>>,
}

/// Lets callers go when the thread ends, even by a panic.
struct Abandon(Arc<Inbox>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// Rows that are not on disk yet, oldest first.
pub(crate) struct Waiting {
    rows: VecDeque<Row>,
    bytes: usize,
    /// When a new row does not fit, the oldest ones are shed.
    max_bytes: usize,
}

struct Row {
    at_ms: i64,
    interval_ms: u32,
    samples: u64,
    packed: Vec<u8>,
}

impl Writer {
    /// Works until the inbox is closed.
    pub(crate) fn run(mut self) {
        let _end = Abandon(Arc::clone(&self.inbox));
        let mut pace = Pace::Idle;
        loop {
            let Work { frames, predictions, events, jobs, errands, closing } =
                self.inbox.wait(pace);
            // First, because somebody waits to see them.
            let logged = self.write_events(events);
            let came = !frames.is_empty() || !predictions.is_empty();
            for frame in &frames {
                self.take(frame);
            }
            let predicted = self.write_predictions(predictions);
            let written = self.write_rows().and(logged).and(predicted);
            for (errand, told) in errands {
                let done = written.clone().and_then(|()| self.run_errand(errand));
                // Nobody waits any more: then nobody misses the answer.
                drop(told.send(done));
            }
            if !jobs.is_empty() {
                self.run_jobs(jobs);
            }
            if closing {
                break;
            }
            if came && written.is_ok() {
                // What fails is told in health, and tried again in a later round.
                drop(self.tidy(Upkeep::round));
            }
            pace = match (written, came) {
                (Err(_), _) => Pace::Retry,
                (Ok(()), true) => Pace::Linger,
                (Ok(()), false) => Pace::Idle,
            };
        }
        self.end();
    }

    fn run_errand(&mut self, errand: Errand) -> Result<(), Fault> {
        match errand {
            Errand::Flush => Ok(()),
            Errand::Tidy(now) => {
                self.tidy(|upkeep, connection, names| upkeep.all(connection, names, now))
            }
        }
    }

    fn tidy(
        &mut self,
        tidy: impl FnOnce(&mut Upkeep, &mut Connection, &mut Names) -> rusqlite::Result<()>,
    ) -> Result<(), Fault> {
        let known = self.names.len();
        let done = tidy(&mut self.upkeep, &mut self.connection, &mut self.names);
        if self.names.len() < known {
            self.report.series.store(self.names.len() as u64, Relaxed);
            self.report.names_fit();
        }
        self.report.sealed(self.upkeep.sealed());
        let done = done.map_err(|error| Fault::of(&error));
        self.report.kept_up(done.as_ref().copied());
        done
    }

    fn write_events(&mut self, fresh: Vec<NewEvent>) -> Result<(), Fault> {
        if fresh.is_empty() && !self.events.waits() {
            return Ok(());
        }
        let Written { show, done, shed, refused } = self.events.write(&mut self.connection, fresh);
        let done = done.map_err(|error| Fault::of(&error));
        self.report.logged(done.as_ref().copied(), shed, refused);
        if let Some(listener) = self.listener.get() {
            show.into_iter().for_each(listener);
        }
        done
    }

    fn write_predictions(&mut self, fresh: prediction::Queue) -> Result<(), Fault> {
        let shed = self.predictions.take(fresh);
        if self.predictions.is_empty() {
            return Ok(());
        }
        let done = self.predictions.write(&mut self.connection);
        let done = done.map_err(|error| Fault::of(&error));
        self.report.predicted(done.as_ref().copied(), shed);
        done
    }

    fn take(&mut self, frame: &Frame) {
        let at_ms = frame.at.0;
        if !(0..=MAX_AT_MS).contains(&at_ms) {
            let name = frame.samples.first().map_or("", |(name, _)| &**name);
            self.report.refused(Refused::NoTime, name);
            return;
        }
        let mut quanta = Vec::with_capacity(frame.samples.len());
        for (name, value) in &frame.samples {
            match self.names.quantum(name, *value) {
                Ok(quantum) => quanta.push(quantum),
                Err(why) => self.report.refused(why, name),
            }
        }
        if quanta.is_empty() {
            return;
        }
        self.upkeep.saw(frame.at);
        let packed = pack(&mut quanta);
        let samples = quanta.len() as u64;
        let row = Row { at_ms, interval_ms: frame.interval_ms, samples, packed };
        self.report.shed(self.waiting.push(row));
    }

    fn write_rows(&mut self) -> Result<(), Fault> {
        if self.waiting.rows.is_empty() {
            return Ok(());
        }
        match self.try_rows() {
            Ok(()) => {
                let samples = self.waiting.rows.iter().map(|row| row.samples).sum();
                self.waiting.clear();
                self.names.written();
                self.report.series.store(self.names.len() as u64, Relaxed);
                self.report.worked(samples);
                Ok(())
            }
            Err(error) => {
                let fault = Fault::of(&error);
                self.report.failed(&fault);
                Err(fault)
            }
        }
    }

    fn try_rows(&mut self) -> rusqlite::Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.names.write_fresh(&transaction)?;
        let mut insert = transaction.prepare_cached(INSERT)?;
        for row in &self.waiting.rows {
            insert.execute((row.at_ms << SAME_MS_BITS, row.interval_ms, &row.packed))?;
        }
        drop(insert);
        transaction.commit()
    }

    /// One transaction for all that wait; who fails takes back only its own part.
    fn run_jobs(&mut self, jobs: Vec<Job>) {
        let mut answers = Vec::with_capacity(jobs.len());
        let result = self.try_jobs(jobs, &mut answers).map_err(|error| Fault::of(&error));
        for answer in answers {
            answer(result.clone());
        }
    }

    fn try_jobs(&mut self, jobs: Vec<Job>, answers: &mut Vec<Answer>) -> rusqlite::Result<()> {
        durably(&mut self.connection, |connection| Self::commit_jobs(connection, jobs, answers))
    }

    fn commit_jobs(
        connection: &mut Connection,
        jobs: Vec<Job>,
        answers: &mut Vec<Answer>,
    ) -> rusqlite::Result<()> {
        let mut transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in jobs {
            let savepoint = transaction.savepoint()?;
            let Done { keep, answer } = job(&savepoint);
            answers.push(answer);
            if keep {
                savepoint.commit()?;
            } else {
                savepoint.finish()?;
            }
        }
        transaction.commit()
    }

    /// Leaves one file: the last connection to close copies the log and removes it.
    fn end(self) {
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the log stays; the next start copies it");
        }
    }
}

impl Waiting {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { rows: VecDeque::new(), bytes: 0, max_bytes }
    }

    /// Adds a row. Returns how many were shed for it.
    fn push(&mut self, row: Row) -> u64 {
        self.bytes += row.packed.len();
        self.rows.push_back(row);
        let mut shed = 0;
        while self.bytes > self.max_bytes && self.rows.len() > 1 {
            self.bytes -= self.rows.pop_front().map_or(0, |row| row.packed.len());
            shed += 1;
        }
        shed
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.bytes = 0;
    }
}
