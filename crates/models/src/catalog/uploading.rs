//! Uploads from their announcement to their end: begun, gone on with, called off, expired.

use std::{
    fs,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, SystemTime},
};

use bellwether_signal::{
    Timestamp,
    activity::{Activity, ActivityKind, Severity},
    dataset,
    ports::{KeepError, RecordChange},
};

use super::{
    Catalog, CatalogError, Ended, naming,
    upload::{Incoming, Upload, UploadPlace, UploadRecord},
};
use crate::dataset::DatasetError;

/// Kind of the records of uploads that can be gone on with.
pub(super) const KIND: &str = "upload";
/// Uploads that are open at the same time; one more is refused.
pub(super) const UPLOADS: usize = 32;
/// Datasets; one more is refused. Each holds its profile in memory.
pub(super) const DATASETS: usize = 2_000;
/// How long an upload is kept after its last byte: a day.
const KEEP_MS: i64 = 24 * 3_600_000;
/// How long the end of an upload stays on its topic.
const TOLD: Duration = Duration::from_mins(5);
/// What is announced as a good size of a chunk: seconds on a slow line, and little to send again.
pub const CHUNK_BYTES: u64 = 4 * 1024 * 1024;

/// What is announced of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUpload {
    /// Its name; folders and what is not seen are taken off.
    pub file_name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its SHA-256, to be compared with what comes.
    pub sha256: Option<String>,
}

impl Catalog {
    /// Largest file that is taken, in bytes.
    pub fn max_upload(&self) -> u64 {
        self.max_upload.load(Ordering::Relaxed)
    }

    /// Sets it.
    pub fn limit_uploads(&self, bytes: u64) {
        self.max_upload.store(bytes, Ordering::Relaxed);
    }

    /// Begins an upload that can be gone on with. Kept when it returns.
    pub fn begin(&self, new: &NewUpload, user: Option<&str>) -> Result<UploadPlace, CatalogError> {
        let file_name = naming::clean(&new.file_name)?;
        let sha256 = new.sha256.as_deref().map(naming::hash).transpose()?;
        let limit = self.max_upload();
        if new.size_bytes > limit {
            return Err(CatalogError::TooLarge { limit });
        }
        if new.size_bytes == 0 {
            return Err(DatasetError::Empty.into());
        }
        let upload = self.register(file_name, Some(new.size_bytes), sha256, user, true)?;
        if let Err(error) = self.around.records.change(vec![RecordChange::put(
            KIND,
            &upload.record.id,
            &upload.record,
        )]) {
            self.forget(&upload.record.id);
            return Err(error.into());
        }
        upload.tell(&self.around);
        upload.place(KEEP_MS)
    }

    /// Begins an upload that comes in one request; `about_bytes` is what the request announces.
    pub fn begin_whole(
        self: &Arc<Self>,
        file_name: &str,
        about_bytes: Option<u64>,
        user: Option<&str>,
    ) -> Result<Incoming, CatalogError> {
        let file_name = naming::clean(file_name)?;
        let upload = self.register(file_name, about_bytes, None, user, false)?;
        upload.tell(&self.around);
        Ok(Incoming::new(self, upload))
    }

    fn register(
        &self,
        file_name: String,
        size_bytes: Option<u64>,
        sha256: Option<String>,
        user: Option<&str>,
        resumable: bool,
    ) -> Result<Arc<Upload>, CatalogError> {
        if self.list().len() >= DATASETS {
            return Err(CatalogError::TooManyDatasets { limit: DATASETS });
        }
        let now = (self.around.clock)().wall;
        let id = naming::new_id(now);
        let path = self.part_of(&id);
        let user = user.map(str::to_owned);
        let record = UploadRecord {
            id: id.clone(),
            file_name,
            size_bytes,
            sha256,
            user,
            created_at_ms: now,
        };
        let upload = Arc::new(Upload::new(record, path, resumable, 0, now));
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        if uploads.len() >= UPLOADS {
            return Err(CatalogError::TooManyUploads { limit: UPLOADS });
        }
        uploads.insert(id, Arc::clone(&upload));
        Ok(upload)
    }

    pub(super) fn upload(&self, id: &str) -> Result<Arc<Upload>, CatalogError> {
        let uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        uploads.get(id).cloned().ok_or_else(|| CatalogError::NoUpload(id.to_owned()))
    }

    /// Where an upload stands. What it answers is on disk.
    pub fn place(&self, id: &str) -> Result<UploadPlace, CatalogError> {
        self.upload(id)?.place(KEEP_MS)
    }

    /// Goes on with an upload from where the last bytes ended.
    pub fn go_on(self: &Arc<Self>, id: &str, offset: u64) -> Result<Incoming, CatalogError> {
        let upload = self.upload(id)?;
        {
            let writing = upload.writing();
            if writing.finishing {
                return Err(CatalogError::Finishing);
            }
            if writing.received != offset {
                return Err(CatalogError::Offset { expected: writing.received });
            }
        }
        Ok(Incoming::new(self, upload))
    }

    /// Calls an upload off.
    pub fn call_off(&self, id: &str) -> Result<(), CatalogError> {
        let upload = self.upload(id)?;
        {
            let mut writing = upload.writing();
            if writing.finishing {
                return Err(CatalogError::Finishing);
            }
            writing.turn += 1;
            writing.finishing = true;
        }
        self.discard(&upload, "it was called off");
        Ok(())
    }

    /// Forgets an upload and its bytes, and tells why.
    pub(super) fn discard(&self, upload: &Upload, why: &str) {
        let id = &upload.record.id;
        if !self.forget(id) {
            return;
        }
        if upload.resumable {
            // A record that stays is removed when it expires after the next start.
            drop(self.around.records.change(vec![RecordChange::remove(KIND, id)]));
        }
        drop(fs::remove_file(upload.path()));
        upload.telling().failed(&self.around, why.to_owned());
        self.note_end(id, None);
        let text = format!("{} was not taken: {why}", upload.record.file_name);
        let activity = Activity::new(ActivityKind::DatasetUploaded, Severity::Warning, text);
        self.tell_activity(activity, upload.record.user.as_deref(), id);
    }

    /// Whether it was there.
    pub(super) fn forget(&self, id: &str) -> bool {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).remove(id).is_some()
    }

    pub(super) fn note_end(&self, upload: &str, dataset: Option<&str>) {
        let at = (self.around.clock)().monotonic;
        let ended = Ended { upload: upload.to_owned(), dataset: dataset.map(str::to_owned), at };
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
    }

    pub(super) fn tell_activity(&self, activity: Activity, user: Option<&str>, dataset: &str) {
        let activity = activity.about(format!("dataset/{dataset}"));
        let activity = match user {
            Some(user) => activity.by(user),
            None => activity,
        };
        self.around.announce.activity(activity);
    }

    /// Removes what nobody goes on with, and takes back what was told of what has ended.
    pub(super) fn sweep(&self) {
        let now = (self.around.clock)();
        let uploads: Vec<Arc<Upload>> = {
            let uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
            uploads.values().filter(|upload| upload.resumable).cloned().collect()
        };
        for upload in uploads {
            let expired = {
                let writing = upload.writing();
                !writing.finishing && now.wall.0.saturating_sub(writing.touched.0) > KEEP_MS
            };
            if expired {
                self.discard(&upload, "no byte came for a day");
            }
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let (old, fresh) = std::mem::take(&mut *ended)
            .into_iter()
            .partition(|ended| now.monotonic.saturating_sub(ended.at) >= TOLD);
        *ended = fresh;
        drop(ended);
        let old: Vec<Ended> = old;
        for ended in old {
            self.around.announce.gone(&dataset::upload(&ended.upload));
        }
    }

    /// Finds uploads of before a restart again; their files' lengths say where they stand.
    pub(super) fn recover(&self) -> Result<(), KeepError> {
        let mut known = Vec::new();
        for (id, body) in self.around.records.all(KIND)? {
            let damaged = |error| KeepError::Unavailable(format!("upload {id}: {error}"));
            let record: UploadRecord = serde_json::from_value(body).map_err(damaged)?;
            let path = self.part_of(&id);
            let (bytes, touched) = match fs::metadata(&path) {
                Ok(metadata) => (metadata.len(), metadata.modified().ok().and_then(timestamp)),
                Err(_) => (0, None),
            };
            let received = bytes.min(record.size_bytes.unwrap_or(u64::MAX));
            let touched = touched.unwrap_or(record.created_at_ms);
            let upload = Arc::new(Upload::new(record, path, true, received, touched));
            upload.tell(&self.around);
            self.uploads.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), upload);
            known.push(id);
        }
        // What came in one request ended with the program. A folder may be another server's as well, whose
        // records are not ours: then only what nobody can go on with any more is removed.
        let now = (self.around.clock)().wall;
        let ours = !known.is_empty() || !self.list().is_empty();
        let folder = self.around.folder.join(super::UPLOAD_FOLDER);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let touched = entry.metadata().and_then(|it| it.modified()).ok().and_then(timestamp);
            let is_old = touched.is_some_and(|at| now.0.saturating_sub(at.0) > KEEP_MS);
            if !known.iter().any(|id| id == stem) && (ours || is_old) {
                // What stays is tried again at the next start.
                drop(fs::remove_file(&path));
            }
        }
        Ok(())
    }
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
}

/// For tests and the program's log.
impl std::fmt::Debug for Incoming {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Incoming").field("upload", &self.id()).finish_non_exhaustive()
    }
}
