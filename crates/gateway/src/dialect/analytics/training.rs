//! Trainings: `training_started`, `training_progress`, `training_completed`.

use std::collections::HashMap;

use bellwether_hub::Hub;
use bellwether_signal::{
    RunId, Timestamp, Topic,
    training::{self, TrainingProgress, TrainingState, TrainingStatus},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{frame::frame, machines};

/// Who connects is told of what ended so recently: it may have been away.
pub(super) const NEWS_MS: i64 = 300_000;

/// How far each run is told to this connection. Runs that are over stay here, because their topics
/// stay in the hub; there are no more of them than topics.
#[derive(Debug, Default)]
pub(super) struct Runs(HashMap<RunId, Told>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Started,
    Over,
}

/// Which of the events a connection is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    Ends,
}

impl Runs {
    /// What a run's topic has to tell now.
    pub(super) fn tell(
        &mut self,
        hub: &Hub,
        topic: &Topic,
        wanted: Wanted,
        now: Timestamp,
    ) -> Vec<String> {
        let mut segments = topic.as_str().split('/');
        let run = segments.nth(1).and_then(|run| run.parse().ok()).map(RunId);
        let Some(run) = run else { return Vec::new() };
        let mut frames = Vec::new();
        if let Some((status, at)) = state::<TrainingStatus>(hub, &training::status(run)) {
            self.tell_status(hub, &status, at, now, &mut frames);
        }
        let is_under_way = self.0.get(&run) == Some(&Told::Started);
        if segments.next() == Some("progress")
            && is_under_way
            && let Some((progress, at)) = state(hub, topic)
        {
            frames.push(("training_progress", progressed(run, &progress), at));
        }
        let keep = |kind: &str| wanted == Wanted::All || kind == "training_completed";
        frames
            .into_iter()
            .filter(|(kind, ..)| keep(kind))
            .map(|(kind, data, at)| frame(kind, data, at))
            .collect()
    }

    fn tell_status(
        &mut self,
        hub: &Hub,
        status: &TrainingStatus,
        at: Timestamp,
        now: Timestamp,
        frames: &mut Vec<(&'static str, Value, Timestamp)>,
    ) {
        let told = self.0.get(&status.run).copied();
        let is_old = status.ended_at_ms.is_some_and(|ended| now.0 - ended.0 > NEWS_MS);
        match status.state {
            TrainingState::Queued => return,
            TrainingState::Running if told.is_some() => return,
            TrainingState::Running => {
                frames.push(("training_started", started(hub, status), at));
                self.0.insert(status.run, Told::Started);
                return;
            }
            TrainingState::Completed | TrainingState::Failed | TrainingState::Cancelled => {}
        }
        // Of a run that ended before the connection, only the end is news, and not for long.
        if told != Some(Told::Over) && !(told.is_none() && is_old) {
            frames.push(("training_completed", completed(hub, status), at));
        }
        self.0.insert(status.run, Told::Over);
    }
}

fn machine_id(hub: &Hub, status: &TrainingStatus) -> Option<String> {
    status.machine.as_ref().map(|slug| machines::id(hub, slug).0)
}

fn started(hub: &Hub, status: &TrainingStatus) -> Value {
    json!({
        "job_id": status.run,
        "machine_id": machine_id(hub, status),
        "model_type": status.task,
        "model_name": status.model_name,
    })
}

fn progressed(run: RunId, progress: &TrainingProgress) -> Value {
    json!({
        "job_id": run,
        "progress_pct": progress.progress_percent,
        "status": "running",
        "stage": progress.stage,
        "message": progress.text,
    })
}

fn completed(hub: &Hub, status: &TrainingStatus) -> Value {
    let is_complete = status.state == TrainingState::Completed;
    let metrics = status.outcome.as_ref().map(|outcome| {
        let mut metrics = json!({
            "r_squared": outcome.scores.get("r_squared"),
            "version": outcome.model.version(),
            "samples": outcome.samples,
        });
        for (name, score) in &outcome.scores {
            metrics[name] = json!(score);
        }
        metrics
    });
    let error = match (&status.failure, status.state) {
        (Some(failure), _) => Some(failure.text.clone()),
        (None, TrainingState::Cancelled) => Some("The training was called off.".to_owned()),
        (None, _) => None,
    };
    json!({
        "job_id": status.run,
        "machine_id": machine_id(hub, status),
        "model_type": status.task,
        "status": if is_complete { "completed" } else { "failed" },
        "metrics": metrics,
        "error_message": error,
    })
}

fn state<T: DeserializeOwned>(hub: &Hub, topic: &Topic) -> Option<(T, Timestamp)> {
    let (value, at) = hub.state(topic)?;
    Some((serde_json::from_value(Value::Object(value)).ok()?, at))
}
