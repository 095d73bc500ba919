//! What waits for the writer: frames and predictions, which are shed when it is behind, events, which are refused then,
//! and jobs, whose callers wait.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
    time::Duration,
};

use bellwether_signal::{Timestamp, ports::LoggedPrediction};
use rusqlite::Connection;

use crate::{Fault, Frame, StoreError, events::NewEvent, prediction::Queue};

/// Jobs that may wait; more are refused with [`StoreError::Busy`].
const MAX_JOBS: usize = 64;

/// Events that may wait; more are refused with [`StoreError::Busy`].
const MAX_EVENTS: usize = 1_000;

/// After a commit frames are collected for so long before the next one.
const LINGER: Duration = Duration::from_secs(1);

/// How long the writer waits after a failed write before it tries again.
const RETRY: Duration = Duration::from_secs(2);

/// Work on the database, inside the writer's transaction.
pub(crate) type Job = Box<dyn FnOnce(&Connection) -> Done + Send>;

/// What a job leaves behind.
pub(crate) struct Done {
    /// Whether what it did stands; otherwise it is taken back.
    pub(crate) keep: bool,
    /// Called once it is known.
    pub(crate) answer: Answer,
}

/// What is done between transactions, and told when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// Nothing more than writing what was appended before.
    Flush,
    /// Sealing and dropping what is due at this time.
    Tidy(Timestamp),
}

/// Where the one who asked waits.
pub(crate) type Told = SyncSender<Result<(), Fault>>;

/// Tells a caller whether the transaction is on disk.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), Fault>) + Send>;

/// Owned by the store and its writer together.
pub(crate) struct Inbox {
    state: Mutex<State>,
    filled: Condvar,
    /// Samples that may wait. When a new frame does not fit, the oldest ones are shed.
    max_samples: usize,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Frame>,
    samples: usize,
    predictions: Queue,
    events: Vec<NewEvent>,
    jobs: Vec<Job>,
    errands: Vec<(Errand, Told)>,
    /// The writer sleeps until something comes; otherwise it looks by itself.
    idle: bool,
    closing: bool,
}

/// What the writer got to do.
pub(crate) struct Work {
    pub(crate) frames: VecDeque<Frame>,
    pub(crate) predictions: Queue,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) errands: Vec<(Errand, Told)>,
    pub(crate) closing: bool,
}

/// How long the writer waits for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Until there is some.
    Idle,
    /// It wrote a moment ago: frames wait for each other, events and jobs do not wait.
    Linger,
    /// What it could not write waits to be tried again.
    Retry,
}

impl Inbox {
    pub(crate) fn new(max_samples: usize) -> Self {
        Self { state: Mutex::default(), filled: Condvar::new(), max_samples }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a frame. Returns how many were shed for it.
    pub(crate) fn push(&self, frame: Frame) -> u64 {
        let mut state = self.lock();
        if state.closing {
            return 1;
        }
        state.samples += frame.samples.len();
        state.frames.push_back(frame);
        let mut shed = 0;
        while state.samples > self.max_samples && state.frames.len() > 1 {
            let oldest = state.frames.pop_front();
            state.samples -= oldest.map_or(0, |frame| frame.samples.len());
            shed += 1;
        }
        if state.idle {
            state.idle = false;
            self.filled.notify_one();
        }
        shed
    }

    /// Adds predictions. Returns how many were shed for them.
    pub(crate) fn predicted(&self, predictions: Vec<LoggedPrediction>) -> u64 {
        let mut state = self.lock();
        if state.closing {
            return predictions.len() as u64;
        }
        let shed = state.predictions.push(predictions);
        if state.idle {
            state.idle = false;
            self.filled.notify_one();
        }
        shed
    }

    /// Adds an event.
    pub(crate) fn log(&self, event: NewEvent) -> Result<(), StoreError> {
        self.add(|state| {
            if state.events.len() >= MAX_EVENTS {
                return Err(StoreError::Busy);
            }
            state.events.push(event);
            Ok(())
        })
    }

    /// Adds a job.
    pub(crate) fn submit(&self, job: Job) -> Result<(), StoreError> {
        self.add(|state| {
            if state.jobs.len() >= MAX_JOBS {
                return Err(StoreError::Busy);
            }
            state.jobs.push(job);
            Ok(())
        })
    }

    /// Asks for something to be done after all frames that are here were written.
    pub(crate) fn send(&self, errand: Errand, told: Told) -> Result<(), StoreError> {
        self.add(|state| {
            state.errands.push((errand, told));
            Ok(())
        })
    }

    /// No more work: the writer does what is here and ends.
    pub(crate) fn close(&self) {
        self.lock().closing = true;
        self.filled.notify_one();
    }

    /// The writer ended, in whatever way: who waits for it is let go.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.jobs.clear();
        state.errands.clear();
    }

    fn add(
        &self,
        add: impl FnOnce(&mut State) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.closing {
            return Err(StoreError::Closed);
        }
        add(&mut state)?;
        state.idle = false;
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for work, for the writer.
    pub(crate) fn wait(&self, pace: Pace) -> Work {
        let mut state = self.lock();
        let nothing_urgent = |state: &mut State| {
            let asked = state.jobs.is_empty() && state.errands.is_empty();
            asked && state.events.is_empty() && !state.closing
        };
        let wait = |state, longest| {
            let waited = self.filled.wait_timeout_while(state, longest, nothing_urgent);
            waited.unwrap_or_else(PoisonError::into_inner).0
        };
        state = match pace {
            Pace::Idle => {
                state.idle = true;
                let nothing = |state: &mut State| {
                    let waits = state.frames.is_empty() && state.predictions.is_empty();
                    waits && nothing_urgent(state)
                };
                let waited = self.filled.wait_while(state, nothing);
                waited.unwrap_or_else(PoisonError::into_inner)
            }
            Pace::Linger => wait(state, LINGER),
            Pace::Retry => wait(state, RETRY),
        };
        state.idle = false;
        state.samples = 0;
        Work {
            frames: std::mem::take(&mut state.frames),
            predictions: std::mem::take(&mut state.predictions),
            events: std::mem::take(&mut state.events),
            jobs: std::mem::take(&mut state.jobs),
            errands: std::mem::take(&mut state.errands),
            closing: state.closing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(at: i64, samples: usize) -> Frame {
        let samples = (0..samples).map(|n| (format!("a/{n}").into(), 0.0)).collect();
        Frame { at: Timestamp(at), interval_ms: 1_000, samples }
    }

    #[test]
    fn the_oldest_frames_make_room() {
        let inbox = Inbox::new(10);
        assert_eq!((0..3).map(|at| inbox.push(frame(at, 4))).sum::<u64>(), 1);
        assert_eq!(inbox.push(frame(3, 9)), 2);
        // Larger than all: alone, rather than none.
        assert_eq!(inbox.push(frame(4, 11)), 1);
        let work = inbox.wait(Pace::Idle);
        assert_eq!(work.frames.iter().map(|frame| frame.at.0).collect::<Vec<_>>(), [4]);
        assert_eq!(inbox.push(frame(5, 10)), 0);
    }

    #[test]
    fn jobs_are_bounded() {
        let inbox = Inbox::new(10);
        let submit = || inbox.submit(Box::new(|_| Done { keep: true, answer: Box::new(|_| ()) }));
        for _ in 0..MAX_JOBS {
            submit().unwrap();
        }
        assert!(matches!(submit(), Err(StoreError::Busy)));
        inbox.close();
        assert!(matches!(submit(), Err(StoreError::Closed)));
        assert_eq!(inbox.push(frame(1, 1)), 1);
    }

    #[test]
    fn nobody_waits_for_a_writer_that_is_gone() {
        let inbox = Inbox::new(10);
        let (told, answer) = std::sync::mpsc::sync_channel(1);
        inbox.send(Errand::Flush, told).unwrap();
        inbox.abandon();
        assert!(answer.recv().is_err());
    }
}
