//! What a connection speaks. A new dialect is a variant here and a word in each table below.

/// The dialects, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// `bellwether.v1` on a WebSocket.
    Bellwether,
    /// Server-Sent Events.
    Sse,
    /// Flat JSON on `/ws`, without a subprotocol.
    Flat,
    /// The sockets of the analytics system.
    Analytics,
    /// Socket.IO v4, by WebSocket or long-polling.
    SocketIo,
}

impl Dialect {
    pub(crate) const ALL: [Self; 5] =
        [Self::Bellwether, Self::Sse, Self::Flat, Self::Analytics, Self::SocketIo];

    /// The word for it, in metrics and on the page.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bellwether => "bellwether.v1",
            Self::Sse => "sse",
            Self::Flat => "flat",
            Self::Analytics => "analytics",
            Self::SocketIo => "socketio",
        }
    }

    /// What the names of its connections begin with: `ws-7`.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Bellwether => "ws",
            Self::Sse => "sse",
            Self::Flat => "flat",
            Self::Analytics => "analytics",
            Self::SocketIo => "io",
        }
    }

    /// Whether it takes one of the places for sockets; streams have their own.
    pub(crate) fn is_socket(self) -> bool {
        self != Self::Sse
    }
}
