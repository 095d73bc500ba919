//! sys: typed system calls, and nothing else.
//! Enters: plain values. Leaves: what the kernel answered, in types and units that say what it is.
//! May not know what its calls are for. It is the only room that may hold `unsafe`; there is none,
//! because rustix has a safe face for everything that is called.
//! Start at [`clock`]: every room that needs the time is handed [`clock::now`].

pub mod clock;
pub mod directory;
pub mod filesystem;
pub mod interfaces;
pub mod limits;
pub mod machine;

pub use rustix::io::Errno;
