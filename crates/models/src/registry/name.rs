//! What is kept of a model besides its versions: which of them is used as what, and what was done.

use std::collections::BTreeMap;

use bellwether_signal::{
    ModelId,
    model::{ModelSettings, ModelState, ModelStatus, StageChange},
};
use serde::{Deserialize, Serialize};

/// Changes that are kept of a name; the oldest make room.
const CHANGES: usize = 500;
/// Versions that were in production before, as far as they can be rolled back to.
const BEFORE: usize = 50;

/// What is kept of a name. It stays when the last version is deleted, so that no number of a version
/// is given twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameRecord {
    /// The highest number that a version ever had.
    pub newest: u32,
    /// Each alias with its version: the truth that the versions' statuses repeat.
    pub aliases: BTreeMap<String, ModelId>,
    /// Which versions were in production before, the last of them last.
    pub before: Vec<ModelId>,
    /// The version that answers silently beside production, and is compared.
    pub shadow: Option<ModelId>,
    /// The version that answers a share of the requests in place of production.
    pub split: Option<Split>,
    /// Thresholds, and what is kept.
    pub settings: ModelSettings,
    /// What was done, oldest first.
    pub history: Vec<StageChange>,
}

/// Part of the requests goes to another version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The other version.
    pub model_id: ModelId,
    /// How much it gets, above 0 and below 1.
    pub share: f64,
}

/// Who answers for a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Routing {
    /// The version that answers.
    pub production: Option<ModelId>,
    /// The version that answers silently as well.
    pub shadow: Option<ModelId>,
    /// The version that answers in its place, with its share of the requests.
    pub split: Option<(ModelId, f64)>,
}

impl NameRecord {
    /// The version in production.
    pub fn production(&self) -> Option<&ModelId> {
        self.aliases.get(ModelStatus::PRODUCTION)
    }

    /// Who answers.
    pub fn routing(&self) -> Routing {
        Routing {
            production: self.production().cloned(),
            shadow: self.shadow.clone(),
            split: self.split.as_ref().map(|split| (split.model_id.clone(), split.share)),
        }
    }

    /// Whether a version answers requests, aloud or silently.
    pub(super) fn answers(&self, id: &ModelId) -> bool {
        let is = |one: Option<&ModelId>| one == Some(id);
        is(self.production())
            || is(self.shadow.as_ref())
            || is(self.split.as_ref().map(|split| &split.model_id))
    }

    /// Brings a version's status in line with what it is used as.
    pub(super) fn settle(&self, status: &mut ModelStatus) {
        let of_it = self.aliases.iter().filter(|(_, id)| **id == status.model);
        status.aliases = of_it.map(|(alias, _)| alias.clone()).collect();
        status.state = if status.error.is_some() {
            ModelState::Error
        } else if self.answers(&status.model) {
            ModelState::Active
        } else {
            ModelState::Inactive
        };
    }

    /// Puts a version into production; the one before can be rolled back to.
    pub(super) fn produce(&mut self, id: &ModelId) -> Option<ModelId> {
        let before = self.aliases.insert(ModelStatus::PRODUCTION.to_owned(), id.clone());
        self.stop_testing(id);
        before.filter(|before| before != id)
    }

    /// Remembers what was in production.
    pub(super) fn remember(&mut self, id: ModelId) {
        self.before.push(id);
        let surplus = self.before.len().saturating_sub(BEFORE);
        self.before.drain(..surplus);
    }

    /// A version that answers for good is no longer tried out.
    fn stop_testing(&mut self, id: &ModelId) {
        self.shadow.take_if(|shadow| shadow == id);
        self.split.take_if(|split| split.model_id == *id);
    }

    /// Forgets a version, but not what was done with it.
    pub(super) fn forget(&mut self, id: &ModelId) {
        self.aliases.retain(|_, its| its != id);
        self.before.retain(|before| before != id);
        self.stop_testing(id);
        // Nothing is tried out beside nothing.
        if self.production().is_none() {
            (self.shadow, self.split) = (None, None);
        }
    }

    /// Notes what was done.
    pub(super) fn note(&mut self, change: StageChange) {
        self.history.push(change);
        let surplus = self.history.len().saturating_sub(CHANGES);
        self.history.drain(..surplus);
    }
}
