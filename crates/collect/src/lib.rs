//! collect: the parts of a host in, its signals out.
//! Enters: the files of `/proc` and `/sys` (or recorded trees of them), and time. Leaves: a [`Batch`]
//! each round, with new states, processes that came and went, and how collecting itself goes.
//! May not know who listens, and reads no clock: it is handed in. Nothing here waits for a network.
//!
//! Start at [`start`], which runs everything on one thread, or at [`Rounds`], which is the same
//! without thread and sleep:
//!
//! ```no_run
//! use bellwether_collect::{ALL, Batch, HostRoot, KernelClock, start};
//!
//! let sink = |batch: Batch| {
//!     for publication in batch.states {
//!         // publish under host/{id}/{publication.state.topic_name()} at publication.at
//!         let _ = (publication.state, publication.interval_ms);
//!     }
//! };
//! let collecting = start(HostRoot::real().named("web-1"), ALL, KernelClock, sink)?;
//! collecting.promote("disks", true); // somebody looks: every second instead of every ten
//! collecting.stop();
//! # std::io::Result::Ok(())
//! ```
//!
//! A new collector is one file and one line in [`ALL`]. What each read costs is known (the example
//! `collecting_cost` prints it): files stay open, and what did not move is not read.

mod batch;
mod battery;
mod boot_time;
mod cgroups;
mod clock;
mod collector;
mod cpu;
mod critical;
mod disks;
mod driver;
mod errand;
mod error;
mod headlines;
mod kept_file;
mod memory;
mod network;
mod own_process;
mod pressure;
mod processes;
mod rate;
mod root;
mod rounds;
mod sanitise;
pub mod schedule;
mod sensors;
mod summary;
mod text;

pub use batch::{Batch, Publication, Report};
pub use clock::{Clock, KernelClock};
pub use collector::{Collector, CollectorSpec, Opened, Output, Round, Tier};
pub use driver::{Collecting, Sink, start};
pub use error::CollectError;
pub use headlines::Headlines;
pub use root::{HostRoot, SystemCalls};
pub use rounds::{Rounds, topic_names};
pub use schedule::Schedule;

/// Every collector, in the order in which they read.
pub const ALL: &[CollectorSpec] = &[
    cpu::SPEC,
    processes::SPEC,
    pressure::SPEC,
    sensors::SPEC,
    battery::SPEC,
    memory::SPEC,
    disks::SPEC,
    network::SPEC,
    cgroups::SPEC,
    summary::SPEC,
    own_process::SPEC,
];
