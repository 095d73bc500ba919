//! Versions of models: what each is, what it is used as, and its file.
//! Enters: trained models. Leaves: versions ready to predict, topics `model/{id}/status`.

mod version;

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use bellwether_signal::{
    ModelId,
    model::{self, ModelStatus},
    ports::{KeepError, RecordChange, Surroundings, state_of},
};

pub use version::{NewVersion, RegistryError, Version, VersionRecord};

use crate::{files::Files, model::Model};

const KIND: &str = "version";

/// All versions.
pub struct Registry {
    around: Surroundings,
    files: Files,
    versions: RwLock<BTreeMap<ModelId, Arc<Version>>>,
}

impl Registry {
    /// Reads what was kept, and publishes it.
    pub fn open(around: Surroundings) -> Result<Self, KeepError> {
        let files = Files::new(around.folder.join("models"), "model");
        let mut versions = BTreeMap::new();
        for (id, body) in around.records.all(KIND)? {
            let damaged = |error| KeepError::Unavailable(format!("model {id}: {error}"));
            let record: VersionRecord = serde_json::from_value(body).map_err(damaged)?;
            around.announce.state(
                &model::status(&record.status.model),
                state_of(&record.status),
                None,
            );
            versions.insert(record.status.model.clone(), Arc::new(Version::new(record)));
        }
        Ok(Self { around, files, versions: RwLock::new(versions) })
    }

    /// A version by its id, or by the model's name the one that is in production. Does not wait.
    pub fn find(&self, reference: &str) -> Option<Arc<Version>> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        if let Ok(id) = ModelId::parse(reference)
            && let Some(version) = versions.get(&id)
        {
            return Some(Arc::clone(version));
        }
        let is_meant = |version: &&Arc<Version>| {
            let status = &version.record.status;
            status.model.name() == reference && status.aliases.contains(ModelStatus::PRODUCTION)
        };
        versions.values().find(is_meant).cloned()
    }

    /// All versions, by name and number. Does not wait.
    pub fn list(&self) -> Vec<Arc<Version>> {
        self.versions.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The model of a version, read from its file when it is asked for the first time.
    pub fn model(&self, version: &Version) -> Result<Arc<Model>, RegistryError> {
        version.model(|| {
            let bytes = self.files.read(&version.record.sha256).map_err(RegistryError::File)?;
            Model::decode(&bytes).map_err(RegistryError::Model)
        })
    }

    /// Registers a trained model as the next version of its name. Its file and record are on disk when
    /// it returns.
    pub fn register(&self, new: NewVersion) -> Result<Arc<Version>, RegistryError> {
        let bytes = new.model.encode().map_err(RegistryError::Encode)?;
        let sha256 = self.files.put(&bytes).map_err(RegistryError::File)?;
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        let of_name = versions.keys().filter(|id| id.name() == new.name).map(ModelId::version);
        let next = of_name.max().unwrap_or(0) + 1;
        let id = ModelId::of(&new.name, next).map_err(RegistryError::Name)?;
        let now = (self.around.clock)().wall;
        let record = VersionRecord::new(id.clone(), &new, sha256, bytes.len(), now);
        self.keep(&record)?;
        let version = Arc::new(Version::loaded(record, Arc::new(new.model)));
        versions.insert(id, Arc::clone(&version));
        Ok(version)
    }

    fn keep(&self, record: &VersionRecord) -> Result<(), KeepError> {
        let id = record.status.model.as_str();
        self.around.records.change(vec![RecordChange::put(KIND, id, record)])?;
        let topic = model::status(&record.status.model);
        self.around.announce.state(&topic, state_of(&record.status), None);
        Ok(())
    }
}
