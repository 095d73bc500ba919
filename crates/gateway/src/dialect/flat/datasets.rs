//! Datasets: `upload_progress`, `file_validated`, `dataset_processed`, `quality_assessment`.

use bellwether_signal::{
    Timestamp,
    activity::Severity,
    dataset::{DatasetIssue, DatasetProfile, DatasetUpload, UploadState},
};
use serde_json::{Value, json};

use super::{
    frame::{Frame, count, count_of},
    words::{duration, size},
};

/// An upload that has come further.
pub(super) fn upload(
    before: Option<&DatasetUpload>,
    now: &DatasetUpload,
    at: Timestamp,
) -> Vec<Frame> {
    let ended = now.ended_at_ms.unwrap_or(at);
    let status = match now.state {
        UploadState::Starting => "starting",
        UploadState::Receiving => "reading",
        UploadState::Saving => "saving",
        UploadState::Completed => "completed",
        UploadState::Failed => {
            let told = before.is_some_and(|before| before.state == UploadState::Failed);
            return if told { Vec::new() } else { vec![broken_off(now, ended)] };
        }
    };
    if before == Some(now) {
        return Vec::new();
    }
    let is_completed = now.state == UploadState::Completed;
    let known = |number: Option<u32>| number.filter(|_| is_completed);
    let fields = json!({
        "filename": now.file_name,
        "status": status,
        "progress": now.progress_percent,
        "progress_percent": now.progress_percent,
        "bytes_uploaded": count(now.received_bytes),
        "total_bytes": count_of(now.total_bytes),
        "upload_speed": now.received_bytes_per_second.map(|speed| format!("{}/s", size(speed))),
        "estimated_time_remaining": now.remaining_seconds,
        "eta": now.remaining_seconds.map(duration),
        "rows": known(now.rows),
        "columns": known(now.columns),
    });
    let frame = Frame::new("upload_progress", at, fields);
    vec![if is_completed { frame.news_of(ended) } else { frame }]
}

/// The dialect has no status for an upload that failed; a file that cannot be used is what it is.
fn broken_off(now: &DatasetUpload, ended: Timestamp) -> Frame {
    let errors: Vec<&str> = now.error.as_deref().into_iter().collect();
    let fields = json!({
        "status": "error",
        "filename": now.file_name,
        "file_path": null,
        "rows": now.rows,
        "columns": now.columns,
        "file_size": now.total_bytes.map(size),
        "target_column": null,
        "summary": null,
        "validation_time": null,
        "error": now.error,
        "errors": errors,
        "warnings": [],
    });
    Frame::new("file_validated", ended, fields).news_of(ended)
}

/// A dataset whose profile is new or has changed.
pub(super) fn profile(
    id: &str,
    before: Option<&DatasetProfile>,
    now: &DatasetProfile,
) -> Vec<Frame> {
    if before == Some(now) {
        return Vec::new();
    }
    let happened = now.profiled_at_ms;
    let texts = |wanted: fn(&DatasetIssue) -> bool| -> Vec<&str> {
        let issues = now.issues.iter().filter(|issue| wanted(issue));
        issues.map(|issue| issue.text.as_str()).collect()
    };
    let errors = texts(|issue| issue.severity == Severity::Critical);
    let warnings = texts(|issue| issue.severity == Severity::Warning);
    let fields = json!({
        "status": if now.usable { "success" } else { "error" },
        "filename": now.file_name,
        "file_path": id,
        "rows": now.rows,
        "columns": now.columns.len(),
        "file_size": size(now.size_bytes),
        "target_column": now.target_column,
        "summary": now.summary,
        "validation_time": now.took_ms / 1_000.0,
        "error": errors.first(),
        "errors": errors,
        "warnings": warnings,
    });
    let mut frames = vec![Frame::new("file_validated", happened, fields).news_of(happened)];
    let status = if now.usable { "completed" } else { "failed" };
    let figures = figures(now);
    let processed = json!({"dataset_id": id, "status": status, "data": figures});
    frames.push(Frame::new("dataset_processed", happened, processed).news_of(happened));
    if let Some(quality) = now.quality {
        let assessed = json!({
            "dataset_id": id,
            "status": status,
            "quality_score": quality,
            "stats": figures,
            "data": figures,
        });
        frames.push(Frame::new("quality_assessment", happened, assessed).news_of(happened));
    }
    frames
}

fn figures(profile: &DatasetProfile) -> Value {
    let missing: u64 = profile.columns.values().map(|column| u64::from(column.missing)).sum();
    json!({
        "rows": profile.rows,
        "columns": profile.columns.len(),
        "size_bytes": count(profile.size_bytes),
        "missing_values": missing,
    })
}
