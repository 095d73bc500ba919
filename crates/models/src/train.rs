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
    learner::{Boosted, Forest, Linear, Next, Round},
    model::Model,
    reference::Reference,
    target::Target,
};
use data::{Data, Parts, folds_of, is_course_of_time};
use fitted::{Fitted, boosted, linear};
pub use limit::TimeLimit;
pub use progress::{OnProgress, Progress, Tried};
pub use settings::Settings;

/// Fewest rows: below, there is nothing to validate on.
const ROWS: usize = 3;
/// Most rows on which fits with and without lines in the leaves are compared.
const RACED: usize = 6_000;
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
    let mut boosted = boosted(&settings, data.classes, target.rows.len());
    let tries = usize::from(settings.linear_leaves.is_none() && data.classes == 0);
    let thin = tries == 1 && target.rows.len() > RACED;
    let fits = splits.len() + if thin { 2 } else { tries };
    let report = |fit: usize, rows, round| Progress::Round { fit, fits, rows, round };
    if thin && let Some((train, valid)) = splits.first() {
        let judges = search::thinned(valid, RACED / 4);
        let parts = data.parts(&search::thinned(train, RACED), &judges);
        let (_, worth) = with_lines(&parts, &boosted, &data, &mut |fit, round| {
            on_progress(report(fit, judges.len(), round))
        })?;
        boosted.linear_leaves = worth;
    }
    for (fit, (train, valid)) in splits.iter().enumerate() {
        let parts = data.parts(train, valid);
        let rows = valid.len();
        let forest = if fit == 0 && tries == 1 && !thin {
            let (forest, worth) = with_lines(&parts, &boosted, &data, &mut |fit, round| {
                on_progress(report(fit, rows, round))
            })?;
            boosted.linear_leaves = worth;
            forest
        } else {
            let number = fit + 1 + fits - splits.len();
            parts.fit(&boosted, &data, &mut |round| on_progress(report(number, rows, round)))?
        };
        fitted.add(&data, &parts, forest, &settings, &mut || on_progress(Progress::Line))?;
    }
    begin(TrainingStep::Validation, on_progress)?;
    let blend = fitted.blend(&data);
    let quality = fitted.quality(&data, &target, blend);
    if on_progress(Progress::Judged { quality: &quality, rows: fitted.judged() }) == Next::Cancel {
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

/// A fit without lines in the leaves and one with them: the better forest, and whether it has lines.
fn with_lines(
    parts: &Parts<'_>,
    boosted: &Boosted,
    data: &Data,
    on_round: &mut (dyn FnMut(usize, Round) -> Next + Send),
) -> Result<(Forest, bool), TrainError> {
    let plain = parts.fit(boosted, data, &mut |round| on_round(1, round))?;
    let other = Boosted { linear_leaves: true, ..*boosted };
    let lines = parts.fit(&other, data, &mut |round| on_round(2, round))?;
    // Lines take longer to explain by the feature, so they have to be worth it.
    let worth = parts.loss(data, &lines)? < parts.loss(data, &plain)? * LINES_WORTH;
    Ok((if worth { lines } else { plain }, worth))
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
