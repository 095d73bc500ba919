//! What the hub refuses, and why.

use std::time::Duration;

use bellwether_signal::{
    Topic,
    app::PayloadError,
    protocol::{Kind, Position},
};

/// What the hub refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// A topic is either state or event, for ever.
    #[error("{topic} holds {}, and {} cannot be published there", plural(*.is), plural(*.published))]
    WrongKind {
        /// The topic.
        topic: Topic,
        /// What it is.
        is: Kind,
        /// What was published.
        published: Kind,
    },
    /// More than [`Limits::topics`].
    #[error("there are {0} topics already, no more can be made")]
    TooManyTopics(usize),
    /// More than [`Limits::app_topics`].
    #[error("there are {0} topics below app/ already, no more can be made")]
    TooManyAppTopics(usize),
    /// What a user publishes would make a state that is too large.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// More than [`Limits::subscribers`].
    #[error("there are {0} subscribers already, no more are taken")]
    TooManySubscribers(usize),
    /// More than [`Limits::patterns`].
    #[error("a connection may subscribe to at most {0} patterns")]
    TooManyPatterns(usize),
    /// More than [`Limits::interval_max`].
    #[error("the flush interval is at most {} ms", .0.as_millis())]
    IntervalTooLong(Duration),
    /// It was removed.
    #[error("no such subscriber")]
    NoSuchSubscriber,
    /// An event comes with a position that is not after the newest one of its topic.
    #[error("{topic} stands at {newest:?}: no event can be at {position:?}")]
    NotAfter {
        /// The topic.
        topic: Topic,
        /// What was given.
        position: Position,
        /// Where the topic stands.
        newest: Position,
    },
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::State => "states",
        Kind::Event => "events",
    }
}
