//! What is kept of a dataset besides its file.

use bellwether_signal::{Timestamp, dataset::DatasetProfile};
use serde::{Deserialize, Serialize};

/// One dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// UUID version 7: sorts by time.
    pub id: String,
    /// When it was uploaded.
    pub created_at_ms: Timestamp,
    /// Who uploaded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The target that a person chose, in place of the guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_target: Option<String>,
    /// What is in it: name, size, hash, columns, doubts.
    pub profile: DatasetProfile,
}
