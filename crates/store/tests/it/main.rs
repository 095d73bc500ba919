//! The store through its public face, on real files.

#![expect(clippy::unwrap_used, reason = "all of it is tests")]

mod access;
mod durables;
mod faults;
mod in_memory;
mod inspecting;
mod keeping;
mod killed;
mod levels;
mod logging;
mod model;
mod opening;
mod predictions;
mod reading;
mod records;
mod scene;
