//! What has to hold after every step.

use std::{collections::BTreeSet, sync::Weak};

use bellwether_hub::Segment;

use super::{Done, PATCHES, RING, World};
use crate::{check::Check, truth::Channel, words::topic};

impl World {
    pub(super) fn check(&mut self) -> Done {
        for (index, client) in self.clients.iter().enumerate() {
            let Some(live) = &client.live else { continue };
            if live.blocked || live.reader.owed(&self.truth.channels, RING).is_empty() {
                continue;
            }
            let from = live.may_be_flushed_at();
            (self.now < from).check("starved", || (index, from, self.now))?;
            let wakes = self.shards[live.shard].1;
            wakes.is_some_and(|at| at <= from).check("nobody wakes", || (index, wakes, from))?;
            self.tally.waits += 1;
        }
        self.check_interest()?;
        self.check_memory()?;
        let lives = || self.clients.iter().filter_map(|client| client.live.as_ref());
        let counts = (lives().count(), lives().map(|live| live.reader.patterns.len()).sum());
        (self.core.counts() == counts).check("counts", || (self.core.counts(), counts))?;
        for (name, channel) in self.truth.channels.iter().filter(|(_, it)| it.is_state) {
            let state = self.core.state(&topic(name)).map(|(value, ts)| (Some(value), ts.0));
            let newest = channel.log.last().map(|last| (last.value.as_object(), last.ts));
            (state == newest).check("the hub's own state", || name)?;
        }
        Ok(())
    }

    fn check_interest(&mut self) -> Done {
        for (topic, wanted) in self.core.take_interest() {
            let topic = topic.as_str().to_owned();
            let changed = if wanted {
                self.interest.insert(topic.clone())
            } else {
                self.interest.remove(&topic)
            };
            changed.check("interest told twice", || (topic, wanted))?;
        }
        let lives = self.clients.iter().filter_map(|client| client.live.as_ref());
        let views: BTreeSet<&String> = lives.flat_map(|live| live.reader.views.keys()).collect();
        let wanted: BTreeSet<&String> = self.interest.iter().collect();
        (views == wanted).check("interest", || (format!("{wanted:?}"), format!("{views:?}")))
    }

    /// What was given to anybody is forgotten when it is no longer needed.
    fn check_memory(&mut self) -> Done {
        self.given.retain(|segment| segment.strong_count() > 0);
        let kept: BTreeSet<*const Segment> = self.given.iter().map(Weak::as_ptr).collect();
        let room = |channel: &Channel| if channel.is_state { PATCHES + 1 } else { 4 };
        let most: usize = self.truth.channels.values().map(room).sum();
        (kept.len() <= most).check("memory grows", || (kept.len(), most))
    }
}
