//! The small files of one process, parsed. Source: `proc_pid_stat(5)`, `proc_pid_io(5)`,
//! `proc_pid_status(5)`, and Linux documentation, scheduler/sched-stats (`schedstat`).

use bellwether_signal::host::ProcessState;

use crate::text::{lines, number, words};

/// Set in the flags of threads of the kernel (`PF_KTHREAD`, include/linux/sched.h).
const KERNEL_THREAD: u64 = 0x0020_0000;

/// `/proc/PID/stat`, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatLine<'a> {
    /// What the kernel calls it: any bytes, 15 at most for programs.
    pub(super) name: &'a [u8],
    pub(super) state: ProcessState,
    pub(super) parent_pid: u32,
    pub(super) kernel: bool,
    /// Processor time of all its threads, user and system, in clock ticks.
    pub(super) cpu_ticks: u64,
    pub(super) threads: u32,
    pub(super) start_ticks: u64,
    pub(super) resident_pages: u64,
}

/// Why a stat line gives no process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoProcess {
    /// It is about to disappear.
    Dead,
    /// The line is not as documented.
    Garbage,
}

impl<'a> StatLine<'a> {
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, NoProcess> {
        let (name, rest) = split_name(line).ok_or(NoProcess::Garbage)?;
        match rest.first() {
            Some(b'X' | b'x') => Err(NoProcess::Dead),
            _ => Self::fields(name, rest).ok_or(NoProcess::Garbage),
        }
    }

    /// Fields 3 and up, separated by blanks.
    fn fields(name: &'a [u8], rest: &[u8]) -> Option<Self> {
        let mut fields = words(rest);
        let state = match fields.next()? {
            b"R" => ProcessState::Running,
            b"D" => ProcessState::Blocked,
            b"I" => ProcessState::Idle,
            b"T" | b"t" => ProcessState::Stopped,
            b"Z" => ProcessState::Zombie,
            _ => ProcessState::Sleeping,
        };
        let parent_pid = number(fields.next()?)?;
        let flags = number(fields.nth(4)?)?;
        let user_ticks = number(fields.nth(4)?)?;
        let system_ticks = number(fields.next()?)?;
        let threads = number(fields.nth(4)?)?;
        let start_ticks = number(fields.nth(1)?)?;
        // Kernels print a negative count of pages when their bookkeeping is off: nothing, then.
        let resident_pages = number(fields.nth(1)?).unwrap_or_default();
        Some(Self {
            name,
            state,
            parent_pid: u32::try_from(parent_pid).ok()?,
            kernel: flags & KERNEL_THREAD != 0,
            cpu_ticks: user_ticks.checked_add(system_ticks)?,
            threads: u32::try_from(threads).ok()?,
            start_ticks,
            resident_pages,
        })
    }
}

/// The name stands in brackets and may hold brackets and blanks itself, so that its end is the last
/// one of the line.
fn split_name(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let open = line.iter().position(|byte| *byte == b'(')?;
    let close = line.iter().rposition(|byte| *byte == b')')?;
    Some((line.get(open + 1..close)?, line.get(close + 1..)?.trim_ascii()))
}

/// The first number of `/proc/PID/schedstat`: nanoseconds that the main thread has run.
pub(super) fn run_time_ns(text: &[u8]) -> Option<u64> {
    words(text.trim_ascii_end()).next().and_then(number)
}

/// Bytes that a process caused to be read from and written to storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) read_bytes: u64,
    pub(super) written_bytes: u64,
}

impl Storage {
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        Some(Self {
            read_bytes: value_of(text, b"read_bytes:")?,
            written_bytes: value_of(text, b"write_bytes:")?,
        })
    }
}

/// The effective user id: the second of `Uid:`.
pub(super) fn effective_user(status: &[u8]) -> Option<u32> {
    let line = lines(status).find_map(|line| line.strip_prefix(b"Uid:"))?;
    words(line).nth(1).and_then(number).and_then(|id| u32::try_from(id).ok())
}

fn value_of(text: &[u8], key: &[u8]) -> Option<u64> {
    lines(text).find_map(|line| line.strip_prefix(key)).and_then(|rest| number(rest.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INIT: &[u8] =
        b"1 (process_api) S 0 0 0 0 -1 4194560 36204 705375 0 630 96 462 1877 1008 \
        20 0 13 0 25 46804992 3958 18446744073709551615 1 1 0 0 0 0 0 4096 1256 0 0 0 17 1 0\n";

    #[test]
    fn a_line_tells_what_matters() {
        let line = StatLine::parse(INIT).unwrap();
        assert_eq!(line.name, b"process_api");
        assert_eq!((line.state, line.parent_pid, line.kernel), (ProcessState::Sleeping, 0, false));
        assert_eq!((line.cpu_ticks, line.threads), (96 + 462, 13));
        assert_eq!((line.start_ticks, line.resident_pages), (25, 3_958));
    }

    #[test]
    fn names_may_look_like_the_rest_of_the_line() {
        let line = b"7 (a) R 1 (b) I 2 0 0 0 -1 2129984 0 0 0 0 1 2 0 0 20 0 1 0 9 0 -3 0";
        let line = StatLine::parse(line).unwrap();
        assert_eq!(line.name, b"a) R 1 (b");
        assert_eq!((line.state, line.kernel), (ProcessState::Idle, true));
        assert_eq!((line.cpu_ticks, line.start_ticks, line.resident_pages), (3, 9, 0));
    }

    #[test]
    fn the_dead_and_garbage_are_told_apart() {
        assert_eq!(StatLine::parse(b"7 (a) X 1 0 0"), Err(NoProcess::Dead));
        for line in [&b""[..], b"7", b"7 (a", b"7 )a(", b"7 (a) S", b"7 (a) S 1 2 3 4 5 6 7 8 9"] {
            assert_eq!(StatLine::parse(line), Err(NoProcess::Garbage), "{line:?}");
        }
    }

    #[test]
    fn small_files_are_read_by_key() {
        assert_eq!(run_time_ns(b"811658 693462 3\n"), Some(811_658));
        assert_eq!(run_time_ns(b"\n"), None);
        let io = b"rchar: 9\nread_bytes: 4096\nwrite_bytes: 12\ncancelled_write_bytes: 3\n";
        assert_eq!(Storage::parse(io), Some(Storage { read_bytes: 4_096, written_bytes: 12 }));
        assert_eq!(Storage::parse(b"rchar: 9\n"), None);
        assert_eq!(effective_user(b"Name:\tx\nUid:\t1000\t33\t33\t33\n"), Some(33));
        assert_eq!(effective_user(b"Name:\tUid: 7\n"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            StatLine::parse(&bytes).ok();
            run_time_ns(&bytes);
            Storage::parse(&bytes);
            effective_user(&bytes);
        }

        #[test]
        fn nearly_right_lines_do_not_panic(text in "1 \\(.{0,8}\\) [A-Z]( -?[0-9]{0,21}){0,30}") {
            StatLine::parse(text.as_bytes()).ok();
        }
    }
}
