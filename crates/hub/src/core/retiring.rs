//! States whose subject is no more: an alert that is over, a model that was deleted. Subscribers are
//! given an empty state; who comes later is given nothing; and the topic's place is used again when places
//! are short, so that subjects may come and go for ever.

use bellwether_signal::{Timestamp, Topic};
use serde_json::Map;

use super::{Channel, Core};
use crate::subscriber::{Cursor, Priority, TopicIndex};

impl Core {
    /// Says that what a state topic was about is no more. Topics that are not there, or hold events,
    /// stay as they are.
    pub fn retire(&mut self, topic: &Topic, ts: Timestamp) {
        let Some(index) = self.by_name.get(topic).copied() else { return };
        let Some(entry) = self.topics.get_mut(index) else { return };
        let watched = !entry.subscribers.is_empty();
        let Channel::State(state) = &mut entry.channel else { return };
        if state.is_gone() {
            return;
        }
        state.publish(Map::new().into(), ts, watched, self.limits.patches);
        state.retire();
        self.retired.push_back(index);
        self.mark(index, Priority::Normal);
    }

    /// The place of a topic that is gone and of which everybody was told, oldest first; it is free then.
    pub(super) fn reclaim(&mut self) -> Option<TopicIndex> {
        for _ in 0..self.retired.len() {
            let index = self.retired.pop_front()?;
            match self.told_all(index) {
                // Published again since: it will be retired again if it has to be.
                None => {}
                Some(false) => self.retired.push_back(index),
                Some(true) => {
                    self.free(index);
                    return Some(index);
                }
            }
        }
        None
    }

    /// Whether all subscribers of a topic know that it is gone; `None` when it is not.
    fn told_all(&self, index: TopicIndex) -> Option<bool> {
        let entry = self.topics.get(index)?;
        let Channel::State(state) = &entry.channel else { return None };
        let knows = |id| {
            let mailbox = self.subscribers.get(id).and_then(|it| it.mailboxes.get(index));
            // Who came later was never told of it, and has nothing waiting.
            mailbox.is_none_or(|mailbox| {
                !mailbox.dirty
                    && matches!(mailbox.cursor, Cursor::State { known }
                        if known.is_none_or(|known| known == state.position()))
            })
        };
        state.is_gone().then(|| entry.subscribers.iter().all(knows))
    }

    fn free(&mut self, index: TopicIndex) {
        let Some(entry) = self.topics.get_mut(index) else { return };
        self.by_name.remove(&entry.topic);
        if let Channel::State(state) = &entry.channel {
            self.forgotten = self.forgotten.max(state.position().offset());
        }
        entry.hearing.clear();
        let had = std::mem::take(&mut entry.subscribers);
        if !had.is_empty() {
            self.interest.push((entry.topic.clone(), false));
        }
        self.app_topics -= usize::from(bellwether_signal::app::is_app(&entry.topic));
        for id in had {
            if let Some(subscriber) = self.subscribers.get_mut(&id) {
                subscriber.forget(index);
            }
        }
    }
}
