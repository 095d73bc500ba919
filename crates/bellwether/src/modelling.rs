//! `bellwether train` and `bellwether predict`: a CSV file to a model and back, without a server.

mod predict;
mod train;

pub(crate) use predict::{PredictFlags, predict};
pub(crate) use train::{TrainFlags, train};

use std::{fs::File, path::Path};

use anyhow::{Context as _, Result};
use bellwether_models::dataset::{Limits, Table, read};

/// Reads a CSV file.
fn table(path: &Path) -> Result<Table> {
    read(|| File::open(path), &Limits::default(), |_| ())
        .with_context(|| format!("cannot use {}", path.display()))
}
