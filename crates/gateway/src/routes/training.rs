//! `/api/train`, `/api/runs` and, for clients of the machine learning dashboard, `/api/training/{job}`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use bellwether_models::runs::RunsError;
use bellwether_signal::{
    RunId,
    answer::{RunAnswer, RunsAnswer, TrainAnswer, TrainWish},
};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    access::{OperatorOrMore, Reader},
    dialect::flat,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// `POST /api/train`.
pub(super) async fn train(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    body: Bytes,
) -> Result<(StatusCode, Json<TrainAnswer>), Problem> {
    let wish: TrainWish = serde_json::from_slice(&body).map_err(|error| {
        let detail = format!("The body has to be a JSON object with a dataset_id: {error}.");
        Problem::new(Kind::Unprocessable, detail)
    })?;
    let run = gateway
        .ask_models(move |models| Ok(models.runs.submit(wish, Some(&identity.user))?))
        .await?;
    Ok(queued(run))
}

/// `GET /api/runs`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
) -> Result<Json<RunsAnswer>, Problem> {
    let runs = gateway.ask_models(|models| Ok(models.runs.list())).await?;
    Ok(Json(RunsAnswer { runs }))
}

/// `GET /api/runs/{run}`.
pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(run): Path<String>,
) -> Result<Json<RunAnswer>, Problem> {
    Ok(Json(found(&gateway, number(&run)?).await?))
}

/// `POST /api/runs/{run}/cancel`.
pub(super) async fn cancel(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(run): Path<String>,
) -> Result<Json<RunAnswer>, Problem> {
    let run = number(&run)?;
    gateway.ask_models(move |models| Ok(models.runs.cancel(run, Some(&identity.user))?)).await?;
    Ok(Json(found(&gateway, run).await?))
}

/// `POST /api/runs/{run}/retry`: the body, if any, says what is to be different.
pub(super) async fn retry(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(run): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<TrainAnswer>), Problem> {
    let run = number(&run)?;
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let changes: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        Problem::new(Kind::Unprocessable, format!("The body has to be a JSON object: {error}."))
    })?;
    let run = gateway
        .ask_models(move |models| Ok(models.runs.retry(run, &changes, Some(&identity.user))?))
        .await?;
    Ok(queued(run))
}

/// `GET /api/training/{job}`.
pub(super) async fn show_job(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(job): Path<String>,
) -> Result<Json<Value>, Problem> {
    let run = found(&gateway, number(&job)?).await?;
    Ok(Json(flat::training_job(&run, (gateway.services.clock)().wall)))
}

fn queued(run: RunId) -> (StatusCode, Json<TrainAnswer>) {
    let message =
        format!("Run {run} is queued; its topics are training/{run}/status and progress.");
    (StatusCode::ACCEPTED, Json(TrainAnswer { job_id: run.to_string(), run, message }))
}

pub(super) async fn found(gateway: &Gateway, run: RunId) -> Result<RunAnswer, Problem> {
    let found = gateway.ask_models(move |models| Ok(models.runs.find(run))).await?;
    found.ok_or_else(|| RunsError::NoRun(run).into())
}

pub(super) fn number(text: &str) -> Result<RunId, Problem> {
    let number = text.parse().map(RunId);
    number.map_err(|_| {
        let detail = format!("There is no run {text:?}; GET /api/runs lists them.");
        Problem::new(Kind::NotFound, detail)
    })
}

impl From<RunsError> for Problem {
    fn from(error: RunsError) -> Self {
        let kind = match error {
            RunsError::Keep(error) => return error.into(),
            RunsError::Wish(_) => Kind::Unprocessable,
            RunsError::NoDataset(_) => Kind::BadRequest,
            RunsError::QueueFull => Kind::TooMany,
            RunsError::NoRun(_) => Kind::NotFound,
            RunsError::NotNow(_) => Kind::Conflict,
        };
        let text = error.to_string();
        let mut letters = text.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        // What names a field begins with it as it is written.
        let text = if kind == Kind::Unprocessable { text } else { first + letters.as_str() };
        Self::new(kind, format!("{text}."))
    }
}
