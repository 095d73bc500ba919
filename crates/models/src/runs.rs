//! Trainings at the server: a queue, one thread of low priority that works it off, and what is kept of
//! each run.
//! Enters: wishes of people and programs. Leaves: versions in the registry, topics
//! `training/{run}/{status,progress}`, activities, records of the kind "run".
//! A run is never left "running": what a restart interrupted is queued anew, and after the second time
//! it failed.

mod curve;
mod failure;
mod queue;
mod recipes;
mod record;
mod telling;
mod wish;
mod work;

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use bellwether_signal::{
    RunId,
    activity::{Activity, ActivityKind, Severity},
    answer::{RunAnswer, RunEntry, TrainWish},
    feature::Feature,
    ports::{KeepError, RecordChange, Surroundings, state_of},
    training::{self, TrainingProgress, TrainingState},
};
use serde_json::{Map, Value};
use tracing::{error, warn};

use crate::{catalog::Catalog, registry::Registry};
pub use recipes::{Recipe, RecipeWish, Recipes};
pub use record::RunRecord;
pub use wish::WishError;

const KIND: &str = "run";
/// Runs that wait; one more is refused.
const QUEUED: usize = 100;
/// Finished runs that are kept; the oldest leave.
const KEPT: usize = 200;
/// Times that a run is started: whatever ends the program twice would end it for ever.
const STARTS: u32 = 2;

/// All runs.
pub struct Runs {
    shared: Arc<Shared>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    around: Surroundings,
    catalog: Arc<Catalog>,
    registry: Arc<Registry>,
    state: Mutex<State>,
    /// Something was queued, or the program ends.
    woken: Condvar,
    /// The program ends: the run under way is put back.
    closing: AtomicBool,
}

#[derive(Default)]
struct State {
    runs: BTreeMap<RunId, Run>,
}

struct Run {
    record: RunRecord,
    /// Newest; of a run that is over, its last.
    progress: Option<TrainingProgress>,
    /// Somebody called it off.
    cancelled: Arc<AtomicBool>,
}

impl Run {
    fn new(record: RunRecord) -> Self {
        let progress = record.progress.clone();
        Self { record, progress, cancelled: Arc::default() }
    }
}

/// Why a run cannot be had, made or changed.
#[derive(Debug, thiserror::Error)]
pub enum RunsError {
    /// The wish cannot be followed.
    #[error(transparent)]
    Wish(#[from] WishError),
    /// No dataset has that id.
    #[error("there is no dataset {0:?}; GET /api/datasets lists them")]
    NoDataset(String),
    /// It waits behind too many.
    #[error("{QUEUED} trainings wait already; try again when some are done, or cancel some")]
    QueueFull,
    /// No run has that number.
    #[error("there is no run {0}; GET /api/runs lists them")]
    NoRun(RunId),
    /// Not as it stands.
    #[error("{0}")]
    NotNow(String),
    /// Its record is not kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

impl Runs {
    /// Reads what was kept, publishes it, queues anew what was interrupted, and starts the thread that
    /// trains.
    pub fn open(
        around: Surroundings,
        catalog: Arc<Catalog>,
        registry: Arc<Registry>,
    ) -> Result<Self, KeepError> {
        let mut state = State::default();
        for (id, body) in around.records.all(KIND)? {
            match serde_json::from_value::<RunRecord>(body) {
                Ok(record) => {
                    state.runs.insert(record.status.run, Run::new(record));
                }
                Err(error) => warn!(run = id, %error, "the record of a training cannot be read"),
            }
        }
        let shared = Arc::new(Shared {
            around,
            catalog,
            registry,
            state: Mutex::new(state),
            woken: Condvar::new(),
            closing: AtomicBool::new(false),
        });
        shared.pick_up()?;
        if !shared.around.features.is_on(Feature::Training) {
            // What waits goes on waiting.
            return Ok(Self { shared, worker: Mutex::new(None) });
        }
        let worker = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("training".to_owned())
            .spawn(move || work::work(&worker))
            .map_err(|error| KeepError::Unavailable(format!("no thread to train on: {error}")))?;
        Ok(Self { shared, worker: Mutex::new(Some(thread)) })
    }

    /// Queues a training.
    pub fn submit(&self, wish: TrainWish, user: Option<&str>) -> Result<RunId, RunsError> {
        self.shared.submit(wish, user, None)
    }

    /// The same, following a saved recipe.
    fn follow(
        &self,
        wish: TrainWish,
        user: Option<&str>,
        recipe: &str,
    ) -> Result<RunId, RunsError> {
        self.shared.submit(wish, user, Some(recipe.to_owned()))
    }

    /// Calls a run off: at once when it waits, otherwise in its next round.
    pub fn cancel(&self, run: RunId, user: Option<&str>) -> Result<(), RunsError> {
        self.shared.cancel(run, user)
    }

    /// Queues a run that is over once more, with changes to its wish (a merge patch, RFC 7396).
    pub fn retry(
        &self,
        run: RunId,
        changes: &Map<String, Value>,
        user: Option<&str>,
    ) -> Result<RunId, RunsError> {
        let (wish, recipe) = {
            let state = self.shared.lock();
            let record = &state.runs.get(&run).ok_or(RunsError::NoRun(run))?.record;
            if !record.status.state.is_over() {
                let text = format!("run {run} is not over yet; cancel it first");
                return Err(RunsError::NotNow(text));
            }
            (record.wish.clone(), record.status.recipe.clone())
        };
        self.shared.submit(wish::changed(&wish, changes)?, user, recipe)
    }

    /// All runs, newest first.
    pub fn list(&self) -> Vec<RunEntry> {
        let state = self.shared.lock();
        let entry = |run: &Run| RunEntry {
            status: run.record.status.clone(),
            parameters: run.record.wish.clone(),
        };
        state.runs.values().rev().map(entry).collect()
    }

    /// All that is known of a run.
    pub fn find(&self, run: RunId) -> Option<RunAnswer> {
        let state = self.shared.lock();
        let run = state.runs.get(&run)?;
        Some(run.record.answer(run.progress.clone()))
    }

    /// Whether a run that is not over needs a dataset.
    pub fn needs(&self, dataset: &str) -> bool {
        let state = self.shared.lock();
        let needs = |run: &Run| {
            let status = &run.record.status;
            !status.state.is_over() && status.dataset.as_deref() == Some(dataset)
        };
        state.runs.values().any(needs)
    }

    /// Puts the run under way back into the queue, for the next start, and waits for its thread.
    pub fn close(&self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        // With the lock, so that the thread is either before its look at the flag or asleep.
        drop(self.shared.lock());
        self.shared.woken.notify_all();
        let worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = worker.map(JoinHandle::join) {
            error!("the thread that trains ended by a mistake of ours");
        }
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a start finds: statuses are published, runs that were under way are queued anew, or fail
    /// when that was tried before.
    fn pick_up(&self) -> Result<(), KeepError> {
        let now = (self.around.clock)().wall;
        let mut state = self.lock();
        let mut changes = Vec::new();
        for run in state.runs.values_mut() {
            let record = &mut run.record;
            if record.status.state == TrainingState::Running {
                if record.starts < STARTS {
                    record.queue_anew(now);
                } else {
                    record.fail(failure::interrupted(record.starts), now);
                }
                changes.push(RecordChange::put(KIND, record.status.run.to_string(), record));
            }
        }
        if !changes.is_empty() {
            self.around.records.change(changes)?;
        }
        queue::number(&mut state);
        for run in state.runs.values() {
            self.tell(run);
        }
        Ok(())
    }

    fn submit(
        &self,
        wish: TrainWish,
        user: Option<&str>,
        recipe: Option<String>,
    ) -> Result<RunId, RunsError> {
        let (dataset, wish) = wish::checked(wish, &self.catalog)?;
        let now = (self.around.clock)().wall;
        let mut state = self.lock();
        if queue::waiting(&state) >= QUEUED {
            return Err(RunsError::QueueFull);
        }
        let run = RunId(state.runs.keys().next_back().map_or(1, |last| last.0 + 1));
        let file = &dataset.profile.file_name;
        let mut record = RunRecord::new(run, &dataset, wish, user, now);
        record.status.recipe = recipe;
        let name = record.status.model_name.clone();
        self.keep(&record)?;
        state.runs.insert(run, Run::new(record));
        self.renumber(&mut state, Some(run));
        drop(state);
        self.woken.notify_all();
        let text = match user {
            Some(user) => format!("{user} asked for a training of {name} on {file} (run {run})"),
            None => format!("a training of {name} on {file} was asked for (run {run})"),
        };
        self.happened(ActivityKind::TrainingStarted, Severity::Info, text, run, user);
        Ok(run)
    }

    fn cancel(&self, id: RunId, user: Option<&str>) -> Result<(), RunsError> {
        let now = (self.around.clock)().wall;
        let mut state = self.lock();
        let run = state.runs.get_mut(&id).ok_or(RunsError::NoRun(id))?;
        match run.record.status.state {
            TrainingState::Queued => {
                run.record.cancel(user, now);
                self.keep(&run.record)?;
                self.renumber(&mut state, Some(id));
                drop(state);
                self.was_cancelled(id, user);
                Ok(())
            }
            TrainingState::Running => {
                run.record.cancelled_by = user.map(str::to_owned);
                run.cancelled.store(true, Ordering::SeqCst);
                Ok(())
            }
            TrainingState::Completed | TrainingState::Failed | TrainingState::Cancelled => {
                Err(RunsError::NotNow(format!("run {id} is over already")))
            }
        }
    }

    fn was_cancelled(&self, run: RunId, user: Option<&str>) {
        let text = match user {
            Some(user) => format!("{user} cancelled the training of run {run}"),
            None => format!("the training of run {run} was cancelled"),
        };
        self.happened(ActivityKind::TrainingCancelled, Severity::Info, text, run, user);
    }

    /// Tells how many are before each that waits, and whatever else is new of one.
    fn renumber(&self, state: &mut State, new: Option<RunId>) {
        let moved = queue::number(state);
        for run in moved.into_iter().chain(new).collect::<std::collections::BTreeSet<_>>() {
            if let Some(run) = state.runs.get(&run) {
                self.tell(run);
            }
        }
    }

    fn tell(&self, run: &Run) {
        let status = &run.record.status;
        self.around.announce.state(&training::status(status.run), state_of(status), None);
    }

    fn keep(&self, record: &RunRecord) -> Result<(), KeepError> {
        let id = record.status.run.to_string();
        self.around.records.change(vec![RecordChange::put(KIND, id, record)])
    }

    /// Keeps what became of a run. The disk may refuse: then memory has it, until the next start.
    fn keep_end(&self, record: &RunRecord) {
        if let Err(error) = self.keep(record) {
            error!(run = %record.status.run, %error, "the end of a training was not kept");
        }
    }

    /// The oldest runs that are over leave.
    fn forget_oldest(&self, state: &mut State) {
        let over = |run: &&Run| run.record.status.state.is_over();
        let count = state.runs.values().filter(over).count();
        let leave: Vec<RunId> = state
            .runs
            .values()
            .filter(over)
            .take(count.saturating_sub(KEPT))
            .map(|run| run.record.status.run)
            .collect();
        for run in leave {
            state.runs.remove(&run);
            let change = RecordChange::remove(KIND, run.to_string());
            if let Err(error) = self.around.records.change(vec![change]) {
                warn!(%run, %error, "the record of an old training was not removed");
            }
            self.around.announce.gone(&training::status(run));
            self.around.announce.gone(&training::progress(run));
        }
    }

    fn happened(
        &self,
        kind: ActivityKind,
        severity: Severity,
        text: String,
        run: RunId,
        user: Option<&str>,
    ) {
        let activity = Activity::new(kind, severity, text).about(format!("training/{run}"));
        let activity = match user {
            Some(user) => activity.by(user),
            None => activity,
        };
        self.around.announce.activity(activity);
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }
}

/// Threads of a training: all cores but one, which the live paths keep; at least one.
fn threads() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    cores.saturating_sub(1).max(1)
}
