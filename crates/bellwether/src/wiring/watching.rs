//! Everything that is published as a state passes the rules. Alerts are announced the same way as what
//! they look at, so the way to them is filled in once they are there.

use std::sync::{Arc, OnceLock, Weak};

use bellwether_detect::Alerts;
use bellwether_signal::{Moment, Topic};
use serde_json::{Map, Value};

/// The way to the rules; without any, what passes is not looked at.
#[derive(Clone, Default)]
pub(crate) struct Watching(Arc<OnceLock<Weak<Alerts>>>);

impl Watching {
    /// From now on states are looked at.
    pub(crate) fn begin(&self, alerts: &Arc<Alerts>) {
        // Filled once; a second call changes nothing.
        self.0.get_or_init(|| Arc::downgrade(alerts));
    }

    /// A state that is published.
    pub(crate) fn observe(&self, topic: &Topic, state: &Map<String, Value>, at: Moment) {
        if let Some(alerts) = self.alerts() {
            alerts.observe(topic, state, at);
        }
    }

    /// Whether any rule looks at a topic.
    pub(crate) fn looks_at(&self, topic: &Topic) -> bool {
        self.alerts().is_some_and(|alerts| alerts.looks_at(topic))
    }

    /// A state topic that is no more.
    pub(crate) fn gone(&self, topic: &Topic) {
        if let Some(alerts) = self.alerts() {
            alerts.gone(topic);
        }
    }

    fn alerts(&self) -> Option<Arc<Alerts>> {
        self.0.get()?.upgrade()
    }
}
