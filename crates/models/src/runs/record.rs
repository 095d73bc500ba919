//! What is kept of a run.

use bellwether_signal::{
    ModelId, RunId, Timestamp,
    answer::{CurvePoint, RunAnswer, RunLine, TrainWish, Trial},
    training::{
        Task, TrainingFailure, TrainingOutcome, TrainingProgress, TrainingState, TrainingStatus,
    },
};
use serde::{Deserialize, Serialize};

use crate::catalog::Dataset;

/// Lines of a run's log; later ones are left out.
const LINES: usize = 200;

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Where it stands.
    pub status: TrainingStatus,
    /// What was asked for, with what was left open filled in.
    pub wish: TrainWish,
    /// How often it was started.
    #[serde(default)]
    pub starts: u32,
    /// Where it stood at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<TrainingProgress>,
    /// Trials of the search, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaderboard: Vec<Trial>,
    /// Losses by round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curve: Vec<CurvePoint>,
    /// What happened.
    #[serde(default)]
    pub log: Vec<RunLine>,
    /// Whether the time limit ended the learning.
    #[serde(default)]
    pub time_was_up: bool,
    /// Who called it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
}

impl RunRecord {
    pub(super) fn new(
        run: RunId,
        dataset: &Dataset,
        wish: TrainWish,
        user: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let file = &dataset.profile.file_name;
        let name = wish.model_name.clone().unwrap_or_else(|| ModelId::name_from(file));
        let status = TrainingStatus {
            run,
            state: TrainingState::Queued,
            text: "Waits for its turn".to_owned(),
            task: wish.model_type.unwrap_or(Task::Automatic),
            model_name: name,
            dataset: Some(dataset.id.clone()),
            machine: None,
            recipe: None,
            user: user.map(str::to_owned),
            queued_at_ms: now,
            runs_before: None,
            started_at_ms: None,
            ended_at_ms: None,
            outcome: None,
            failure: None,
        };
        let mut record = Self {
            status,
            wish,
            starts: 0,
            progress: None,
            leaderboard: Vec::new(),
            curve: Vec::new(),
            log: Vec::new(),
            time_was_up: false,
            cancelled_by: None,
        };
        record.note(now, format!("asked for, on {file}"));
        record
    }

    pub(super) fn note(&mut self, at: Timestamp, text: impl Into<String>) {
        if self.log.len() < LINES {
            self.log.push(RunLine { at, text: text.into() });
        }
    }

    pub(super) fn start(&mut self, file: &str, now: Timestamp) {
        let status = &mut self.status;
        status.state = TrainingState::Running;
        status.text = format!("Training {} on {file}", status.model_name);
        status.runs_before = None;
        status.started_at_ms = Some(now);
        self.starts += 1;
        self.leaderboard.clear();
        self.curve.clear();
        self.note(now, "started");
    }

    /// Back into the queue, as if it had not been started; how often it was is remembered.
    pub(super) fn queue_anew(&mut self, now: Timestamp) {
        let status = &mut self.status;
        status.state = TrainingState::Queued;
        "Waits for its turn, after a restart".clone_into(&mut status.text);
        status.runs_before = None;
        status.started_at_ms = None;
        self.progress = None;
        self.note(now, "interrupted by a restart, and queued anew");
    }

    /// The same by a stop in good order, which is nobody's fault and does not count as a start.
    pub(super) fn put_back(&mut self, now: Timestamp) {
        self.queue_anew(now);
        self.starts = self.starts.saturating_sub(1);
    }

    pub(super) fn complete(&mut self, outcome: TrainingOutcome, text: String, now: Timestamp) {
        self.note(now, text.clone());
        self.end(TrainingState::Completed, text, now);
        self.status.task = outcome.task;
        self.status.outcome = Some(outcome);
    }

    pub(super) fn fail(&mut self, failure: TrainingFailure, now: Timestamp) {
        self.note(now, format!("failed: {}", failure.text));
        self.end(TrainingState::Failed, failure.text.clone(), now);
        self.status.failure = Some(failure);
    }

    pub(super) fn cancel(&mut self, user: Option<&str>, now: Timestamp) {
        let text = user.map_or("Cancelled".to_owned(), |user| format!("Cancelled by {user}"));
        self.note(now, text.clone());
        self.end(TrainingState::Cancelled, text, now);
    }

    fn end(&mut self, state: TrainingState, text: String, now: Timestamp) {
        self.status.state = state;
        self.status.text = text;
        self.status.runs_before = None;
        self.status.ended_at_ms = Some(now);
    }

    pub(super) fn answer(&self, progress: Option<TrainingProgress>) -> RunAnswer {
        RunAnswer {
            status: self.status.clone(),
            progress,
            parameters: self.wish.clone(),
            leaderboard: self.leaderboard.clone(),
            curve: self.curve.clone(),
            log: self.log.clone(),
            time_was_up: self.time_was_up,
        }
    }
}
