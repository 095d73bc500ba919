//! The surroundings of a part that is switched off: it finds nothing kept, tells nobody, and what is on
//! disk stays as it is for the day on which it is switched on again.

use std::sync::Arc;

use bellwether_signal::{
    Topic,
    activity::Activity,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
};
use serde_json::{Map, Value};

/// The same surroundings, without what there is in them.
pub(crate) fn absent(around: &Surroundings) -> Surroundings {
    Surroundings { records: Arc::new(Nothing), announce: Arc::new(Nothing), ..around.clone() }
}

struct Nothing;

impl Records for Nothing {
    fn all(&self, _: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        Ok(Vec::new())
    }

    fn change(&self, _: Vec<RecordChange>) -> Result<(), KeepError> {
        Err(KeepError::Unavailable("this part is switched off".to_owned()))
    }
}

impl Announce for Nothing {
    fn state(&self, _: &Topic, _: Map<String, Value>, _: Option<u32>) {}
    fn gone(&self, _: &Topic) {}
    fn event(&self, _: &Topic, _: Value, _: bool) {}
    fn logged(&self, _: &Topic, _: Value) {}
    fn activity(&self, _: Activity) {}
}
