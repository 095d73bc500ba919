//! The procedure around the learners, which decides how good a model is: folds, a linear candidate,
//! their blend, and figures from rows that each fit did not see.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::{
    dataset::{Column, Table},
    error::TrainError,
    features::{Encoder, Matrix},
    folds::Folds,
    learner::{Boosted, Forest, Labels, Line, Linear, Round, Rows},
    metrics::{ClassQuality, NumberQuality, log_loss, rmse},
    model::{Blend, Model, Quality},
    target::{Target, Task},
};

/// Fewest rows: below, there is nothing to validate on.
const ROWS: usize = 3;
/// Lines in leaves are kept when they lose at most this share of what constants lose.
const LINES_WORTH: f64 = 0.99;
/// Distinct times from which on rows in their order are a course of time.
const COURSE: usize = 10;

/// What may be chosen; the defaults are good ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The column to predict; the last one if it is not named.
    pub target: Option<String>,
    /// Whether numbers are predicted; found out when it is not said.
    pub regression: Option<bool>,
    /// Parts of the data that each validate one fit.
    pub folds: usize,
    /// Step of each round.
    pub eta: f64,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Least weight of a leaf.
    pub min_child_weight: Option<f64>,
    /// L2 penalty of leaves.
    pub lambda: f64,
    /// Share of the rows that a tree sees.
    pub row_share: f64,
    /// Share of the features that a tree sees.
    pub column_share: f64,
    /// Bins of a number.
    pub bins: usize,
    /// Lines in the leaves of regression trees instead of constants; tried out when it is not said.
    pub linear_leaves: Option<bool>,
    /// Most rounds.
    pub rounds: usize,
    /// Rounds without getting better before a fit ends.
    pub patience: usize,
    /// Threads; the model is the same with any number.
    pub threads: usize,
    /// The same seed, rows and settings give the same model.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            target: None,
            regression: None,
            folds: 5,
            eta: 0.06,
            leaves: 31,
            min_child_weight: None,
            lambda: 1.0,
            row_share: 1.0,
            column_share: 1.0,
            bins: 256,
            linear_leaves: None,
            rounds: 2_000,
            patience: 50,
            threads: 1,
            seed: 0,
        }
    }
}

/// Where a training stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The fit that runs, from 1.
    pub fit: usize,
    /// How many there are.
    pub fits: usize,
    /// Its newest round.
    pub round: Round,
}

/// Trains a model on a table.
pub fn train(
    table: &Table,
    settings: &Settings,
    on_progress: &mut (dyn FnMut(Progress) -> ControlFlow<()> + Send),
) -> Result<Model, TrainError> {
    let last = table.names.last().map(String::as_str).unwrap_or_default();
    let name = settings.target.as_deref().unwrap_or(last);
    let target = Target::of(table, name, settings.regression)?;
    if target.rows.len() < ROWS {
        return Err(TrainError::TooFewRows { found: target.rows.len(), wanted: ROWS });
    }
    let ordered = is_course_of_time(table);
    let encoder = Encoder::fit(table, name, ordered);
    if encoder.features().is_empty() {
        return Err(TrainError::NoFeatures);
    }
    let data = Data::of(&encoder, table, &target);
    let folds = folds_of(&target, settings, ordered);
    let mut fitted = Fitted::default();
    let splits: Vec<_> = folds.splits().collect();
    let tries = usize::from(settings.linear_leaves.is_none() && data.classes == 0);
    let fits = splits.len() + tries;
    let mut boosted = boosted(settings, data.classes);
    for (fit, (train, valid)) in splits.iter().enumerate() {
        let parts = data.parts(train, valid);
        let report = |fit: usize, round| Progress { fit, fits, round };
        if fit == 0 && tries == 1 {
            let plain = parts.fit(&boosted, &data, &mut |round| on_progress(report(1, round)))?;
            let other = Boosted { linear_leaves: true, ..boosted };
            let lines = parts.fit(&other, &data, &mut |round| on_progress(report(2, round)))?;
            // Lines cannot be explained by the feature, so they have to be worth it.
            let worth = parts.loss(&data, &lines)? < parts.loss(&data, &plain)? * LINES_WORTH;
            boosted.linear_leaves = worth;
            fitted.add(&data, &parts, if worth { lines } else { plain }, settings)?;
        } else {
            let number = fit + 1 + tries;
            let mut hook = |round| on_progress(report(number, round));
            fitted.add(&data, &parts, parts.fit(&boosted, &data, &mut hook)?, settings)?;
        }
    }
    let line = if fitted.lines.is_empty() {
        None
    } else {
        Some(linear(settings).fit(data.rows(&data.matrix), data.labels(&data.values))?)
    };
    let blend = fitted.blend(&data);
    let quality = fitted.quality(&data, &target, blend);
    Ok(Model {
        target: name.to_owned(),
        task: target.task,
        classes: target.classes.clone(),
        encoder,
        forest: Forest::average(&fitted.forests)?,
        line: line.filter(|_| blend.line > 0.0),
        blend,
        center: data.center,
        scale: data.scale,
        quality,
        rows: target.rows.len(),
        settings: settings.clone(),
    })
}

/// Whether the rows are in the order of a column of times: then the newest tell most of what comes.
fn is_course_of_time(table: &Table) -> bool {
    table.columns.iter().any(|column| {
        let Column::Times(times) = column else { return false };
        let known: Vec<i64> = times.iter().flatten().copied().collect();
        let steps = known.windows(2).filter(|pair| pair.first() < pair.last()).count();
        known.len() == times.len() && steps >= COURSE && known.is_sorted()
    })
}

fn folds_of(target: &Target, settings: &Settings, ordered: bool) -> Folds {
    let rows = target.rows.len();
    let count = settings.folds.clamp(2, rows);
    if ordered {
        return Folds::blocks(rows, count);
    }
    let strata: Vec<usize> = if target.task == Task::Regression {
        vec![0; rows]
    } else {
        (0..rows).map(|place| target.class(place)).collect()
    };
    Folds::shuffled(&strata, count, settings.seed)
}

/// The training rows as the learners want them.
struct Data {
    matrix: Matrix,
    categories: Vec<bool>,
    values: Vec<f32>,
    classes: usize,
    /// Numbers are learned standardised: target = center + scale × margin.
    center: f64,
    scale: f64,
    truth: Vec<f64>,
}

impl Data {
    #[expect(clippy::cast_possible_truncation, reason = "codes, and standardised numbers")]
    fn of(encoder: &Encoder, table: &Table, target: &Target) -> Self {
        let whole = encoder.transform(table);
        let matrix =
            if target.rows.len() == table.rows { whole } else { whole.select(&target.rows) };
        let (center, scale) = match target.task {
            Task::Regression => mean_and_deviation(&target.values),
            Task::Binary | Task::Multiclass => (0.0, 1.0),
        };
        let values = target.values.iter().map(|value| ((value - center) / scale) as f32).collect();
        let categories =
            encoder.features().iter().map(crate::features::Feature::is_category).collect();
        let (classes, truth) = (target.classes.len(), target.values.clone());
        Self { matrix, categories, values, classes, center, scale, truth }
    }

    fn rows<'a>(&'a self, matrix: &'a Matrix) -> Rows<'a> {
        Rows { matrix, categories: &self.categories }
    }

    fn labels<'a>(&self, values: &'a [f32]) -> Labels<'a> {
        Labels { values, classes: self.classes }
    }
}

/// One fold's rows: those to train on, and those to validate on.
struct Parts<'a> {
    train: Matrix,
    train_values: Vec<f32>,
    valid: Matrix,
    valid_values: Vec<f32>,
    valid_rows: &'a [usize],
}

impl Data {
    fn parts<'a>(&self, train: &[usize], valid: &'a [usize]) -> Parts<'a> {
        let values = |rows: &[usize]| -> Vec<f32> {
            rows.iter().filter_map(|row| self.values.get(*row)).copied().collect()
        };
        Parts {
            train: self.matrix.select(train),
            train_values: values(train),
            valid: self.matrix.select(valid),
            valid_values: values(valid),
            valid_rows: valid,
        }
    }
}

impl Parts<'_> {
    fn fit(
        &self,
        boosted: &Boosted,
        data: &Data,
        on_round: &mut (dyn FnMut(Round) -> ControlFlow<()> + Send),
    ) -> Result<Forest, TrainError> {
        let valid = (data.rows(&self.valid), data.labels(&self.valid_values));
        let labels = data.labels(&self.train_values);
        boosted.fit(data.rows(&self.train), labels, Some(valid), data.scale, on_round)
    }

    /// Root mean square error of a regression on the rows to validate on, standardised.
    fn loss(&self, data: &Data, forest: &Forest) -> Result<f64, TrainError> {
        debug_assert_eq!(data.classes, 0, "only regression has lines to weigh");
        let wide = |values: &[f32]| -> Vec<f64> { values.iter().map(|v| f64::from(*v)).collect() };
        Ok(rmse(&wide(&forest.margins(&self.valid)?), &wide(&self.valid_values)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
}

fn linear(settings: &Settings) -> Linear {
    Linear { lambda: 0.01, rounds: 100, threads: settings.threads }
}

/// What the folds gave: the fits, and what each said of the rows that it did not see.
#[derive(Default)]
struct Fitted {
    forests: Vec<Forest>,
    lines: Vec<Line>,
    /// The rows in the order in which they were validated.
    rows: Vec<usize>,
    forest_margins: Vec<f32>,
    line_margins: Vec<f32>,
}

impl Fitted {
    fn add(
        &mut self,
        data: &Data,
        parts: &Parts<'_>,
        forest: Forest,
        settings: &Settings,
    ) -> Result<(), TrainError> {
        self.forest_margins.extend(forest.margins(&parts.valid)?);
        self.forests.push(forest);
        if Linear::takes(data.rows(&data.matrix)) {
            let labels = data.labels(&parts.train_values);
            let line = linear(settings).fit(data.rows(&parts.train), labels)?;
            self.line_margins.extend(line.margins(&parts.valid)?);
            self.lines.push(line);
        }
        self.rows.extend(parts.valid_rows);
        Ok(())
    }

    /// The weights of both kinds of margins that lose least on rows that were not trained on.
    fn blend(&self, data: &Data) -> Blend {
        let shares = if self.line_margins.is_empty() { 0..=0 } else { 0..=20 };
        let stretches: &[f64] = if data.classes == 0 { &[1.0] } else { &STRETCHES };
        let mut best = (f64::INFINITY, Blend { forest: 1.0, line: 0.0 });
        for share in shares {
            for stretch in stretches {
                let line = f64::from(share) / 20.0;
                let blend = Blend { forest: (1.0 - line) * stretch, line: line * stretch };
                let loss = self.loss(data, blend);
                if loss < best.0 {
                    best = (loss, blend);
                }
            }
        }
        best.1
    }

    fn loss(&self, data: &Data, blend: Blend) -> f64 {
        let margins = blend.of(&self.forest_margins, &self.line_margins);
        if data.classes == 0 {
            return rmse(&margins, &self.standard(data));
        }
        let probabilities = Model::probabilities(&margins, data.classes);
        log_loss(&probabilities, data.classes, &self.classes(data))
    }

    fn standard(&self, data: &Data) -> Vec<f64> {
        self.rows.iter().filter_map(|row| data.values.get(*row)).map(|v| f64::from(*v)).collect()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "codes of classes")]
    fn classes(&self, data: &Data) -> Vec<usize> {
        self.rows.iter().filter_map(|row| data.values.get(*row)).map(|v| *v as usize).collect()
    }

    fn quality(&self, data: &Data, target: &Target, blend: Blend) -> Quality {
        let margins = blend.of(&self.forest_margins, &self.line_margins);
        if target.task == Task::Regression {
            let predicted: Vec<f64> =
                margins.iter().map(|m| data.center + data.scale * m).collect();
            let truth: Vec<f64> =
                self.rows.iter().filter_map(|row| data.truth.get(*row)).copied().collect();
            return Quality::Numbers(NumberQuality::of(&predicted, &truth));
        }
        let probabilities = Model::probabilities(&margins, data.classes);
        Quality::Classes(ClassQuality::of(&probabilities, data.classes, &self.classes(data)))
    }
}

/// Factors of the margins that are tried: the mean of several fits is a little too cautious.
const STRETCHES: [f64; 9] = [0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3];

fn boosted(settings: &Settings, classes: usize) -> Boosted {
    // Second derivatives of several classes are smaller: what is a weight of 3 for one would be many
    // rows for the other.
    let min_child_weight = settings.min_child_weight.unwrap_or(if classes > 2 { 0.1 } else { 3.0 });
    Boosted {
        eta: settings.eta,
        leaves: settings.leaves,
        min_child_weight,
        lambda: settings.lambda,
        row_share: settings.row_share,
        column_share: settings.column_share,
        bins: settings.bins,
        linear_leaves: settings.linear_leaves.unwrap_or_default() && classes == 0,
        rounds: settings.rounds,
        patience: settings.patience,
        threads: settings.threads,
        seed: settings.seed,
    }
}

#[cfg(test)]
mod tests;
