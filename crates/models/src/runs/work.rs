//! The thread that trains: one run after the other, behind everything else that the program does.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bellwether_signal::{
    Moment, RunId,
    activity::{ActivityKind, Severity},
    answer::{TrainWish, Trial},
    ports::state_of,
    training::{self, Task, TrainingFailure, TrainingOutcome, TrainingStep},
};
use tracing::error;

use super::{Shared, failure, queue, telling::Telling, threads, wish};
use crate::{
    LeftOut, Model, Next, Progress, Quality, TimeLimit, TrainError, Tried,
    catalog::Dataset,
    dataset::{Limits, Table},
    digits::grouped,
    registry::{NewVersion, Version, scores},
    target,
    train::train,
};

/// Below, figures of quality are little more than a guess.
const FEW_ROWS: usize = 100;

/// A run whose turn it is.
struct Job {
    run: RunId,
    wish: TrainWish,
    name: String,
    user: Option<String>,
    cancelled: Arc<AtomicBool>,
    started: Moment,
    /// What is told of it.
    telling: Telling,
}

/// How a run ended.
enum End {
    Model(Box<TrainingOutcome>, String),
    Failed(TrainingFailure),
    Cancelled,
    /// The program ends.
    PutBack,
}

/// The rows of the dataset that was used last, while runs that wait use it too.
#[derive(Default)]
struct Held(Option<(String, Arc<Table>)>);

/// Works the queue off until the program ends.
pub(super) fn work(shared: &Shared) {
    // Where that is not allowed, training takes its share like everything else.
    bellwether_sys::threads::stand_back();
    let mut held = Held::default();
    while let Some(mut job) = shared.next_job() {
        let ended = catch_unwind(AssertUnwindSafe(|| job.run(shared, &mut held)));
        let end = ended.unwrap_or_else(|_| {
            error!(run = %job.run, "a training panicked");
            End::Failed(failure::mistake())
        });
        shared.end(job, end);
        held.drop_unless(shared);
    }
}

impl Held {
    fn table(&mut self, shared: &Shared, dataset: &Dataset) -> Result<Arc<Table>, TrainError> {
        if let Some((_, table)) = self.0.take_if(|(sha256, _)| *sha256 == dataset.profile.sha256) {
            self.0 = Some((dataset.profile.sha256.clone(), Arc::clone(&table)));
            return Ok(table);
        }
        self.0 = None; // before the next one is read: never two
        let table = Arc::new(shared.catalog.table(dataset, &Limits::default())?);
        self.0 = Some((dataset.profile.sha256.clone(), Arc::clone(&table)));
        Ok(table)
    }

    /// Keeps it only for the next in the queue.
    fn drop_unless(&mut self, shared: &Shared) {
        let state = shared.lock();
        let next = queue::next(&state).and_then(|run| state.runs.get(&run));
        let dataset = next.and_then(|run| run.record.status.dataset.as_deref());
        let sha256 = dataset.and_then(|id| shared.catalog.find(id));
        let sha256 = sha256.map(|dataset| dataset.profile.sha256.clone());
        drop(state);
        if self.0.as_ref().map(|(held, _)| held) != sha256.as_ref() {
            self.0 = None;
        }
    }
}

impl Shared {
    /// Waits for the next run, and marks it as under way; `None` when the program ends.
    fn next_job(&self) -> Option<Job> {
        let mut state = self.lock();
        let id = loop {
            if self.is_closing() {
                return None;
            }
            if let Some(run) = queue::next(&state) {
                break run;
            }
            state = self.woken.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        let started = (self.around.clock)();
        let run = state.runs.get_mut(&id)?;
        let record = &mut run.record;
        let dataset = record.status.dataset.as_deref().and_then(|id| self.catalog.find(id));
        let file = dataset.map_or_else(String::new, |it| it.profile.file_name.clone());
        record.start(&file, started.wall);
        run.progress = None;
        let searches = wish::settings(&record.wish, 1).trials > 1;
        let job = Job {
            run: id,
            wish: record.wish.clone(),
            name: record.status.model_name.clone(),
            user: record.status.user.clone(),
            cancelled: Arc::clone(&run.cancelled),
            started,
            telling: Telling::new(started, searches, format!("Reads the rows of {file}")),
        };
        self.keep_end(record);
        self.renumber(&mut state, Some(id));
        Some(job)
    }

    /// Writes down and tells how a run ended.
    fn end(&self, mut job: Job, end: End) {
        let now = (self.around.clock)();
        if let End::Model(_, text) = &end {
            job.telling.complete(text.clone(), now);
            job.tell(self);
        }
        let mut state = self.lock();
        let Some(run) = state.runs.get_mut(&job.run) else { return };
        let record = &mut run.record;
        record.progress = Some(job.telling.progress().clone());
        record.curve = job.telling.curve().points().to_vec();
        let by = record.cancelled_by.clone();
        let (kind, severity, text) = match end {
            End::Model(outcome, text) => {
                record.complete(*outcome, text.clone(), now.wall);
                (ActivityKind::TrainingCompleted, Severity::Success, text)
            }
            End::Failed(mut failure) => {
                let progress = job.telling.progress();
                failure.step = Some(progress.step);
                failure.progress_percent = Some(progress.progress_percent);
                let text = format!("the training of {} failed: {}", job.name, failure.text);
                record.fail(failure, now.wall);
                (ActivityKind::TrainingFailed, Severity::Warning, text)
            }
            End::Cancelled => {
                record.cancel(by.as_deref(), now.wall);
                (ActivityKind::TrainingCancelled, Severity::Info, String::new())
            }
            End::PutBack => {
                record.put_back(now.wall);
                self.keep_end(record);
                return;
            }
        };
        self.keep_end(record);
        self.renumber(&mut state, Some(job.run));
        self.forget_oldest(&mut state);
        drop(state);
        if kind == ActivityKind::TrainingCancelled {
            self.was_cancelled(job.run, by.as_deref());
        } else {
            let text = format!("{text} (run {})", job.run);
            self.happened(kind, severity, text, job.run, job.user.as_deref());
        }
    }

    /// Changes the record of a run under way, in memory.
    fn update(&self, run: RunId, change: impl FnOnce(&mut super::Run)) {
        if let Some(run) = self.lock().runs.get_mut(&run) {
            change(run);
        }
    }
}

impl Job {
    fn run(&mut self, shared: &Shared, held: &mut Held) -> End {
        match self.trained(shared, held) {
            Ok(model) => self.finish(shared, model),
            Err(_) if shared.is_closing() => End::PutBack,
            Err(TrainError::Cancelled) => End::Cancelled,
            Err(error) => End::Failed(failure::of_training(&error)),
        }
    }

    fn trained(&mut self, shared: &Shared, held: &mut Held) -> Result<Model, TrainError> {
        self.tell(shared);
        let id = self.wish.dataset_id.as_deref().unwrap_or_default();
        let dataset = shared.catalog.find(id).ok_or(TrainError::Gone)?;
        let table = held.table(shared, &dataset)?;
        self.note(
            shared,
            format!("{} rows, {} columns", grouped(table.rows as u64), table.columns.len()),
        );
        for misfit in &table.misfits {
            let text = format!(
                "row {}: {:?} in {} counts as missing",
                misfit.row, misfit.text, misfit.column
            );
            self.note(shared, text);
        }
        let settings = wish::settings(&self.wish, threads());
        let limit = self.wish.time_limit_seconds.map(Duration::from_secs_f64);
        let mut limit = limit.map(|limit| TimeLimit::new(self.started.monotonic, limit));
        let mut tried_at = self.started;
        let model = train(&table, &settings, &mut |progress| {
            if self.cancelled.load(Ordering::SeqCst) || shared.is_closing() {
                return Next::Cancel;
            }
            let now = (shared.around.clock)();
            match progress {
                Progress::Step(TrainingStep::ModelSelection) => tried_at = now,
                Progress::Tried(tried) => {
                    shared.update(self.run, |run| {
                        rank(&mut run.record.leaderboard, tried, now.seconds_since(tried_at));
                    });
                    tried_at = now;
                }
                Progress::Chosen(trial) => shared.update(self.run, |run| {
                    let taken = u32::try_from(trial).unwrap_or_default();
                    for trial in &mut run.record.leaderboard {
                        trial.kept = trial.trial == taken;
                    }
                    let text = match taken {
                        1 => "no trial was clearly better than the usual settings".to_owned(),
                        _ => format!("trial {taken} was best, its settings are taken"),
                    };
                    run.record.note(now.wall, text);
                }),
                Progress::Judged { quality, rows } => {
                    let text = format!(
                        "{} on {} rows that it did not see",
                        told(quality),
                        grouped(rows as u64)
                    );
                    shared.update(self.run, |run| run.record.note(now.wall, text));
                }
                Progress::Step(_)
                | Progress::Searching { .. }
                | Progress::Round { .. }
                | Progress::Line => {}
            }
            if self.telling.hear(&progress, now) {
                self.tell(shared);
            }
            limit.as_mut().map_or(Next::Go, |limit| limit.next(&progress, now.monotonic))
        })?;
        if limit.is_some_and(|limit| limit.has_cut()) {
            let text = "the time limit ended the learning: more time may give a better model";
            self.note(shared, text.to_owned());
            shared.update(self.run, |run| run.record.time_was_up = true);
        }
        for (column, reason) in &model.encoder.left_out {
            self.note(shared, format!("left out: {column}, {}", why(*reason)));
        }
        Ok(model)
    }

    /// Registers what was trained.
    fn finish(&mut self, shared: &Shared, model: Model) -> End {
        let now = (shared.around.clock)();
        self.telling.step(TrainingStep::FinalizingModel, now);
        self.tell(shared);
        let took_seconds = now.seconds_since(self.started);
        let (quality, samples) = (model.quality.clone(), model.rows);
        let task = match model.task {
            target::Task::Regression => Task::Regression,
            target::Task::Binary | target::Task::Multiclass => Task::Classification,
        };
        let version = shared.registry.register(NewVersion {
            name: self.name.clone(),
            model,
            run: Some(self.run),
            dataset: self.wish.dataset_id.clone(),
            user: self.user.clone(),
            took_seconds: Some(took_seconds),
        });
        let version = match version {
            Ok(version) => version,
            Err(error) => return End::Failed(failure::of_saving(&error)),
        };
        self.deploy_first(shared, &version);
        let count = |number: usize| u32::try_from(number).ok();
        let outcome = TrainingOutcome {
            model: version.id().clone(),
            task,
            scores: scores(&quality),
            validation_score: Some(match &quality {
                Quality::Classes(quality) => quality.log_loss,
                Quality::Numbers(quality) => quality.rmse,
            }),
            took_seconds,
            size_bytes: version.record.status.size_bytes.unwrap_or_default(),
            rounds: count(self.telling.rounds()),
            samples: u32::try_from(samples).unwrap_or(u32::MAX),
            predictions: count(samples),
        };
        let few = if samples < FEW_ROWS {
            format!("; {samples} rows are very few: take that as a guess")
        } else {
            String::new()
        };
        let text = format!("Trained {}: {}{few}", version.id(), told(&quality));
        End::Model(Box::new(outcome), text)
    }

    /// The first version of a name goes into production, unless that is not wanted.
    fn deploy_first(&self, shared: &Shared, version: &Version) {
        let id = version.id();
        let others = shared.registry.list();
        let others = others.iter().filter(|other| other.id().name() == id.name()).count();
        if others > 1 || self.wish.deploy_first == Some(false) {
            return;
        }
        if let Err(error) = shared.registry.deploy(id.as_str(), self.user.as_deref()) {
            // The version is there; a person can still deploy it.
            self.note(shared, format!("{id} was not put into production: {error}"));
        }
    }

    fn note(&self, shared: &Shared, text: String) {
        let now = (shared.around.clock)().wall;
        shared.update(self.run, |run| run.record.note(now, text));
    }

    fn tell(&self, shared: &Shared) {
        let progress = self.telling.progress();
        // Rounds are what a curve is drawn of; steps before and after them would only bend it.
        let history = (progress.step == TrainingStep::TrainingModel && progress.round.is_some())
            .then_some(HISTORY_MS);
        shared.update(self.run, |run| {
            run.progress = Some(progress.clone());
            run.record.curve = self.telling.curve().points().to_vec();
        });
        shared.around.announce.state(&training::progress(self.run), state_of(progress), history);
    }
}

/// How far apart the points of the loss curve's series are: as often as progress is told.
const HISTORY_MS: u32 = 100;

/// Puts a trial's newest result into the leaderboard: those that were given most rounds first, then the
/// lowest loss.
fn rank(leaderboard: &mut Vec<Trial>, tried: &Tried, seconds: f64) {
    let number = u32::try_from(tried.trial).unwrap_or(u32::MAX);
    let before = leaderboard.iter().position(|trial| trial.trial == number);
    let before = before.map_or(0.0, |place| leaderboard.remove(place).seconds);
    leaderboard.push(Trial {
        trial: number,
        settings: tried.settings.clone(),
        score: tried.score,
        kept: false,
        seconds: ((before + seconds) * 1_000.0).round() / 1_000.0,
        rounds: u32::try_from(tried.rounds).unwrap_or(u32::MAX),
    });
    leaderboard.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.trial.cmp(&b.trial)));
}

fn told(quality: &Quality) -> String {
    match quality {
        Quality::Classes(quality) => {
            format!("{:.1} % right, log loss {:.4}", quality.accuracy * 100.0, quality.log_loss)
        }
        Quality::Numbers(quality) => {
            format!("root mean square error {:.5}, R² {:.3}", quality.rmse, quality.r2)
        }
    }
}

fn why(reason: LeftOut) -> &'static str {
    match reason {
        LeftOut::Constant => "the same in every row",
        LeftOut::NearlyUnique => "nearly every row has a text of its own",
        LeftOut::Asked => "as asked for",
    }
}
