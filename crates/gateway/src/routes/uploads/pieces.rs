//! `/api/datasets/uploads`: a file that comes in pieces. A cut loses nothing: the client asks for the offset
//! and goes on from there, also after a restart of the server.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bellwether_models::catalog::{CHUNK_BYTES, CatalogError, Finished, NewUpload, UploadPlace};
use bellwether_signal::answer::{UploadAnswer, UploadFinished, UploadWish};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::BodyExt as _;
use tokio::time::timeout;

use super::{length, pouring::Pouring, stalled};
use crate::{
    access::OperatorOrMore,
    gateway::Gateway,
    problem::{Kind, Problem},
};

const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// `POST /api/datasets/uploads`.
pub(in crate::routes) async fn begin(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    body: Bytes,
) -> Result<(StatusCode, Json<UploadAnswer>), Problem> {
    let wish: UploadWish = serde_json::from_slice(&body).map_err(|error| {
        let detail = format!(
            "The body has to be a JSON object such as {{\"file_name\":\"churn.csv\",\
             \"size_bytes\":1000}}: {error}."
        );
        Problem::new(Kind::Unprocessable, detail)
    })?;
    let UploadWish { file_name, size_bytes, sha256 } = wish;
    let new = NewUpload { file_name, size_bytes, sha256 };
    let begin = move |models: &bellwether_models::Workshop| {
        Ok(models.catalog.begin(&new, Some(&identity.user))?)
    };
    Ok((StatusCode::CREATED, Json(answer(gateway.ask_models(begin).await?))))
}

/// `GET /api/datasets/uploads/{id}`, and `HEAD`.
pub(in crate::routes) async fn place(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let place = move |models: &bellwether_models::Workshop| Ok(models.catalog.place(&id)?);
    Ok(placed(gateway.ask_models(place).await?))
}

/// `PATCH /api/datasets/uploads/{id}`: the bytes from `Upload-Offset` on, any number of them.
pub(in crate::routes) async fn go_on(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Problem> {
    let offset = headers.get(&OFFSET).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let Some(offset): Option<u64> = offset else {
        let detail = "Upload-Offset: this header has to say where the bytes belong; GET tells it.";
        return Err(Problem::new(Kind::BadRequest, detail));
    };
    let (catalog, announced) = (Arc::clone(&gateway.services.models.catalog), length(&headers));
    let begin = move || {
        let size_bytes = catalog.place(&id)?.size_bytes;
        if announced.is_some_and(|bytes| bytes > size_bytes.saturating_sub(offset)) {
            return Err(CatalogError::TooLong { announced: size_bytes });
        }
        catalog.go_on(&id, offset)
    };
    let catalog = Arc::clone(&gateway.services.models.catalog);
    let mut pouring = Pouring::start(begin, move |incoming| {
        let id = incoming.id().to_owned();
        incoming.done()?;
        catalog.place(&id)
    });
    loop {
        match timeout(gateway.limits.request_time, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let Ok(bytes) = frame.into_data() else { continue };
                if pouring.pour(bytes).await.is_err() {
                    break; // it will say why
                }
            }
            Ok(None) => {
                pouring.end().await;
                break;
            }
            Ok(Some(Err(error))) => {
                let detail = format!("The body was cut; ask for the offset and go on: {error}.");
                return Err(Problem::new(Kind::BadRequest, detail));
            }
            Err(_) => return Err(stalled()),
        }
    }
    match pouring.outcome().await? {
        Ok(place) => Ok(placed(place)),
        Err(CatalogError::Offset { expected }) => {
            let problem = Problem::from(CatalogError::Offset { expected });
            Ok(([(OFFSET, expected.to_string())], problem).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `DELETE /api/datasets/uploads/{id}`.
pub(in crate::routes) async fn call_off(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let call_off = move |models: &bellwether_models::Workshop| Ok(models.catalog.call_off(&id)?);
    gateway.ask_models(call_off).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/datasets/uploads/{id}/finish`. It goes on when the client leaves.
pub(in crate::routes) async fn finish(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<UploadFinished>, Problem> {
    let finish = move |models: &bellwether_models::Workshop| Ok(models.catalog.finish(&id)?);
    let Finished { dataset, existed } = gateway.ask_models(finish).await?;
    let (dataset_id, profile) = (dataset.id.clone(), dataset.profile.clone());
    Ok(Json(UploadFinished { dataset_id, existed, profile }))
}

fn answer(place: UploadPlace) -> UploadAnswer {
    let UploadPlace { upload_id, offset, size_bytes, expires_at } = place;
    UploadAnswer { upload_id, offset, size_bytes, chunk_bytes: CHUNK_BYTES, expires_at }
}

fn placed(place: UploadPlace) -> Response {
    let headers = [(OFFSET, place.offset.to_string()), (LENGTH, place.size_bytes.to_string())];
    (headers, Json(answer(place))).into_response()
}
