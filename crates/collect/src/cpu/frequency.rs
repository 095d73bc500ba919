//! Frequencies of the cores. They change all the time and cost a system call for each core, so they
//! are read at most every five seconds.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Duration,
};

use bellwether_signal::{Unit, host::Cpu};

use crate::{
    HostRoot,
    kept_file::read_once,
    text::{decimal, lines, number, only_number},
};

/// Pause between two readings of `scaling_cur_freq`, and before cores are counted anew.
const PAUSE: Duration = Duration::from_secs(5);
/// Pause between two readings of `cpuinfo`, which is long and slow to make.
const LONG_PAUSE: Duration = Duration::from_mins(1);

/// What was read last, and when.
pub(super) struct Frequencies {
    cpus: PathBuf,
    cpuinfo: PathBuf,
    /// Cores with cpufreq; empty on most virtual machines and in some containers.
    files: BTreeMap<u32, File>,
    max_mhz: Option<f64>,
    mhz: BTreeMap<u32, f64>,
    read_at: Option<Duration>,
}

impl Frequencies {
    pub(super) fn open(root: &HostRoot) -> Self {
        let cpus = root.sys.join("devices/system/cpu");
        let files = current_files(&cpus);
        let max_mhz = files.keys().filter_map(|core| max_mhz(&cpus, *core)).reduce(f64::max);
        let cpuinfo = root.proc.join("cpuinfo");
        Self { cpus, cpuinfo, files, max_mhz, mhz: BTreeMap::new(), read_at: None }
    }

    /// Writes what is known into `cpu`, after reading anew if it is time to.
    pub(super) fn add_to(&mut self, cpu: &mut Cpu, now: Duration) {
        let pause = if self.files.is_empty() { LONG_PAUSE } else { PAUSE };
        if self.read_at.is_none_or(|at| now.saturating_sub(at) >= pause) {
            self.read_at = Some(now);
            self.read();
        }
        let mut sum = 0.0;
        let mut count = 0.0;
        for (core, mhz) in &self.mhz {
            if let Some(core) = cpu.cores.get_mut(&core.to_string()) {
                core.frequency_mhz = Some(*mhz);
                sum += mhz;
                count += 1.0;
            }
        }
        cpu.frequency_mhz = if count > 0.0 { Unit::Megahertz.round(sum / count) } else { None };
        cpu.frequency_max_mhz = self.max_mhz;
    }

    fn read(&mut self) {
        self.mhz.clear();
        let mut failed = false;
        for (core, file) in &self.files {
            let mut buffer = [0; 32];
            let read = file.read_at(&mut buffer, 0).ok().and_then(|length| buffer.get(..length));
            match read.and_then(only_number).and_then(from_khz) {
                Some(mhz) => _ = self.mhz.insert(*core, mhz),
                None => failed = true,
            }
        }
        if self.files.is_empty() {
            self.mhz = read_once(&self.cpuinfo).map(|text| of_cpuinfo(&text)).unwrap_or_default();
        } else if failed {
            // A core went offline or came back: the files of the next reading are other ones.
            self.files = current_files(&self.cpus);
        }
    }
}

fn current_files(cpus: &Path) -> BTreeMap<u32, File> {
    let Ok(entries) = fs::read_dir(cpus) else { return BTreeMap::new() };
    let open = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let core = number(name.as_encoded_bytes().strip_prefix(b"cpu")?)?;
        let file = File::open(entry.path().join("cpufreq/scaling_cur_freq")).ok()?;
        Some((u32::try_from(core).ok()?, file))
    };
    entries.filter_map(|entry| open(entry.ok()?)).collect()
}

fn max_mhz(cpus: &Path, core: u32) -> Option<f64> {
    let text = read_once(cpus.join(format!("cpu{core}/cpufreq/cpuinfo_max_freq")))?;
    from_khz(only_number(&text)?)
}

/// The files count in kilohertz; zero means that the driver does not know.
fn from_khz(khz: u64) -> Option<f64> {
    if khz == 0 { None } else { Unit::Megahertz.round(khz as f64 / 1_000.0) }
}

/// `processor : 3` opens a core's part, `cpu MHz : 2450.000` is its frequency (x86; other
/// architectures tell none).
fn of_cpuinfo(text: &[u8]) -> BTreeMap<u32, f64> {
    let mut found = BTreeMap::new();
    let mut core = None;
    for line in lines(text) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let Some((key, value)) = line.split_at_checked(colon) else { continue };
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        match key.trim_ascii() {
            b"processor" => core = number(value).and_then(|id| u32::try_from(id).ok()),
            b"cpu MHz" => {
                let mhz = decimal(value).filter(|mhz| *mhz > 0.0);
                if let (Some(core), Some(mhz)) = (core, mhz.and_then(|m| Unit::Megahertz.round(m)))
                {
                    found.insert(core, mhz);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cpuinfo_tells_megahertz_by_core() {
        let text = b"processor\t: 0\nmodel name\t: X\ncpu MHz\t\t: 2450.049\n\nprocessor\t: 5\n\
            cpu MHz\t\t: 0.000\n\nprocessor : 7\ncpu MHz : 3100.6\n";
        assert_eq!(of_cpuinfo(text), BTreeMap::from([(0, 2450.0), (7, 3101.0)]));
        assert!(of_cpuinfo(b"Processor: ARMv7\nBogoMIPS: 38.40\n").is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            of_cpuinfo(&bytes);
        }
    }
}
