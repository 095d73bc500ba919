//! A candidate that is asked what the version in production is asked, and whose answers nobody gets: it
//! has a thread of its own, and what that has no time for is shed and counted.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
};

use bellwether_signal::ModelId;

use super::{Ask, InputRow, Outcome};

/// Requests that wait for the candidate; more are shed.
const WAITING: usize = 256;
/// Candidates whose comparison is remembered; of more the one with the fewest rows is forgotten.
const CANDIDATES: usize = 64;

/// What the candidate is asked, and what production said.
pub(super) struct Job {
    pub(super) production: ModelId,
    pub(super) candidate: ModelId,
    pub(super) rows: Vec<InputRow>,
    pub(super) said: Vec<Outcome>,
    pub(super) ask: Ask,
}

/// How a candidate compares with the version in production, since the start of the server or of the
/// comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowFigures {
    /// With whom it is compared.
    pub production: ModelId,
    /// Rows that both predicted.
    pub compared: u64,
    /// Rows of which both said the same class; of regressions none.
    pub agreed: u64,
    /// Sum of the distances of both numbers; of classes none.
    pub difference: f64,
    /// Rows that the candidate could not predict.
    pub failed: u64,
    /// Rows that it was not asked, because it was busy.
    pub shed: u64,
}

impl ShadowFigures {
    fn new(production: ModelId) -> Self {
        Self { production, compared: 0, agreed: 0, difference: 0.0, failed: 0, shed: 0 }
    }

    /// Adds a row.
    pub(super) fn compare(&mut self, production: &Outcome, candidate: &Outcome) {
        match (production, candidate) {
            (Outcome::Class { place: a, .. }, Outcome::Class { place: b, .. }) => {
                self.compared += 1;
                self.agreed += u64::from(a == b);
            }
            (Outcome::Number(a), Outcome::Number(b)) => {
                self.compared += 1;
                self.difference += (a - b).abs();
            }
            _ => self.failed += 1,
        }
    }
}

/// The way to the thread.
pub(super) struct Shadow {
    jobs: Mutex<Option<SyncSender<Job>>>,
    figures: Mutex<HashMap<ModelId, ShadowFigures>>,
}

impl Shadow {
    pub(super) fn new() -> (Self, Receiver<Job>) {
        let (jobs, received) = sync_channel(WAITING);
        (Self { jobs: Mutex::new(Some(jobs)), figures: Mutex::default() }, received)
    }

    /// Hands a request on, if there is room.
    pub(super) fn ask(&self, job: Job) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = jobs.as_ref() else { return };
        let (production, candidate) = (job.production.clone(), job.candidate.clone());
        let rows = job.rows.len() as u64;
        match sender.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                drop(jobs);
                self.note(&production, &candidate, |figures| figures.shed += rows);
            }
        }
    }

    /// Changes the figures of a candidate; a new comparison begins where production is another.
    pub(super) fn note(
        &self,
        production: &ModelId,
        candidate: &ModelId,
        change: impl FnOnce(&mut ShadowFigures),
    ) {
        let mut all = self.lock();
        if all.len() >= CANDIDATES
            && !all.contains_key(candidate)
            && let Some(least) =
                all.iter().min_by_key(|(_, it)| it.compared).map(|(id, _)| id.clone())
        {
            all.remove(&least);
        }
        let figures =
            all.entry(candidate.clone()).or_insert_with(|| ShadowFigures::new(production.clone()));
        if figures.production != *production {
            *figures = ShadowFigures::new(production.clone());
        }
        change(figures);
    }

    pub(super) fn figures(&self, candidate: &ModelId) -> Option<ShadowFigures> {
        self.lock().get(candidate).cloned()
    }

    /// No more jobs: the thread does those that wait, and ends.
    pub(super) fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ModelId, ShadowFigures>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
