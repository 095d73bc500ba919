//! The log of predictions: what was asked, what was said, and what turned out to be true. Kept by the
//! store; this room says what it needs of it.

use bellwether_signal::{
    ModelId,
    ports::{KeepError, LoggedPrediction, PredictionLabel},
};

/// What a model is asked: values by the name of their column.
pub type InputRow = serde_json::Map<String, serde_json::Value>;

/// Most bytes of a row's JSON text that are kept; of longer ones only the hash is.
pub const INPUT_BYTES: usize = 16 * 1024;
/// Most classes whose probabilities are kept.
pub const KEPT_CLASSES: usize = 20;

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
