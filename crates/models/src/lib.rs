//! models: tables in, trained models and their predictions out.
//! Enters: rows of a CSV file, a target, settings and a seed. Leaves: a profile of the columns, a model
//! as one file, predictions with probabilities, honest figures of quality.
//! May not know HTTP, read a clock (it is handed in) or a global random source: the same rows, settings
//! and seed give the same model, byte for byte.
//! Start at [`dataset::read`], then [`train`]; what a server does with them is a [`Workshop`].

pub mod catalog;
pub mod dataset;
mod digits;
mod error;
mod features;
mod files;
mod folds;
mod forest;
mod learner;
mod metrics;
mod model;
pub mod profile;
pub mod quality;
pub mod reference;
pub mod registry;
pub mod runs;
pub mod serving;
mod statistics;
mod target;
mod train;
mod workshop;

pub use error::{ModelFileError, TrainError};
pub use features::{
    CalendarPart, Encoder, Feature, FieldError, LeftOut, Matrix, Note, Part, RowEncoder, Takes,
};
pub use learner::{Next, Round};
pub use metrics::{ClassQuality, NumberQuality};
pub use model::{Model, Predictions, Quality};
pub use target::{Target, Task};
pub use train::{OnProgress, Progress, Settings, TimeLimit, Tried, train};
pub use workshop::Workshop;
