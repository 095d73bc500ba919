//! `/api/pipelines`: saved recipes of trainings, by the name that clients of the machine learning
//! dashboard know; and `/api/processing-jobs`: runs, by theirs.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use bellwether_models::runs::{Recipe, RecipeWish};
use bellwether_signal::{
    answer::RunAnswer,
    training::{TrainingOutcome, TrainingState},
};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::training::{found, number};
use crate::{
    access::{OperatorOrMore, Reader},
    dialect::flat::rfc3339,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// `GET /api/pipelines`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
) -> Result<Json<Value>, Problem> {
    let recipes = gateway.ask_models(|models| Ok(models.recipes.list())).await?;
    let pipelines: Vec<Value> =
        recipes.iter().map(|(recipe, state)| pipeline(recipe, *state)).collect();
    Ok(Json(json!({ "total": pipelines.len(), "pipelines": pipelines })))
}

/// `POST /api/pipelines`.
pub(super) async fn create(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let new = wish(&body)?;
    let recipe = gateway.ask_models(move |models| Ok(models.recipes.create(new)?)).await?;
    Ok((StatusCode::CREATED, Json(pipeline(&recipe, None))))
}

/// `GET /api/pipelines/{id}`.
pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (recipe, state) = recipe(&gateway, id).await?;
    Ok(Json(pipeline(&recipe, state)))
}

/// `PUT /api/pipelines/{id}`: what the body does not say stays.
pub(super) async fn change(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let (change, asked) = (wish(&body)?, id.clone());
    let changed = gateway.ask_models(move |models| Ok(models.recipes.change(&asked, change)?));
    if changed.await?.is_none() {
        return Err(no_recipe(&id));
    }
    let (recipe, state) = recipe(&gateway, id).await?;
    Ok(Json(pipeline(&recipe, state)))
}

/// `DELETE /api/pipelines/{id}`: its runs stay.
pub(super) async fn delete(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let asked = id.clone();
    if !gateway.ask_models(move |models| Ok(models.recipes.delete(&asked)?)).await? {
        return Err(no_recipe(&id));
    }
    Ok(Json(json!({ "message": format!("Pipeline {id} was deleted.") })))
}

/// `POST /api/pipelines/{id}/run`: the body, if any, says what is to be different from its wish.
pub(super) async fn run(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
    let changes: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        Problem::new(Kind::Unprocessable, format!("The body has to be a JSON object: {error}."))
    })?;
    let asked = id.clone();
    let followed = gateway
        .ask_models(move |models| {
            Ok(models.recipes.follow(&asked, &changes, Some(&identity.user))?)
        })
        .await?;
    let recipe = followed.ok_or_else(|| no_recipe(&id))?;
    let run = recipe.run.map(|run| run.to_string()).unwrap_or_default();
    Ok(Json(json!({
        "message": format!("Pipeline {} is run {run}.", recipe.name),
        "pipeline_id": id,
        "status": "running",
        "run": recipe.run,
        "job_id": run,
    })))
}

/// `GET /api/pipelines/{id}/status`.
pub(super) async fn status(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (recipe, state) = recipe(&gateway, id).await?;
    Ok(Json(json!({
        "pipeline_id": recipe.id,
        "status": word(state),
        "updated_at": rfc3339(recipe.updated_at_ms),
        "run": recipe.run,
    })))
}

/// `GET /api/processing-jobs`.
pub(super) async fn jobs(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
) -> Result<Json<Value>, Problem> {
    let jobs: Vec<Value> = gateway
        .ask_models(|models| {
            let runs = models.runs.list();
            let found = runs.iter().filter_map(|run| models.runs.find(run.status.run));
            Ok(found.map(|run| job(&run)).collect())
        })
        .await?;
    Ok(Json(json!({ "total": jobs.len(), "jobs": jobs })))
}

/// `GET /api/processing-jobs/{id}`.
pub(super) async fn show_job(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(job(&found(&gateway, number(&id)?).await?)))
}

async fn recipe(gateway: &Gateway, id: String) -> Result<(Recipe, Option<TrainingState>), Problem> {
    let asked = id.clone();
    let found = gateway.ask_models(move |models| Ok(models.recipes.find(&asked))).await?;
    found.ok_or_else(|| no_recipe(&id))
}

fn wish(body: &[u8]) -> Result<RecipeWish, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let detail = format!("The body has to be a JSON object with a name: {error}.");
        Problem::new(Kind::Unprocessable, detail)
    })
}

fn no_recipe(id: &str) -> Problem {
    let detail = format!("There is no pipeline {id:?}; GET /api/pipelines lists them.");
    Problem::new(Kind::NotFound, detail)
}

fn pipeline(recipe: &Recipe, state: Option<TrainingState>) -> Value {
    json!({
        "id": recipe.id,
        "name": recipe.name,
        "description": recipe.description,
        "status": word(state),
        "created_at": rfc3339(recipe.created_at_ms),
        "updated_at": rfc3339(recipe.updated_at_ms),
        "steps": recipe.steps,
        "wish": recipe.wish,
        "run": recipe.run,
    })
}

fn word(state: Option<TrainingState>) -> &'static str {
    match state {
        None => "draft",
        Some(TrainingState::Queued | TrainingState::Running) => "running",
        Some(TrainingState::Completed) => "completed",
        Some(TrainingState::Failed | TrainingState::Cancelled) => "failed",
    }
}

fn job(run: &RunAnswer) -> Value {
    let RunAnswer { status, progress, .. } = run;
    let over = status.state == TrainingState::Completed;
    let percent = progress.as_ref().map_or(0.0, |progress| progress.progress_percent);
    let newest = status.ended_at_ms.or(status.started_at_ms).unwrap_or(status.queued_at_ms);
    let outcome = status.outcome.as_ref();
    json!({
        "id": status.run.to_string(),
        "name": format!("Training of {}", status.model_name),
        "status": match status.state {
            TrainingState::Queued => "pending",
            TrainingState::Running => "running",
            TrainingState::Completed => "completed",
            TrainingState::Failed | TrainingState::Cancelled => "failed",
        },
        "progress": if over { 100.0 } else { percent },
        "dataset_id": status.dataset,
        "created_at": rfc3339(status.queued_at_ms),
        "updated_at": rfc3339(newest),
        "result": outcome.map(|outcome| json!({
            "model_id": outcome.model,
            "accuracy": TrainingOutcome::score(outcome),
            "scores": outcome.scores,
        })),
        "error": status.failure.as_ref().map(|failure| &failure.text),
    })
}
