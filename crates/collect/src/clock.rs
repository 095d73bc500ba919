//! Time, handed in: tests have their own.

use std::time::Duration;

use bellwether_signal::Moment;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// Both clocks now.
    fn now(&self) -> Moment;
    /// Processor time that the calling thread has used.
    fn thread_cpu_time(&self) -> Duration;
}

/// The kernel's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct KernelClock;

impl Clock for KernelClock {
    fn now(&self) -> Moment {
        bellwether_sys::clock::now()
    }

    fn thread_cpu_time(&self) -> Duration {
        bellwether_sys::clock::thread_cpu_time()
    }
}
