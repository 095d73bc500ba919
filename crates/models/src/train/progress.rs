//! What a training says while it runs.

use bellwether_signal::{answer::TrainParameters, training::TrainingStep};

use crate::{
    learner::{Next, Round},
    model::Quality,
};

/// Hears what a training says, and may end it.
pub type OnProgress<'a> = dyn FnMut(Progress<'_>) -> Next + Send + 'a;

/// Where a training stands.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A step begins.
    Step(TrainingStep),
    /// A round of a trial of the search.
    Searching {
        /// Fits of the search that are over.
        done: usize,
        /// Fits that the search has in all.
        of: usize,
        /// The trial under way, from 1.
        trial: usize,
        /// Its newest round.
        round: Round,
    },
    /// A trial was judged; who did well is judged again after more rounds.
    Tried(&'a Tried),
    /// The search is over, and this trial's settings are taken.
    Chosen(usize),
    /// A round of a fit.
    Round {
        /// The fit that runs, from 1.
        fit: usize,
        /// How many there are.
        fits: usize,
        /// Rows that it is judged on.
        rows: usize,
        /// Its newest round.
        round: Round,
    },
    /// A round of a linear fit.
    Line,
    /// All rows were judged by fits that did not see them.
    Judged {
        /// How good the model will be.
        quality: &'a Quality,
        /// The rows.
        rows: usize,
    },
}

/// A trial's newest result.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Its number, from 1; 1 is the usual settings.
    pub trial: usize,
    /// What was tried.
    pub settings: TrainParameters,
    /// Loss on the rows that judge: lower is better.
    pub score: f64,
    /// Rounds until its best one.
    pub rounds: usize,
}
