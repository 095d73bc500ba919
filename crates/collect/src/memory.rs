//! Memory and swap.
//! Source: Linux documentation, filesystems/proc (`meminfo`), `proc_vmstat(5)`. Kernels before 3.14
//! do not estimate what is available, and then nothing is said about used memory either.

use std::time::Duration;

use bellwether_signal::host::{HostState, Memory};

use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier, critical::Latch,
    kept_file::KeptFile, rate, text,
};

/// Memory and swap.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "memory",
    tier: Tier::Standard,
    lengthy: false,
    every_second: false,
    topics: &["memory"],
    quiet_topics: &[],
    open,
};

/// Above this, memory is critical (H4), until it is below the other.
const CRITICAL_PERCENT: f64 = 90.0;
const CALM_PERCENT: f64 = 87.0;
const KIB: u64 = 1_024;

struct MemoryCollector {
    meminfo: KeptFile,
    vmstat: Option<KeptFile>,
    page_bytes: u64,
    before: Option<(Paging, Duration)>,
    shortage: Latch,
}

fn open(root: &HostRoot) -> Opened {
    let Some(meminfo) = KeptFile::open_if_offered(root.proc.join("meminfo"))? else {
        return Ok(None);
    };
    Ok(Some(Box::new(MemoryCollector {
        meminfo,
        vmstat: KeptFile::open_if_offered(root.proc.join("vmstat"))?,
        page_bytes: root.calls.page_bytes,
        before: None,
        shortage: Latch::default(),
    })))
}

impl Collector for MemoryCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let bytes = self.meminfo.read()?;
        let Some(mut memory) = Meminfo::parse(bytes).state() else {
            let found = bytes.to_vec();
            return Err(CollectError::parse(self.meminfo.path(), "MemTotal", &found));
        };
        if let Some(vmstat) = &mut self.vmstat {
            let paging = Paging::parse(vmstat.read()?);
            if let Some((before, at)) = &self.before {
                let seconds = round.now.monotonic.saturating_sub(*at).as_secs_f64();
                paging.add_rates(&mut memory, before, self.page_bytes, seconds);
            }
            memory.oom_kills = paging.oom_kills.map(|kills| kills as f64);
            self.before = Some((paging, round.now.monotonic));
        }
        out.critical = self.shortage.update(memory.used_percent, CRITICAL_PERCENT, CALM_PERCENT);
        out.states.push(HostState::Memory(memory));
        Ok(())
    }
}

/// One reading of `meminfo`, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Meminfo {
    pub(crate) total: Option<u64>,
    available: Option<u64>,
    free: Option<u64>,
    buffers: Option<u64>,
    cached: Option<u64>,
    shared: Option<u64>,
    slab: Option<u64>,
    dirty: Option<u64>,
    swap_total: Option<u64>,
    swap_free: Option<u64>,
}

impl Meminfo {
    /// Lines read `MemTotal:       24684096 kB`.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for line in text::lines(bytes) {
            let mut words = text::words(line);
            let (Some(key), Some(value)) = (words.next(), words.next()) else { continue };
            let field = match key {
                b"MemTotal:" => &mut found.total,
                b"MemAvailable:" => &mut found.available,
                b"MemFree:" => &mut found.free,
                b"Buffers:" => &mut found.buffers,
                b"Cached:" => &mut found.cached,
                b"Shmem:" => &mut found.shared,
                b"Slab:" => &mut found.slab,
                b"Dirty:" => &mut found.dirty,
                b"SwapTotal:" => &mut found.swap_total,
                b"SwapFree:" => &mut found.swap_free,
                _ => continue,
            };
            *field = text::number(value).and_then(|kib| kib.checked_mul(KIB));
        }
        found
    }

    /// What it means; nothing without a total.
    fn state(&self) -> Option<Memory> {
        let total = self.total.filter(|total| *total > 0)?;
        let bytes = |value: Option<u64>| value.map(|bytes| bytes as f64);
        // Balloons and hot-plugging can make the estimate outrun the total for a moment.
        let used = self.available.map(|available| total.saturating_sub(available));
        let swap_total = self.swap_total.filter(|swap| *swap > 0);
        let swap_used = swap_total.zip(self.swap_free).map(|(all, free)| all.saturating_sub(free));
        let share = |part: Option<u64>, whole: Option<u64>| {
            rate::bounded_percent(part? as f64, whole? as f64)
        };
        Some(Memory {
            total_bytes: total as f64,
            available_bytes: bytes(self.available),
            used_bytes: bytes(used),
            used_percent: share(used, Some(total)),
            free_bytes: bytes(self.free),
            buffers_bytes: bytes(self.buffers),
            cached_bytes: bytes(self.cached),
            shared_bytes: bytes(self.shared),
            slab_bytes: bytes(self.slab),
            dirty_bytes: bytes(self.dirty),
            swap_total_bytes: bytes(swap_total),
            swap_used_bytes: bytes(swap_used),
            swap_used_percent: share(swap_used, swap_total),
            ..Memory::default()
        })
    }
}

/// What `vmstat` counts of paging: pages and events since boot.
#[derive(Debug, Default, PartialEq, Eq)]
struct Paging {
    swapped_in: Option<u64>,
    swapped_out: Option<u64>,
    major_faults: Option<u64>,
    oom_kills: Option<u64>,
}

impl Paging {
    fn parse(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for line in text::lines(bytes) {
            // Of about 200 lines four matter; their first byte tells most others apart.
            if !matches!(line.first(), Some(b'p' | b'o')) {
                continue;
            }
            let mut words = text::words(line);
            let (Some(key), Some(value)) = (words.next(), words.next()) else { continue };
            let field = match key {
                b"pswpin" => &mut found.swapped_in,
                b"pswpout" => &mut found.swapped_out,
                b"pgmajfault" => &mut found.major_faults,
                b"oom_kill" => &mut found.oom_kills,
                _ => continue,
            };
            *field = text::number(value);
        }
        found
    }

    fn add_rates(&self, memory: &mut Memory, before: &Self, page_bytes: u64, seconds: f64) {
        let pages = |now, before| rate::byte_rate(now, before, page_bytes, seconds);
        memory.swap_in_bytes_per_second = pages(self.swapped_in, before.swapped_in);
        memory.swap_out_bytes_per_second = pages(self.swapped_out, before.swapped_out);
        memory.major_faults_per_second =
            rate::count_rate(self.major_faults, before.major_faults, seconds);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn used_is_total_less_available() {
        let text = b"MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 750 kB\nSwapTotal: 0 kB\n";
        let memory = Meminfo::parse(text).state().unwrap();
        assert_eq!(Some(memory.total_bytes), Some(1_024_000.0));
        assert_eq!(memory.used_bytes, Some(256_000.0));
        assert_eq!(memory.used_percent, Some(25.0));
        assert_eq!((memory.swap_total_bytes, memory.swap_used_percent), (None, None));
        assert_eq!(memory.dirty_bytes, None);
    }

    #[test]
    fn an_old_kernel_says_nothing_about_used_memory() {
        let text = b"MemTotal: 1000 kB\nMemFree: 100 kB\nSwapTotal: 50 kB\nSwapFree: 40 kB\n";
        let memory = Meminfo::parse(text).state().unwrap();
        assert_eq!((memory.used_bytes, memory.used_percent), (None, None));
        assert_eq!(memory.swap_used_percent, Some(20.0));
    }

    #[test]
    fn more_available_than_there_is_means_nothing_used() {
        let memory = Meminfo::parse(b"MemTotal: 10 kB\nMemAvailable: 11 kB\n").state().unwrap();
        assert_eq!(memory.used_percent, Some(0.0));
    }

    #[test]
    fn garbage_has_no_total() {
        for bytes in [&b""[..], b"MemTotal:", b"MemTotal: x kB", b"MemTotal: 0 kB", b"\0\xff\n"] {
            assert_eq!(Meminfo::parse(bytes).state(), None, "{bytes:?}");
        }
        let overflow = Meminfo::parse(b"MemTotal: 18446744073709551615 kB\n");
        assert_eq!(overflow.total, None);
    }

    #[test]
    fn paging_rates_are_bytes() {
        let before = Paging::parse(b"pswpin 10\npswpout 5\npgmajfault 100\noom_kill 1\n");
        let now = Paging::parse(b"nr_free_pages 9\npswpin 12\npswpout 4\npgmajfault 150\n");
        let mut memory = Memory::default();
        now.add_rates(&mut memory, &before, 4_096, 2.0);
        assert_eq!(memory.swap_in_bytes_per_second, Some(4_096.0));
        assert_eq!(memory.swap_out_bytes_per_second, None);
        assert_eq!(memory.major_faults_per_second, Some(25.0));
        assert_eq!(now.oom_kills, None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Meminfo::parse(&bytes).state();
            Paging::parse(&bytes);
        }

        #[test]
        fn nearly_right_files_do_not_panic(
            text in "((MemTotal:|MemAvailable:|SwapTotal:|SwapFree:|pswpin) +-?[0-9]{0,22}( kB)?\n){0,6}"
        ) {
            Meminfo::parse(text.as_bytes()).state();
            Paging::parse(text.as_bytes());
        }
    }
}
