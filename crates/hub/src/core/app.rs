//! Users' own signals: publications of states as patches, under the lock, so that two publishers of
//! one topic do not undo each other's fields.

use bellwether_signal::{
    Timestamp, Topic,
    app::{self, Published},
    patch,
    protocol::{Kind, Position},
};
use serde_json::{Map, Value};

use super::{Channel, Core};
use crate::{HubError, Priority};

/// What a user publishes.
#[derive(Clone, Debug, PartialEq)]
pub enum Publication {
    /// The whole state, or a merge patch on it.
    State {
        /// State or patch.
        data: Map<String, Value>,
        /// It is the whole state.
        full: bool,
    },
    /// An event.
    Event {
        /// What happened.
        data: Value,
        /// Who overtakes whom.
        priority: Priority,
    },
}

impl Publication {
    fn kind(&self) -> Kind {
        match self {
            Self::State { .. } => Kind::State,
            Self::Event { .. } => Kind::Event,
        }
    }
}

impl Core {
    /// Publishes what a user says, and answers what then stands there. A state that patches have
    /// made too large is refused and stays as it was.
    pub fn publish_app(
        &mut self,
        topic: &Topic,
        publication: Publication,
        ts: Timestamp,
    ) -> Result<Published, HubError> {
        // The kind comes first: no patch is worked out for a topic that holds events.
        if let Some(is) = self.kind(topic).filter(|is| *is != publication.kind()) {
            let (topic, published) = (topic.clone(), publication.kind());
            return Err(HubError::WrongKind { topic, is, published });
        }
        let state = match publication {
            Publication::Event { data, priority } => {
                self.publish_event(topic, data, ts, priority)?;
                None
            }
            Publication::State { data, full } => {
                let known = self.state(topic).filter(|_| !full);
                let mut state = known.map(|(state, _)| state.clone()).unwrap_or_default();
                patch::apply(&mut state, &data);
                app::check_state(&state)?;
                self.publish_state(topic, state.clone(), ts)?;
                Some(state)
            }
        };
        let position = self.newest(topic).unwrap_or(Position(self.epoch, 0));
        Ok(Published { position, state })
    }

    pub(super) fn kind(&self, topic: &Topic) -> Option<Kind> {
        Some(self.topics.get(*self.by_name.get(topic)?)?.channel.kind())
    }

    fn newest(&self, topic: &Topic) -> Option<Position> {
        match &self.topics.get(*self.by_name.get(topic)?)?.channel {
            Channel::State(state) => Some(state.position()),
            Channel::Event(events) => Some(events.position()),
        }
    }
}
