//! Why we ended a connection that the other side would have kept.

/// Reasons, as `/metrics` counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It took nothing for too long.
    Stuck,
    /// It said nothing for too long, not even to a ping.
    Silent,
    /// It asked for more answers than it read.
    Overfull,
    /// It sent more messages than the welcome allows.
    Rate,
    /// It broke the protocol.
    Protocol,
    /// Its token was revoked or expired, or its user signed out.
    Token,
    /// An admin disconnected it.
    Admin,
}

impl Cut {
    pub(crate) const ALL: [Self; 7] = [
        Self::Stuck,
        Self::Silent,
        Self::Overfull,
        Self::Rate,
        Self::Protocol,
        Self::Token,
        Self::Admin,
    ];

    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stuck => "stuck",
            Self::Silent => "silent",
            Self::Overfull => "overfull",
            Self::Rate => "rate",
            Self::Protocol => "protocol",
            Self::Token => "token",
            Self::Admin => "admin",
        }
    }
}
