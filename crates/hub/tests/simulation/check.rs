//! What is wrong, as a value: a schedule that fails is run again in shorter forms, and a panic for
//! each of them would fill the screen.

use std::fmt::Debug;

/// The invariant that did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Broken(pub(crate) String);

pub(crate) fn broken(what: &(impl Debug + ?Sized)) -> Broken {
    Broken(format!("{what:?}"))
}

/// A condition that has to hold.
pub(crate) trait Check {
    fn check<T: Debug>(self, what: &str, seen: impl FnOnce() -> T) -> Result<(), Broken>;
}

impl Check for bool {
    fn check<T: Debug>(self, what: &str, seen: impl FnOnce() -> T) -> Result<(), Broken> {
        if self { Ok(()) } else { Err(Broken(format!("{what}: {:?}", seen()))) }
    }
}
