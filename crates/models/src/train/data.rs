//! The training rows as the learners want them, and the parts of them that judge.

use bellwether_signal::answer::Split;

use super::settings::Settings;
use crate::{
    dataset::{Column, Table},
    error::TrainError,
    features::{Encoder, Matrix},
    folds::Folds,
    learner::{Boosted, Forest, Labels, Next, Round, Rows},
    metrics::{log_loss, rmse},
    model::Model,
    target::{Target, Task},
};

/// Fits of a table, each on all rows but a fifth.
const FITS: usize = 5;
/// Of a course of time: the wider a block, the less its neighbours on both sides tell of it.
const BLOCKS: usize = 3;
/// From so many rows on (see `told_by`) there are fewer fits, each on more of the rows: all but a tenth.
const MANY: usize = 8_000;
const MANY_ROWS: usize = 1_000;
const FITS_OF_MANY: usize = 3;
const PARTS_OF_MANY: usize = 10;
/// Distinct times from which on rows in their order are a course of time.
const COURSE: usize = 10;

/// Whether the rows are in the order of a column of times: then the newest tell most of what comes.
pub(super) fn is_course_of_time(table: &Table) -> bool {
    table.columns.iter().any(|column| {
        let Column::Times(times) = column else { return false };
        let known: Vec<i64> = times.iter().flatten().copied().collect();
        let steps = known.windows(2).filter(|pair| pair.first() < pair.last()).count();
        known.len() == times.len() && steps >= COURSE && known.is_sorted()
    })
}

/// Which rows validate which fit, as places in the target's rows.
pub(super) fn folds_of(
    table: &Table,
    target: &Target,
    settings: &Settings,
    ordered: bool,
) -> Result<Folds, TrainError> {
    let rows = target.rows.len();
    let wished = (settings.folds > 0).then_some(settings.folds.clamp(2, rows));
    let count = wished.unwrap_or(FITS).min(rows);
    let blocks = wished.unwrap_or(BLOCKS).min(rows);
    match settings.split {
        Split::Group => {
            let name = settings.group.as_deref().ok_or(TrainError::NoGroup)?;
            let groups = groups_of(table.column(name)?, &target.rows);
            if groups.iter().all(|group| Some(group) == groups.first()) {
                return Err(TrainError::OneGroup(name.to_owned()));
            }
            Ok(Folds::grouped(&groups, count, settings.seed))
        }
        Split::Time => {
            let times = table.columns.iter().find_map(|column| match column {
                Column::Times(times) => Some(times),
                Column::Numbers(_) | Column::Texts { .. } => None,
            });
            let times = times.ok_or(TrainError::NoTimes)?;
            let of = |row: &usize| times.get(*row).copied().flatten();
            let ranks: Vec<Option<i64>> = target.rows.iter().map(of).collect();
            Ok(Folds::blocks_of(&ranks, blocks))
        }
        Split::Automatic if ordered => Ok(Folds::blocks(rows, blocks)),
        Split::Automatic | Split::Random => {
            let strata: Vec<usize> = if target.task == Task::Regression {
                vec![0; rows]
            } else {
                (0..rows).map(|place| target.class(place)).collect()
            };
            if wished.is_none() && rows >= MANY_ROWS && told_by(target) >= MANY {
                let parts = Folds::shuffled(&strata, PARTS_OF_MANY, settings.seed);
                return Ok(parts.judging(FITS_OF_MANY));
            }
            Ok(Folds::shuffled(&strata, count, settings.seed))
        }
    }
}

/// How much the rows tell, and cost: their number for a regression; for classes those besides the most
/// frequent class, once for each class. A thousand rows with thirty rare cases are judged like few.
fn told_by(target: &Target) -> usize {
    if target.task == Task::Regression {
        return target.rows.len();
    }
    let mut counts = vec![0_usize; target.classes.len()];
    for place in 0..target.rows.len() {
        if let Some(count) = counts.get_mut(target.class(place)) {
            *count += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    (target.rows.len() - most) * counts.len()
}

/// A number for each row's group, from 0; rows in which nothing stands are groups of their own.
fn groups_of(column: &Column, rows: &[usize]) -> Vec<usize> {
    let key = |row: usize| match column {
        Column::Numbers(numbers) => {
            numbers.get(row).filter(|number| !number.is_nan()).map(|number| number.to_bits())
        }
        Column::Times(times) => times.get(row).copied().flatten().map(i64::cast_unsigned),
        Column::Texts { codes, .. } => {
            codes.get(row).copied().flatten().map(|code| code.place() as u64)
        }
    };
    let mut places: std::collections::HashMap<u64, usize> = std::collections::HashMap::new();
    let mut groups = 0;
    let mut number = |row: &usize| {
        if let Some(key) = key(*row) {
            *places.entry(key).or_insert_with(|| {
                groups += 1;
                groups - 1
            })
        } else {
            groups += 1;
            groups - 1
        }
    };
    rows.iter().map(&mut number).collect()
}

/// The training rows as the learners want them.
pub(super) struct Data {
    pub(super) matrix: Matrix,
    categories: Vec<bool>,
    pub(super) values: Vec<f32>,
    /// 0 for regression.
    pub(super) classes: usize,
    /// Numbers are learned standardised: target = center + scale × margin.
    pub(super) center: f64,
    pub(super) scale: f64,
    pub(super) truth: Vec<f64>,
}

impl Data {
    #[expect(clippy::cast_possible_truncation, reason = "codes, and standardised numbers")]
    pub(super) fn of(encoder: &Encoder, table: &Table, target: &Target) -> Self {
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

    pub(super) fn rows<'a>(&'a self, matrix: &'a Matrix) -> Rows<'a> {
        Rows { matrix, categories: &self.categories }
    }

    pub(super) fn labels<'a>(&self, values: &'a [f32]) -> Labels<'a> {
        Labels { values, classes: self.classes }
    }
}

/// One fold's rows: those to train on, and those to validate on.
pub(super) struct Parts<'a> {
    pub(super) train: Matrix,
    pub(super) train_values: Vec<f32>,
    pub(super) valid: Matrix,
    pub(super) valid_values: Vec<f32>,
    pub(super) valid_rows: &'a [usize],
}

impl Data {
    pub(super) fn parts<'a>(&self, train: &[usize], valid: &'a [usize]) -> Parts<'a> {
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
    pub(super) fn fit(
        &self,
        boosted: &Boosted,
        data: &Data,
        on_round: &mut (dyn FnMut(Round) -> Next + Send),
    ) -> Result<Forest, TrainError> {
        let valid = (data.rows(&self.valid), data.labels(&self.valid_values));
        let labels = data.labels(&self.train_values);
        boosted.fit(data.rows(&self.train), labels, Some(valid), data.scale, on_round)
    }

    /// Loss of a forest on the rows to validate on; of a regression standardised.
    pub(super) fn loss(&self, data: &Data, forest: &Forest) -> Result<f64, TrainError> {
        let wide = |values: &[f32]| -> Vec<f64> { values.iter().map(|v| f64::from(*v)).collect() };
        let margins = wide(&forest.margins(&self.valid)?);
        if data.classes == 0 {
            return Ok(rmse(&margins, &wide(&self.valid_values)));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "codes of classes"
        )]
        let classes: Vec<usize> = self.valid_values.iter().map(|value| *value as usize).collect();
        Ok(log_loss(&Model::probabilities(&margins, data.classes), data.classes, &classes))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows")]
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    (mean, if variance > 0.0 { variance.sqrt() } else { 1.0 })
}
