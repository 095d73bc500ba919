//! hub: published signals in, each subscriber's mailbox out.
//! Enters: state and event publications; subscriptions with patterns, positions and a clock.
//! Leaves: shared, encoded envelopes, at most once per subscriber and tick of its flush clock.
//! May not do I/O or read a clock in its core: time is handed in, sockets are the gateway's.
//! Start at [`Core`] (all decisions, sans-I/O); [`Hub`] puts it behind a lock and wakes those who
//! flush.

mod core;
mod error;
mod event_topic;
mod limits;
mod look;
mod mailboxes;
mod numbered;
mod segment;
mod shell;
mod since;
mod standing;
mod state_topic;
mod subscriber;
mod waiting;

pub use self::core::{
    Core, Glance, Missing, Page, Past, Publication, ShardId, Sharing, SubscriberId,
};
pub use error::HubError;
pub use limits::Limits;
pub use look::Look;
pub use numbered::{Numbered, Spread};
pub use segment::{Form, Segment};
pub use shell::{Group, Hub, InterestListener};
pub use since::Since;
pub use standing::{Standing, Tally};
pub use state_topic::News;
pub use subscriber::Priority;
