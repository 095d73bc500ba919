//! Everything that a server does with models, put together: datasets become runs, runs become versions,
//! versions predict, and what they predict is watched.

use std::sync::Arc;

use bellwether_signal::ports::{KeepError, Surroundings};

use crate::{
    catalog::Catalog,
    registry::Registry,
    runs::Runs,
    serving::{PredictionLog, Serving},
};

/// The parts, each with a folder of its own here. Their calls may wait for the disk, unless they say
/// that they do not.
pub struct Workshop {
    /// Datasets.
    pub catalog: Arc<Catalog>,
    /// Versions of models, and what each is used as.
    pub registry: Arc<Registry>,
    /// Predictions.
    pub serving: Arc<Serving>,
    /// Trainings.
    pub runs: Arc<Runs>,
}

impl Workshop {
    /// Reads what was kept, and publishes it. Predictions are kept in `log`.
    pub fn open(around: &Surroundings, log: Arc<dyn PredictionLog>) -> Result<Self, KeepError> {
        let catalog = Arc::new(Catalog::open(around.clone())?);
        let registry = Arc::new(Registry::open(around.clone())?);
        let serving = Arc::new(Serving::open(around.clone(), Arc::clone(&registry), log));
        let runs = Runs::open(around.clone(), Arc::clone(&catalog), Arc::clone(&registry))?;
        Ok(Self { catalog, registry, serving, runs: Arc::new(runs) })
    }

    /// Does what is due by the clock; to be called about once a second.
    pub fn tick(&self) {
        self.serving.tick();
        self.catalog.tick();
    }

    /// Ends what runs in the background, and waits for it.
    pub fn close(&self) {
        self.runs.close();
        self.catalog.close();
    }
}
