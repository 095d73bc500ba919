//! Sensors: temperatures, fans, voltages, currents, power.
//! Source: Linux documentation, hwmon/sysfs-interface, driver-api/thermal/sysfs-api, power/powercap.
//!
//! `hwmon`, `thermal` and `powercap` find chips, `chip` opens and reads one, `channel` judges what it
//! says. A sensor that fails or says nonsense is told with the reason and without a number, chips come
//! and go, slow ones hold nobody up ([`crate::errand`]), and sleeping devices are left asleep.

mod channel;
mod chip;
mod hwmon;
mod powercap;
mod thermal;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use bellwether_signal::host::{HostState, Sensors};

use self::chip::Chip;
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    critical::Latch,
    errand::{Attended, Visit},
};

/// Sensors.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "sensors",
    tier: Tier::Important,
    lengthy: true,
    every_second: false,
    topics: &["sensors"],
    quiet_topics: &[],
    open,
};

/// Pause between two looks at which chips there are.
const SCAN_PAUSE: Duration = Duration::from_secs(10);
/// Most chips that are read; a machine with more has its first ones told.
const MOST_CHIPS: usize = 128;
/// Above this a temperature is critical (H4), whatever its maker says.
const CRITICAL_CELSIUS: f64 = 80.0;
/// So much below where it became critical, a temperature no longer is.
const CALM_CELSIUS: f64 = 3.0;

/// Where a chip was found. Numbers are given again: only with where the link leads is it the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    /// Its folder.
    folder: PathBuf,
    /// Where that leads; none in a tree without links.
    leads_to: Option<PathBuf>,
    kind: FoundKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FoundKind {
    Hwmon,
    Zone,
    Domain,
}

struct SensorCollector {
    root: HostRoot,
    chips: BTreeMap<Found, Attended<Chip>>,
    scanned_at: Option<Duration>,
    heat: Latch,
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of many, and others can fail")]
fn open(root: &HostRoot) -> Opened {
    if scan(root).is_empty() {
        return Ok(None);
    }
    Ok(Some(Box::new(SensorCollector {
        root: root.clone(),
        chips: BTreeMap::new(),
        scanned_at: None,
        heat: Latch::default(),
    })))
}

impl Collector for SensorCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        self.rescan(now);
        self.read(now);
        let sensors = self.all(now);
        out.critical = self.heat.update(hottest_excess(&sensors), 0.0, -CALM_CELSIUS);
        out.states.push(HostState::Sensors(sensors));
        Ok(())
    }
}

impl SensorCollector {
    /// Finds chips that came, and forgets those that went. One that broke is opened anew, and no more
    /// often than this: it may break again.
    fn rescan(&mut self, now: Duration) {
        if self.scanned_at.is_some_and(|at| now.saturating_sub(at) < SCAN_PAUSE) {
            return;
        }
        self.scanned_at = Some(now);
        let found = scan(&self.root);
        self.chips.retain(|place, chip| found.contains(place) && !chip.is_lost() && !is_gone(chip));
        for place in found {
            let calls = &self.root.calls;
            let open = || Attended::new(Chip::new(place.folder.clone(), place.kind, calls));
            self.chips.entry(place.clone()).or_insert_with(open);
        }
    }

    fn read(&mut self, now: Duration) {
        let visit = Visit { now, stopwatch: self.root.calls.stopwatch };
        for chip in self.chips.values_mut() {
            chip.visit(visit);
        }
        // They are all under way at once: whoever lets us wait too long has had the time of all.
        let mut patience = self.root.calls.patience;
        for chip in self.chips.values_mut().filter(|chip| chip.read_at.is_none()) {
            if !chip.fetch(patience) {
                patience = Duration::ZERO;
            }
        }
    }

    /// Everything that the chips said last. Chips with the same name and place are numbered.
    fn all(&self, now: Duration) -> Sensors {
        let mut all = Sensors::default();
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for chip in self.chips.values() {
            let Some(reading) = &chip.last else { continue };
            let number = names.entry(&reading.id).or_default();
            *number += 1;
            let id = match *number {
                1 => reading.id.clone(),
                more => format!("{}-{more}", reading.id),
            };
            reading.add_to(&mut all, &id, chip.is_silent(now));
        }
        all
    }
}

fn is_gone(chip: &Attended<Chip>) -> bool {
    chip.last.as_ref().is_some_and(|reading| reading.is_gone)
}

/// How far the hottest is above where it becomes critical.
fn hottest_excess(sensors: &Sensors) -> Option<f64> {
    let excess = |one: &bellwether_signal::host::Temperature| {
        let limit = one.critical_celsius.map_or(CRITICAL_CELSIUS, |own| own.min(CRITICAL_CELSIUS));
        Some(one.now_celsius? - limit)
    };
    sensors.temperatures.values().filter_map(excess).reduce(f64::max)
}

/// All chips there are, in a steady order.
fn scan(root: &HostRoot) -> Vec<Found> {
    let chips = hwmon::folders(root);
    let names = hwmon::names(&chips);
    let zones = thermal::folders(root, &names);
    let domains = powercap::folders(root);
    let found = |kind| {
        move |folder: PathBuf| Found { leads_to: std::fs::read_link(&folder).ok(), folder, kind }
    };
    let mut all: Vec<Found> = chips.into_iter().map(found(FoundKind::Hwmon)).collect();
    all.extend(zones.into_iter().map(found(FoundKind::Zone)));
    all.extend(domains.into_iter().map(found(FoundKind::Domain)));
    all.truncate(MOST_CHIPS);
    all
}

/// The entries of a folder whose names begin so, in the order of their numbers.
fn numbered(folder: &std::path::Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(usize, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let name = name.to_str()?;
            name.strip_prefix(prefix)?;
            Some((name.len(), entry.path()))
        })
        .collect();
    // `hwmon10` comes after `hwmon9`.
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}
