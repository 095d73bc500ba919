//! One chip: opened when it is awake for the first time, its files kept open from then on.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bellwether_signal::{
    Unit,
    host::{Current, Fan, Power, Sensors, Temperature, Voltage},
};

use super::{
    FoundKind,
    channel::{Fault, Kind},
    hwmon, powercap, thermal,
};
use crate::{
    SystemCalls,
    errand::Device,
    kept_file::read_once,
    rate,
    text::{clean, number, signed},
};

/// Most channels of one chip.
const MOST_CHANNELS: usize = 128;
/// Longest an energy counter may have been left alone: after that it may have started over more than
/// once, or the machine was asleep.
const LONGEST_COUNT: Duration = Duration::from_mins(1);

/// A chip, a thermal zone or a power domain.
pub(super) struct Chip {
    folder: PathBuf,
    kind: FoundKind,
    read_device: fn(&File, &mut [u8]) -> io::Result<usize>,
    open: Option<OpenChip>,
}

struct OpenChip {
    id: String,
    name: String,
    /// Whether its device is awake, for those that may sleep.
    power: Vec<File>,
    channels: Vec<Channel>,
    /// For disks that want to be left in peace.
    peace: Option<Peace>,
}

/// Asking a disk for its temperature may start its countdown to standby anew (Linux documentation,
/// hwmon/drivetemp): it is asked once a minute, and no longer once nobody has used it for a while.
struct Peace {
    /// What the kernel counts of the disk's work.
    work: PathBuf,
    counted: Vec<u8>,
    changed_at: Duration,
    asked_at: Option<Duration>,
    kept: Vec<ChannelReading>,
}

struct Channel {
    kind: Kind,
    /// As in the names of its files: `temp1`.
    id: String,
    label: String,
    input: Option<Attribute>,
    /// Any of them that says 1.
    alarms: Vec<Attribute>,
    fault: Option<Attribute>,
    /// Pulse width of the fan, 0 to 255.
    drive: Option<Attribute>,
    low: Option<f64>,
    high: Option<f64>,
    critical: Option<f64>,
    energy: Energy,
}

/// Pause between two readings of a disk's temperature.
const DISK_PAUSE: Duration = Duration::from_mins(1);
/// A disk that did nothing for so long is left to sleep.
const DISK_IDLE: Duration = Duration::from_mins(10);

/// What a counter of energy said before, and where it starts over.
#[derive(Clone, Copy, Debug, Default)]
struct Energy {
    before: Option<(u64, Duration)>,
    range: Option<u64>,
}

/// A file that is kept open; one that could not be opened has a reason.
struct Attribute(Result<File, Fault>);

/// What one chip said.
#[derive(Clone, Debug)]
pub(super) struct ChipReading {
    /// The chip, as keys name it.
    pub(super) id: String,
    name: String,
    channels: Vec<ChannelReading>,
    /// Whether its device was taken away.
    pub(super) is_gone: bool,
}

#[derive(Clone, Debug)]
struct ChannelReading {
    kind: Kind,
    id: String,
    label: String,
    value: Result<Option<f64>, Fault>,
    alarm: Option<bool>,
    drive: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    critical: Option<f64>,
}

impl Chip {
    pub(super) fn new(folder: PathBuf, kind: FoundKind, calls: &SystemCalls) -> Self {
        Self { folder, kind, read_device: calls.read_device, open: None }
    }

    fn open(&self) -> Option<OpenChip> {
        let mut chip = match self.kind {
            FoundKind::Hwmon => self.open_hwmon()?,
            FoundKind::Zone => self.open_zone()?,
            FoundKind::Domain => self.open_domain(),
        };
        chip.channels.truncate(MOST_CHANNELS);
        Some(chip)
    }

    fn open_hwmon(&self) -> Option<OpenChip> {
        let name = hwmon::name(&self.folder)?;
        let id = hwmon::id(&self.folder, &name);
        let own = self.folder.join("name").exists();
        let folder = if own { self.folder.clone() } else { self.folder.join("device") };
        // What carries an NVMe drive sleeps, not the drive itself.
        let sleepers = ["device/power", "device/device/power"];
        let power = sleepers.map(|path| self.folder.join(path).join("runtime_status"));
        let power: Vec<File> = power.iter().filter_map(|path| File::open(path).ok()).collect();
        if is_asleep(&power) {
            return None;
        }
        let channels = channels(&folder);
        let peace = (name == "drivetemp").then(|| Peace::of_disk(&folder.join("device"))).flatten();
        Some(OpenChip { id, name, power, channels, peace })
    }

    fn open_zone(&self) -> Option<OpenChip> {
        let name = thermal::name(&self.folder)?;
        let (high, critical) = thermal::limits(&self.folder);
        let input = Attribute::open(&self.folder.join("temp"));
        let zone = Channel {
            high,
            critical,
            ..Channel::new(Kind::Temperature, "temp".to_owned(), name.clone(), Some(input))
        };
        Some(OpenChip {
            id: name.clone(),
            name,
            power: Vec::new(),
            channels: vec![zone],
            peace: None,
        })
    }

    fn open_domain(&self) -> OpenChip {
        let id = powercap::id(&self.folder);
        let label = powercap::label(&self.folder);
        let input = Attribute::open(&self.folder.join("energy_uj"));
        let domain = Channel {
            high: powercap::limit_watts(&self.folder),
            energy: Energy { before: None, range: powercap::range(&self.folder) },
            ..Channel::new(Kind::Energy, "energy".to_owned(), label, Some(input))
        };
        let name = id.split(':').next().unwrap_or(&id).to_owned();
        OpenChip { id, name, power: Vec::new(), channels: vec![domain], peace: None }
    }
}

impl Device for Chip {
    type Reading = ChipReading;

    fn read(&mut self, now: Duration) -> ChipReading {
        if self.open.is_none() {
            self.open = self.open();
        }
        let read = self.read_device;
        let Some(chip) = &mut self.open else {
            // Asleep since we know it: what it has is seen when it wakes.
            let (id, name) = (String::new(), String::new());
            return ChipReading { id, name, channels: Vec::new(), is_gone: false };
        };
        let mut asleep = is_asleep(&chip.power);
        let mut kept = None;
        if let Some(peace) = &mut chip.peace {
            peace.count_work(now);
            asleep |= now.saturating_sub(peace.changed_at) >= DISK_IDLE;
            let is_due = peace.asked_at.is_none_or(|at| now.saturating_sub(at) >= DISK_PAUSE);
            if asleep || is_due {
                peace.asked_at = (!asleep).then_some(now);
            } else {
                kept = Some(peace.kept.clone());
            }
        }
        let channels = kept.unwrap_or_else(|| {
            chip.channels.iter_mut().map(|channel| channel.read(asleep, now, read)).collect()
        });
        if let Some(peace) = &mut chip.peace {
            channels.clone_into(&mut peace.kept);
        }
        let gone = |one: &ChannelReading| one.value == Err(Fault::Gone);
        ChipReading {
            id: chip.id.clone(),
            name: chip.name.clone(),
            is_gone: !channels.is_empty() && channels.iter().all(gone),
            channels,
        }
    }
}

impl Peace {
    fn of_disk(device: &Path) -> Option<Self> {
        let disk = fs::read_dir(device.join("block")).ok()?.next()?.ok()?;
        Some(Self {
            work: disk.path().join("stat"),
            counted: Vec::new(),
            changed_at: Duration::ZERO,
            asked_at: None,
            kept: Vec::new(),
        })
    }

    fn count_work(&mut self, now: Duration) {
        let counted = read_once(&self.work).unwrap_or_default();
        if counted != self.counted || self.changed_at.is_zero() {
            self.counted = counted;
            self.changed_at = now;
        }
    }
}

/// Whether a device, or what carries it, is suspended. Asking for that wakes nobody.
fn is_asleep(power: &[File]) -> bool {
    use std::os::unix::fs::FileExt;
    let mut buffer = [0; 16];
    power.iter().any(|file| {
        let length = file.read_at(&mut buffer, 0).unwrap_or_default();
        buffer.get(..length).is_some_and(|state| state.starts_with(b"suspend"))
    })
}

/// The channels whose files lie in a folder.
fn channels(folder: &Path) -> Vec<Channel> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    // Files by channel: `temp1` has `input`, `max`, `crit_alarm` …
    let mut files: BTreeMap<(Kind, u64), Vec<&str>> = BTreeMap::new();
    for name in &names {
        let Some((channel, file)) = name.split_once('_') else { continue };
        let digits = channel.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let kind = channel.strip_suffix(digits).and_then(Kind::of_prefix);
        if let Some((kind, number)) = kind.zip(number(digits.as_bytes())) {
            files.entry((kind, number)).or_default().push(file);
        }
    }
    let prefix = |kind| match kind {
        Kind::Temperature => "temp",
        Kind::Fan => "fan",
        Kind::Voltage => "in",
        Kind::Current => "curr",
        Kind::Power => "power",
        Kind::Energy => "energy",
    };
    let channel = |((kind, number), files): ((Kind, u64), Vec<&str>)| {
        channel(folder, kind, &format!("{}{number}", prefix(kind)), &files)
    };
    files.into_iter().filter_map(channel).collect()
}

fn channel(folder: &Path, kind: Kind, id: &str, files: &[&str]) -> Option<Channel> {
    let path = |file: &str| folder.join(format!("{id}_{file}"));
    let has = |file: &str| files.contains(&file);
    let first_of = |all: &[&'static str]| all.iter().copied().find(|file| has(file));
    let input = first_of(&["input", "average"]).map(|file| Attribute::open(&path(file)));
    // A chip that raises one alarm for a channel has `alarm`; others have one for each limit.
    let mut alarms: Vec<&str> =
        files.iter().copied().filter(|file| file.ends_with("alarm")).collect();
    if has("alarm") {
        alarms = vec!["alarm"];
    }
    if input.is_none() && alarms.is_empty() {
        return None;
    }
    let label = read_once(path("label")).map(|text| clean(text.trim_ascii()));
    let label = label.filter(|label| !label.is_empty()).unwrap_or_else(|| id.to_owned());
    let limit = |all: &[&'static str]| {
        let raw = read_once(path(first_of(all)?))?;
        kind.limit(signed(raw.trim_ascii())?)
    };
    let (low, high, critical): (&[&str], &[&str], &[&str]) = match kind {
        Kind::Temperature => (&[], &["max"], &["crit", "emergency"]),
        Kind::Fan => (&["min"], &[], &[]),
        Kind::Voltage => (&["min", "lcrit"], &["max", "crit"], &[]),
        Kind::Current => (&[], &["max", "crit"], &[]),
        Kind::Power => (&[], &["cap", "max", "crit"], &[]),
        Kind::Energy => (&[], &[], &[]),
    };
    let drive = (kind == Kind::Fan)
        .then(|| folder.join(id.replacen("fan", "pwm", 1)))
        .filter(|path| path.exists())
        .map(|path| Attribute::open(&path));
    Some(Channel {
        alarms: alarms.iter().map(|file| Attribute::open(&path(file))).collect(),
        fault: has("fault").then(|| Attribute::open(&path("fault"))),
        drive,
        low: limit(low),
        high: limit(high),
        critical: limit(critical),
        ..Channel::new(kind, id.to_owned(), label, input)
    })
}

impl Channel {
    fn new(kind: Kind, id: String, label: String, input: Option<Attribute>) -> Self {
        Self {
            kind,
            id,
            label,
            input,
            alarms: Vec::new(),
            fault: None,
            drive: None,
            low: None,
            high: None,
            critical: None,
            energy: Energy::default(),
        }
    }

    fn read(&mut self, asleep: bool, now: Duration, read: ReadDevice) -> ChannelReading {
        let (mut value, mut alarm, mut drive) = (Err(Fault::Asleep), None, None);
        if !asleep {
            value = self.value(now, read);
            let alarms = self.alarms.iter().filter_map(|file| file.number(read).ok());
            alarm = alarms.map(|raw| raw != 0).reduce(|one, other| one || other);
            drive = self.drive.as_ref().and_then(|file| drive_percent(file.number(read).ok()?));
        }
        ChannelReading {
            kind: self.kind,
            id: self.id.clone(),
            label: self.label.clone(),
            value,
            alarm,
            drive,
            low: self.low,
            high: self.high,
            critical: self.critical,
        }
    }

    fn value(&mut self, now: Duration, read: ReadDevice) -> Result<Option<f64>, Fault> {
        if let Some(fault) = &self.fault
            && fault.number(read).is_ok_and(|raw| raw != 0)
        {
            return Err(Fault::Disconnected);
        }
        let Some(input) = &self.input else { return Ok(None) };
        let raw = input.number(read)?;
        if self.kind == Kind::Energy {
            let counted = u64::try_from(raw).map_err(|_| Fault::Nonsense)?;
            return self.energy.watts(counted, now);
        }
        self.kind.judge(raw).map(Some)
    }
}

impl Energy {
    /// Power since the reading before.
    fn watts(&mut self, microjoules: u64, now: Duration) -> Result<Option<f64>, Fault> {
        let Some((before, at)) = self.before.replace((microjoules, now)) else { return Ok(None) };
        let length = now.saturating_sub(at);
        if length > LONGEST_COUNT {
            return Ok(None);
        }
        let started_over = || microjoules.checked_add(self.range?.checked_sub(before)?);
        let Some(used) = microjoules.checked_sub(before).or_else(started_over) else {
            return Ok(None);
        };
        let Some(rate) = rate::per_second(used, 0, length.as_secs_f64()) else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, reason = "floats become the nearest integer")]
        Kind::Energy.judge(rate as i64).map(Some)
    }
}

type ReadDevice = fn(&File, &mut [u8]) -> io::Result<usize>;

impl Attribute {
    fn open(path: &Path) -> Self {
        Self(File::open(path).map_err(|error| Fault::of(&error)))
    }

    fn number(&self, read: ReadDevice) -> Result<i64, Fault> {
        let file = self.0.as_ref().map_err(|fault| *fault)?;
        let mut buffer = [0; 32];
        let length = read(file, &mut buffer).map_err(|error| Fault::of(&error))?;
        let text = buffer.get(..length).unwrap_or_default().trim_ascii();
        // Some drivers print nothing at all while they have no value.
        if text.is_empty() { Err(Fault::NotReady) } else { signed(text).ok_or(Fault::Nonsense) }
    }
}

/// A pulse width has eight bits.
fn drive_percent(raw: i64) -> Option<f64> {
    let width = u8::try_from(raw).ok()?;
    rate::share_percent(width.into(), u8::MAX.into())
}

impl ChipReading {
    /// Puts what the chip said among what the others said.
    pub(super) fn add_to(&self, all: &mut Sensors, id: &str, is_silent: bool) {
        for channel in &self.channels {
            let key = format!("{id}/{}", channel.id);
            let value = if is_silent { Err(Fault::NoAnswer) } else { channel.value };
            let now = value.ok().flatten();
            let fault = value.err().map(|fault| fault.words().to_owned());
            let (label, chip, alarm) = (channel.label.clone(), self.name.clone(), channel.alarm);
            let (low, high) = (channel.low, channel.high);
            match channel.kind {
                Kind::Temperature => {
                    all.temperatures.insert(
                        key,
                        Temperature {
                            label,
                            chip,
                            now_celsius: now,
                            high_celsius: high,
                            critical_celsius: channel.critical,
                            alarm,
                            fault,
                        },
                    );
                }
                Kind::Fan => {
                    all.fans.insert(
                        key,
                        Fan {
                            label,
                            chip,
                            speed_rpm: now,
                            low_rpm: low,
                            drive_percent: channel.drive,
                            alarm,
                            fault,
                        },
                    );
                }
                Kind::Voltage => {
                    all.voltages.insert(
                        key,
                        Voltage {
                            label,
                            chip,
                            now_volts: now,
                            low_volts: low,
                            high_volts: high,
                            alarm,
                            fault,
                        },
                    );
                }
                Kind::Current => {
                    let current = Current { label, chip, now_amperes: now, alarm, fault };
                    all.currents.insert(key, current);
                }
                Kind::Power | Kind::Energy => {
                    let limit_watts = high.and_then(|limit| Unit::Watts.round(limit));
                    let power = Power { label, chip, now_watts: now, limit_watts, fault };
                    all.powers.insert(key, power);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_becomes_power_over_its_turning_point() {
        let mut energy = Energy { before: None, range: Some(262_143_328_850) };
        let second = Duration::from_secs;
        assert_eq!(energy.watts(262_143_000_000, second(10)), Ok(None));
        assert_eq!(energy.watts(262_143_300_000, second(12)), Ok(Some(0.2)));
        // 28,850 to the end, and 59,971,150 from the start.
        assert_eq!(energy.watts(59_971_150, second(14)), Ok(Some(30.0)));
        // Asleep for an hour: nobody knows how often it started over.
        assert_eq!(energy.watts(99_971_150, second(3_600)), Ok(None));
        assert_eq!(energy.watts(99_971_150, second(3_600)), Ok(None), "no time has passed");
        let mut unbounded = Energy::default();
        assert_eq!(unbounded.watts(5, second(1)), Ok(None));
        assert_eq!(unbounded.watts(1, second(2)), Ok(None), "it was reset");
        assert_eq!(unbounded.watts(1_000_000_000_000, second(3)), Err(Fault::Nonsense));
    }

    #[test]
    fn a_pulse_width_is_a_byte() {
        assert_eq!((drive_percent(255), drive_percent(0)), (Some(100.0), Some(0.0)));
        assert_eq!((drive_percent(128), drive_percent(256)), (Some(50.2), None));
    }
}
