//! One prediction, as it is told by what made it.

use std::sync::Arc;

use bellwether_signal::Moment;

pub(super) use crate::serving::Outcome;

/// A prediction that was made.
#[derive(Clone, Debug)]
pub struct Observed {
    /// UUID version 7; a label is sent for it.
    pub id: Arc<str>,
    /// When.
    pub at: Moment,
    /// What was asked, as JSON; none where that is too long to be kept.
    pub inputs: Option<Arc<str>>,
    /// Names what was asked, without saying it.
    pub input_hash: Box<str>,
    /// What was asked as the model takes it: the features of its encoder, in their order; NaN is
    /// missing.
    pub features: Box<[f32]>,
    /// Columns in which something stood that training never saw, with what it was.
    pub unseen: Vec<(String, String)>,
    /// What was said.
    pub outcome: Outcome,
    /// How long it took.
    pub response_ms: f64,
    /// Who asked.
    pub client: Option<Arc<str>>,
    /// Whether nobody was told: a candidate that answers silently.
    pub shadow: bool,
}
