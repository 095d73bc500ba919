//! A state topic of the hub, decoded once for all clients.

use bellwether_hub::Hub;
use bellwether_signal::{
    Timestamp, Topic,
    alert::{Alert, AlertSeverity},
    dataset::{DatasetProfile, DatasetUpload},
    machine::MachineReadings,
    model::{ModelMetrics, ModelStatus},
    system::SystemHealth,
    training::{TrainingProgress, TrainingStatus},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tracing::debug;

/// What a state topic says, by the kinds that this dialect has words for.
#[derive(Debug)]
pub(super) enum Content {
    Upload(DatasetUpload),
    Profile(Box<DatasetProfile>),
    Training(Box<TrainingStatus>),
    Progress(TrainingProgress),
    Model(Box<ModelStatus>),
    Metrics(Box<ModelMetrics>),
    Alert(Box<Alert>),
    Health(SystemHealth),
    Readings(MachineReadings),
    /// Something else, or something that cannot be read.
    Other,
}

/// The newest value of a topic that somebody has read.
#[derive(Debug)]
pub(super) struct State {
    /// The id in the middle of its topic.
    pub(super) id: String,
    /// When it was measured.
    pub(super) at: Timestamp,
    /// Counts readings: two with the same number are one and the same.
    pub(super) number: u64,
    pub(super) content: Content,
}

impl State {
    pub(super) fn read(hub: &Hub, topic: &Topic, number: u64) -> Option<Self> {
        let (value, at) = hub.state(topic)?;
        let mut segments = topic.as_str().split('/');
        let path = [segments.next()?, segments.next()?, segments.next().unwrap_or_default()];
        let [_, id, _] = path;
        Some(Self { id: id.to_owned(), at, number, content: decode(topic, path, value) })
    }

    /// Whether it passes the limits.
    pub(super) fn is_urgent(&self) -> bool {
        matches!(&self.content, Content::Alert(alert) if alert.severity == AlertSeverity::Critical)
    }
}

fn decode(topic: &Topic, path: [&str; 3], value: Map<String, Value>) -> Content {
    fn of<T: DeserializeOwned>(
        topic: &Topic,
        value: Map<String, Value>,
        content: impl FnOnce(T) -> Content,
    ) -> Content {
        match serde_json::from_value(Value::Object(value)) {
            Ok(payload) => content(payload),
            Err(error) => {
                debug!(%topic, %error, "a payload is not what its topic promises");
                Content::Other
            }
        }
    }
    match path {
        ["dataset", _, "upload"] => of(topic, value, Content::Upload),
        ["dataset", _, "profile"] => of(topic, value, |it| Content::Profile(Box::new(it))),
        ["training", _, "status"] => of(topic, value, |it| Content::Training(Box::new(it))),
        ["training", _, "progress"] => of(topic, value, Content::Progress),
        ["model", _, "status"] => of(topic, value, |it| Content::Model(Box::new(it))),
        ["model", _, "metrics"] => of(topic, value, |it| Content::Metrics(Box::new(it))),
        ["alert", _, ""] => of(topic, value, |it| Content::Alert(Box::new(it))),
        ["system", "health", ""] => of(topic, value, Content::Health),
        ["machine", _, "readings"] => of(topic, value, Content::Readings),
        _ => Content::Other,
    }
}

/// The content of a state, where it is of that kind.
macro_rules! match_content {
    ($state:expr, $kind:ident) => {
        if let $crate::dialect::flat::state::Content::$kind(content) = &$state.content {
            Some(content)
        } else {
            None
        }
    };
}
pub(super) use match_content;
