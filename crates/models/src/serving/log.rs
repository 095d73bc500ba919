//! The log of predictions: what was asked, what was said, and what turned out to be true. Kept by the
//! store; this room says what it needs of it.

use std::sync::Arc;

use bellwether_signal::{ModelId, Timestamp, ports::KeepError};
use serde_json::{Map, Value};

/// What a model is asked: values by the name of their column.
pub type InputRow = Map<String, Value>;

/// Most bytes of a row's JSON text that are kept; of longer ones only the hash is.
pub const INPUT_BYTES: usize = 16 * 1024;
/// Most classes whose probabilities are kept.
pub const KEPT_CLASSES: usize = 20;

/// One prediction as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedPrediction {
    /// UUID version 7.
    pub id: String,
    /// Who predicted.
    pub model: ModelId,
    /// When.
    pub at: Timestamp,
    /// What was asked, as compact JSON with sorted names; absent where that was too long.
    pub inputs: Option<Arc<str>>,
    /// First 16 hexadecimal digits of the SHA-256 of that text.
    pub input_hash: Box<str>,
    /// A class or a number, as it was told.
    pub prediction: Value,
    /// The probability of each class; absent for numbers, and of more than [`KEPT_CLASSES`] classes.
    pub probabilities: Option<Vec<f64>>,
    /// How sure the model was of the class.
    pub confidence: Option<f64>,
    /// How long it took.
    pub response_ms: f64,
    /// Who asked.
    pub client: Option<Arc<str>>,
    /// Whether it was only asked beside the one that answered.
    pub shadow: bool,
    /// What turned out to be true.
    pub label: Option<Value>,
    /// When that was said, last.
    pub labelled_at: Option<Timestamp>,
}

/// What turned out to be true of a prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionLabel {
    /// Which prediction.
    pub id: String,
    /// A class or a number.
    pub label: Value,
    /// When it was said.
    pub at: Timestamp,
}

/// Keeps predictions.
pub trait PredictionLog: Send + Sync {
    /// Takes predictions to be written soon, together with others. Never waits: when too many wait for
    /// the disk, the oldest are shed, counted, and told in the health of the store.
    fn append(&self, predictions: Vec<LoggedPrediction>);
    /// Writes predictions, and waits until they survive a loss of power.
    fn append_durably(&self, predictions: Vec<LoggedPrediction>) -> Result<(), KeepError>;
    /// The prediction of an id. Waits for the disk.
    fn find(&self, id: &str) -> Result<Option<LoggedPrediction>, KeepError>;
    /// The newest predictions of a version, newest first: those before an id, or all; at most `limit`
    /// of them. Waits for the disk.
    fn newest(
        &self,
        model: &ModelId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, KeepError>;
    /// Notes labels, in place of those that were noted before; answers the ids that are not known. On
    /// disk when it returns.
    fn label(&self, labels: Vec<PredictionLabel>) -> Result<Vec<String>, KeepError>;
    /// Forgets all predictions of a version; on disk when it returns.
    fn forget(&self, model: &ModelId) -> Result<(), KeepError>;
}
