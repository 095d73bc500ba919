//! What happened goes to the hub, for everybody who watches.

use bellwether_gateway::ActivityLog;
use bellwether_hub::{Hub, Priority};
use bellwether_signal::{
    Topic,
    activity::{ACTIVITY, Activity},
};
use bellwether_sys::clock;
use serde_json::Value;
use tracing::warn;

use super::object;

pub(crate) struct HubActivity {
    hub: Hub,
    topic: Topic,
}

impl HubActivity {
    pub(crate) fn new(hub: Hub) -> Self {
        Self { hub, topic: Topic::of([ACTIVITY]) }
    }
}

impl ActivityLog for HubActivity {
    fn record(&self, activity: Activity) {
        let event = Value::Object(object(&activity));
        let now = clock::now().wall;
        if let Err(error) = self.hub.publish_event(&self.topic, event, now, Priority::Normal) {
            warn!(%error, "an activity was not published");
        }
    }
}
