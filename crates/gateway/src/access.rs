//! Who may call what: host and origin checks first, then who it is, then what the role allows.

mod caller;
mod features;
mod guard;
mod guesses;
mod headers;
mod identity;
mod rights;
mod rules;
mod sharing;
mod stay;

pub(crate) use caller::Caller;
pub(crate) use features::{is_on, switched_off};
pub(crate) use guard::{guard, too_many_tries};
pub(crate) use guesses::{Guesses, network};
pub(crate) use headers::secure;
pub use identity::Identity;
pub(crate) use identity::{
    Admin, ByCookie, OperatorOrMore, PublisherOrMore, Reader, Talker, Visitor, session_cookie_name,
};
#[cfg(test)]
pub(crate) use rights::{Who, rights};
pub use rules::AccessRules;
pub(crate) use sharing::share;
pub(crate) use stay::{Departure, End, Stay, Stays};
