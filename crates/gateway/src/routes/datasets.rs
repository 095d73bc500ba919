//! `/api/datasets`: what was uploaded, and what is in it.

mod export;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use bellwether_models::{
    Workshop,
    catalog::{CatalogError, Dataset, Preview},
};
use bellwether_signal::{
    activity::Severity,
    answer::{DatasetAnswer, DatasetEntry, DatasetPreview, DatasetVerdict, DatasetsAnswer},
    dataset::{ColumnKind, DatasetIssue, DatasetProfile},
};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    access::{Admin, OperatorOrMore, Reader},
    dialect::rfc3339,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// Rows of a preview when nobody said, and the most.
const PREVIEW_ROWS: usize = 20;
const PREVIEW_ROWS_MAX: usize = 1_000;
/// Cells of a preview: of a wide table there are fewer rows.
const PREVIEW_CELLS: usize = 50_000;

/// `GET /api/datasets`.
pub(super) async fn list(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<DatasetsAnswer> {
    let datasets = gateway.services.models.catalog.list();
    let datasets: Vec<DatasetEntry> = datasets.iter().map(|dataset| entry(dataset)).collect();
    let total = u32::try_from(datasets.len()).unwrap_or(u32::MAX);
    Json(DatasetsAnswer { datasets, total })
}

/// `GET /api/datasets/{id}`.
pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<DatasetAnswer>, Problem> {
    let dataset = find(&gateway, &id)?;
    let profile = dataset.profile.clone();
    Ok(Json(DatasetAnswer { entry: entry(&dataset), profile }))
}

/// `DELETE /api/datasets/{id}`.
pub(super) async fn delete(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let delete = move |models: &Workshop| Ok(models.catalog.delete(&id, Some(&identity.user))?);
    gateway.ask_models(delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Rows {
    rows: Option<usize>,
}

/// `GET /api/datasets/{id}/preview?rows=`.
pub(super) async fn preview(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
    Query(Rows { rows }): Query<Rows>,
) -> Result<Json<DatasetPreview>, Problem> {
    let dataset = find(&gateway, &id)?;
    let columns = dataset.profile.columns.len().max(1);
    let most = (PREVIEW_CELLS / columns).clamp(1, PREVIEW_ROWS_MAX);
    let rows = rows.unwrap_or(PREVIEW_ROWS).min(most);
    let total_rows = dataset.profile.rows.unwrap_or(0);
    let read = move |models: &Workshop| Ok(models.catalog.preview(&dataset, rows)?);
    let Preview { columns, rows } = gateway.ask_models(read).await?;
    let named =
        |row: Vec<Value>| -> Map<String, Value> { columns.iter().cloned().zip(row).collect() };
    let rows = rows.into_iter().map(named).collect();
    Ok(Json(DatasetPreview { dataset_id: id, columns: columns.clone(), rows, total_rows }))
}

/// `GET /api/datasets/{id}/statistics`.
pub(super) async fn statistics(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let dataset = find(&gateway, &id)?;
    let profile = &dataset.profile;
    let of_kind = |kinds: &[ColumnKind]| {
        profile.columns.values().filter(|column| kinds.contains(&column.kind)).count()
    };
    let missing: u64 = profile.columns.values().map(|column| u64::from(column.missing)).sum();
    Ok(Json(json!({
        "dataset_id": id,
        "basic_stats": {
            "rows": profile.rows,
            "columns": profile.columns.len(),
            "size_bytes": profile.size_bytes,
            "file_type": "csv",
        },
        "column_stats": {
            "numeric_columns": of_kind(&[ColumnKind::Number]),
            "categorical_columns": of_kind(&[ColumnKind::Category, ColumnKind::Boolean]),
            "missing_values": missing,
        },
        "quality_score": profile.quality,
        "columns": profile.columns,
    })))
}

#[derive(Default, Deserialize)]
struct Target {
    target_column: Option<String>,
}

/// `POST /api/datasets/{id}/validate`: looks at it again, and keeps the target that is given if it can be
/// one.
pub(super) async fn validate(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<DatasetVerdict>, Problem> {
    let wish: Target = if body.is_empty() {
        Target::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            let detail =
                format!("The body has to be {{\"target_column\": NAME}}, or empty: {error}.");
            Problem::new(Kind::Unprocessable, detail)
        })?
    };
    let dataset_id = id.clone();
    let look = move |models: &Workshop| {
        let target = wish.target_column.as_deref();
        Ok(models.catalog.validate(&id, target, |_| ())?)
    };
    Ok(Json(verdict(dataset_id, gateway.ask_models(look).await?)))
}

fn verdict(dataset_id: String, profile: DatasetProfile) -> DatasetVerdict {
    let texts = |wanted: fn(&DatasetIssue) -> bool| {
        let issues = profile.issues.iter().filter(|issue| wanted(issue));
        issues.map(|issue| issue.text.clone()).collect()
    };
    DatasetVerdict {
        dataset_id,
        valid: profile.usable,
        issues: texts(|issue| issue.severity == Severity::Critical),
        warnings: texts(|issue| issue.severity == Severity::Warning),
        quality_score: profile.quality,
        profile,
    }
}

/// `POST /api/datasets/{id}/process`: looks at it again, in the background.
pub(super) async fn process(
    State(gateway): State<Arc<Gateway>>,
    _: OperatorOrMore,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let catalog = Arc::clone(&gateway.services.models.catalog);
    let job = catalog.queue_profiling(&id)?;
    let job_id = job.id.clone();
    let message = format!("{} is read again", job.name);
    // Whoever asked does not wait; its outcome is the job's.
    drop(tokio::task::spawn_blocking(move || catalog.run_profiling(&job)));
    let answer = json!({ "job_id": job_id, "message": message, "status": "queued" });
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// `GET /api/datasets/{id}/export`: the file as it came.
pub(super) async fn export(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let dataset = find(&gateway, &id)?;
    let open = {
        let dataset = Arc::clone(&dataset);
        move |models: &Workshop| {
            let opened = std::fs::File::open(models.catalog.file(&dataset));
            Ok(opened.map_err(CatalogError::from)?)
        }
    };
    let file = gateway.ask_models(open).await?;
    Ok(export::answer(file, &dataset.profile))
}

pub(super) fn find(gateway: &Gateway, id: &str) -> Result<Arc<Dataset>, Problem> {
    let found = gateway.services.models.catalog.find(id);
    Ok(found.ok_or_else(|| CatalogError::NoDataset(id.to_owned()))?)
}

/// A dataset as lists have it.
pub(super) fn entry(dataset: &Dataset) -> DatasetEntry {
    let profile = &dataset.profile;
    DatasetEntry {
        id: dataset.id.clone(),
        name: profile.file_name.clone(),
        file_path: dataset.id.clone(),
        size: profile.size_bytes,
        rows: profile.rows.unwrap_or(0),
        columns: u32::try_from(profile.columns.len()).unwrap_or(u32::MAX),
        created_at: rfc3339(dataset.created_at_ms),
        status: "ready".to_owned(),
        file_type: "csv".to_owned(),
        sha256: profile.sha256.clone(),
        target_column: profile.target_column.clone(),
        task: profile.task,
        quality: profile.quality,
        user: dataset.user.clone(),
    }
}
