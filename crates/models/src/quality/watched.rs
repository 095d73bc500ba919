//! What is to be known of a version to watch it: a part of its model, so that the model itself may be
//! put away.

use std::collections::BTreeMap;

use bellwether_signal::{
    ModelId,
    feature::{Feature, Features},
};
use serde_json::Value;

use super::observed::Outcome;
use crate::{
    model::{Model, Quality},
    reference::Reference,
    target::Task,
};

/// A version that is watched.
pub(crate) struct Watched {
    pub(crate) id: ModelId,
    pub(crate) task: Task,
    pub(crate) target: String,
    pub(crate) classes: Vec<String>,
    pub(crate) reference: Reference,
    /// Share of the importance of each column of the reference, in its order.
    pub(crate) importance: Vec<f64>,
    /// How it was judged in training.
    pub(crate) trained: Quality,
    /// Whether performance is estimated while labels are missing.
    pub(crate) is_estimated: bool,
    /// Whether it is compared with the training sample.
    pub(crate) is_compared: bool,
}

impl Watched {
    pub(crate) fn of(id: ModelId, model: &Model, features: &Features) -> Self {
        let mut by_column: BTreeMap<String, f64> = BTreeMap::new();
        for (column, share) in model.importance() {
            *by_column.entry(column).or_default() += share;
        }
        let share = |name: &str| by_column.get(name).copied().unwrap_or(0.0);
        let importance = model.reference.columns.iter().map(|column| share(&column.name)).collect();
        Self {
            is_estimated: features.has(Feature::Estimates, id.name()),
            is_compared: features.has(Feature::Drift, id.name()),
            id,
            task: model.task,
            target: model.target.clone(),
            classes: model.classes.clone(),
            reference: model.reference.clone(),
            importance,
            trained: model.quality.clone(),
        }
    }

    /// Accuracy in training; none of numbers.
    pub(crate) fn trained_accuracy(&self) -> Option<f64> {
        match &self.trained {
            Quality::Classes(quality) => Some(quality.accuracy),
            Quality::Numbers(_) => None,
        }
    }

    /// Root mean square error in training; none of classes.
    pub(crate) fn trained_rmse(&self) -> Option<f64> {
        match &self.trained {
            Quality::Numbers(quality) => Some(quality.rmse),
            Quality::Classes(_) => None,
        }
    }

    /// How a class or a number is told.
    pub(crate) fn told(&self, outcome: &Outcome) -> Value {
        match outcome {
            Outcome::Number(number) => (*number).into(),
            Outcome::Class { place, .. } => self.told_class(*place),
        }
    }

    pub(crate) fn told_class(&self, place: usize) -> Value {
        let Some(class) = self.classes.get(place) else { return Value::Null };
        // Classes that all are numbers are told as numbers.
        let number = |text: &str| -> Option<serde_json::Number> {
            let number: serde_json::Number = text.parse().ok()?;
            (number.to_string() == text).then_some(number)
        };
        if self.classes.iter().all(|class| number(class).is_some())
            && let Some(number) = number(class)
        {
            return Value::Number(number);
        }
        class.as_str().into()
    }

    /// What turned out to be true, as it is sent: the class by its name, a number by its value.
    pub(crate) fn truth_of(&self, label: &Value) -> Result<Truth, String> {
        if self.task == Task::Regression {
            let number = match label {
                Value::Number(number) => number.as_f64(),
                Value::String(text) => text.trim().parse().ok().filter(|it: &f64| it.is_finite()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            };
            let complaint = || format!("{label} is no number; {:?} is one", self.target);
            return number.map(Truth::Number).ok_or_else(complaint);
        }
        let found = match label {
            Value::String(text) => self.class_named(text.trim()),
            Value::Number(number) => self.class_equal(number.as_f64()),
            Value::Bool(is) => {
                let words: &[&str] = if *is {
                    &["true", "yes", "1", "t", "y", "on"]
                } else {
                    &["false", "no", "0", "f", "n", "off"]
                };
                self.classes
                    .iter()
                    .position(|class| words.contains(&class.to_ascii_lowercase().as_str()))
            }
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        found.map(Truth::Class).ok_or_else(|| {
            let shown: Vec<&str> = self.classes.iter().take(20).map(String::as_str).collect();
            format!(
                "{label} is no class of this model, which knows: {}; a new class needs a new training",
                shown.join(", ")
            )
        })
    }

    fn class_named(&self, text: &str) -> Option<usize> {
        self.classes
            .iter()
            .position(|class| class == text)
            .or_else(|| self.class_equal(text.parse().ok()))
            .or_else(|| {
                // `Yes` for `yes`, where that is not ambiguous.
                let classes = self.classes.iter().enumerate();
                let mut same = classes.filter(|(_, class)| class.eq_ignore_ascii_case(text));
                let (place, _) = same.next()?;
                same.next().is_none().then_some(place)
            })
    }

    fn class_equal(&self, number: Option<f64>) -> Option<usize> {
        let number = number?;
        let equals =
            |class: &String| class.parse().is_ok_and(|it: f64| it.total_cmp(&number).is_eq());
        self.classes.iter().position(equals)
    }
}

/// What turned out to be true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Truth {
    Class(usize),
    Number(f64),
}
