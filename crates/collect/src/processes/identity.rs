//! Who a process is: its name, its user, its command line.

use std::{sync::Arc, time::Duration};

use bellwether_signal::host::ProcessState;

use super::{files::Reader, stat_line::effective_user, users::Users};
use crate::text::clean;

/// The kernel keeps 15 bytes for programs and up to 64 for its own threads.
const NAME_BYTES: usize = 64;

/// Who a process is.
pub(super) struct Identity {
    /// The name as the kernel has it, to notice that another program runs now.
    raw_name: Vec<u8>,
    pub(super) name: Arc<str>,
    pub(super) user: Option<Arc<str>>,
    /// The sanitised command line; none for threads of the kernel and for zombies.
    pub(super) command: Option<Arc<str>>,
    /// Whether user and command line are to be read at the next look.
    pub(super) is_due: bool,
}

impl Identity {
    pub(super) fn new(raw_name: &[u8]) -> Self {
        let mut identity = Self {
            raw_name: Vec::new(),
            name: "".into(),
            user: None,
            command: None,
            is_due: false,
        };
        identity.rename(raw_name);
        identity
    }

    /// Whether the name has changed, which it does with exec.
    pub(super) fn rename(&mut self, raw_name: &[u8]) -> bool {
        let raw_name = raw_name.get(..NAME_BYTES).unwrap_or(raw_name);
        if raw_name == self.raw_name {
            return false;
        }
        raw_name.clone_into(&mut self.raw_name);
        self.name = clean(raw_name).into();
        true
    }

    /// Reads user and command line anew.
    pub(super) fn read(
        &mut self,
        pid: u32,
        kernel: bool,
        state: ProcessState,
        (reader, users): (&mut Reader, &mut Users),
        now: Duration,
    ) {
        self.is_due = false;
        if let Ok(status) = reader.once(pid, "status") {
            self.user = effective_user(status).map(|id| users.name(id, now));
        }
        if kernel {
            return;
        }
        if state == ProcessState::Blocked {
            // To read a command line is to wait for the lock of the process's memory, and a process
            // that waits uninterruptibly may hold it for long.
            self.is_due = true;
        }
    }
}
