//! How a change of a name is made whole: a draft of its records is changed, kept, and only then shown.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use bellwether_signal::{
    ModelId, Timestamp,
    activity::{Activity, ActivityKind, Severity},
    model::{self, StageChange, StageChangeKind},
    ports::{RecordChange, state_of},
};

use super::{NAME, Name, NameRecord, Registry, RegistryError, VERSION, Version, VersionRecord};

/// The records of one name as they are to be.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) record: NameRecord,
    pub(super) versions: BTreeMap<ModelId, VersionRecord>,
    pub(super) now: Timestamp,
    user: Option<String>,
    activities: Vec<Activity>,
}

impl Draft {
    /// One of the name's versions.
    pub(super) fn version(&mut self, id: &ModelId) -> Result<&mut VersionRecord, RegistryError> {
        let unknown = || RegistryError::Unknown(id.to_string());
        self.versions.get_mut(id).ok_or_else(unknown)
    }

    /// Notes in the name's history what was done.
    pub(super) fn note(
        &mut self,
        kind: StageChangeKind,
        model: Option<&ModelId>,
        before: Option<&ModelId>,
        text: impl Into<String>,
    ) {
        self.record.note(StageChange {
            at_ms: self.now,
            kind,
            text: text.into(),
            model: model.cloned(),
            before: before.cloned(),
            user: self.user.clone(),
        });
    }

    /// Tells people, once it is kept.
    pub(super) fn tell(
        &mut self,
        kind: ActivityKind,
        severity: Severity,
        id: Option<&ModelId>,
        text: impl Into<String>,
    ) {
        let mut activity = Activity::new(kind, severity, text);
        activity.subject = id.map(|id| format!("model/{id}"));
        activity.user.clone_from(&self.user);
        self.activities.push(activity);
    }
}

impl Registry {
    /// Changes what is kept of a name. What cannot be kept is not changed.
    pub(super) fn alter<T>(
        &self,
        name: &str,
        user: Option<&str>,
        change: impl FnOnce(&mut Draft) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let one = self.change();
        let mut draft = self.draft(name, user);
        let done = change(&mut draft)?;
        self.keep(draft)?;
        drop(one);
        Ok(done)
    }

    fn draft(&self, name: &str, user: Option<&str>) -> Draft {
        let held = self.read();
        let versions: BTreeMap<ModelId, VersionRecord> = held
            .versions
            .iter()
            .filter(|(id, _)| id.name() == name)
            .map(|(id, version)| (id.clone(), version.record.clone()))
            .collect();
        let record = held.names.get(name).map(|name| (*name.record).clone()).unwrap_or_default();
        Draft {
            name: name.to_owned(),
            record,
            versions,
            now: (self.around.clock)().wall,
            user: user.map(str::to_owned),
            activities: Vec::new(),
        }
    }

    /// Writes a draft down, shows it, and tells of it.
    fn keep(&self, draft: Draft) -> Result<(), RegistryError> {
        let Draft { name, record, mut versions, activities, user, .. } = draft;
        let newest = versions.keys().map(ModelId::version).max().unwrap_or(0);
        let record = NameRecord { newest: record.newest.max(newest), ..record };
        let held = self.read();
        let mut changed: Vec<VersionRecord> = Vec::new();
        for version in versions.values_mut() {
            record.settle(&mut version.status);
            let before = held.versions.get(&version.status.model).map(|version| &version.record);
            if before != Some(version) {
                if user.is_some() {
                    version.status.user.clone_from(&user);
                }
                changed.push(version.clone());
            }
        }
        let of_name = held.versions.keys().filter(|id| id.name() == name);
        let gone: Vec<ModelId> =
            of_name.filter(|id| !versions.contains_key(*id)).cloned().collect();
        drop(held);

        let mut records = vec![RecordChange::put(NAME, &name, &record)];
        records.extend(gone.iter().map(|id| RecordChange::remove(VERSION, id.as_str())));
        records.extend(
            changed.iter().map(|it| RecordChange::put(VERSION, it.status.model.as_str(), it)),
        );
        self.around.records.change(records)?;

        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for id in &gone {
            held.versions.remove(id);
        }
        for version in &changed {
            let version = Arc::new(Version::new(version.clone()));
            held.versions.insert(version.id().clone(), version);
        }
        held.names.insert(name, Name::new(record));
        drop(held);

        // Who leaves goes first: nobody ever sees two versions in production.
        changed.sort_by_key(|version| version.status.is_deployed());
        for version in changed {
            let topic = model::status(&version.status.model);
            self.around.announce.state(&topic, state_of(&version.status), None);
        }
        for id in gone {
            for topic in [model::status(&id), model::metrics(&id), model::drift(&id)] {
                self.around.announce.gone(&topic);
            }
        }
        for activity in activities {
            self.around.announce.activity(activity);
        }
        Ok(())
    }
}
