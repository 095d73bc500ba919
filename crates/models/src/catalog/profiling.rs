//! Profilings that somebody asked for: jobs that read a dataset again.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bellwether_signal::Timestamp;

use super::{Catalog, CatalogError, naming};

/// Profilings that are remembered; the oldest is forgotten.
const REMEMBERED: usize = 100;
/// Those that wait or run; one more is refused.
const WAITING: usize = 8;

/// One profiling.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiling {
    /// The job.
    pub id: String,
    /// The dataset that is read.
    pub dataset: String,
    /// Its file's name.
    pub name: String,
    /// Where it stands.
    pub state: ProfilingState,
    /// How much is done: 0 to 100.
    pub progress_percent: f64,
    /// When it was asked for.
    pub created_at_ms: Timestamp,
    /// When it changed last.
    pub updated_at_ms: Timestamp,
    /// What is wrong, where it failed.
    pub error: Option<String>,
}

/// Where a profiling stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfilingState {
    /// It waits for another file to be read.
    Queued,
    /// The file is read.
    Running,
    /// The profile is new.
    Completed,
    /// It is not.
    Failed,
}

/// The last ones, oldest first.
#[derive(Default)]
pub(super) struct Profilings(Mutex<VecDeque<Profiling>>);

impl Profilings {
    fn change(&self, id: &str, change: impl FnOnce(&mut Profiling)) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = jobs.iter_mut().find(|job| job.id == id) {
            change(job);
        }
    }
}

impl Catalog {
    /// Puts a profiling into the queue; [`Catalog::run_profiling`] does it.
    pub fn queue_profiling(&self, dataset: &str) -> Result<Profiling, CatalogError> {
        let found =
            self.find(dataset).ok_or_else(|| CatalogError::NoDataset(dataset.to_owned()))?;
        let now = (self.around.clock)().wall;
        let job = Profiling {
            id: naming::new_id(now),
            dataset: found.id.clone(),
            name: found.profile.file_name.clone(),
            state: ProfilingState::Queued,
            progress_percent: 0.0,
            created_at_ms: now,
            updated_at_ms: now,
            error: None,
        };
        let mut jobs = self.profilings.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = [ProfilingState::Queued, ProfilingState::Running];
        if jobs.iter().filter(|job| open.contains(&job.state)).count() >= WAITING {
            return Err(CatalogError::TooManyUploads { limit: WAITING });
        }
        if jobs.len() >= REMEMBERED {
            jobs.pop_front();
        }
        jobs.push_back(job.clone());
        Ok(job)
    }

    /// Reads the dataset of a queued profiling; takes as long as that does.
    pub fn run_profiling(self: &Arc<Self>, job: &Profiling) {
        let clock = self.around.clock;
        let told = |share: f64| {
            self.profilings.change(&job.id, |job| {
                job.state = ProfilingState::Running;
                job.progress_percent = (share * 1_000.0).round() / 10.0;
                job.updated_at_ms = clock().wall;
            });
        };
        let outcome = self.validate(&job.dataset, None, told);
        self.profilings.change(&job.id, |job| {
            job.updated_at_ms = clock().wall;
            match outcome {
                Ok(_) => {
                    job.state = ProfilingState::Completed;
                    job.progress_percent = 100.0;
                }
                Err(error) => {
                    job.state = ProfilingState::Failed;
                    job.error = Some(error.to_string());
                }
            }
        });
    }

    /// The last profilings, oldest first.
    pub fn profilings(&self) -> Vec<Profiling> {
        self.profilings.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
