//! Datasets that were uploaded: the file, by its content, and what is in it.
//! Enters: files. Leaves: records with their profiles, tables, topics `dataset/{id}/profile`.

mod record;

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use bellwether_signal::{
    dataset,
    ports::{KeepError, RecordChange, Surroundings, state_of},
};

pub use record::Dataset;

use crate::{
    dataset::{DatasetError, Limits, Table, read},
    files::Files,
};

const KIND: &str = "dataset";

/// All datasets.
pub struct Catalog {
    around: Surroundings,
    files: Files,
    datasets: RwLock<BTreeMap<String, Arc<Dataset>>>,
}

impl Catalog {
    /// Reads what was kept, and publishes it.
    pub fn open(around: Surroundings) -> Result<Self, KeepError> {
        let files = Files::new(around.folder.join("datasets"), "csv");
        let mut datasets = BTreeMap::new();
        for (id, body) in around.records.all(KIND)? {
            let damaged = |error| KeepError::Unavailable(format!("dataset {id}: {error}"));
            let record: Dataset = serde_json::from_value(body).map_err(damaged)?;
            around.announce.state(&dataset::profile(&id), state_of(&record.profile), None);
            datasets.insert(id, Arc::new(record));
        }
        Ok(Self { around, files, datasets: RwLock::new(datasets) })
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

    /// A dataset's rows.
    pub fn table(&self, dataset: &Dataset, limits: &Limits) -> Result<Table, DatasetError> {
        let path = self.file(dataset);
        read(|| Ok(io::BufReader::new(fs::File::open(&path)?)), limits, |_| ())
    }

    /// Keeps a record, in place of what had its id, and publishes its profile.
    pub fn keep(&self, record: Dataset) -> Result<Arc<Dataset>, KeepError> {
        self.around.records.change(vec![RecordChange::put(KIND, &record.id, &record)])?;
        let topic = dataset::profile(&record.id);
        self.around.announce.state(&topic, state_of(&record.profile), None);
        let record = Arc::new(record);
        let mut datasets = self.datasets.write().unwrap_or_else(PoisonError::into_inner);
        datasets.insert(record.id.clone(), Arc::clone(&record));
        Ok(record)
    }
}
