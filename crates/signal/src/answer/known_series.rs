//! What `/api/series/names` answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Unit;

/// `GET /api/series/names?q=&limit=`: fields of states that a rule can look at, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct KnownSeriesAnswer {
    /// Those that were found, by name.
    pub series: Vec<KnownSeries>,
    /// How many there are in all.
    pub total: u32,
}

/// A field of a state that is published now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct KnownSeries {
    /// Topic and path of the field.
    pub name: String,
    /// Whether it is a yes or no, which has no history.
    pub is_switch: bool,
    /// What its number is.
    pub unit: Unit,
    /// What it says now; 1 and 0 stand for yes and no.
    pub value: f64,
}
