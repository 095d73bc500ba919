//! What a client is yet to be told, in order: of states only that there is something new, of events
//! references to the hub's own segments. So a slow client costs a list of names.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use bellwether_hub::Segment;
use bellwether_signal::Topic;

/// Events that wait: as many as the hub's ring holds. The oldest leave, as they do there; this
/// dialect has no word for a gap, and the states that follow say how things are.
const EVENTS: usize = 300;
/// Predictions that wait. The oldest leave: they are samples.
const PREDICTIONS: usize = 20;
/// Shortest time between two updates of one model's metrics (P8).
const METRICS_APART: Duration = Duration::from_secs(5);

/// One thing to tell.
#[derive(Debug)]
pub(super) enum Item {
    State {
        topic: Topic,
        /// It was there before the client.
        retained: bool,
    },
    Event(Arc<Segment>),
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    items: VecDeque<Item>,
    events: usize,
    /// Topics of the states that wait, here or in `resting`.
    listed: HashSet<Topic>,
    /// Metrics of models that were told less than 5 s ago.
    resting: Vec<(Duration, Topic)>,
    /// When a model's metrics may be told next.
    not_before: HashMap<Topic, Duration>,
    predictions: VecDeque<Arc<Segment>>,
}

impl Queue {
    /// A state has something new.
    pub(super) fn state(&mut self, topic: &Topic, retained: bool) {
        if self.listed.insert(topic.clone()) {
            self.items.push_back(Item::State { topic: topic.clone(), retained });
        }
    }

    /// A state has something new that comes before all that waits.
    pub(super) fn urgent(&mut self, topic: &Topic, retained: bool) {
        if self.listed.insert(topic.clone()) {
            self.items.push_front(Item::State { topic: topic.clone(), retained });
        }
    }

    pub(super) fn event(&mut self, segment: &Arc<Segment>) {
        if segment.topic().as_str().ends_with("/predictions") {
            self.predictions.push_back(Arc::clone(segment));
            if self.predictions.len() > PREDICTIONS {
                self.predictions.pop_front();
            }
            return;
        }
        self.items.push_back(Item::Event(Arc::clone(segment)));
        self.events += 1;
        if self.events > EVENTS {
            let oldest = self.items.iter().position(|item| matches!(item, Item::Event(_)));
            let _left = oldest.and_then(|oldest| self.items.remove(oldest));
            self.events -= 1;
        }
    }

    /// What to tell next: in order, predictions when there is nothing else.
    pub(super) fn next(&mut self, now: Duration) -> Option<Item> {
        self.wake(now);
        while let Some(item) = self.items.pop_front() {
            match item {
                Item::State { topic, retained } => {
                    if let Some(due) = self.not_before.get(&topic).filter(|due| now < **due) {
                        self.resting.push((*due, topic));
                        continue;
                    }
                    if topic.as_str().starts_with("model/") && topic.as_str().ends_with("/metrics")
                    {
                        self.not_before.insert(topic.clone(), now + METRICS_APART);
                    }
                    self.listed.remove(&topic);
                    return Some(Item::State { topic, retained });
                }
                Item::Event(_) => {
                    self.events -= 1;
                    return Some(item);
                }
            }
        }
        self.predictions.pop_front().map(Item::Event)
    }

    fn wake(&mut self, now: Duration) {
        let items = &mut self.items;
        self.resting.retain(|(due, topic)| {
            if now >= *due {
                items.push_back(Item::State { topic: topic.clone(), retained: false });
            }
            now < *due
        });
    }

    /// Whether something could be told now.
    pub(super) fn has_some(&self) -> bool {
        !self.items.is_empty() || !self.predictions.is_empty()
    }

    /// When something can be told that cannot now.
    pub(super) fn due(&self) -> Option<Duration> {
        self.resting.iter().map(|(due, _)| *due).min()
    }
}
