//! What learns: the one place that knows the engine.
//! Boosted trees and a linear model, both by hessboost, whose results do not depend on the number of
//! threads. Another engine is another file here.

mod boosted;
mod flatten;
mod linear;

pub(crate) use boosted::{Boosted, Forest};
pub(crate) use linear::{Line, Linear, Scale};

/// What the rounds of one fit say while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// From 1.
    pub round: usize,
    /// The round that was best so far.
    pub best: usize,
    /// Most rounds that there can be.
    pub limit: usize,
    /// Loss on rows that are not trained on: log loss, or root mean square error in the target's unit.
    pub loss: f64,
    /// The same on the rows that are trained on, where it is watched.
    pub train_loss: Option<f64>,
    /// Share of the rows not trained on whose class is right, where it is watched; of classes.
    pub accuracy: Option<f64>,
}

/// What follows a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next one.
    Go,
    /// Nothing: the fit ends with what it has.
    Enough,
    /// Nothing, and there is no model.
    Cancel,
}

/// Hears each round, and may end the fit.
pub(crate) type OnRound<'a> = dyn FnMut(Round) -> Next + Send + 'a;

/// Features as the learners want them: which of them are categories.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a> {
    pub(crate) matrix: &'a crate::features::Matrix,
    pub(crate) categories: &'a [bool],
}

/// What is learned, in the units of the learners: codes of classes, or standardised numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Labels<'a> {
    pub(crate) values: &'a [f32],
    /// 0 for regression.
    pub(crate) classes: usize,
}
