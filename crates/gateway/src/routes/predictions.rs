//! `/api/models/{id}/predict` and the log of predictions.
//!
//! A request is answered on the thread that took it, in well under a millisecond; what may wait for the
//! disk, or takes longer, gets a thread that may.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use bellwether_models::serving::{
    Ask, BATCH_ROWS, Body, BodyError, LoggedPrediction, Outcome, PredictError, Predicted,
    PredictedRow,
};
use bellwether_signal::{
    Moment,
    answer::{
        PredictionAnswer, PredictionEntry, PredictionLogAnswer, PredictionsAnswer, RowPrediction,
        ShadowAnswer,
    },
    training::Task,
};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    access::{PublisherOrMore, Reader},
    dialect::flat::words::rfc3339,
    gateway::Gateway,
    problem::{Kind, Problem},
    services::ServiceError,
};

/// Largest body.
const BODY_BYTES: usize = 8 * 1024 * 1024;
/// Rows and bytes up to which a request is answered by the thread that took it.
const QUICK_ROWS: usize = 20;
const QUICK_BYTES: usize = 16 * 1024;
/// Predictions of one page of the log.
const PAGE: usize = 100;
const PAGE_MAX: usize = 1_000;
/// Whom a program asks for: it stands in the log, and decides which version answers where two do.
const CLIENT: &str = "bellwether-client";
const CLIENT_LENGTH: usize = 100;
/// Warnings of a batch.
const WARNINGS: usize = 100;

pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BODY_BYTES)
}

/// The limit of a body there, if it is another than everywhere.
pub(super) fn body_limit(path: &str) -> Option<usize> {
    (path.starts_with("/api/models/") && path.ends_with("/predict")).then_some(BODY_BYTES)
}

#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    explain: bool,
    #[serde(default)]
    durable: bool,
}

/// `POST /api/models/{id}/predict`.
pub(super) async fn predict(
    State(gateway): State<Arc<Gateway>>,
    PublisherOrMore(identity): PublisherOrMore,
    Path(id): Path<String>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let at = (gateway.services.clock)();
    let body = body.map_err(|error| match error.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        status => Problem::new(Kind::of_status(status), error.body_text()),
    })?;
    let is_csv = is_csv(&headers);
    let named = headers.get(CLIENT).and_then(|name| name.to_str().ok());
    let named = named.filter(|name| (1..=CLIENT_LENGTH).contains(&name.len()));
    let client: Arc<str> = named.unwrap_or(&identity.user).into();
    let sticky = named.is_some();
    let ask = |cells, at: Moment| Ask {
        explain: wish.explain,
        durable: wish.durable,
        cells,
        client: Some(Arc::clone(&client)),
        sticky,
        at,
    };
    let may_wait = wish.explain || wish.durable || body.len() > QUICK_BYTES;
    let serving = &gateway.services.models.serving;
    if may_wait || is_csv || !serving.is_ready(&id) {
        let ask = ask(is_csv, at);
        return gateway
            .ask_models(move |models| {
                let Body { rows, single, .. } = read(&body, is_csv)?;
                Ok(told(models.serving.predict(&id, rows, &ask)?, single))
            })
            .await;
    }
    let Body { rows, single, cells } = read(&body, false)?;
    let ask = ask(cells, at);
    if rows.len() > QUICK_ROWS {
        let answer = move |models: &bellwether_models::Workshop| {
            Ok(told(models.serving.predict(&id, rows, &ask)?, single))
        };
        return gateway.ask_models(answer).await;
    }
    Ok(told(serving.predict(&id, rows, &ask)?, single))
}

fn is_csv(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/csv"))
}

fn read(body: &[u8], is_csv: bool) -> Result<Body, Problem> {
    let read = if is_csv { Body::of_csv(body) } else { Body::of_json(body) };
    read.map_err(|error| {
        let kind = match error {
            BodyError::Malformed(_) => Kind::Unprocessable,
            BodyError::TooManyRows => Kind::TooLarge,
        };
        Problem::new(kind, format!("{error}."))
    })
}

fn too_large() -> Problem {
    let detail = format!(
        "The body is over the limit of {BODY_BYTES} bytes; at most {BATCH_ROWS} rows go into one \
         request. Send them in parts."
    );
    Problem::new(Kind::TooLarge, detail)
}

fn told(predicted: Predicted, single: bool) -> Response {
    let Predicted { version, predictor, at, response_ms, rows } = predicted;
    let id = version.id().clone();
    let (model_name, model_version) = (id.name().to_owned(), id.version());
    let timestamp = rfc3339(at);
    let mut warnings: Vec<String> = Vec::new();
    let mut predictions: Vec<RowPrediction> = Vec::with_capacity(rows.len());
    for row in rows {
        let PredictedRow { id, outcome, confidence, interval, warnings: its, explanation } = row;
        for warning in &its {
            if !single && warnings.len() < WARNINGS && !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        predictions.push(RowPrediction {
            prediction: outcome.value(&predictor.model),
            probabilities: match outcome {
                Outcome::Class { probabilities, .. } => {
                    let names = predictor.model.classes.iter().cloned();
                    Some(names.zip(probabilities).collect::<BTreeMap<_, _>>())
                }
                Outcome::Number(_) => None,
            },
            confidence,
            interval,
            prediction_id: id,
            warnings: its,
            explanation,
        });
    }
    if single && let Some(one) = predictions.pop() {
        let RowPrediction {
            prediction,
            probabilities,
            confidence,
            interval,
            prediction_id,
            warnings,
            explanation,
        } = one;
        return Json(PredictionAnswer {
            prediction,
            probabilities,
            confidence,
            interval,
            prediction_id,
            model_id: id,
            model_name,
            model_version,
            timestamp,
            response_ms,
            warnings,
            explanation,
        })
        .into_response();
    }
    Json(PredictionsAnswer {
        predictions,
        model_id: id,
        model_name,
        model_version,
        timestamp,
        response_ms,
        warnings,
    })
    .into_response()
}

/// `GET /api/models/{id}/schema`.
pub(super) async fn schema(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    gateway
        .ask_models(move |models| {
            let (version, predictor) = models.serving.predictor(&id)?;
            Ok(Json(bellwether_models::serving::schema(version.id(), &predictor)))
        })
        .await
}

/// `GET /api/models/{id}/shadow`: how a candidate that answers silently compares.
pub(super) async fn shadow(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Path(id): Path<String>,
) -> Result<Json<ShadowAnswer>, Problem> {
    let models = &gateway.services.models;
    let version = models.registry.find(&id).ok_or(PredictError::UnknownModel(id))?;
    let Some(figures) = models.serving.shadow(version.id()) else {
        let detail = format!("{} was not asked beside production yet.", version.id());
        return Err(Problem::new(Kind::NotFound, detail));
    };
    let compared = figures.compared as f64;
    let of_rows = |sum: f64| (compared > 0.0).then_some(sum / compared);
    let is_number = version.record.status.task == Task::Regression;
    Ok(Json(ShadowAnswer {
        model: version.id().clone(),
        production: figures.production,
        compared,
        agreement: of_rows(figures.agreed as f64).filter(|_| !is_number),
        mean_difference: of_rows(figures.difference).filter(|_| is_number),
        failed: figures.failed as f64,
        shed: figures.shed as f64,
    }))
}

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    before: Option<String>,
}

/// `GET /api/models/{id}/predictions`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<PredictionLogAnswer>, Problem> {
    let limit = page.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("limit: has to be from 1 to {PAGE_MAX}.");
        return Err(Problem::new(Kind::BadRequest, detail));
    }
    gateway
        .ask_models(move |models| {
            let found = models.serving.newest(&id, page.before.as_deref(), limit + 1)?;
            let older = (found.len() > limit).then(|| found.get(limit - 1)).flatten();
            let older = older.map(|last| last.id.clone());
            let predictions = found.into_iter().take(limit).map(entry).collect();
            Ok(Json(PredictionLogAnswer { predictions, older }))
        })
        .await
}

/// `GET /api/predictions/{id}`.
pub(super) async fn find(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Path(id): Path<String>,
) -> Result<Json<PredictionEntry>, Problem> {
    gateway
        .ask_models(move |models| {
            if let Some(found) = models.serving.find(&id)? {
                Ok(Json(entry(found)))
            } else {
                let detail =
                    format!("There is no prediction {id:?}; old ones are not kept for ever.");
                Err(Problem::new(Kind::NotFound, detail))
            }
        })
        .await
}

fn entry(kept: LoggedPrediction) -> PredictionEntry {
    PredictionEntry {
        id: kept.id,
        model: kept.model,
        at: kept.at,
        inputs: kept.inputs.and_then(|text| serde_json::from_str(&text).ok()),
        input_hash: kept.input_hash.into(),
        prediction: kept.prediction,
        confidence: kept.confidence,
        response_ms: kept.response_ms,
        client: kept.client.map(|client| client.as_ref().to_owned()),
        shadow: kept.shadow,
        label: kept.label,
        labelled_at: kept.labelled_at,
    }
}

impl From<PredictError> for Problem {
    fn from(error: PredictError) -> Self {
        if let PredictError::Registry(error) = error {
            return error.into();
        }
        let kind = match &error {
            PredictError::Registry(_) => Kind::Internal,
            PredictError::UnknownModel(_) => Kind::NotFound,
            PredictError::NotUsable { .. } => Kind::Conflict,
            PredictError::NotLogged { .. } => Kind::SwitchedOff,
            PredictError::Field { .. } | PredictError::NoRows => Kind::Unprocessable,
            PredictError::TooManyRows { .. } => Kind::TooLarge,
            PredictError::Engine(_) => return Self::internal(error.to_string()),
            PredictError::NotKept(_) => return ServiceError::Unavailable(error.to_string()).into(),
        };
        Self::new(kind, format!("{error}."))
    }
}
