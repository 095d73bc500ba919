//! The store through its public face, on real files.

mod access;
mod opening;
mod reading;
#[expect(clippy::unwrap_used, reason = "it is part of tests")]
mod scene;
