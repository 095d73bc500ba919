//! Versions leave: because somebody says so, or because more are kept than are wanted.

use bellwether_signal::{
    ModelId,
    activity::{ActivityKind, Severity},
    model::StageChangeKind,
};

use super::{Registry, RegistryError, draft::Draft};

impl Registry {
    /// Deletes a version, and its file where no other version has the same. What is in production stays
    /// while there are others to put in its place.
    pub fn delete(&self, id: &ModelId, user: Option<&str>) -> Result<(), RegistryError> {
        let sha256 = self.alter(id.name(), user, |draft| {
            if draft.record.production() == Some(id) && draft.versions.len() > 1 {
                return Err(RegistryError::Conflict(format!(
                    "{id} is in production; deploy another version of {} first.",
                    draft.name
                )));
            }
            draft.delete(id, format!("{id} was deleted"))
        })?;
        self.forget_file(&sha256);
        Ok(())
    }

    /// Lets the oldest versions leave that are more than a name keeps. Those that are used, have an
    /// alias or can be rolled back to stay. What cannot leave now leaves at the next registration.
    pub(super) fn thin_out(&self, name: &str) {
        let Some(keep) = self.settings(name).keep_versions else { return };
        let left = self.alter(name, None, |draft| {
            let stays = |draft: &Draft, id: &ModelId| {
                draft.record.answers(id)
                    || draft.record.aliases.values().any(|its| its == id)
                    || draft.record.before.last() == Some(id)
            };
            let mut ids: Vec<ModelId> = draft.versions.keys().cloned().collect();
            ids.sort_by_key(|id| std::cmp::Reverse(id.version()));
            let surplus = ids.split_off(ids.len().min(keep as usize));
            let mut files = Vec::new();
            for id in surplus.iter().filter(|id| !stays(draft, id)).cloned().collect::<Vec<_>>() {
                let text = format!("{id} was deleted: {name} keeps {keep} versions");
                files.push(draft.delete(&id, text)?);
            }
            Ok(files)
        });
        for sha256 in left.unwrap_or_default() {
            self.forget_file(&sha256);
        }
    }

    /// Removes a file that no version has any more. Where that fails, it only takes room.
    pub(super) fn forget_file(&self, sha256: &str) {
        let one = self.change();
        let used = self.read().versions.values().any(|version| version.record.sha256 == sha256);
        if !used {
            self.loaded.remove(sha256);
            drop(self.files.remove(sha256));
        }
        drop(one);
    }
}

impl Draft {
    /// Takes a version out; answers its file.
    fn delete(&mut self, id: &ModelId, text: String) -> Result<String, RegistryError> {
        let unknown = || RegistryError::Unknown(id.to_string());
        let version = self.versions.remove(id).ok_or_else(unknown)?;
        self.record.forget(id);
        self.note(StageChangeKind::Deleted, Some(id), None, &text);
        self.tell(ActivityKind::ModelDeleted, Severity::Info, Some(id), text);
        Ok(version.sha256)
    }
}
