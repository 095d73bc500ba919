//! Files on their way in: `POST /api/upload` with a file in one request, `/api/datasets/uploads` with one in
//! pieces. Bytes go from the connection to the disk as they come; a slow disk slows the client.

pub(super) mod pieces;
mod pouring;

use std::sync::Arc;

use axum::{
    Json,
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
};
use bellwether_models::catalog::{CatalogError, Finished, Incoming};
use bellwether_signal::answer::DatasetUploaded;
use http::{HeaderMap, Method, header};
use pouring::Pouring;
use tokio::time::timeout;

use super::datasets::entry;
use crate::{
    access::OperatorOrMore,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// What a form may be longer than the file in it.
const FORM_BYTES: u64 = 64 * 1024;

/// Whether a request may take longer, and be longer, than others: it brings a file, or waits until one is
/// read. Such requests bound the time between two of their pieces instead.
pub(super) fn takes_its_time(method: &Method, path: &str) -> bool {
    matches!(*method, Method::POST | Method::PATCH)
        && (path == "/api/upload" || path == "/api/datasets" || path.starts_with("/api/datasets/"))
}

/// `POST /api/upload`: the field `file` of a form becomes a dataset.
pub(super) async fn upload(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<DatasetUploaded>, Problem> {
    let announced = length(&headers);
    let limit = gateway.services.models.catalog.max_upload();
    if announced.is_some_and(|bytes| bytes > limit.saturating_add(FORM_BYTES)) {
        return Err(CatalogError::TooLarge { limit }.into());
    }
    let mut form = form.map_err(|refused| Problem::new(Kind::BadRequest, refused.body_text()))?;
    let idle = gateway.limits.request_time;
    let field = loop {
        let next = timeout(idle, form.next_field()).await.map_err(|_| stalled())?;
        match next.map_err(|error| malformed(&error))? {
            Some(field) if field.name() == Some("file") => break field,
            Some(_) => {}
            None => return Err(Problem::new(Kind::BadRequest, "The form has no field \"file\".")),
        }
    };
    let file_name = field.file_name().unwrap_or_default().to_owned();
    let user = Some(identity.user);
    let begin = {
        let (file_name, gateway) = (file_name.clone(), Arc::clone(&gateway));
        move || {
            let catalog = &gateway.services.models.catalog;
            // A form is a little longer than its file; the end of it corrects the size.
            catalog.begin_whole(&file_name, announced, user.as_deref())
        }
    };
    let finished = pour(&gateway, field, begin).await?;
    let Finished { dataset, existed } = finished;
    let message = if existed {
        format!("{} is there already", dataset.profile.file_name)
    } else {
        format!("{} was uploaded", dataset.profile.file_name)
    };
    Ok(Json(DatasetUploaded {
        message,
        filename: dataset.profile.file_name.clone(),
        dataset_id: dataset.id.clone(),
        existed,
        entry: entry(&dataset),
    }))
}

/// The bytes of a field, into an upload that is finished with its last one.
async fn pour(
    gateway: &Arc<Gateway>,
    mut field: Field<'_>,
    begin: impl FnOnce() -> Result<Incoming, CatalogError> + Send + 'static,
) -> Result<Finished, Problem> {
    let models = Arc::clone(&gateway.services.models);
    let mut pouring = Pouring::start(begin, move |incoming| {
        let id = incoming.id().to_owned();
        incoming.done()?;
        models.catalog.finish(&id)
    });
    loop {
        match timeout(gateway.limits.request_time, field.chunk()).await {
            Ok(Ok(Some(bytes))) => {
                if pouring.pour(bytes).await.is_err() {
                    break; // it will say why
                }
            }
            Ok(Ok(None)) => {
                pouring.end().await;
                break;
            }
            Ok(Err(error)) => return Err(malformed(&error)),
            Err(_) => return Err(stalled()),
        }
    }
    Ok(pouring.outcome().await??)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn malformed(error: &MultipartError) -> Problem {
    let detail = format!("The form cannot be read, or was cut: {}.", error.body_text());
    Problem::new(Kind::BadRequest, detail)
}

fn stalled() -> Problem {
    Problem::new(Kind::Timeout, "No more bytes came for a while; go on, or send it again.")
}
