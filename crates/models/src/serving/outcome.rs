//! What a model said of one row.

use serde_json::Value;

use crate::{model::Model, target::Task};

/// What a model said of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// One of the model's classes.
    Class {
        /// Its place among [`Model::classes`].
        place: usize,
        /// The probability of each class, in that order.
        probabilities: Vec<f64>,
    },
    /// A number, in the target's unit.
    Number(f64),
}

impl Outcome {
    /// From probabilities: the most probable class, the first of equal ones.
    pub fn of_probabilities(probabilities: Vec<f64>) -> Self {
        let better = |best: usize, place: usize| {
            if probabilities.get(place) > probabilities.get(best) { place } else { best }
        };
        let place = (0..probabilities.len()).fold(0, better);
        Self::Class { place, probabilities }
    }

    /// The probability of the predicted class.
    pub fn probability(&self) -> Option<f64> {
        match self {
            Self::Class { place, probabilities } => probabilities.get(*place).copied(),
            Self::Number(_) => None,
        }
    }

    /// As it is told: the number, or the class's name. Classes that all are numbers are told as numbers.
    pub fn value(&self, model: &Model) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Class { place, .. } => {
                model.classes.get(*place).map_or(Value::Null, |class| class_value(model, class))
            }
        }
    }
}

/// A class as it is told.
pub fn class_value(model: &Model, class: &str) -> Value {
    let number = |text: &str| {
        let number: f64 = text.parse().ok()?;
        (number.is_finite() && number.to_string() == text).then_some(number)
    };
    let all = model.task != Task::Regression && model.classes.iter().all(|it| number(it).is_some());
    match number(class).filter(|_| all) {
        #[expect(clippy::cast_possible_truncation, reason = "the number is whole and small")]
        Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => (whole as i64).into(),
        Some(number) => number.into(),
        None => class.into(),
    }
}
