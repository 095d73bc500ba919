//! The lists of those that wait to be flushed, one a shard.

use crate::{SubscriberId, subscriber::Subscriber};

/// Who waits to be flushed.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) shards: Vec<Vec<SubscriberId>>,
    /// Bit n: shard n got somebody since it was asked.
    pub(crate) woken: u32,
}

impl Waiting {
    /// Puts a subscriber on its shard's list, once. A blocked one comes on it when its socket takes
    /// again. One that waits for its clock is looked at again when something urgent came.
    pub(crate) fn list(&mut self, subscriber: &mut Subscriber, id: SubscriberId) {
        let Some(shard) = self.shards.get_mut(subscriber.shard) else { return };
        if subscriber.blocked || (subscriber.listed && subscriber.urgent == 0) {
            return;
        }
        self.woken |= 1 << subscriber.shard;
        if !subscriber.listed {
            shard.push(id);
            subscriber.listed = true;
        }
    }
}
