//! `bellwether profile`, `train` and `predict`: a CSV file looked at, made a model of, and predicted, without
//! a server.

mod predict;
mod profile;
mod train;

pub(crate) use predict::{PredictFlags, predict};
pub(crate) use profile::{ProfileFlags, profile};
pub(crate) use train::{TrainFlags, train};

use std::{fs::File, path::Path};

use anyhow::{Context as _, Result};
use bellwether_models::dataset::{Limits, Table, read};

/// Reads a CSV file.
fn table(path: &Path) -> Result<Table> {
    read(|| File::open(path), &Limits::default(), |_| ())
        .with_context(|| format!("cannot use {}", path.display()))
}
