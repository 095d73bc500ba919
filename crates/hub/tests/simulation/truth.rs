//! Everything that was ever published, by topic: what the hub's short memory is compared with.

use std::collections::BTreeMap;

use bellwether_hub::Priority;
use bellwether_signal::protocol::Position;
use serde_json::{Map, Value, json};

use crate::random::Random;

/// One topic since its epoch began. Offset n is entry n - 1.
pub(crate) struct Channel {
    pub(crate) is_state: bool,
    pub(crate) epoch: u64,
    /// What a restart left in the ring begins here.
    pub(crate) held_from: u64,
    pub(crate) log: Vec<Published>,
}

#[derive(Clone)]
pub(crate) struct Published {
    pub(crate) ts: i64,
    pub(crate) value: Value,
    pub(crate) priority: Priority,
}

impl Channel {
    pub(crate) fn newest(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn at(&self, offset: u64) -> Option<&Published> {
        self.log.get(usize::try_from(offset.checked_sub(1)?).ok()?)
    }

    /// The first offset that a ring of so many still holds.
    pub(crate) fn oldest(&self, ring: u64) -> u64 {
        self.held_from.max(self.newest().saturating_sub(ring) + 1)
    }

    /// Whether a subscriber may have been there.
    pub(crate) fn reached(&self, position: Position) -> bool {
        position.epoch() == self.epoch && (1..=self.newest()).contains(&position.offset())
    }
}

/// All topics of one run of the hub.
#[derive(Default)]
pub(crate) struct Truth {
    pub(crate) channels: BTreeMap<String, Channel>,
    /// Every publication is another one: a value that arrives twice or elsewhere is seen.
    count: i64,
}

impl Truth {
    pub(crate) fn ts(&mut self) -> i64 {
        self.count += 1;
        self.count
    }

    /// What a state topic holds, if anything was published there.
    pub(crate) fn newest(&self, topic: &str) -> Option<&Map<String, Value>> {
        self.channels.get(topic)?.log.last()?.value.as_object()
    }

    /// The next value of a state: nested, with keys that come, change their kind and go, so that all
    /// kinds of patches arise, those too that cannot be merged.
    pub(crate) fn change(&self, topic: &str, dice: u64) -> Map<String, Value> {
        let mut value = self.newest(topic).cloned().unwrap_or_default();
        let random = &mut Random::new(dice);
        for _ in 0..random.below(4) {
            let key = random.pick(&["a", "b", "c"]);
            match random.below(6) {
                0 => drop(value.remove(key)),
                1 => drop(value.insert(key.into(), json!(random.below(3)))),
                2 => drop(value.insert(key.into(), json!([1, {"deep": random.below(2)}]))),
                3 => drop(value.insert(key.into(), json!({}))),
                _ => {
                    let inner = random.pick(&["x", "y"]);
                    let leaf = random.below(3);
                    match value.get_mut(key) {
                        Some(Value::Object(nested)) if leaf == 0 => drop(nested.remove(inner)),
                        Some(Value::Object(nested)) => {
                            nested.insert(inner.into(), json!({"n": leaf}));
                        }
                        _ => drop(value.insert(key.into(), json!({inner: {"n": leaf}}))),
                    }
                }
            }
        }
        value
    }
}
