//! Versions come and go as one file each, between servers and to people.

use std::sync::Arc;

use bellwether_signal::{
    ModelId,
    activity::{ActivityKind, Severity},
    model::StageChangeKind,
    training,
};

use super::{NewVersion, Registry, RegistryError, Version, VersionRecord, version::task_of};
use crate::model::Model;

/// Largest file that is imported: larger than any that a training makes.
pub const IMPORT_BYTES: usize = 64 * 1024 * 1024;

/// A version as a file.
pub struct Exported {
    /// `NAME-vN.bellwether`.
    pub file_name: String,
    /// The file: what `bellwether predict --model` reads too.
    pub bytes: Vec<u8>,
}

impl Registry {
    /// A version as one file, whole and checked.
    pub fn export(&self, reference: &str) -> Result<Exported, RegistryError> {
        let version = self.find_or_newest(reference)?;
        let bytes = self.check(&version)?;
        Ok(Exported { file_name: format!("{}.bellwether", version.id()), bytes })
    }

    /// Registers a file that was exported as the next version of a name. A name's versions predict one
    /// and the same.
    pub fn import(
        &self,
        name: &str,
        bytes: &[u8],
        user: Option<&str>,
    ) -> Result<Arc<Version>, RegistryError> {
        ModelId::of(name, 1)?;
        let model = Model::decode(bytes).map_err(RegistryError::Model)?;
        let others = self.list();
        let other = others.iter().rev().find(|version| version.id().name() == name);
        if let Some(other) = other {
            let status = &other.record.status;
            let same_target = status.target_column.as_deref() == Some(&model.target);
            if !same_target || status.task != task_of(model.task) {
                return Err(RegistryError::Conflict(format!(
                    "The versions of {name} predict {} ({}); this file predicts {:?} ({}). Import it \
                     under another name.",
                    status.target_column.as_deref().map(|it| format!("{it:?}")).unwrap_or_default(),
                    word(status.task),
                    model.target,
                    word(task_of(model.task)),
                )));
            }
        }
        let user = user.map(str::to_owned);
        let (run, dataset, took_seconds) = (None, None, None);
        let new = NewVersion { name: name.to_owned(), model, run, dataset, user, took_seconds };
        self.add(new, bytes, StageChangeKind::Imported)
    }

    /// Puts a file and its version there.
    pub(super) fn add(
        &self,
        new: NewVersion,
        bytes: &[u8],
        kind: StageChangeKind,
    ) -> Result<Arc<Version>, RegistryError> {
        let name = new.name.clone();
        let mut put = None;
        let added = self.alter(&name, new.user.as_deref(), |draft| {
            let versions = draft.versions.keys().map(ModelId::version);
            let next = versions.max().unwrap_or(0).max(draft.record.newest) + 1;
            let id = ModelId::of(&name, next)?;
            let sha256 = self.files.put(bytes).map_err(RegistryError::File)?;
            put = Some(sha256.clone());
            let record = VersionRecord::new(id.clone(), &new, sha256, bytes.len(), draft.now);
            draft.versions.insert(id.clone(), record);
            let text = match (kind, new.run) {
                (StageChangeKind::Imported, _) => format!("{id} was imported"),
                (_, Some(run)) => format!("{id} was made by run {run}"),
                (_, None) => format!("{id} was registered"),
            };
            draft.note(kind, Some(&id), None, &text);
            draft.tell(ActivityKind::ModelRegistered, Severity::Success, Some(&id), text);
            Ok(id)
        });
        match added {
            Ok(id) => {
                if let Some(sha256) = &put {
                    self.loaded.put(sha256, &Arc::new(new.model), bytes.len(), false);
                }
                self.thin_out(&name);
                let unknown = || RegistryError::Unknown(id.to_string());
                self.find(id.as_str()).ok_or_else(unknown)
            }
            Err(error) => {
                if let Some(sha256) = &put {
                    self.forget_file(sha256);
                }
                Err(error)
            }
        }
    }
}

fn word(task: training::Task) -> &'static str {
    match task {
        training::Task::Automatic => "automatic",
        training::Task::Classification => "classification",
        training::Task::Regression => "regression",
        training::Task::Baseline => "baseline",
        training::Task::Forecast => "forecast",
    }
}
