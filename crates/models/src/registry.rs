//! Versions of models: what each is, what it is used as, and its file.
//! Enters: trained models, files that were exported, wishes of people. Leaves: versions ready to
//! predict, who answers for a name, what was done, topics `model/{id}/status`.
//! What was answered is on disk; a change that cannot be kept is not made. Start at [`Registry`]: what
//! people do with versions is in `stage`, how a change is made whole in `draft`.

mod card;
mod compare;
mod delete;
mod draft;
mod error;
mod exchange;
mod loaded;
mod name;
mod stage;
#[cfg(test)]
mod tests;
mod version;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use bellwether_signal::{
    ModelId,
    model::{self, ModelSettings, ModelStatus, StageChange},
    ports::{KeepError, Surroundings, state_of},
};

pub use error::RegistryError;
pub use exchange::{Exported, IMPORT_BYTES};
pub use loaded::{LOADED_BYTES, LoadedFigures};
pub use name::{NameRecord, Routing, Split};
pub use stage::{Deployed, RoutingWish};
pub(crate) use version::scores;
pub use version::{NewVersion, Summary, Version, VersionRecord};

use crate::{
    error::ModelFileError,
    files::{Files, hexadecimal},
    model::Model,
    registry::loaded::Loaded,
};

/// Records of versions.
const VERSION: &str = "version";
/// Records of names.
const NAME: &str = "model";
/// A file that could not be used is not tried again before this.
const RETRY: Duration = Duration::from_secs(5);

/// All versions.
pub struct Registry {
    around: Surroundings,
    files: Files,
    held: RwLock<Held>,
    /// Held while a change is made, the disk included: one after the other. Readers do not wait for it.
    changes: Mutex<()>,
    loaded: Loaded,
    /// Held while a file is read, so that nobody reads the same one meanwhile: the files that could not
    /// be used, by their SHA-256, since when and why.
    loading: Mutex<HashMap<String, (Duration, String)>>,
}

/// What is in memory of all records.
#[derive(Default)]
struct Held {
    versions: BTreeMap<ModelId, Arc<Version>>,
    names: BTreeMap<String, Name>,
}

struct Name {
    record: Arc<NameRecord>,
    routing: Arc<Routing>,
}

impl Name {
    fn new(record: NameRecord) -> Self {
        Self { routing: Arc::new(record.routing()), record: Arc::new(record) }
    }
}

impl Registry {
    /// Reads what was kept, and publishes it.
    pub fn open(around: Surroundings) -> Result<Self, KeepError> {
        Self::open_within(around, LOADED_BYTES)
    }

    /// The same, with another bound of the memory for loaded models.
    pub fn open_within(around: Surroundings, loaded_bytes: usize) -> Result<Self, KeepError> {
        let files = Files::new(around.folder.join("models"), "model");
        let mut held = Held::default();
        for (name, body) in around.records.all(NAME)? {
            let damaged = |error| KeepError::Unavailable(format!("model {name}: {error}"));
            let record: NameRecord = serde_json::from_value(body).map_err(damaged)?;
            held.names.insert(name, Name::new(record));
        }
        for (id, body) in around.records.all(VERSION)? {
            let damaged = |error| KeepError::Unavailable(format!("model {id}: {error}"));
            let record: VersionRecord = serde_json::from_value(body).map_err(damaged)?;
            let topic = model::status(&record.status.model);
            around.announce.state(&topic, state_of(&record.status), None);
            let name = record.status.model.name().to_owned();
            held.names.entry(name).or_insert_with(|| Name::new(NameRecord::default()));
            held.versions.insert(record.status.model.clone(), Arc::new(Version::new(record)));
        }
        Ok(Self {
            around,
            files,
            held: RwLock::new(held),
            changes: Mutex::default(),
            loaded: Loaded::new(loaded_bytes),
            loading: Mutex::default(),
        })
    }

    /// A version by its id, by the model's name the one that is in production, by `NAME@ALIAS` the one
    /// with that alias. Does not wait.
    pub fn find(&self, reference: &str) -> Option<Arc<Version>> {
        let held = self.read();
        if let Ok(id) = ModelId::parse(reference)
            && let Some(version) = held.versions.get(&id)
        {
            return Some(Arc::clone(version));
        }
        let (name, alias) =
            reference.split_once('@').unwrap_or((reference, ModelStatus::PRODUCTION));
        let id = held.names.get(name)?.record.aliases.get(alias)?;
        held.versions.get(id).cloned()
    }

    /// The same; of a name that has nothing in production, the newest version. Does not wait.
    pub fn find_or_newest(&self, reference: &str) -> Result<Arc<Version>, RegistryError> {
        let newest = || {
            let held = self.read();
            let of_name = held.versions.iter().filter(|(id, _)| id.name() == reference);
            of_name.max_by_key(|(id, _)| id.version()).map(|(_, version)| Arc::clone(version))
        };
        let found = self.find(reference).or_else(newest);
        found.ok_or_else(|| RegistryError::Unknown(reference.to_owned()))
    }

    /// All versions, by name and number. Does not wait.
    pub fn list(&self) -> Vec<Arc<Version>> {
        let mut versions: Vec<_> = self.read().versions.values().cloned().collect();
        versions.sort_by(|a, b| {
            let key = |version: &Version| version.id().version();
            a.id().name().cmp(b.id().name()).then(key(a).cmp(&key(b)))
        });
        versions
    }

    /// Who answers for a name; nobody, where nothing of that name is in production. Does not wait, and
    /// is cheap enough for every request.
    pub fn routing(&self, name: &str) -> Arc<Routing> {
        let held = self.read();
        held.names.get(name).map(|name| Arc::clone(&name.routing)).unwrap_or_default()
    }

    /// What is kept of a name; `None` where no version ever had it. An id means its name. Does not wait.
    pub fn name(&self, reference: &str) -> Option<(String, Arc<NameRecord>)> {
        let held = self.read();
        let of = |name: &str| {
            held.names.get(name).map(|found| (name.to_owned(), Arc::clone(&found.record)))
        };
        let id = ModelId::parse(reference).ok().filter(|id| held.versions.contains_key(id));
        id.and_then(|id| of(id.name())).or_else(|| of(reference))
    }

    /// The name that a name or an id means, where there is or was a version of it. Does not wait.
    pub fn known_name(&self, reference: &str) -> Result<String, RegistryError> {
        let unknown = || RegistryError::Unknown(reference.to_owned());
        self.name(reference).map(|(name, _)| name).ok_or_else(unknown)
    }

    /// Thresholds of a model, and what is kept of it. Does not wait.
    pub fn settings(&self, name: &str) -> ModelSettings {
        let held = self.read();
        held.names.get(name).map(|name| name.record.settings.clone()).unwrap_or_default()
    }

    /// What was done with a name's versions, newest first. Does not wait.
    pub fn history(&self, reference: &str) -> Result<(String, Vec<StageChange>), RegistryError> {
        let unknown = || RegistryError::Unknown(reference.to_owned());
        let (name, record) = self.name(reference).ok_or_else(unknown)?;
        Ok((name, record.history.iter().rev().cloned().collect()))
    }

    /// What is in memory. Does not wait.
    pub fn loaded(&self) -> LoadedFigures {
        self.loaded.figures()
    }

    /// The model of a version, read from its file when it is not in memory. A file that cannot be used
    /// puts the version into the state `error`, and one that can be used again takes it out of it.
    pub fn model(&self, version: &Version) -> Result<Arc<Model>, RegistryError> {
        let sha256 = &version.record.sha256;
        if let Some(model) = self.loaded.find(sha256) {
            return Ok(model);
        }
        let mut failed = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = self.loaded.find(sha256) {
            return Ok(model);
        }
        let now = (self.around.clock)().monotonic;
        let broken = |text: &str| RegistryError::Broken {
            model: version.id().clone(),
            text: text.to_owned(),
        };
        if let Some((since, text)) = failed.get(sha256)
            && now.saturating_sub(*since) < RETRY
        {
            return Err(broken(text));
        }
        match self.read_model(version) {
            Ok((model, bytes)) => {
                failed.remove(sha256);
                let model = Arc::new(model);
                self.loaded.put(sha256, &model, bytes, true);
                drop(failed);
                self.recovered(version.id());
                Ok(model)
            }
            Err(what) => {
                let text = remedy(version, &what);
                failed.insert(sha256.clone(), (now, text.clone()));
                drop(failed);
                self.failed(version.id(), &text);
                Err(broken(&text))
            }
        }
    }

    /// Looks at a version's file, be its model in memory or not: what goes into production or leaves the
    /// house has to be there after a restart too.
    fn check(&self, version: &Version) -> Result<Vec<u8>, RegistryError> {
        match self.read_file(version) {
            Ok(bytes) => {
                self.loading
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&version.record.sha256);
                self.model(version)?;
                self.recovered(version.id());
                Ok(bytes)
            }
            Err(what) => {
                let text = remedy(version, &what);
                self.failed(version.id(), &text);
                Err(RegistryError::Broken { model: version.id().clone(), text })
            }
        }
    }

    /// Reads a model's file; the error says what is wrong with it.
    fn read_model(&self, version: &Version) -> Result<(Model, usize), String> {
        let bytes = self.read_file(version)?;
        let said = |error: ModelFileError| format!("is damaged: {error}");
        Ok((Model::decode(&bytes).map_err(said)?, bytes.len()))
    }

    /// A model's file as it was put there; the error says what is wrong with it.
    fn read_file(&self, version: &Version) -> Result<Vec<u8>, String> {
        use sha2::Digest as _;
        let sha256 = &version.record.sha256;
        let bytes = self.files.read(sha256).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            if missing { "is missing".to_owned() } else { format!("cannot be read: {error}") }
        })?;
        if hexadecimal(&sha2::Sha256::digest(&bytes)) != *sha256 {
            return Err("is damaged: it is not what was put there".to_owned());
        }
        Ok(bytes)
    }

    /// Registers a trained model as the next version of its name, not in use yet. Its file and record
    /// are on disk when it returns; where they cannot be, there is nothing of it.
    pub fn register(&self, new: NewVersion) -> Result<Arc<Version>, RegistryError> {
        let bytes = new.model.encode().map_err(RegistryError::Encode)?;
        self.add(new, &bytes, bellwether_signal::model::StageChangeKind::Registered)
    }

    fn read(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is wrong with a version's file, and what to do.
fn remedy(version: &Version, what: &str) -> String {
    format!(
        "The file of {} {what}. Put models/{}.model back from a backup, or delete this version and \
         train or import it again.",
        version.id(),
        version.record.sha256
    )
}
