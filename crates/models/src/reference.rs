//! What a model was trained on and how it did there, condensed: what later rows, predictions and
//! labels are compared with. It is a part of the model's file.

pub(crate) mod bins;
mod calibration;
mod column;
mod curves;
mod intervals;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use bins::{Bins, Comparison, Distribution};
pub use calibration::Isotonic;
pub use column::{ColumnKind, ColumnReference};
pub use curves::{CalibrationBin, ClassCurves, ExpectedError, Residuals};

use crate::{
    dataset::Table,
    features::Encoder,
    model::Predictions,
    target::{Target, Task},
};

/// Classes whose curves are kept, the most frequent ones.
const CLASSES_WITH_CURVES: usize = 20;

/// What each fit of the folds said of the rows that it did not see.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfFold {
    /// The rows, as places among those that have a target, in the order of the predictions.
    pub rows: Vec<usize>,
    /// What was said of each.
    pub predicted: Predictions,
    /// What is true of each: a class's code, or the number, as [`Target`] has it.
    pub truth: Vec<f64>,
}

/// The training sample, and what the model made of it out of fold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// Rows that were trained on; 0 in files that have no reference.
    pub rows: usize,
    /// The columns that the model looks at, in the order of its features.
    pub columns: Vec<ColumnReference>,
    /// What it predicted out of fold: of two classes the probability of the second, of several the
    /// class, otherwise the number.
    pub predicted: Option<Distribution>,
    /// Share of each class among the rows, by code; none of numbers.
    pub classes: Vec<f64>,
    /// Of each class's rows, the share that was found; none of numbers.
    pub found: Vec<f64>,
    /// From the probability of the second of two classes, or of the predicted one of several, to the
    /// chance that it is true.
    pub calibration: Isotonic,
    /// The same as a table, before calibration.
    pub calibration_table: Vec<CalibrationBin>,
    /// Curves by class: of two classes only of the second.
    pub curves: Vec<ClassCurves>,
    /// Errors of a regression.
    pub residuals: Option<Residuals>,
    /// 95 % intervals of the figures of quality, by the names that scores have on the wire.
    pub intervals: BTreeMap<String, [f64; 2]>,
}

impl Reference {
    /// Condenses the training sample, and what was predicted of it out of fold.
    pub fn of(table: &Table, encoder: &Encoder, target: &Target, out_of_fold: &OutOfFold) -> Self {
        let mut reference = Self {
            rows: target.rows.len(),
            columns: ColumnReference::all(table, encoder, &target.rows),
            ..Self::default()
        };
        match &out_of_fold.predicted {
            Predictions::Probabilities(probabilities) => {
                reference.judge_classes(probabilities, target, out_of_fold);
            }
            Predictions::Numbers(numbers) => {
                let pairs: Vec<(f64, f64)> =
                    numbers.iter().copied().zip(out_of_fold.truth.iter().copied()).collect();
                reference.intervals = intervals::of_numbers(&pairs);
                reference.residuals = Residuals::of(&pairs);
                let bins = Bins::of_numbers(numbers.iter().copied());
                reference.predicted = Some(distribution(bins, &out_of_fold.rows, numbers));
            }
        }
        reference
    }

    fn judge_classes(&mut self, probabilities: &[f64], target: &Target, out_of_fold: &OutOfFold) {
        let classes = target.classes.len();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "codes of classes"
        )]
        let truth: Vec<usize> = out_of_fold.truth.iter().map(|code| *code as usize).collect();
        let rows = || probabilities.chunks(classes.max(1)).zip(truth.iter().copied());
        let mut counts = vec![(0.0, 0.0); classes];
        for (row, class) in rows() {
            if let Some((all, found)) = counts.get_mut(class) {
                *all += 1.0;
                *found += f64::from(u8::from(most_probable(row) == class));
            }
        }
        self.classes = counts.iter().map(|(all, _)| all / truth.len().max(1) as f64).collect();
        self.found =
            counts.iter().map(|(all, found)| if *all > 0.0 { found / all } else { 0.0 }).collect();
        let scored = || rows().map(|(row, class)| score_of(target.task, row, class));
        self.calibration = Isotonic::fit(scored());
        self.calibration_table = curves::calibration(scored());
        self.intervals = intervals::of_classes(probabilities, &truth, classes);
        let mut order: Vec<usize> =
            if target.task == Task::Binary { vec![1] } else { (0..classes).collect() };
        order.sort_by(|a, b| {
            let share = |class: &usize| self.classes.get(*class).copied().unwrap_or(0.0);
            share(b).total_cmp(&share(a))
        });
        order.truncate(CLASSES_WITH_CURVES);
        let of_class = |class: usize| {
            let scored =
                rows().map(|(row, truth)| (row.get(class).copied().unwrap_or(0.0), truth == class));
            ClassCurves::of(class, scored.collect(), target.task != Task::Binary)
        };
        self.curves = order.into_iter().filter_map(of_class).collect();
        let features: Vec<f64> = rows().map(|(row, _)| feature_of(target.task, row)).collect();
        let bins = if target.task == Task::Binary {
            Bins::of_numbers(features.iter().copied())
        } else {
            Bins::Texts { names: target.classes.iter().map(|name| name.as_str().into()).collect() }
        };
        self.predicted = Some(distribution(bins, &out_of_fold.rows, &features));
    }

    /// The chance that the most probable class of these probabilities is the right one.
    pub fn chance_of(&self, probabilities: &[f64]) -> f64 {
        if let [first, second] = probabilities {
            let chance = self.calibration.chance(*second);
            return if second > first { chance } else { 1.0 - chance };
        }
        let most = probabilities.iter().copied().fold(0.0, f64::max);
        self.calibration.chance(most)
    }
}

/// What is calibrated: of two classes the second one's probability, of several that of the predicted.
fn score_of(task: Task, row: &[f64], class: usize) -> (f64, bool) {
    if task == Task::Binary {
        return (row.last().copied().unwrap_or(0.0), class == 1);
    }
    let said = most_probable(row);
    (row.get(said).copied().unwrap_or(0.0), said == class)
}

/// What stands for a prediction when distributions are compared.
pub(crate) fn feature_of(task: Task, row: &[f64]) -> f64 {
    if task == Task::Binary {
        row.last().copied().unwrap_or(f64::NAN)
    } else {
        most_probable(row) as f64
    }
}

/// The class that a row of probabilities speaks for; the first of equal ones.
pub(crate) fn most_probable(row: &[f64]) -> usize {
    let better = |best: (usize, f64), (place, chance): (usize, f64)| {
        if chance > best.1 { (place, chance) } else { best }
    };
    row.iter().copied().enumerate().fold((0, f64::NEG_INFINITY), better).0
}

/// Values in the order of their rows.
fn distribution(bins: Bins, rows: &[usize], values: &[f64]) -> Distribution {
    let mut ordered: Vec<(usize, f64)> = rows.iter().copied().zip(values.iter().copied()).collect();
    ordered.sort_unstable_by_key(|(row, _)| *row);
    let places: Vec<bins::Place> =
        ordered.iter().map(|(_, value)| bins.place(*value, || false)).collect();
    Distribution::of(bins, &places)
}

#[cfg(test)]
mod tests;
