//! Why the registry did not do what it was asked.

use std::io;

use bellwether_signal::{ModelId, id::NotASlug, ports::KeepError};

use crate::error::{ModelFileError, TrainError};

/// Why the registry did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NotASlug),
    /// Nothing has that id or name.
    #[error("there is no model {0:?}; GET /api/models lists what there is")]
    Unknown(String),
    /// What is asked does not go with how things are.
    #[error("{0}")]
    Conflict(String),
    /// What is asked makes no sense; the text starts with the field's name.
    #[error("{0}")]
    Wish(String),
    /// The model cannot be written down.
    #[error("the model cannot be written down: {0}")]
    Encode(TrainError),
    /// Its file cannot be written.
    #[error("the model's file cannot be written: {0}")]
    File(#[source] io::Error),
    /// A file that somebody brought is no good.
    #[error(transparent)]
    Model(ModelFileError),
    /// A file that was good is no longer; the text says what to do.
    #[error("{text}")]
    Broken {
        /// Whose file it is.
        model: ModelId,
        /// What is wrong, and what to do.
        text: String,
    },
    /// Its record is not kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}
