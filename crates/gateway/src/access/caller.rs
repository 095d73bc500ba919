//! Who is at the other end of a connection.

use std::net::IpAddr;

/// Put into every request by the connection that it came on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A command on the same machine, through the control socket: known to be our own user or root.
    Local,
    /// Somebody at this address.
    At(IpAddr),
}

impl Caller {
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Local => None,
            Self::At(address) => Some(*address),
        }
    }
}
