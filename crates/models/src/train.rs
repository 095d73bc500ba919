//! The procedure around the learners, which decides how good a model is: a search for settings, folds, a
//! linear candidate, their blend, and figures from rows that each fit did not see.

mod data;
mod fitted;
mod limit;
mod progress;
mod search;
mod settings;

use bellwether_signal::{answer::Split, training::TrainingStep};

use crate::{
    dataset::Table,
    error::TrainError,
    features::Encoder,
    learner::{Boosted, Forest, Linear, Next},
    model::Model,
    reference::Reference,
    target::Target,
};
use data::{Data, folds_of, is_course_of_time};
use fitted::{Fitted, boosted, linear};
pub use limit::TimeLimit;
pub use progress::{OnProgress, Progress, Tried};
pub use settings::Settings;

/// Fewest rows: below, there is nothing to validate on.
const ROWS: usize = 3;
/// Lines in leaves are kept when they lose at most this share of what constants lose.
const LINES_WORTH: f64 = 0.99;

/// Trains a model on a table.
pub fn train(
    table: &Table,
    settings: &Settings,
    on_progress: &mut OnProgress<'_>,
) -> Result<Model, TrainError> {
    let mut settings = settings.clone();
    begin(TrainingStep::DataValidation, on_progress)?;
    let last = table.names.last().map(String::as_str).unwrap_or_default();
    let name = settings.target.clone().unwrap_or_else(|| last.to_owned());
    let target = Target::of(table, &name, settings.regression)?;
    if target.rows.len() < ROWS {
        return Err(TrainError::TooFewRows { found: target.rows.len(), wanted: ROWS });
    }
    let ordered = match settings.split {
        Split::Automatic | Split::Group => is_course_of_time(table),
        Split::Time => true,
        Split::Random => false,
    };
    let folds = folds_of(table, &target, &settings, ordered)?;
    begin(TrainingStep::FeatureEngineering, on_progress)?;
    let group = settings.group.iter().filter(|_| settings.split == Split::Group);
    let ignored: Vec<&str> = settings.ignore.iter().chain(group).map(String::as_str).collect();
    let encoder = Encoder::fit(table, &name, &ignored, ordered);
    if encoder.features().is_empty() {
        return Err(TrainError::NoFeatures);
    }
    let data = Data::of(&encoder, table, &target);
    begin(TrainingStep::ModelSelection, on_progress)?;
    let splits: Vec<_> = folds.splits().collect();
    if let Some((train, valid)) = splits.first()
        && let Some(found) = search::search(&data, (train, valid), &settings, on_progress)?
    {
        settings.take(&found);
    }
    begin(TrainingStep::TrainingModel, on_progress)?;
    let mut fitted = Fitted::default();
    let tries = usize::from(settings.linear_leaves.is_none() && data.classes == 0);
    let fits = splits.len() + tries;
    let mut boosted = boosted(&settings, data.classes);
    for (fit, (train, valid)) in splits.iter().enumerate() {
        let parts = data.parts(train, valid);
        let rows = valid.len();
        let report = |fit: usize, round| Progress::Round { fit, fits, rows, round };
        let forest = if fit == 0 && tries == 1 {
            let plain = parts.fit(&boosted, &data, &mut |round| on_progress(report(1, round)))?;
            let other = Boosted { linear_leaves: true, ..boosted };
            let lines = parts.fit(&other, &data, &mut |round| on_progress(report(2, round)))?;
            // Lines cannot be explained by the feature, so they have to be worth it.
            let worth = parts.loss(&data, &lines)? < parts.loss(&data, &plain)? * LINES_WORTH;
            boosted.linear_leaves = worth;
            if worth { lines } else { plain }
        } else {
            let number = fit + 1 + tries;
            parts.fit(&boosted, &data, &mut |round| on_progress(report(number, round)))?
        };
        fitted.add(&data, &parts, forest, &settings, &mut || on_progress(Progress::Line))?;
    }
    begin(TrainingStep::Validation, on_progress)?;
    let blend = fitted.blend(&data);
    let quality = fitted.quality(&data, &target, blend);
    if on_progress(Progress::Judged { quality: &quality, rows: target.rows.len() }) == Next::Cancel
    {
        return Err(TrainError::Cancelled);
    }
    begin(TrainingStep::Optimization, on_progress)?;
    let line = if blend.line > 0.0 && Linear::takes(data.rows(&data.matrix)) {
        let (rows, labels) = (data.rows(&data.matrix), data.labels(&data.values));
        Some(linear(&settings).fit(rows, labels, &mut || on_progress(Progress::Line))?)
    } else {
        None
    };
    let reference = Reference::of(table, &encoder, &target, &fitted.out_of_fold(&data, blend));
    Ok(Model {
        target: name,
        task: target.task,
        classes: target.classes.clone(),
        encoder,
        forest: Forest::average(&fitted.forests)?,
        line,
        blend,
        center: data.center,
        scale: data.scale,
        quality,
        rows: target.rows.len(),
        settings,
        reference,
    })
}

/// Tells that a step begins; nothing but a cancellation ends a training here.
fn begin(step: TrainingStep, on_progress: &mut OnProgress<'_>) -> Result<(), TrainError> {
    match on_progress(Progress::Step(step)) {
        Next::Go | Next::Enough => Ok(()),
        Next::Cancel => Err(TrainError::Cancelled),
    }
}

#[cfg(test)]
mod tests;
