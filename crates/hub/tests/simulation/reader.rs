//! A subscriber as docs/PROTOCOL.md describes it, without a thought about how the hub does it: what
//! it is owed follows from everything that was published and from where it says that it is.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_hub::Priority;
use bellwether_signal::{
    Role,
    answer::Delivered,
    patch,
    protocol::{Content, GapReason, Position},
};
use serde_json::{Map, Value};

use crate::{
    broken,
    check::{Broken, Check},
    truth::Channel,
};

/// What a client has: it remembers over connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) positions: BTreeMap<String, Position>,
    pub(crate) states: BTreeMap<String, Map<String, Value>>,
}

/// What the hub owes a subscriber in one topic.
#[derive(Clone, Debug)]
pub(crate) enum Owed {
    /// The version that it has; none, or one that was never there, calls for the full state.
    State(Option<Position>),
    /// The next event, and what has to be told before it.
    Event { next: u64, told: Option<(Position, GapReason)> },
}

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) owed: Owed,
    /// Something of high priority came since the last flush.
    pub(crate) urgent: bool,
}

/// One thing that a flush holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// The newest state; whether only the full one will do.
    State {
        offset: u64,
        full: bool,
    },
    Event {
        offset: u64,
    },
    Gap {
        from: Option<Position>,
        to: Position,
        reason: GapReason,
    },
}

/// What somebody asks for and what is owed.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) role: Role,
    pub(crate) patterns: BTreeSet<&'static str>,
    pub(crate) views: BTreeMap<String, View>,
    /// Positions named for topics that are not there yet.
    pub(crate) awaited: BTreeMap<String, Position>,
}

/// Where a subscription starts, as it is said to the hub.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Retained,
    Now,
    Positions(BTreeMap<String, Position>),
}

impl Reader {
    pub(crate) fn new(role: Role) -> Self {
        let (patterns, views, awaited) = Default::default();
        Self { role, patterns, views, awaited }
    }

    pub(crate) fn wants(&self, topic: &str) -> bool {
        let topic: Vec<&str> = topic.split('/').collect();
        may_read(self.role, &topic)
            && self.patterns.iter().any(|pattern| {
                let pattern: Vec<&str> = pattern.split('/').collect();
                matches(&pattern, &topic)
            })
    }

    pub(crate) fn subscribe(
        &mut self,
        patterns: &[&'static str],
        said: &Said,
        channels: &BTreeMap<String, Channel>,
        ring: u64,
    ) {
        self.patterns.extend(patterns);
        if let Said::Positions(positions) = said {
            let unborn = positions.iter().filter(|(topic, _)| !channels.contains_key(*topic));
            self.awaited.extend(unborn.map(|(topic, position)| (topic.clone(), *position)));
        }
        for (topic, channel) in channels {
            let named = match said {
                Said::Positions(positions) => positions.get(topic).copied(),
                Said::Retained | Said::Now => None,
            };
            if self.wants(topic) && (named.is_some() || !self.views.contains_key(topic)) {
                let only_new = matches!(said, Said::Now);
                self.join(topic, channel, named, only_new, ring);
            }
        }
    }

    pub(crate) fn unsubscribe(&mut self, patterns: &[&'static str]) {
        self.patterns.retain(|pattern| !patterns.contains(pattern));
        let views = std::mem::take(&mut self.views);
        self.views = views.into_iter().filter(|(topic, _)| self.wants(topic)).collect();
    }

    /// A topic came into being; its first publication follows.
    pub(crate) fn born(&mut self, topic: &str, channel: &Channel, ring: u64) {
        let awaited = self.awaited.remove(topic);
        if self.wants(topic) {
            self.join(topic, channel, awaited, false, ring);
        }
    }

    fn join(
        &mut self,
        topic: &str,
        channel: &Channel,
        named: Option<Position>,
        only_new: bool,
        ring: u64,
    ) {
        let oldest = channel.oldest(ring);
        let owed = if channel.is_state {
            Owed::State(named.filter(|position| channel.reached(*position)))
        } else {
            let (next, told) = match named {
                None if only_new => (channel.newest() + 1, None),
                None => (oldest, None),
                Some(at) if at.epoch() != channel.epoch => {
                    (oldest, Some((at, GapReason::NewEpoch)))
                }
                Some(at) if at.offset() > channel.newest() => {
                    (oldest, Some((at, GapReason::UnknownPosition)))
                }
                Some(at) => (at.offset() + 1, None),
            };
            Owed::Event { next, told }
        };
        let mut view = View { owed, urgent: false };
        let was_urgent = self.views.get(topic).is_some_and(|before| before.urgent);
        view.urgent = was_urgent && !view.items(channel, ring).is_empty();
        self.views.insert(topic.to_owned(), view);
    }

    /// What a flush now would hold, by topic.
    pub(crate) fn owed(
        &self,
        channels: &BTreeMap<String, Channel>,
        ring: u64,
    ) -> BTreeMap<String, Vec<Item>> {
        let items = |(topic, view): (&String, &View)| {
            let items = view.items(channels.get(topic)?, ring);
            (!items.is_empty()).then(|| (topic.clone(), items))
        };
        self.views.iter().filter_map(items).collect()
    }

    pub(crate) fn is_urgent(&self) -> bool {
        self.views.values().any(|view| view.urgent)
    }

    /// It was given everything that it was owed.
    pub(crate) fn given(&mut self, channels: &BTreeMap<String, Channel>) {
        for (topic, view) in &mut self.views {
            let Some(channel) = channels.get(topic) else { continue };
            view.urgent = false;
            view.owed = if channel.is_state {
                Owed::State(Some(Position(channel.epoch, channel.newest())))
            } else {
                Owed::Event { next: channel.newest() + 1, told: None }
            };
        }
    }
}

impl View {
    fn items(&self, channel: &Channel, ring: u64) -> Vec<Item> {
        let newest = channel.newest();
        let mut items = Vec::new();
        match &self.owed {
            Owed::State(has) if newest > 0 && *has != Some(Position(channel.epoch, newest)) => {
                items.push(Item::State { offset: newest, full: has.is_none() });
            }
            Owed::State(_) => {}
            Owed::Event { next, told } => {
                let from = channel.oldest(ring).max(*next);
                let to = Position(channel.epoch, from);
                if let Some((from, reason)) = told {
                    items.push(Item::Gap { from: Some(*from), to, reason: *reason });
                } else if from > *next {
                    let last = Some(Position(channel.epoch, next - 1));
                    items.push(Item::Gap { from: last, to, reason: GapReason::Overrun });
                }
                items.extend((from..=newest).map(|offset| Item::Event { offset }));
            }
        }
        items
    }
}

impl Memory {
    /// Takes one message, as a client does that knows only the protocol, and says what it was.
    pub(crate) fn take(
        &mut self,
        json: &[u8],
        channels: &BTreeMap<String, Channel>,
    ) -> Result<(String, Item, Priority), Broken> {
        let text = || String::from_utf8_lossy(json).into_owned();
        let delivered = serde_json::from_slice(json).map_err(|error| broken(&error))?;
        let envelope = match delivered {
            Delivered::Gap(notice) => {
                let topic = notice.topic.as_str().to_owned();
                let gap = notice.gap;
                self.positions.insert(topic.clone(), Position(gap.to.epoch(), gap.to.offset() - 1));
                let priority = channels.get(&topic).map_or(Priority::Normal, newest_priority);
                let item = Item::Gap { from: gap.from, to: gap.to, reason: gap.reason };
                return Ok((topic, item, priority));
            }
            Delivered::Envelope(envelope) => envelope,
        };
        let topic = envelope.topic.as_str().to_owned();
        let (epoch, offset) = (envelope.epoch, envelope.offset);
        let channel = channels.get(&topic).ok_or_else(|| broken("a topic that is not there"))?;
        let published = channel.at(offset).ok_or_else(|| broken(&("never published", text())))?;
        (epoch == channel.epoch).check("epoch", text)?;
        (envelope.ts.0 == published.ts).check("time", text)?;
        let had = self.positions.insert(topic.clone(), Position(epoch, offset));
        let item = match envelope.content {
            Content::Data(data) => {
                (data == published.value).check("event", text)?;
                Item::Event { offset }
            }
            Content::Full(value) => {
                self.states.insert(topic.clone(), value);
                Item::State { offset, full: true }
            }
            Content::Patch(change) => {
                let had = had.filter(|had| channel.reached(*had) && had.offset() < offset);
                had.is_some().check("a patch for somebody who has nothing", text)?;
                let state = self.states.get_mut(&topic).ok_or_else(|| broken("patch, no state"))?;
                patch::apply(state, &change);
                Item::State { offset, full: false }
            }
        };
        if channel.is_state {
            let state = self.states.get(&topic).ok_or_else(|| broken("no state"))?;
            (Some(state) == published.value.as_object())
                .check("state", || format!("{} gave {state:?}", text()))?;
        }
        Ok((topic, item, newest_priority(channel)))
    }
}

fn newest_priority(channel: &Channel) -> Priority {
    channel.log.last().map_or(Priority::Normal, |last| last.priority)
}

/// `*` is one segment, a last `**` the rest: by recursion, where the program loops.
fn matches(pattern: &[&str], topic: &[&str]) -> bool {
    match (pattern, topic) {
        (["**"], _) | ([], []) => true,
        (["*", pattern @ ..], [_, topic @ ..]) => matches(pattern, topic),
        ([want, pattern @ ..], [segment, topic @ ..]) => want == segment && matches(pattern, topic),
        _ => false,
    }
}

/// The table of roles: publishers and agents read nothing, viewers no command lines.
fn may_read(role: Role, topic: &[&str]) -> bool {
    match role {
        Role::Publisher | Role::Agent => false,
        Role::Viewer => !matches!(topic, ["host", .., "commands"]),
        Role::Operator | Role::Admin => true,
    }
}
