//! What is to be predicted: one of some classes, or a number.

use serde::{Deserialize, Serialize};

use crate::{
    dataset::{Column, Table},
    error::TrainError,
};

/// Whole numbers with at most so many distinct values are taken for classes.
const CLASSES_IN_NUMBERS: usize = 20;
/// Most classes of one model.
pub(crate) const CLASSES: usize = 1_000;

/// The kind of prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// One of two classes.
    Binary,
    /// One of three or more.
    Multiclass,
    /// A number.
    Regression,
}

/// The target of every row that has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The kind of prediction.
    pub task: Task,
    /// The classes' names in the order of their codes; none for numbers.
    pub classes: Vec<String>,
    /// A class's code, or the number.
    pub values: Vec<f64>,
    /// The rows of the table that have a target.
    pub rows: Vec<usize>,
}

impl Target {
    /// Reads the target column; `regression` decides where numbers could be both.
    pub fn of(table: &Table, name: &str, regression: Option<bool>) -> Result<Self, TrainError> {
        let column = table.column(name)?;
        let texts: Vec<Option<String>> = match column {
            Column::Numbers(numbers) => {
                if regression.unwrap_or_else(|| is_measured(numbers)) {
                    return Self::numbers(name, numbers);
                }
                let text = |number: &f64| (!number.is_nan()).then(|| number.to_string());
                numbers.iter().map(text).collect()
            }
            Column::Texts { .. } if regression == Some(true) => {
                return Err(TrainError::NotNumbers(name.to_owned()));
            }
            Column::Texts { .. } => {
                (0..table.rows).map(|row| column.text(row).map(str::to_owned)).collect()
            }
            Column::Times(_) => return Err(TrainError::TargetIsTime(name.to_owned())),
        };
        Self::classes(name, &texts)
    }

    fn numbers(name: &str, numbers: &[f64]) -> Result<Self, TrainError> {
        let filled = numbers.iter().enumerate().filter(|(_, number)| !number.is_nan());
        let (rows, values): (Vec<usize>, Vec<f64>) =
            filled.map(|(row, number)| (row, *number)).unzip();
        if rows.is_empty() {
            return Err(TrainError::NoTarget(name.to_owned()));
        }
        Ok(Self { task: Task::Regression, classes: Vec::new(), values, rows })
    }

    fn classes(name: &str, texts: &[Option<String>]) -> Result<Self, TrainError> {
        let mut classes: Vec<String> = texts.iter().flatten().cloned().collect();
        classes.sort_unstable();
        classes.dedup();
        match classes.as_slice() {
            [] => return Err(TrainError::NoTarget(name.to_owned())),
            [only] => {
                return Err(TrainError::OneClass { name: name.to_owned(), class: only.clone() });
            }
            many if many.len() > CLASSES => {
                let found = many.len();
                return Err(TrainError::TooManyClasses { name: name.to_owned(), found });
            }
            _ => {}
        }
        let task = if classes.len() == 2 { Task::Binary } else { Task::Multiclass };
        let mut target = Self { task, classes, values: Vec::new(), rows: Vec::new() };
        for (row, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            let Ok(code) = target.classes.binary_search(text) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "at most a thousand classes")]
            target.values.push(code as f64);
            target.rows.push(row);
        }
        Ok(target)
    }

    /// The class of a place in `values`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes are small and whole"
    )]
    pub fn class(&self, place: usize) -> usize {
        self.values.get(place).map_or(0, |code| *code as usize)
    }
}

/// Whether numbers are a quantity rather than the names of a few classes.
fn is_measured(numbers: &[f64]) -> bool {
    let mut distinct: Vec<f64> = Vec::new();
    for number in numbers.iter().filter(|number| !number.is_nan()) {
        if number.fract() != 0.0 {
            return true;
        }
        if !distinct.contains(number) {
            distinct.push(*number);
        }
        if distinct.len() > CLASSES_IN_NUMBERS {
            return true;
        }
    }
    false
}
