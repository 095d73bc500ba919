//! sys: typed system calls, and nothing else.
//! Enters: plain values. Leaves: what the kernel answered, in types and units that say what it is.
//! May not know what its calls are for. It is the only room that may hold `unsafe`, each with its
//! reason and a test: [`discipline`] does, because rustix has no safe face for that call.
//! Start at [`clock`]: every room that needs the time is handed [`clock::now`].

pub mod clock;
pub mod directory;
pub mod discipline;
pub mod filesystem;
pub mod interfaces;
pub mod limits;
pub mod machine;
pub mod threads;

pub use rustix::io::Errno;
