//! Pressure: the share of time in which tasks waited for a processor, for memory, for I/O.
//! Source: Linux documentation, accounting/psi. A kernel without PSI has no such files, and one
//! with PSI switched off refuses to read them: not offered.

use std::time::Duration;

use bellwether_signal::{
    Unit,
    host::{HostState, Pressure, Stall},
};

use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier, critical::Latch,
    kept_file::KeptFile, rate, text,
};

/// Pressure.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "pressure",
    tier: Tier::Important,
    lengthy: false,
    every_second: false,
    topics: &["pressure"],
    quiet_topics: &[],
    open,
};

/// Shares of the last ten seconds in which some task waited, above which a resource is critical:
/// memory soonest, because what waits for memory waits for a disk; processors last, because a queue
/// for them is what a build looks like.
const CRITICAL_PERCENT: [f64; 3] = [60.0, 10.0, 40.0];
/// It is calm again at so much of that.
const CALM_SHARE: f64 = 0.7;
const MICROSECONDS: f64 = 1e6;

struct PressureCollector {
    cpu: Option<Resource>,
    memory: Option<Resource>,
    io: Option<Resource>,
    wait: Latch,
}

/// One file, and what it said the round before.
struct Resource {
    file: KeptFile,
    before: Option<(Averages, Duration)>,
}

fn open(root: &HostRoot) -> Opened {
    let resource = |name: &str| -> Result<Option<Resource>, CollectError> {
        let file = KeptFile::open_if_offered(root.proc.join("pressure").join(name))?;
        Ok(file.map(|file| Resource { file, before: None }))
    };
    let all = PressureCollector {
        cpu: resource("cpu")?,
        memory: resource("memory")?,
        io: resource("io")?,
        wait: Latch::default(),
    };
    if all.cpu.is_none() && all.memory.is_none() && all.io.is_none() {
        return Ok(None);
    }
    Ok(Some(Box::new(all)))
}

impl Collector for PressureCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        let stall = |resource: &mut Option<Resource>| match resource {
            Some(resource) => resource.stall(now).map(Some),
            None => Ok(None),
        };
        let mut cpu = stall(&mut self.cpu)?;
        if let Some(cpu) = &mut cpu {
            // A whole machine cannot wait for its processors; the kernel prints zeros since 5.13.
            (cpu.full_percent, cpu.full_10s_percent, cpu.full_60s_percent) = (None, None, None);
        }
        let (memory, io) = (stall(&mut self.memory)?, stall(&mut self.io)?);
        let share =
            |(stall, limit): (&Option<Stall>, f64)| Some(stall.as_ref()?.some_10s_percent / limit);
        let worst = [&cpu, &memory, &io].into_iter().zip(CRITICAL_PERCENT).filter_map(share);
        out.critical = self.wait.update(worst.reduce(f64::max), 1.0, CALM_SHARE);
        out.states.push(HostState::Pressure(Pressure { cpu, memory, io }));
        Ok(())
    }
}

impl Resource {
    fn stall(&mut self, now: Duration) -> Result<Stall, CollectError> {
        let bytes = self.file.read()?;
        let Some(averages) = Averages::parse(bytes) else {
            let found = bytes.to_vec();
            return Err(CollectError::parse(self.file.path(), "line \"some\"", &found));
        };
        let before = self.before.replace((averages, now));
        Ok(averages.stall(before, now))
    }
}

/// One reading of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Averages {
    some: Line,
    /// Missing for processors before 5.13.
    full: Option<Line>,
}

/// `some avg10=0.24 avg60=0.14 avg300=0.47 total=17675922`: per cent of time, and microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    avg10: f64,
    avg60: f64,
    total_us: u64,
}

impl Averages {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let line = |start: &[u8]| {
            text::lines(bytes).find_map(|line| line.strip_prefix(start)).and_then(Line::parse)
        };
        Some(Self { some: line(b"some ")?, full: line(b"full ") })
    }

    /// What the kernel averaged, and the exact share of the time since `before`.
    fn stall(self, before: Option<(Self, Duration)>, now: Duration) -> Stall {
        let share = |now_us: u64, line: fn(&Self) -> Option<u64>| {
            let (before, at) = before?;
            let seconds = now.saturating_sub(at).as_secs_f64();
            let waited = rate::per_second(now_us, line(&before)?, seconds)?;
            rate::bounded_percent(waited, MICROSECONDS)
        };
        let percent = |value: f64| Unit::Percent.round(value.clamp(0.0, 100.0));
        let full = self.full;
        Stall {
            some_percent: share(self.some.total_us, |before| Some(before.some.total_us)),
            full_percent: full
                .and_then(|full| share(full.total_us, |before| Some(before.full?.total_us))),
            some_10s_percent: percent(self.some.avg10).unwrap_or_default(),
            some_60s_percent: percent(self.some.avg60).unwrap_or_default(),
            full_10s_percent: full.and_then(|full| percent(full.avg10)),
            full_60s_percent: full.and_then(|full| percent(full.avg60)),
        }
    }
}

impl Line {
    fn parse(rest: &[u8]) -> Option<Self> {
        let field = |key: &[u8]| text::words(rest).find_map(|word| word.strip_prefix(key));
        Some(Self {
            avg10: text::decimal(field(b"avg10=")?)?,
            avg60: text::decimal(field(b"avg60=")?)?,
            total_us: text::number(field(b"total=")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &[u8] = b"some avg10=1.24 avg60=0.14 avg300=0.47 total=1000000\n\
        full avg10=0.50 avg60=0.00 avg300=0.00 total=500000\n";

    #[test]
    fn shares_are_exact_over_the_time_between() {
        let before = Averages::parse(FILE).unwrap();
        let mut now = before;
        now.some.total_us += 500_000;
        let stall = now.stall(Some((before, Duration::from_secs(10))), Duration::from_secs(12));
        assert_eq!(stall.some_percent, Some(25.0));
        assert_eq!(stall.full_percent, Some(0.0));
        assert_eq!((stall.some_10s_percent, stall.full_10s_percent), (1.2, Some(0.5)));
    }

    #[test]
    fn the_first_reading_and_a_reset_have_no_share() {
        let first = Averages::parse(FILE).unwrap();
        let now = Duration::from_secs(2);
        assert_eq!(first.stall(None, now).some_percent, None);
        let mut reset = first;
        reset.some.total_us = 3;
        assert_eq!(reset.stall(Some((first, Duration::ZERO)), now).some_percent, None);
    }

    #[test]
    fn old_kernels_have_one_line_and_garbage_none() {
        let old = Averages::parse(b"some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n").unwrap();
        assert_eq!(old.full, None);
        for bytes in [&b""[..], b"some", b"some avg10=x avg60=0 total=1", b"full avg10=0.00\n"] {
            assert_eq!(Averages::parse(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Averages::parse(&bytes);
        }

        #[test]
        fn nearly_right_files_do_not_panic(
            text in "some avg10=-?[0-9.]{0,30} avg60=[0-9e.]{0,30} total=[0-9]{0,22}\n"
        ) {
            if let Some(averages) = Averages::parse(text.as_bytes()) {
                averages.stall(Some((averages, Duration::ZERO)), Duration::from_secs(1));
            }
        }
    }
}
