//! `/proc/stat`: what the kernel counted since boot.

use crate::text::{lines, number, words};

/// Mode of processor time, in the order of the file's columns. Guest time follows and is part of
/// user and nice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    User,
    Nice,
    System,
    Idle,
    IoWait,
    Irq,
    SoftIrq,
    Steal,
}

const MODES: usize = 8;

/// A value for each mode: clock ticks since boot, or what they grew by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Times<T>(pub(crate) [T; MODES]);

/// One reading of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) total: Times<u64>,
    /// Cores that are online, by number, as the kernel lists them.
    pub(crate) cores: Vec<(u32, Times<u64>)>,
    pub(crate) switches: Option<u64>,
    pub(crate) interrupts: Option<u64>,
    pub(crate) forks: Option<u64>,
    pub(crate) runnable: Option<u32>,
    pub(crate) blocked: Option<u32>,
    /// Seconds since 1970 at which the host was booted.
    pub(crate) booted_at: Option<u64>,
}

impl Stat {
    /// Reads the file's content, reusing what is allocated; false when it has no total.
    pub(crate) fn parse(&mut self, bytes: &[u8]) -> bool {
        let mut cores = std::mem::take(&mut self.cores);
        cores.clear();
        *self = Self { cores, ..Self::default() };
        let mut found = false;
        for line in lines(bytes) {
            let mut words = words(line);
            let Some(key) = words.next() else { continue };
            if let Some(core) = key.strip_prefix(b"cpu") {
                let Some(times) = Times::parse(words) else { continue };
                if core.is_empty() {
                    self.total = times;
                    found = true;
                } else if let Some(core) = number(core).and_then(|id| u32::try_from(id).ok()) {
                    self.cores.push((core, times));
                }
                continue;
            }
            // Of these lines only the first number counts; `intr` goes on for kilobytes.
            let first = words.next().and_then(number);
            match key {
                b"ctxt" => self.switches = first,
                b"intr" => self.interrupts = first,
                b"processes" => self.forks = first,
                b"procs_running" => self.runnable = first.and_then(|n| u32::try_from(n).ok()),
                b"procs_blocked" => self.blocked = first.and_then(|n| u32::try_from(n).ok()),
                b"btime" => self.booted_at = first,
                _ => {}
            }
        }
        found
    }

    /// One core's times, when it is online.
    pub(crate) fn core(&self, id: u32) -> Option<&Times<u64>> {
        self.cores.iter().find(|(core, _)| *core == id).map(|(_, times)| times)
    }
}

impl Times<u64> {
    /// The columns of one line. Kernels before 2.6.11 have fewer.
    fn parse<'a>(words: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let mut times = Self::default();
        let mut columns = 0;
        for (time, word) in times.0.iter_mut().zip(words) {
            *time = number(word)?;
            columns += 1;
        }
        (columns > Mode::Idle as usize).then_some(times)
    }

    /// What each mode grew by; nothing where a counter went back.
    pub(crate) fn since(&self, before: &Self) -> Times<Option<u64>> {
        let mut grown = Times::default();
        for (mode, grown) in grown.0.iter_mut().enumerate() {
            let (now, before) = (self.0.get(mode), before.0.get(mode));
            let difference = now.zip(before).and_then(|(now, before)| now.checked_sub(*before));
            // The kernel says itself that these two may go back a little (proc_stat(5)): idle time
            // of a core is corrected when another core reads it.
            let may_shrink = mode == Mode::Idle as usize || mode == Mode::IoWait as usize;
            *grown = if may_shrink { Some(difference.unwrap_or_default()) } else { difference };
        }
        grown
    }

    /// Clock ticks in which tasks ran: what can be found again in the times of processes.
    pub(crate) fn of_tasks(&self) -> u64 {
        let tasks = [Mode::User, Mode::Nice, Mode::System];
        tasks.iter().filter_map(|mode| self.0.get(*mode as usize)).sum()
    }
}

impl<T: Copy + Default> Times<Option<T>> {
    /// One mode's value.
    pub(crate) fn of(&self, mode: Mode) -> Option<T> {
        self.0.get(mode as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VIRTUAL_MACHINE: &[u8] = b"cpu  32029 10 5489 359483 2849 1 64 51 0 0\n\
        cpu0 15393 5 2140 182314 154 1 9 24 0 0\ncpu3 16635 5 3349 177169 2694 0 54 27 0 0\n\
        intr 384420 0 0 14\nctxt 545640\nbtime 1795269059\nprocesses 10292\nprocs_running 3\n\
        procs_blocked 1\nsoftirq 256572 0 32486\n";

    fn parsed(bytes: &[u8]) -> Option<Stat> {
        let mut stat = Stat::default();
        stat.parse(bytes).then_some(stat)
    }

    #[test]
    fn a_reading_has_every_counter() {
        let stat = parsed(VIRTUAL_MACHINE).unwrap();
        assert_eq!(stat.total, Times([32_029, 10, 5_489, 359_483, 2_849, 1, 64, 51]));
        assert_eq!(stat.cores.iter().map(|core| core.0).collect::<Vec<_>>(), [0, 3]);
        assert_eq!((stat.interrupts, stat.switches), (Some(384_420), Some(545_640)));
        assert_eq!((stat.forks, stat.booted_at), (Some(10_292), Some(1_795_269_059)));
        assert_eq!((stat.runnable, stat.blocked), (Some(3), Some(1)));
        assert_eq!(stat.total.of_tasks(), 32_029 + 10 + 5_489);
    }

    #[test]
    fn cores_that_went_offline_are_forgotten() {
        let mut stat = parsed(VIRTUAL_MACHINE).unwrap();
        assert!(stat.parse(b"cpu  1 1 1 1\ncpu3 1 1 1 1\n"));
        assert_eq!(stat.cores.iter().map(|core| core.0).collect::<Vec<_>>(), [3]);
        assert_eq!(stat.switches, None);
    }

    #[test]
    fn garbage_has_no_total() {
        for bytes in [&b""[..], b"cpu", b"cpu 1 2", b"cpu a b c d", b"cpu0 1 2 3 4", b"\xff\0\n"] {
            assert_eq!(parsed(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn only_idle_and_iowait_may_shrink() {
        let before = Times([10; MODES]);
        let mut now = Times([20; MODES]);
        now.0[Mode::Idle as usize] = 9;
        now.0[Mode::Steal as usize] = 9;
        let grown = now.since(&before);
        assert_eq!(grown.of(Mode::Idle), Some(0));
        assert_eq!(grown.of(Mode::Steal), None);
        assert_eq!(grown.of(Mode::User), Some(10));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut stat = Stat::default();
            stat.parse(&bytes);
        }

        #[test]
        fn nearly_right_files_do_not_panic(text in "(cpu[0-9]{0,22}( -?[0-9]{0,22}){0,12}\n|ctxt [0-9]{0,22}\n){0,6}") {
            let mut stat = Stat::default();
            stat.parse(text.as_bytes());
        }
    }
}
