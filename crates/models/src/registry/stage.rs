//! What people do with versions: deploy, roll back, aliases, shadow and split, settings; and what a
//! damaged file does to one.

use bellwether_signal::{
    ModelId,
    activity::{ActivityKind, Severity},
    id::NotASlug,
    model::{ModelSettings, ModelStatus, StageChangeKind},
};

use super::{Registry, RegistryError, Split, draft::Draft};

/// What went into production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The version.
    pub model: ModelId,
    /// What was in production before, where it was another one.
    pub before: Option<ModelId>,
}

/// Who else is to answer; `None` leaves it as it is, `Some(None)` ends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoutingWish {
    /// Answers silently beside production.
    pub shadow: Option<Option<ModelId>>,
    /// Answers a share of the requests.
    pub split: Option<Option<Split>>,
}

impl Registry {
    /// Puts a version into production, if its file can be used. Of two at once the last wins, and both
    /// are in the history.
    pub fn deploy(&self, reference: &str, user: Option<&str>) -> Result<Deployed, RegistryError> {
        let version = self.find_or_newest(reference)?;
        self.check(&version)?;
        let id = version.id();
        self.alter(id.name(), user, |draft| {
            draft.version(id)?.status.deployed_at_ms = Some(draft.now);
            let before = draft.record.produce(id);
            let text = match &before {
                Some(before) => {
                    draft.record.remember(before.clone());
                    format!("{id} went into production in place of {before}")
                }
                None => format!("{id} went into production"),
            };
            draft.note(StageChangeKind::Deployed, Some(id), before.as_ref(), &text);
            draft.tell(ActivityKind::ModelDeployed, Severity::Success, Some(id), text);
            Ok(Deployed { model: id.clone(), before })
        })
    }

    /// Puts the version back into production that was there before. A second time goes one further back.
    pub fn roll_back(&self, name: &str, user: Option<&str>) -> Result<Deployed, RegistryError> {
        let unknown = || RegistryError::Unknown(name.to_owned());
        let (name, record) = self.name(name).ok_or_else(unknown)?;
        if let Some(target) = record.before.last()
            && let Some(version) = self.find(target.as_str())
        {
            self.check(&version)?;
        }
        self.alter(&name, user, |draft| {
            let Some(id) = draft.record.before.pop() else {
                return Err(RegistryError::Conflict(format!(
                    "No version of {name} was in production before the one that is."
                )));
            };
            draft.version(&id)?.status.deployed_at_ms = Some(draft.now);
            let before = draft.record.produce(&id);
            let place = before.as_ref().map(|it| format!(" in place of {it}")).unwrap_or_default();
            let text = format!("{id} went back into production{place}");
            draft.note(StageChangeKind::RolledBack, Some(&id), before.as_ref(), &text);
            draft.tell(ActivityKind::ModelDeployed, Severity::Warning, Some(&id), text);
            Ok(Deployed { model: id, before })
        })
    }

    /// Gives an alias to a version; it leaves the one that had it. `production` deploys.
    pub fn set_alias(
        &self,
        name: &str,
        alias: &str,
        id: &ModelId,
        user: Option<&str>,
    ) -> Result<(), RegistryError> {
        check_alias(alias)?;
        of_name(id, name, "model_id")?;
        if alias == ModelStatus::PRODUCTION {
            return self.deploy(id.as_str(), user).map(drop);
        }
        self.alter(name, user, |draft| {
            draft.version(id)?;
            let before = draft.record.aliases.insert(alias.to_owned(), id.clone());
            if before.as_ref() == Some(id) {
                return Ok(());
            }
            let text = match &before {
                Some(before) => format!("{id} is {alias} of {name} in place of {before}"),
                None => format!("{id} is {alias} of {name}"),
            };
            draft.note(StageChangeKind::Alias, Some(id), before.as_ref(), &text);
            draft.tell(ActivityKind::ModelChanged, Severity::Info, Some(id), text);
            Ok(())
        })
    }

    /// Takes an alias away. Without `production` nobody answers for the name.
    pub fn remove_alias(
        &self,
        name: &str,
        alias: &str,
        user: Option<&str>,
    ) -> Result<(), RegistryError> {
        self.alter(name, user, |draft| {
            let Some(id) = draft.record.aliases.remove(alias) else {
                return Err(RegistryError::Unknown(format!("{name}@{alias}")));
            };
            if alias == ModelStatus::PRODUCTION {
                draft.record.remember(id.clone());
                (draft.record.shadow, draft.record.split) = (None, None);
            }
            let text = format!("{id} is no longer {alias} of {name}");
            draft.note(StageChangeKind::Alias, None, Some(&id), &text);
            draft.tell(ActivityKind::ModelChanged, Severity::Info, Some(&id), text);
            Ok(())
        })
    }

    /// Says who answers beside production: silently, or for a share of the requests.
    pub fn route(
        &self,
        name: &str,
        wish: RoutingWish,
        user: Option<&str>,
    ) -> Result<(), RegistryError> {
        for id in [
            wish.shadow.as_ref().and_then(Option::as_ref),
            wish.split.as_ref().and_then(Option::as_ref).map(|split| &split.model_id),
        ]
        .into_iter()
        .flatten()
        {
            of_name(id, name, "model_id")?;
            let unknown = || RegistryError::Unknown(id.to_string());
            self.check(&*self.find(id.as_str()).ok_or_else(unknown)?)?;
        }
        self.alter(name, user, |draft| {
            if let Some(shadow) = wish.shadow {
                draft.shadow(shadow)?;
            }
            if let Some(split) = wish.split {
                draft.split(split)?;
            }
            Ok(())
        })
    }

    /// Changes thresholds, and what is kept; versions that are too many then leave at once.
    pub fn set_settings(
        &self,
        name: &str,
        settings: ModelSettings,
        user: Option<&str>,
    ) -> Result<(), RegistryError> {
        if let Some(complaint) = settings.complaint() {
            return Err(RegistryError::Wish(complaint.to_owned()));
        }
        self.alter(name, user, |draft| {
            if draft.record.settings == settings {
                return Ok(());
            }
            draft.record.settings = settings;
            let text = format!("The thresholds of {name} were changed");
            draft.note(StageChangeKind::Settings, None, None, &text);
            draft.tell(ActivityKind::ModelChanged, Severity::Info, None, text);
            Ok(())
        })?;
        self.thin_out(name);
        Ok(())
    }

    /// A version's file cannot be used. Where even that cannot be kept, it stays to be seen in the answer.
    pub(super) fn failed(&self, id: &ModelId, error: &str) {
        let kept = self.alter(id.name(), None, |draft| {
            let status = &mut draft.version(id)?.status;
            if status.error.as_deref() == Some(error) {
                return Ok(());
            }
            status.error = Some(error.to_owned());
            draft.note(StageChangeKind::Failed, Some(id), None, error);
            draft.tell(ActivityKind::ModelChanged, Severity::Critical, Some(id), error);
            Ok(())
        });
        drop(kept);
    }

    /// A version's file can be used.
    pub(super) fn recovered(&self, id: &ModelId) {
        if self.find(id.as_str()).is_none_or(|version| version.record.status.error.is_none()) {
            return;
        }
        let kept = self.alter(id.name(), None, |draft| {
            draft.version(id)?.status.error = None;
            let text = format!("The file of {id} can be used again");
            draft.note(StageChangeKind::Recovered, Some(id), None, &text);
            draft.tell(ActivityKind::ModelChanged, Severity::Success, Some(id), text);
            Ok(())
        });
        drop(kept);
    }
}

impl Draft {
    fn shadow(&mut self, wished: Option<ModelId>) -> Result<(), RegistryError> {
        let name = self.name.clone();
        if let Some(id) = &wished {
            self.can_be_tried(id)?;
        }
        let before = std::mem::replace(&mut self.record.shadow, wished.clone());
        if before == wished {
            return Ok(());
        }
        let text = match (&wished, &before) {
            (Some(id), _) => format!("{id} answers silently beside production"),
            (None, Some(before)) => format!("{before} no longer answers silently"),
            (None, None) => return Ok(()),
        };
        self.note(StageChangeKind::Routing, wished.as_ref(), before.as_ref(), &text);
        let about = wished.or(before);
        let text = format!("{text} of {name}");
        self.tell(ActivityKind::ModelChanged, Severity::Info, about.as_ref(), text);
        Ok(())
    }

    fn split(&mut self, wished: Option<Split>) -> Result<(), RegistryError> {
        let name = self.name.clone();
        if let Some(Split { model_id, share }) = &wished {
            self.can_be_tried(model_id)?;
            if !(*share > 0.0 && *share < 1.0) {
                let text = "share: is above 0 and below 1; deploy the version to give it all.";
                return Err(RegistryError::Wish(text.to_owned()));
            }
        }
        let before = std::mem::replace(&mut self.record.split, wished.clone());
        if before == wished {
            return Ok(());
        }
        let text = match (&wished, &before) {
            (Some(split), _) => {
                let percent = (split.share * 1_000.0).round() / 10.0;
                format!("{} answers {percent} % of the requests", split.model_id)
            }
            (None, Some(before)) => format!("{} no longer answers a share", before.model_id),
            (None, None) => return Ok(()),
        };
        let (wished, before) = (wished.map(|it| it.model_id), before.map(|it| it.model_id));
        self.note(StageChangeKind::Routing, wished.as_ref(), before.as_ref(), &text);
        let about = wished.or(before);
        let text = format!("{text} of {name}");
        self.tell(ActivityKind::ModelChanged, Severity::Info, about.as_ref(), text);
        Ok(())
    }

    /// Whether a version can answer beside production.
    fn can_be_tried(&mut self, id: &ModelId) -> Result<(), RegistryError> {
        self.version(id)?;
        match self.record.production() {
            None => Err(RegistryError::Conflict(format!(
                "Nothing of {} is in production; deploy a version first.",
                self.name
            ))),
            Some(production) if production == id => Err(RegistryError::Conflict(format!(
                "{id} is in production; only another version can be tried beside it."
            ))),
            Some(_) => Ok(()),
        }
    }
}

fn check_alias(alias: &str) -> Result<(), NotASlug> {
    // What may be a model's name may be an alias.
    ModelId::of(alias, 1).map(drop)
}

fn of_name(id: &ModelId, name: &str, field: &str) -> Result<(), RegistryError> {
    if id.name() == name {
        return Ok(());
    }
    Err(RegistryError::Wish(format!("{field}: {id} is no version of {name}.")))
}
