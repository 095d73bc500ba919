//! Who a process is: its name, its user, its command line.

use std::{sync::Arc, time::Duration};

use bellwether_signal::host::ProcessState;

use super::{
    files::{READ_BYTES, Reader},
    stat_line::effective_user,
    users::Users,
};
use crate::{sanitise::sanitise, text::clean};

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
        // To read a command line is to wait for the lock of the process's memory, and a process
        // that waits uninterruptibly may hold it for long.
        if state == ProcessState::Blocked {
            self.is_due = true;
        } else if let Ok(raw) = reader.once(pid, "cmdline") {
            self.command = command_line(raw);
        }
    }
}

/// The arguments of a process, each ended by a zero byte, as a line without secrets. A process that
/// writes its own title has one argument with blanks in it.
fn command_line(raw: &[u8]) -> Option<Arc<str>> {
    let whole = raw.len() < READ_BYTES;
    let text = String::from_utf8_lossy(raw);
    let text = text.trim_end_matches('\0');
    // Of a line that was cut, the last word may be half a secret that no longer looks like one.
    let end = if whole { text.len() } else { text.rfind(['\0', ' ']).unwrap_or_default() };
    let line = sanitise(text.get(..end).unwrap_or_default().split('\0'));
    (!line.is_empty()).then(|| line.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_split_at_zero_bytes() {
        let check = |raw: &[u8], expected: Option<&str>| {
            assert_eq!(command_line(raw).as_deref(), expected, "{raw:?}");
        };
        check(b"sleep\x00100\0", Some("sleep 100"));
        check(b"nginx: worker process\0\0\0\0", Some("nginx: worker process"));
        check(b"\xff\x1b[2J\0a\nb\0", Some("\u{fffd}\u{fffd}[2J a b"));
        check(b"", None);
        check(b"\0\0", None);
    }

    #[test]
    fn a_word_that_was_cut_is_not_shown() {
        let mut raw = b"fetch https://user:".to_vec();
        raw.resize(READ_BYTES, b'x');
        assert_eq!(command_line(&raw).as_deref(), Some("fetch"));
    }

    #[test]
    fn a_name_changes_with_exec() {
        let mut identity = Identity::new(b"sh");
        assert!(!identity.rename(b"sh"));
        assert!(identity.rename(b"\x1b[31mred"));
        assert_eq!(&*identity.name, "\u{fffd}[31mred");
    }
}
