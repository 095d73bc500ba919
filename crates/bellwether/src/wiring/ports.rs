//! What rooms ask of their surroundings: records are the store's, announcements the hub's, and the
//! numbers of states go to the store as series.

use std::{path::Path, sync::Arc};

use bellwether_gateway::ActivityLog as _;
use bellwether_hub::{Hub, HubError, Priority};
use bellwether_signal::{
    Topic,
    activity::Activity,
    feature::Features,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
    series::visit_numbers,
};
use bellwether_store::{Frame, Store, StoreError};
use bellwether_sys::clock;
use serde_json::{Map, Value};
use tracing::warn;

use super::{LoggedActivity, Watching};

/// What rooms are handed at their start.
pub(crate) fn surroundings(
    hub: &Hub,
    store: &Store,
    watching: &Watching,
    folder: &Path,
    features: Features,
) -> Surroundings {
    let activity = LoggedActivity::new(store.clone());
    let (hub, watching) = (hub.clone(), watching.clone());
    let announcer = Announcer { hub, store: store.clone(), activity, watching };
    Surroundings {
        records: Arc::new(StoredRecords(store.clone())),
        announce: Arc::new(announcer),
        folder: folder.to_owned(),
        clock: clock::now,
        features,
    }
}

struct StoredRecords(Store);

impl Records for StoredRecords {
    fn all(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        self.0.records(kind).map_err(|error| keep_error(&error))
    }

    fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError> {
        self.0.change_records(changes).map_err(|error| keep_error(&error))
    }
}

/// What the asker can change is told apart from what is the disk's.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure is the disk's")]
pub(super) fn keep_error(error: &StoreError) -> KeepError {
    let text = error.to_string();
    match error {
        StoreError::RecordTooLarge { .. } | StoreError::TooManyRecords { .. } => {
            KeepError::TooLarge(text)
        }
        _ => KeepError::Unavailable(text),
    }
}

/// Tells everybody who is subscribed.
struct Announcer {
    hub: Hub,
    store: Store,
    activity: LoggedActivity,
    watching: Watching,
}

impl Announce for Announcer {
    fn state(&self, topic: &Topic, state: Map<String, Value>, history_ms: Option<u32>) {
        let now = clock::now();
        let at = now.wall;
        self.watching.observe(topic, &state, now);
        if let Some(interval_ms) = history_ms {
            let mut samples: Vec<(Box<str>, f64)> = Vec::new();
            visit_numbers(topic, &state, &mut |name, _, number| {
                samples.push((name.into(), number));
            });
            if !samples.is_empty() {
                self.store.append(Frame { at, interval_ms, samples });
            }
        }
        told(topic, self.hub.publish_state(topic, state, at));
    }

    fn gone(&self, topic: &Topic) {
        self.watching.gone(topic);
        self.hub.retire(topic, clock::now().wall);
    }

    fn event(&self, topic: &Topic, event: Value, may_be_shed: bool) {
        let priority = if may_be_shed { Priority::Low } else { Priority::Normal };
        told(topic, self.hub.publish_event(topic, event, clock::now().wall, priority));
    }

    fn logged(&self, topic: &Topic, event: Value) {
        if let Err(error) = self.store.log(topic.clone(), clock::now().wall, event) {
            warn!(%error, %topic, "an event was not kept");
        }
    }

    fn activity(&self, activity: Activity) {
        self.activity.record(activity);
    }
}

/// The hub refuses only what is over its limits: worth a line, never worth stopping for.
fn told(topic: &Topic, published: Result<(), HubError>) {
    if let Err(error) = published {
        warn!(%error, %topic, "a signal was not published");
    }
}
