//! `dataset/{id}/{upload,profile}`: a table on its way in, and what is in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Timestamp, Topic, activity::Severity, training::Task};

/// Where an upload is published; volatile.
pub fn upload(id: &str) -> Topic {
    Topic::of(["dataset", id, "upload"])
}

/// Where a profile is published; logged.
pub fn profile(id: &str) -> Topic {
    Topic::of(["dataset", id, "profile"])
}

/// A file on its way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetUpload {
    /// The file's name, as its owner has it.
    pub file_name: String,
    /// How far it is.
    pub state: UploadState,
    /// All steps together.
    pub progress_percent: f64,
    /// Bytes that are here.
    pub received_bytes: f64,
    /// Bytes in all, where the client said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub total_bytes: Option<f64>,
    /// How fast they come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub received_bytes_per_second: Option<f64>,
    /// Time until all steps are done, at that speed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub remaining_seconds: Option<f64>,
    /// When it began.
    pub started_at_ms: Timestamp,
    /// When it was completed or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_at_ms: Option<Timestamp>,
    /// Rows without the header; known once the file is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rows: Option<u32>,
    /// Columns; known once the file is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub columns: Option<u32>,
    /// What is wrong, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// How far an upload is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Announced, nothing has come yet.
    Starting,
    /// Bytes come, and are read as they come.
    Receiving,
    /// All is here and is put where it stays.
    Saving,
    /// Done: the profile says what is in it.
    Completed,
    /// It cannot be used, or never came to its end.
    Failed,
}

/// What is in a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetProfile {
    /// The file's name, as its owner has it.
    pub file_name: String,
    /// Whether a model can be trained on it.
    pub usable: bool,
    /// SHA-256 of the file, in hexadecimal: equal files are one dataset.
    pub sha256: String,
    /// Size of the file.
    pub size_bytes: f64,
    /// Rows without the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rows: Option<u32>,
    /// Each column by its number from 0, which is its place in the file.
    pub columns: BTreeMap<String, ColumnProfile>,
    /// How the text is written; absent where it could not be read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub format: Option<TableFormat>,
    /// The column that a model would predict: chosen, or guessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub target_column: Option<String>,
    /// Why that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub target_reason: Option<String>,
    /// What a model would do with that target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub task: Option<Task>,
    /// Share of the cells, 0 to 1, that are there and are of their column's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub quality: Option<f64>,
    /// A few plain sentences.
    pub summary: String,
    /// What should be looked at, worst first.
    pub issues: Vec<DatasetIssue>,
    /// How long it took to read and judge.
    pub took_ms: f64,
    /// When that was done.
    pub profiled_at_ms: Timestamp,
}

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct TableFormat {
    /// What stands between two cells: one character.
    pub delimiter: String,
    /// Encoding of the text: `utf-8`, `utf-16le`, `windows-1252`.
    pub encoding: String,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ColumnProfile {
    /// Its name in the header, or one made of its number.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Cells that are empty or hold a word for "missing".
    pub missing: u32,
    /// Different values; counted up to a limit, estimated above.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub distinct: Option<u32>,
    /// The lowest number, or the earliest date (epoch milliseconds).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lowest: Option<f64>,
    /// The highest number, or the latest date (epoch milliseconds).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub highest: Option<f64>,
    /// Mean of the numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mean: Option<f64>,
    /// Rows in each of some bins of equal width from `lowest` to `highest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub histogram: Option<Vec<u32>>,
    /// The most frequent values, with their rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub frequent: Option<BTreeMap<String, u32>>,
}

/// What the cells of a column are.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Numbers that measure or count.
    Number,
    /// One of some words or numbers that name a class.
    Category,
    /// Yes or no, in whatever words.
    Boolean,
    /// Dates, with or without time.
    Date,
    /// Free text.
    Text,
    /// A different value in each row: names a row, explains nothing.
    Id,
    /// The same value in each row.
    Constant,
    /// Nothing at all.
    Empty,
}

/// Something about a dataset that should be looked at; critical ones make it unusable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DatasetIssue {
    /// How much it matters.
    pub severity: Severity,
    /// What kind: `ragged_row`, `leak`, `imbalance`. Stable, for programs.
    pub code: String,
    /// What is wrong and what to do, for people.
    pub text: String,
    /// The line of the file, the header being line 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub line: Option<u32>,
    /// The column's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub column: Option<String>,
    /// The cell as it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cell: Option<String>,
}
