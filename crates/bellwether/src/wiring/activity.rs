//! What happened goes to the store's log, and from there to everybody who watches.

use bellwether_gateway::ActivityLog;
use bellwether_signal::{
    Topic,
    activity::{ACTIVITY, Activity},
    ports::state_of,
};
use bellwether_store::Store;
use bellwether_sys::clock;
use serde_json::Value;
use tracing::warn;

#[derive(Clone)]
pub(crate) struct LoggedActivity {
    store: Store,
    topic: Topic,
}

impl LoggedActivity {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, topic: Topic::of([ACTIVITY]) }
    }
}

impl ActivityLog for LoggedActivity {
    fn record(&self, mut activity: Activity) {
        let now = clock::now().wall;
        if activity.id.is_empty() {
            let mut tail = [0; 10];
            if let Err(error) = getrandom::fill(&mut tail) {
                // The time and the position in the log still tell it apart.
                warn!(%error, "the system gave no random bits for an id");
            }
            let at_ms = u64::try_from(now.0).unwrap_or(0);
            activity.id =
                uuid::Builder::from_unix_timestamp_millis(at_ms, &tail).into_uuid().into();
        }
        let event = Value::Object(state_of(&activity));
        if let Err(error) = self.store.log(self.topic.clone(), now, event) {
            warn!(%error, text = activity.text, "an activity was not kept");
        }
    }
}
