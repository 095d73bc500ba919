//! `POST /api/backups`: `bellwether backup` tells the server whose data it copied, so that it can be
//! read later in the activity. The copy itself is made by the command, without the server.

use std::sync::Arc;

use axum::extract::State;
use bellwether_signal::{activity::ActivityKind, answer::BackupNote};
use bytes::Bytes;
use http::StatusCode;

use crate::{
    access::Admin,
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// The longest path: `PATH_MAX` of Linux (`limits.h`).
const PATH_CHARS: usize = 4_096;

pub(super) async fn note(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let note = read(&body).map_err(|detail| Problem::new(Kind::Unprocessable, detail))?;
    let (by, size) = (&identity.user, note.bytes.div_ceil(1_024));
    let text = format!("{by} wrote a backup to {}, {size} KiB", note.file);
    gateway.done_by(&identity, ActivityKind::BackupWritten, text);
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: &[u8]) -> Result<BackupNote, String> {
    let note: BackupNote = serde_json::from_slice(body).map_err(|error| {
        format!("The body has to be a JSON object with file and bytes: {error}.")
    })?;
    let length = note.file.chars().count();
    if note.file.trim().is_empty() || length > PATH_CHARS || note.file.chars().any(char::is_control)
    {
        return Err(format!(
            "file: has 1 to {PATH_CHARS} characters, none of them a control character."
        ));
    }
    Ok(note)
}
