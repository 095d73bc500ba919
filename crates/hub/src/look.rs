//! Somebody who asks instead of being told: for those who poll and lack what only a log has.

use std::sync::Arc;

use bellwether_signal::{Topic, protocol::Position};

use crate::{Hub, Missing, Segment, SubscriberId};

/// A subscriber that no shard flushes. It is gone with this handle.
pub struct Look {
    pub(crate) hub: Hub,
    pub(crate) id: SubscriberId,
}

impl Look {
    /// Appends everything that it has not had; what it answers is missing, and has to be
    /// [supplied](Hub::supply) before there is more of those topics.
    pub fn take(&self, segments: &mut Vec<Arc<Segment>>) -> Vec<Missing> {
        self.hub.take_now(self.id, segments)
    }

    /// How far it is in each of its topics.
    pub fn positions(&self) -> Vec<(Topic, Position)> {
        self.hub.positions(self.id)
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.hub.remove_subscriber(self.id);
    }
}
