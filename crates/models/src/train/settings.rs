//! What may be chosen of a training.

use bellwether_signal::answer::{Preset, Split, TrainParameters};
use serde::{Deserialize, Serialize};

/// What may be chosen; the defaults are good ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The column to predict; the last one if it is not named.
    pub target: Option<String>,
    /// Whether numbers are predicted; found out when it is not said.
    pub regression: Option<bool>,
    /// Parts of the data that each validate one fit; 0 leaves it to the rows.
    pub folds: usize,
    /// Step of each round.
    pub eta: f64,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Least weight of a leaf.
    pub min_child_weight: Option<f64>,
    /// L2 penalty of leaves.
    pub lambda: f64,
    /// Share of the rows that a tree sees.
    pub row_share: f64,
    /// Share of the features that a tree sees.
    pub column_share: f64,
    /// Bins of a number; 0 leaves it to the rows.
    pub bins: usize,
    /// Lines in the leaves of regression trees instead of constants; tried out when it is not said.
    pub linear_leaves: Option<bool>,
    /// Most rounds.
    pub rounds: usize,
    /// Rounds without getting better before a fit ends.
    pub patience: usize,
    /// Threads; the model is the same with any number, so it does not say it.
    #[serde(skip_serializing)]
    pub threads: usize,
    /// The same seed, rows and settings give the same model.
    pub seed: u64,
    /// Which rows judge.
    pub split: Split,
    /// The column whose equal values stay together, with a split by group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Columns that are not learned from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Settings that are tried before the training; none and one mean no search.
    pub trials: usize,
    /// What the search leaves as it is.
    #[serde(skip)]
    pub fixed: TrainParameters,
    /// Whether rounds tell the loss on the training rows and the accuracy; it costs some time.
    #[serde(skip)]
    pub watched: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            target: None,
            regression: None,
            folds: 0,
            eta: 0.1,
            leaves: 31,
            min_child_weight: None,
            lambda: 1.0,
            row_share: 1.0,
            column_share: 1.0,
            bins: 0,
            linear_leaves: None,
            rounds: 2_000,
            patience: 25,
            threads: 1,
            seed: 0,
            split: Split::Automatic,
            group: None,
            ignore: Vec::new(),
            trials: 0,
            fixed: TrainParameters::default(),
            watched: false,
        }
    }
}

impl Settings {
    /// The same with some of the learner's settings chosen, which a search then leaves alone.
    #[must_use]
    pub fn with(mut self, chosen: &TrainParameters) -> Self {
        self.take(chosen);
        self.fixed = chosen.clone();
        self
    }

    /// Trials of a preset.
    pub fn trials_of(preset: Preset) -> usize {
        match preset {
            Preset::Fast => 0,
            Preset::Balanced => 8,
            Preset::Thorough => 40,
        }
    }

    pub(super) fn take(&mut self, chosen: &TrainParameters) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        let count = |number: Option<u32>| number.map(|number| number as usize);
        set(&mut self.eta, chosen.eta);
        set(&mut self.leaves, count(chosen.leaves));
        set(&mut self.lambda, chosen.lambda);
        set(&mut self.row_share, chosen.row_share);
        set(&mut self.column_share, chosen.column_share);
        set(&mut self.rounds, count(chosen.rounds));
        set(&mut self.patience, count(chosen.patience));
        set(&mut self.folds, count(chosen.folds));
        set(&mut self.trials, count(chosen.trials));
        self.min_child_weight = chosen.min_child_weight.or(self.min_child_weight);
    }
}
