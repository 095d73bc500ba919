//! Answers about datasets and their uploads. Old clients' fields stand beside ours: `file_path` is the id.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::{Timestamp, dataset::DatasetProfile, training::Task};

/// `GET /api/datasets`: all datasets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetsAnswer {
    /// Oldest first.
    pub datasets: Vec<DatasetEntry>,
    /// How many there are.
    pub total: u32,
}

/// A dataset as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetEntry {
    /// Names it.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Its id, for clients that know datasets by a path.
    pub file_path: String,
    /// Bytes of the file.
    pub size: f64,
    /// Rows without the header.
    pub rows: u32,
    /// How many columns it has.
    pub columns: u32,
    /// When it was uploaded: RFC 3339.
    pub created_at: String,
    /// `ready`: what is listed can be used.
    pub status: String,
    /// `csv`.
    pub file_type: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The column that a model would predict.
    pub target_column: Option<String>,
    /// What a model would do with it.
    pub task: Option<Task>,
    /// Share of the cells, 0 to 1, that are there and are of their column's kind.
    pub quality: Option<f64>,
    /// Who uploaded it.
    pub user: Option<String>,
}

/// `GET /api/datasets/{id}`: a dataset, and what is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetAnswer {
    /// As it is listed.
    #[serde(flatten)]
    pub entry: DatasetEntry,
    /// What is in it.
    pub profile: DatasetProfile,
}

/// `POST /api/upload`: a file that became a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetUploaded {
    /// One sentence for people.
    pub message: String,
    /// The file's name.
    pub filename: String,
    /// The dataset.
    pub dataset_id: String,
    /// Whether the same file was there before: then this is that dataset.
    pub existed: bool,
    /// The dataset as it is listed.
    #[serde(flatten)]
    pub entry: DatasetEntry,
}

/// `POST /api/datasets/uploads`: a file that is to come in pieces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadWish {
    /// Its name, which ends in `.csv`, `.tsv` or `.txt`.
    pub file_name: String,
    /// Its size.
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// Its SHA-256 in hexadecimal, to be compared with what came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sha256: Option<String>,
}

/// Where an upload stands, and how to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct UploadAnswer {
    /// Names it; the dataset's id later, unless an equal file is there.
    pub upload_id: String,
    /// Bytes that are here, on disk: where the next `PATCH` goes on.
    #[ts(type = "number")]
    pub offset: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub size_bytes: u64,
    /// A good size for one `PATCH`; any is taken.
    #[ts(type = "number")]
    pub chunk_bytes: u64,
    /// When it is removed, if no byte comes until then.
    pub expires_at: Timestamp,
}

/// `POST /api/datasets/uploads/{id}/finish`: the upload is a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct UploadFinished {
    /// The dataset.
    pub dataset_id: String,
    /// Whether the same file was there before: then this is that dataset.
    pub existed: bool,
    /// What is in it.
    #[serde(flatten)]
    pub profile: DatasetProfile,
}

/// `GET /api/datasets/{id}/preview?rows=`: the first rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetPreview {
    /// The dataset.
    pub dataset_id: String,
    /// The columns in their order.
    pub columns: Vec<String>,
    /// Each row by column: numbers and texts, null where nothing stands.
    #[ts(type = "Record<string, number | string | null>[]")]
    pub rows: Vec<Map<String, Value>>,
    /// Rows that there are in all.
    pub total_rows: u32,
}

/// `POST /api/datasets/{id}/validate`: whether a model can be trained on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetVerdict {
    /// The dataset.
    pub dataset_id: String,
    /// Whether a model can be trained on it, with that target.
    pub valid: bool,
    /// What stands in the way.
    pub issues: Vec<String>,
    /// What should be looked at.
    pub warnings: Vec<String>,
    /// Share of the cells, 0 to 1, that are there and are of their column's kind.
    pub quality_score: Option<f64>,
    /// The profile with that target.
    pub profile: DatasetProfile,
}
