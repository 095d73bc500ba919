//! One prediction, as it is told by what made it.

use std::sync::Arc;

use bellwether_signal::{ModelId, Moment};
use serde_json::{Map, Value};

/// What was asked, by column.
pub type InputRow = Map<String, Value>;

/// A prediction that was made.
#[derive(Clone, Debug)]
pub struct Observed {
    /// UUID version 7; a label is sent for it.
    pub id: String,
    /// Who predicted.
    pub model: ModelId,
    /// When.
    pub at: Moment,
    /// What was asked.
    pub inputs: Arc<InputRow>,
    /// The same as the model takes it: the features of its encoder, in their order; NaN is missing.
    pub features: Vec<f32>,
    /// What was said.
    pub outcome: Outcome,
    /// The chance that the class is right, 0 to 1, calibrated; none of numbers.
    pub confidence: Option<f64>,
    /// How long it took.
    pub response_ms: f64,
    /// Who asked.
    pub client: Option<String>,
    /// Whether nobody was told: a candidate that answers silently.
    pub shadow: bool,
}

/// What a model said of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A class, with the probability of each, in their order.
    Class {
        /// The place of the most probable one among the classes of the model.
        place: usize,
        /// They add up to 1.
        probabilities: Vec<f64>,
    },
    /// A number.
    Number(f64),
}
