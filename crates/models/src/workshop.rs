//! Everything that a server does with models, put together: datasets become runs, runs become versions,
//! versions predict, and what they predict is watched.

use std::sync::Arc;

use bellwether_signal::ports::{KeepError, Surroundings};

use crate::{
    catalog::Catalog,
    quality::LiveQuality,
    registry::Registry,
    runs::{Recipes, Runs},
    serving::{PredictionLog, Serving},
};

/// The parts, each with a folder of its own here. Their calls may wait for the disk, unless they say
/// that they do not.
pub struct Workshop {
    /// Datasets.
    pub catalog: Arc<Catalog>,
    /// Versions of models, and what each is used as.
    pub registry: Arc<Registry>,
    /// How versions do once they predict.
    pub quality: Arc<LiveQuality>,
    /// Predictions.
    pub serving: Arc<Serving>,
    /// Trainings.
    pub runs: Arc<Runs>,
    /// Saved recipes of trainings.
    pub recipes: Recipes,
}

impl Workshop {
    /// Reads what was kept, and publishes it. Predictions are kept in `log`.
    pub fn open(around: &Surroundings, log: Arc<dyn PredictionLog>) -> Result<Self, KeepError> {
        let catalog = Arc::new(Catalog::open(around.clone())?);
        let registry = Arc::new(Registry::open(around.clone())?);
        let (known, kept) = (Arc::clone(&registry), Arc::clone(&log));
        let quality = Arc::new(LiveQuality::open(around.clone(), known, kept));
        quality.start();
        let (known, watching) = (Arc::clone(&registry), Arc::clone(&quality));
        let serving = Arc::new(Serving::open(around.clone(), known, watching, log)?);
        let runs = Runs::open(around.clone(), Arc::clone(&catalog), Arc::clone(&registry))?;
        let runs = Arc::new(runs);
        let asked = Arc::downgrade(&runs);
        catalog.ask_before_deleting(move |id| asked.upgrade().is_some_and(|runs| runs.needs(id)));
        let recipes = Recipes::open(around.clone(), Arc::clone(&runs))?;
        Ok(Self { catalog, registry, quality, serving, runs, recipes })
    }

    /// Does what is due by the clock; to be called about once a second.
    pub fn tick(&self) {
        self.serving.tick();
        self.catalog.tick();
        self.quality.tick();
    }

    /// Ends what runs in the background, and waits for it.
    pub fn close(&self) {
        self.runs.close();
        self.catalog.close();
        self.serving.close();
        self.quality.close();
    }
}
