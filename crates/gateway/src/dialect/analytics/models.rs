//! Models: `model_updated` when a version is registered, deployed, put away or breaks.

use std::collections::HashMap;

use bellwether_hub::Hub;
use bellwether_signal::{
    ModelId, Timestamp, Topic,
    model::{ModelState, ModelStatus},
};
use serde_json::{Value, json};

use super::{frame::frame, training::NEWS_MS};

/// What each version was when it was told last. There are no more of them than topics.
#[derive(Debug, Default)]
pub(super) struct Models(HashMap<ModelId, (ModelState, bool)>);

impl Models {
    /// What a version's status has to tell now.
    pub(super) fn tell(&mut self, hub: &Hub, topic: &Topic, now: Timestamp) -> Option<String> {
        let (value, at) = hub.state(topic)?;
        let status: ModelStatus = serde_json::from_value(Value::Object(value)).ok()?;
        let is = (status.state, status.is_deployed());
        let before = self.0.insert(status.model.clone(), is);
        let changed = status.deployed_at_ms.unwrap_or(status.created_at_ms);
        // What has been so for long is no news for who connects.
        let is_news = match before {
            Some(before) => before != is,
            None => now.0 - changed.0 <= NEWS_MS,
        };
        is_news.then(|| frame("model_updated", updated(&status), at))
    }
}

fn updated(status: &ModelStatus) -> Value {
    json!({
        "model_id": status.model,
        "model_name": status.model.name(),
        "model_type": status.task,
        "version": status.model.version(),
        "status": status.state,
        "is_active": status.is_deployed(),
        "algorithm": status.algorithm,
        "r_squared": status.scores.get("r_squared"),
        "accuracy": status.scores.get("accuracy"),
        "error_message": status.error,
    })
}
