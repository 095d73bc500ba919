//! Trainings: `training_started`, `training_progress`, `training_completed`, `training_failed`; the
//! same as a processing job (`job_*`), because a run is a job, and as a pipeline (`pipeline_*`)
//! where it follows a saved recipe.

use bellwether_signal::{
    Timestamp,
    answer::RunAnswer,
    training::{
        Task, TrainingOutcome, TrainingProgress, TrainingState, TrainingStatus, TrainingStep,
    },
};
use serde_json::{Map, Value, json};

use super::{
    frame::Frame,
    words::{duration, rfc3339, size},
};

/// `current_stage` at the end.
const ALL_DONE: &str = "Training completed";

/// A status that is new or has changed.
pub(super) fn status(
    before: Option<&TrainingStatus>,
    now: &TrainingStatus,
    at: Timestamp,
) -> Vec<Frame> {
    if before.is_some_and(|before| before.state == now.state) {
        return Vec::new();
    }
    match now.state {
        TrainingState::Queued => pipeline("pipeline_status", now, at, json!({"status": "draft"})),
        TrainingState::Running => started(now, at),
        TrainingState::Completed => completed(now, at),
        TrainingState::Failed | TrainingState::Cancelled => failed(now, at),
    }
}

fn started(now: &TrainingStatus, at: Timestamp) -> Vec<Frame> {
    let fields = json!({
        "job_id": now.run.to_string(),
        "machine_id": now.machine,
        "model_type": model_type(now.task),
        "model_name": now.model_name,
        "status": "training",
        "message": now.text,
    });
    let happened = now.started_at_ms.unwrap_or(at);
    let mut frames = vec![Frame::new("training_started", happened, fields).news_of(happened)];
    frames.extend(pipeline("pipeline_status", now, happened, json!({"status": "running"})));
    frames
}

fn completed(now: &TrainingStatus, at: Timestamp) -> Vec<Frame> {
    let happened = now.ended_at_ms.unwrap_or(at);
    let outcome = now.outcome.as_ref();
    let took = outcome.map(|outcome| duration(outcome.took_seconds));
    let fields = json!({
        "job_id": now.run.to_string(),
        "model_id": outcome.map(|outcome| &outcome.model),
        "final_accuracy": outcome.and_then(TrainingOutcome::score),
        "validation_score": outcome.and_then(|outcome| outcome.validation_score),
        "training_time": took,
        "total_time": took,
        "model_size": outcome.map(|outcome| size(outcome.size_bytes)),
        "total_epochs": outcome.and_then(|outcome| outcome.rounds),
        "predictions_processed": outcome.and_then(|outcome| outcome.predictions),
        "message": now.text,
        "status": "completed",
        "progress": 100,
        "current_stage": ALL_DONE,
    });
    let job = json!({
        "job_id": now.run.to_string(),
        "dataset_id": now.dataset,
        "progress": 100,
        "status": "completed",
        "current_step": ALL_DONE,
    });
    let mut frames = vec![
        Frame::new("training_completed", happened, fields).news_of(happened),
        Frame::new("job_completed", happened, job).news_of(happened),
    ];
    let ended = json!({"status": "completed", "progress": 100, "current_step": ALL_DONE});
    frames.extend(pipeline("pipeline_completed", now, happened, ended));
    frames
}

fn failed(now: &TrainingStatus, at: Timestamp) -> Vec<Frame> {
    let happened = now.ended_at_ms.unwrap_or(at);
    let failure = now.failure.as_ref();
    let error = failure.map_or(now.text.as_str(), |failure| failure.text.as_str());
    let code = match now.state {
        TrainingState::Cancelled => Some("cancelled"),
        TrainingState::Queued
        | TrainingState::Running
        | TrainingState::Completed
        | TrainingState::Failed => failure.map(|failure| failure.code.as_str()),
    };
    let progress = failure.and_then(|failure| failure.progress_percent);
    let step = failure.and_then(|failure| failure.step);
    let elapsed = now.started_at_ms.map(|started| (happened.0 - started.0) as f64 / 1_000.0);
    let fields = json!({
        "job_id": now.run.to_string(),
        "error": error,
        "error_code": code,
        "stage_failed": step.map(|step| step.stage().name()),
        "progress_when_failed": progress,
        "suggestions": failure.map(|failure| failure.suggestions.as_slice()).unwrap_or_default(),
        "status": "failed",
        "message": now.text,
        "elapsed_time": elapsed.map(duration),
    });
    let job = json!({
        "job_id": now.run.to_string(),
        "dataset_id": now.dataset,
        "progress": progress,
        "status": "failed",
        "current_step": step.map(display),
        "error": error,
        "message": now.text,
    });
    let mut frames = vec![
        Frame::new("training_failed", happened, fields).news_of(happened),
        Frame::new("job_failed", happened, job).news_of(happened),
    ];
    let ended =
        json!({"status": "failed", "progress": progress, "current_step": step.map(display)});
    frames.extend(pipeline("pipeline_failed", now, happened, ended));
    frames
}

/// Progress of a run that is under way.
pub(super) fn progress(
    run: &str,
    now: &TrainingProgress,
    status: Option<&TrainingStatus>,
    at: Timestamp,
) -> Vec<Frame> {
    if status.is_some_and(|status| status.state.is_over()) {
        return Vec::new(); // its end was told, or is about to be
    }
    let done: Vec<&str> = TrainingStep::ALL
        .into_iter()
        .filter(|step| now.steps_seconds.contains_key(step))
        .map(display)
        .collect();
    let times: Map<String, Value> = now
        .steps_seconds
        .iter()
        .map(|(step, seconds)| (display(*step).to_owned(), (*seconds).into()))
        .collect();
    let mut fields = json!({
        "job_id": run,
        "progress": now.progress_percent,
        "status": "training",
        "stage": now.stage.name(),
        "current_stage": display(now.step),
        "stage_index": TrainingStep::ALL.iter().position(|step| *step == now.step),
        "total_stages": TrainingStep::ALL.len(),
        "stages_completed": done,
        "stage_times": times,
        "elapsed_time": duration(now.elapsed_seconds),
        "estimated_time_remaining": now.remaining_seconds,
        "estimated_remaining": now.remaining_seconds.map(duration),
        "current_epoch": now.round,
        "total_epochs": now.rounds,
        "current_loss": now.validation_loss.or(now.train_loss),
        "predictions_processed": now.predictions,
        "message": now.text,
    });
    // The one field that is left out while it is unknown.
    if let (Some(accuracy), Some(fields)) = (now.accuracy, fields.as_object_mut()) {
        fields.insert("live_accuracy".to_owned(), accuracy.into());
    }
    let step = json!({
        "status": "running",
        "progress": now.progress_percent,
        "current_step": display(now.step),
        "message": now.text,
    });
    let mut job = step.clone();
    if let Some(job) = job.as_object_mut() {
        job.insert("job_id".to_owned(), run.into());
        job.insert("dataset_id".to_owned(), json!(status.and_then(|it| it.dataset.as_deref())));
    }
    let mut frames =
        vec![Frame::new("training_progress", at, fields), Frame::new("job_progress", at, job)];
    if let Some(status) = status {
        frames.extend(pipeline("pipeline_progress", status, at, step));
    }
    frames
}

/// The event of the recipe that a run follows, if it does.
fn pipeline(kind: &str, now: &TrainingStatus, at: Timestamp, fields: Value) -> Vec<Frame> {
    let Some(recipe) = &now.recipe else { return Vec::new() };
    let mut event = json!({
        "pipeline_id": recipe,
        "status": null,
        "progress": null,
        "current_step": null,
        "message": now.text,
        "data": {"job_id": now.run.to_string(), "model_name": now.model_name},
    });
    if let (Some(event), Value::Object(fields)) = (event.as_object_mut(), fields) {
        event.extend(fields);
    }
    vec![Frame::new(kind, at, event).news_of(at)]
}

/// `GET /api/training/{job}`: a run as this dialect's clients ask for it.
pub(crate) fn job(run: &RunAnswer, now: Timestamp) -> Value {
    let RunAnswer { status, progress, .. } = run;
    let over = status.state == TrainingState::Completed;
    let progress = progress.as_ref();
    let outcome = status.outcome.as_ref();
    let done = |step: &TrainingStep| {
        over || progress.is_some_and(|it| it.step != *step && it.steps_seconds.contains_key(step))
    };
    let stages: Vec<&str> =
        TrainingStep::ALL.into_iter().filter(|step| done(step)).map(display).collect();
    let elapsed = status
        .started_at_ms
        .map(|started| (status.ended_at_ms.unwrap_or(now).0 - started.0).max(0) as f64 / 1_000.0);
    let remaining = match status.state {
        TrainingState::Running => progress.and_then(|it| it.remaining_seconds),
        TrainingState::Queued => None,
        TrainingState::Completed | TrainingState::Failed | TrainingState::Cancelled => Some(0.0),
    };
    let total = elapsed.zip(remaining).map(|(elapsed, remaining)| elapsed + remaining);
    json!({
        "job_id": status.run.to_string(),
        "status": match status.state {
            TrainingState::Queued => "starting",
            TrainingState::Running => "training",
            TrainingState::Completed => "completed",
            TrainingState::Failed | TrainingState::Cancelled => "failed",
        },
        "progress": if over { 100.0 } else { progress.map_or(0.0, |it| it.progress_percent) },
        "message": match (status.state, progress) {
            (TrainingState::Running, Some(progress)) => &progress.text,
            _ => &status.text,
        },
        "accuracy": outcome.and_then(TrainingOutcome::score),
        "model_id": outcome.map(|outcome| &outcome.model),
        "current_stage": if over { Some(ALL_DONE) } else { progress.map(|it| display(it.step)) },
        "stages_completed": stages,
        "start_time": rfc3339(status.started_at_ms.unwrap_or(status.queued_at_ms)),
        "estimated_total_time": total,
        "elapsed_time": elapsed,
        "estimated_remaining": remaining,
        "live_accuracy": progress.and_then(|it| it.accuracy),
        "predictions_processed": progress.and_then(|it| it.predictions),
        "completed_at": status.ended_at_ms.map(rfc3339),
    })
}

fn model_type(task: Task) -> &'static str {
    match task {
        Task::Automatic => "automatic",
        Task::Classification => "classification",
        Task::Regression => "regression",
        Task::Baseline => "baseline",
        Task::Forecast => "forecast",
    }
}

/// The name of a step on the page.
fn display(step: TrainingStep) -> &'static str {
    match step {
        TrainingStep::PreparingData => "Preparing data",
        TrainingStep::DataValidation => "Data validation",
        TrainingStep::FeatureEngineering => "Feature engineering",
        TrainingStep::ModelSelection => "Model selection",
        TrainingStep::TrainingModel => "Training model",
        TrainingStep::Validation => "Validation",
        TrainingStep::Optimization => "Optimization",
        TrainingStep::FinalizingModel => "Finalizing model",
    }
}
