//! Why nothing is predicted.

use bellwether_signal::{ModelId, ports::KeepError};

use super::BATCH_ROWS;
use crate::{error::TrainError, features::FieldError, registry::RegistryError};

/// Why nothing is predicted.
#[derive(Debug, thiserror::Error)]
pub enum PredictError {
    /// There is no such version, and no model of that name has a version in production.
    #[error(
        "there is no model {0:?}: an id such as churn-v3 names a version, a name such as churn the version in production"
    )]
    UnknownModel(String),
    /// It is there, and cannot be asked.
    #[error("{model} cannot be used: {reason}")]
    NotUsable {
        /// The version.
        model: ModelId,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A value of a row is no use.
    #[error("{}{error}", place(*row))]
    Field {
        /// The row, from 1, where there are several.
        row: Option<usize>,
        /// What is wrong.
        error: FieldError,
    },
    /// There is nothing to predict.
    #[error("there are no rows")]
    NoRows,
    /// More at once than may be.
    #[error(
        "{rows} rows are more than the limit of {BATCH_ROWS} in one request; send them in parts"
    )]
    TooManyRows {
        /// How many there are.
        rows: usize,
    },
    /// Asked to be kept where predictions are not kept.
    #[error(
        "predictions of {model} are not kept on this server (prediction-log is off for it): ask without durable"
    )]
    NotLogged {
        /// The version.
        model: ModelId,
    },
    /// The model's file cannot be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] TrainError),
    /// The prediction is made, and its record is not kept: it was to survive a loss of power, and the
    /// disk does not take it.
    #[error("the prediction is not kept: {0}")]
    NotKept(#[from] KeepError),
}

fn place(row: Option<usize>) -> String {
    row.map_or_else(String::new, |row| format!("row {row}, "))
}
