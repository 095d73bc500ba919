//! Why a model is not trained, or does not predict.

use crate::dataset::DatasetError;

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The data cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// No row has a target.
    #[error("column {0:?} is empty; a target needs values")]
    NoTarget(String),
    /// There is nothing to tell apart.
    #[error("column {name:?} has only one class, {class:?}; a target needs two or more")]
    OneClass {
        /// The target.
        name: String,
        /// Its only class.
        class: String,
    },
    /// More classes than a model has.
    #[error(
        "column {name:?} has {found} classes, a model has at most {limit}; is it an identifier?",
        limit = crate::target::CLASSES
    )]
    TooManyClasses {
        /// The target.
        name: String,
        /// Its classes.
        found: usize,
    },
    /// Numbers were asked for.
    #[error("column {0:?} is text; regression needs numbers")]
    NotNumbers(String),
    /// A date is no target.
    #[error("column {0:?} holds dates; predict a number or a class")]
    TargetIsTime(String),
    /// Too little to learn from.
    #[error("{found} rows have a target, training needs at least {wanted}")]
    TooFewRows {
        /// How many there are.
        found: usize,
        /// How many there must be.
        wanted: usize,
    },
    /// Nothing to predict from.
    #[error("no column besides the target tells rows apart")]
    NoFeatures,
    /// A split by time was asked for.
    #[error("no column holds times; a split by time needs one")]
    NoTimes,
    /// A split by group was asked for.
    #[error("column {0:?} has fewer than two groups; a split by group needs two or more")]
    OneGroup(String),
    /// A split by group needs to know which.
    #[error("a split by group needs a column that says which rows stay together")]
    NoGroup,
    /// What was to be learned from was deleted.
    #[error("the dataset was deleted")]
    Gone,
    /// It was stopped.
    #[error("the training was cancelled")]
    Cancelled,
    /// The engine refused.
    #[error("the training failed: {0}")]
    Engine(String),
}

/// Why a model file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// It is none.
    #[error("this is not a model of bellwether")]
    Foreign,
    /// A later version wrote it.
    #[error("the model has format {0}; this version reads up to {known}", known = crate::model::FORMAT)]
    Newer(u32),
    /// It was cut or changed.
    #[error("the model is damaged: {0}")]
    Damaged(String),
}
