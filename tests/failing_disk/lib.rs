//! `failing_disk`: a disk under `SQLite` whose n-th operation fails. For tests only.
//!
//! `SQLite` reaches files through a table of C functions (sqlite.org/c3ref/vfs.html). This one passes
//! everything on to the system's own, and counts; the operation that a [`Plan`] names fails as a bad or
//! full disk would make it fail. No kept crate has a safe face for that: `unsafe` is here, and nowhere
//! but here and in crates/sys (docs/adr/0006-a-disk-that-fails.md).
//!
//! Start at [`install`]; [`plan`] says what fails, `hooks` is the table.

mod hooks;
mod plan;

pub use hooks::install;
pub use plan::{Operation, Plan, Way, heal, set};
