//! Where a subscriber starts.

use std::collections::HashMap;

use bellwether_signal::{Topic, protocol::Position};

/// Where a subscription starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// State: the full value. Events: what the ring still holds.
    #[default]
    Retained,
    /// State: the full value. Events: those to come.
    Now,
    /// After these positions; topics that are not named start as with [`Since::Retained`].
    Positions(HashMap<Topic, Position>),
}

impl Since {
    pub(crate) fn start(&self, topic: &Topic) -> Start {
        match self {
            Self::Retained => Start::Retained,
            Self::Now => Start::Now,
            Self::Positions(known) => {
                known.get(topic).map_or(Start::Retained, |p| Start::After(*p))
            }
        }
    }
}

/// Where a subscription to one topic starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Retained,
    Now,
    /// After a position that the subscriber has.
    After(Position),
}
