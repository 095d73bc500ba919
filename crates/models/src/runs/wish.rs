//! Whether a wish can be followed: what is wrong is told at once, by its field, and not by a run that
//! fails.

use std::sync::Arc;

use bellwether_signal::{
    ModelId,
    answer::{Split, TrainParameters, TrainWish},
    patch,
    training::Task,
};
use serde_json::{Map, Value};

use super::RunsError;
use crate::{
    catalog::{Catalog, Dataset},
    train::Settings,
};

/// The longest that may be asked for: a week.
const LIMIT_SECONDS: f64 = 7.0 * 86_400.0;

/// Something that a wish must not say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {text}")]
pub struct WishError {
    /// Where.
    pub field: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
}

fn wrong(field: &'static str, text: impl Into<String>) -> WishError {
    WishError { field, text: text.into() }
}

/// The dataset that a wish is about, and the wish with what was left open filled in where that says more
/// to whoever reads it later.
pub(super) fn checked(
    mut wish: TrainWish,
    catalog: &Catalog,
) -> Result<(Arc<Dataset>, TrainWish), RunsError> {
    let id = wish.dataset_id.take().or(wish.file_path.take());
    let id = id.ok_or_else(|| wrong("dataset_id", "is missing; it says what to learn from"))?;
    let dataset = catalog.find(&id).ok_or(RunsError::NoDataset(id))?;
    let profile = &dataset.profile;
    if !profile.usable {
        return Err(wrong("dataset_id", "its file cannot be used; its profile says why").into());
    }
    wish.dataset_id = Some(dataset.id.clone());
    if wish.target_column.is_none() {
        wish.target_column.clone_from(&profile.target_column);
    }
    let is_column = |name: &String| profile.columns.values().any(|column| column.name == *name);
    let known = |field, name: &String| {
        let text = format!("there is no column {name:?} in {}", profile.file_name);
        if is_column(name) { Ok(()) } else { Err(wrong(field, text)) }
    };
    wish.target_column.iter().try_for_each(|name| known("target_column", name))?;
    wish.group_column.iter().try_for_each(|name| known("group_column", name))?;
    wish.ignore_columns.iter().try_for_each(|name| known("ignore_columns", name))?;
    if wish.ignore_columns.iter().any(|name| Some(name) == wish.target_column.as_ref()) {
        return Err(wrong("ignore_columns", "holds the target column").into());
    }
    if wish.group_column.is_some() && wish.group_column == wish.target_column {
        return Err(wrong("group_column", "is the target column").into());
    }
    if wish.split == Some(Split::Group) && wish.group_column.is_none() {
        return Err(wrong("group_column", "is missing; a split by group needs it").into());
    }
    match &wish.model_name {
        Some(name) if !ModelId::is_name(name) => {
            let text = format!(
                "{name:?} has to be 1 to 63 of a-z, 0-9 and -, such as {}",
                ModelId::name_from(name)
            );
            return Err(wrong("model_name", text).into());
        }
        Some(_) => {}
        None => {
            let stem = profile.file_name.rsplit_once('.').map_or(&*profile.file_name, |it| it.0);
            wish.model_name = Some(ModelId::name_from(stem));
        }
    }
    if matches!(wish.model_type, Some(Task::Baseline | Task::Forecast)) {
        return Err(wrong("model_type", "is automatic, classification or regression").into());
    }
    if wish.time_limit_seconds.is_some_and(|limit| !(1.0..=LIMIT_SECONDS).contains(&limit)) {
        return Err(wrong("time_limit_seconds", "is 1 to 604,800 (a week)").into());
    }
    in_range(&wish.parameters)?;
    Ok((dataset, wish))
}

/// A wish with changes: a merge patch (RFC 7396).
pub(super) fn changed(
    wish: &TrainWish,
    changes: &Map<String, Value>,
) -> Result<TrainWish, WishError> {
    let mut value = match serde_json::to_value(wish) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(), // a wish is a struct with text keys
    };
    patch::apply(&mut value, changes);
    serde_json::from_value(Value::Object(value)).map_err(|error| wrong("body", error.to_string()))
}

/// What the wish is in the trainer's words.
pub(super) fn settings(wish: &TrainWish, threads: usize) -> Settings {
    let usual = Settings {
        target: wish.target_column.clone(),
        regression: match wish.model_type {
            Some(Task::Classification) => Some(false),
            Some(Task::Regression) => Some(true),
            None | Some(Task::Automatic | Task::Baseline | Task::Forecast) => None,
        },
        seed: wish.seed.unwrap_or(0),
        split: wish.split.unwrap_or_default(),
        group: wish.group_column.clone(),
        ignore: wish.ignore_columns.clone(),
        trials: Settings::trials_of(wish.preset.unwrap_or_default()),
        threads,
        watched: true,
        ..Settings::default()
    };
    usual.with(&wish.parameters)
}

fn in_range(parameters: &TrainParameters) -> Result<(), WishError> {
    let check = |field, value: Option<f64>, low: f64, high: f64| match value {
        Some(value) if !(low..=high).contains(&value) => {
            Err(wrong(field, format!("is {low} to {high}; it was {value}")))
        }
        Some(_) | None => Ok(()),
    };
    let p = parameters;
    check("parameters.eta", p.eta, 0.001, 1.0)?;
    check("parameters.leaves", p.leaves.map(f64::from), 2.0, 1_024.0)?;
    check("parameters.min_child_weight", p.min_child_weight, 0.0, 10_000.0)?;
    check("parameters.lambda", p.lambda, 0.0, 10_000.0)?;
    check("parameters.row_share", p.row_share, 0.1, 1.0)?;
    check("parameters.column_share", p.column_share, 0.1, 1.0)?;
    check("parameters.rounds", p.rounds.map(f64::from), 1.0, 10_000.0)?;
    check("parameters.patience", p.patience.map(f64::from), 1.0, 1_000.0)?;
    check("parameters.folds", p.folds.map(f64::from), 2.0, 20.0)?;
    check("parameters.trials", p.trials.map(f64::from), 0.0, 200.0)
}
