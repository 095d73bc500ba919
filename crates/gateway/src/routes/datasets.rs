//! `/api/datasets`: what was uploaded, and what is in it.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use bellwether_models::catalog::{CatalogError, Dataset};
use bellwether_signal::answer::{DatasetAnswer, DatasetEntry, DatasetsAnswer};

use crate::{access::Reader, dialect::rfc3339, gateway::Gateway, problem::Problem};

/// `GET /api/datasets`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
) -> Json<DatasetsAnswer> {
    let datasets = gateway.services.models.catalog.list();
    let datasets: Vec<DatasetEntry> = datasets.iter().map(|dataset| entry(dataset)).collect();
    let total = u32::try_from(datasets.len()).unwrap_or(u32::MAX);
    Json(DatasetsAnswer { datasets, total })
}

/// `GET /api/datasets/{id}`.
pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Path(id): Path<String>,
) -> Result<Json<DatasetAnswer>, Problem> {
    let dataset = find(&gateway, &id)?;
    let profile = dataset.profile.clone();
    Ok(Json(DatasetAnswer { entry: entry(&dataset), profile }))
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
