//! Datasets that were uploaded: the file, by its content, and what is in it.
//! Enters: files, whole or in pieces. Leaves: records with their profiles, tables, topics
//! `dataset/{id}/upload` and `dataset/{id}/profile`.
//! What of an upload was acknowledged is on disk; a file that cannot be used is not kept.

mod error;
mod finishing;
mod naming;
mod part;
mod preview;
mod profiling;
mod record;
mod telling;
#[cfg(test)]
mod tests;
mod upload;
mod uploading;

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bellwether_signal::{
    activity::{Activity, ActivityKind, Severity},
    dataset,
    ports::{KeepError, RecordChange, Surroundings, state_of},
};

pub use error::CatalogError;
pub use finishing::Finished;
pub(crate) use naming::new_id;
pub use preview::Preview;
pub use profiling::{Profiling, ProfilingState};
pub use record::Dataset;
pub use upload::{Incoming, UploadPlace};
pub use uploading::{CHUNK_BYTES, NewUpload};

use crate::{
    dataset::{DatasetError, Limits, Table, read},
    files::Files,
};
use part::OpenPart;
use profiling::Profilings;
use upload::Upload;

const KIND: &str = "dataset";
const FOLDER: &str = "datasets";
const UPLOAD_FOLDER: &str = "datasets/uploads";
/// Largest upload in bytes, unless the server was told another.
pub const MAX_UPLOAD_BYTES: u64 = 50_000_000;

type InUse = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// All datasets.
pub struct Catalog {
    around: Surroundings,
    files: Files,
    datasets: RwLock<BTreeMap<String, Arc<Dataset>>>,
    /// Those that go on; by id.
    uploads: Mutex<BTreeMap<String, Arc<Upload>>>,
    /// Those that ended lately, until their topics are taken back.
    ended: Mutex<Vec<Ended>>,
    /// Held while a file is read and judged.
    reading: Mutex<()>,
    max_upload: AtomicU64,
    open_part: OpenPart,
    in_use: OnceLock<InUse>,
    stopping: AtomicBool,
    profilings: Profilings,
}

/// An upload that is over.
struct Ended {
    upload: String,
    /// What it has become.
    dataset: Option<String>,
    /// On the monotonic clock.
    at: Duration,
}

impl Catalog {
    /// Reads what was kept, and publishes it.
    pub fn open(around: Surroundings) -> Result<Self, KeepError> {
        Self::open_with(around, part::on_disk())
    }

    fn open_with(around: Surroundings, open_part: OpenPart) -> Result<Self, KeepError> {
        let files = Files::new(around.folder.join(FOLDER), "csv");
        let mut datasets = BTreeMap::new();
        for (id, body) in around.records.all(KIND)? {
            let damaged = |error| KeepError::Unavailable(format!("dataset {id}: {error}"));
            let record: Dataset = serde_json::from_value(body).map_err(damaged)?;
            around.announce.state(&dataset::profile(&id), state_of(&record.profile), None);
            datasets.insert(id, Arc::new(record));
        }
        // A file without a record is what a kill between the two left. Where there are no records at all,
        // they may be out of reach, or another server's.
        if !datasets.is_empty() {
            files.keep_only(|sha256| {
                datasets.values().any(|dataset| dataset.profile.sha256 == sha256)
            });
        }
        let catalog = Self {
            around,
            files,
            datasets: RwLock::new(datasets),
            uploads: Mutex::default(),
            ended: Mutex::default(),
            reading: Mutex::default(),
            max_upload: AtomicU64::new(MAX_UPLOAD_BYTES),
            open_part,
            in_use: OnceLock::new(),
            stopping: AtomicBool::new(false),
            profilings: Profilings::default(),
        };
        catalog.recover()?;
        Ok(catalog)
    }

    /// One of them. Does not wait.
    pub fn find(&self, id: &str) -> Option<Arc<Dataset>> {
        self.datasets.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All of them, oldest first. Does not wait.
    pub fn list(&self) -> Vec<Arc<Dataset>> {
        self.datasets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Where a dataset's file is.
    pub fn file(&self, dataset: &Dataset) -> PathBuf {
        self.files.path(&dataset.profile.sha256)
    }

    fn part_of(&self, id: &str) -> PathBuf {
        self.around.folder.join(UPLOAD_FOLDER).join(format!("{id}.part"))
    }

    /// A dataset's rows.
    pub fn table(&self, dataset: &Dataset, limits: &Limits) -> Result<Table, DatasetError> {
        let path = self.file(dataset);
        read(|| Ok(io::BufReader::new(fs::File::open(&path)?)), limits, |_| ())
    }

    /// Keeps a record, in place of what had its id, and publishes its profile.
    pub fn keep(&self, record: Dataset) -> Result<Arc<Dataset>, KeepError> {
        self.keep_changing(record, Vec::new())
    }

    /// The same, with another change that is made with it or not at all.
    fn keep_with(&self, record: Dataset, with: RecordChange) -> Result<Arc<Dataset>, KeepError> {
        self.keep_changing(record, vec![with])
    }

    fn keep_changing(
        &self,
        record: Dataset,
        mut changes: Vec<RecordChange>,
    ) -> Result<Arc<Dataset>, KeepError> {
        changes.push(RecordChange::put(KIND, &record.id, &record));
        self.around.records.change(changes)?;
        let topic = dataset::profile(&record.id);
        self.around.announce.state(&topic, state_of(&record.profile), None);
        let record = Arc::new(record);
        let mut datasets = self.datasets.write().unwrap_or_else(PoisonError::into_inner);
        datasets.insert(record.id.clone(), Arc::clone(&record));
        Ok(record)
    }

    /// Says who knows whether a dataset is needed; what is needed is not deleted.
    pub fn ask_before_deleting(&self, in_use: impl Fn(&str) -> bool + Send + Sync + 'static) {
        // The first one stays: there is one queue of runs.
        drop(self.in_use.set(Box::new(in_use)));
    }

    /// Deletes a dataset and its file. Gone from the disk when it returns.
    pub fn delete(&self, id: &str, user: Option<&str>) -> Result<(), CatalogError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let dataset = self.find(id).ok_or_else(|| CatalogError::NoDataset(id.to_owned()))?;
        if self.in_use.get().is_some_and(|in_use| in_use(id)) {
            return Err(CatalogError::InUse);
        }
        self.around.records.change(vec![RecordChange::remove(KIND, id)])?;
        self.datasets.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.around.announce.gone(&dataset::profile(id));
        self.around.announce.gone(&dataset::upload(id));
        let text = format!("{} was deleted", dataset.profile.file_name);
        let activity = Activity::new(ActivityKind::DatasetDeleted, Severity::Info, text);
        self.tell_activity(activity, user, id);
        // Without its record it is removed at the next start at the latest.
        self.files.remove(&dataset.profile.sha256)?;
        Ok(())
    }

    /// Does what is due by the clock.
    pub fn tick(&self) {
        self.sweep();
    }

    /// Ends what is being read, and waits for it. What is received stays.
    pub fn close(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        drop(self.reading.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
