//! Batteries and mains.
//! Source: Linux documentation, ABI/testing/sysfs-class-power. Units are millionths: of a volt, an ampere,
//! a watt, an ampere-hour, a watt-hour. Temperatures are tenths of a degree.
//!
//! Batteries count either energy or charge; charge becomes energy by the voltage for which the maker
//! designed it. Batteries of mice and headsets (scope "Device") are left out, and not asked: some of
//! them would have to be woken by radio.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use std::time::Duration;

use bellwether_signal::{
    Unit,
    host::{Battery, Cell, CellState, HostState},
};

use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier,
    errand::{Attended, Device, Visit},
    kept_file::read_once,
    rate::bounded_percent,
    text::{clean, signed},
};

/// Batteries and mains.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "battery",
    // A charge moves by a per cent in a minute at most.
    tier: Tier::Background,
    lengthy: true,
    every_second: false,
    topics: &["battery"],
    quiet_topics: &[],
    open,
};

/// Most supplies that are read.
const MOST: usize = 32;
/// A battery that gives or takes less than this, in watts, says nothing of when it will be done.
const LEAST_POWER_WATTS: f64 = 0.1;
/// Longest time to go that is told: 10 days.
const LONGEST_SECONDS: f64 = 864_000.0;

struct BatteryCollector {
    root: HostRoot,
    supplies: BTreeMap<PathBuf, Attended<Supply>>,
}

/// One folder of the class. Its controller may take its time to answer.
struct Supply {
    folder: PathBuf,
}

/// What one supply says.
enum Said {
    Adapter {
        online: bool,
    },
    Battery(Box<Cell>),
    /// Not there, or nothing that we tell.
    Nothing,
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of many, and others can fail")]
fn open(root: &HostRoot) -> Opened {
    if scan(root).is_empty() {
        return Ok(None);
    }
    Ok(Some(Box::new(BatteryCollector { root: root.clone(), supplies: BTreeMap::new() })))
}

/// The supplies of the host itself.
fn scan(root: &HostRoot) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root.sys.join("class/power_supply")) else { return Vec::new() };
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut own: Vec<PathBuf> = folders.filter(|folder| !is_of_peripheral(folder)).collect();
    own.sort();
    own.truncate(MOST);
    own
}

fn is_of_peripheral(folder: &Path) -> bool {
    word(folder, "scope").as_deref() == Some("Device")
}

impl Collector for BatteryCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        let found = scan(&self.root);
        self.supplies.retain(|folder, supply| found.contains(folder) && !supply.is_lost());
        for folder in found {
            let supply = Supply { folder: folder.clone() };
            self.supplies.entry(folder).or_insert_with(|| Attended::new(supply));
        }
        let visit = Visit { now, stopwatch: self.root.calls.stopwatch };
        self.supplies.values_mut().for_each(|supply| supply.visit(visit));
        let mut patience = self.root.calls.patience;
        for supply in self.supplies.values_mut().filter(|supply| supply.read_at.is_none()) {
            if !supply.fetch(patience) {
                patience = Duration::ZERO;
            }
        }
        let mut battery = Battery::default();
        for (folder, supply) in &self.supplies {
            match supply.last.as_ref().filter(|_| !supply.is_silent(now)) {
                Some(Said::Adapter { online }) => {
                    battery.on_mains = Some(*online || battery.on_mains == Some(true));
                }
                Some(Said::Battery(cell)) => {
                    let name = clean(folder.file_name().unwrap_or_default().as_encoded_bytes());
                    battery.batteries.insert(name, cell.as_ref().clone());
                }
                Some(Said::Nothing) | None => {}
            }
        }
        out.states.push(HostState::Battery(battery));
        Ok(())
    }
}

impl Device for Supply {
    type Reading = Said;

    fn read(&mut self, _: Duration) -> Said {
        let folder = &self.folder;
        match word(folder, "type").as_deref() {
            Some("Battery" | "UPS") if number(folder, "present") != Some(0) => {
                Said::Battery(Box::new(cell(folder)))
            }
            // Programmable supplies of USB say 2.
            Some("Mains" | "USB" | "Wireless") => number(folder, "online")
                .map_or(Said::Nothing, |online| Said::Adapter { online: online > 0 }),
            _ => Said::Nothing,
        }
    }
}

fn cell(folder: &Path) -> Cell {
    let micro = |name: &str| number(folder, name).map(|value| value as f64 / 1e6);
    let positive = |value: Option<f64>| value.filter(|value| *value > 0.0);
    let state = state(word(folder, "status").as_deref());
    let volts = positive(micro("voltage_now"));
    let rated_volts = positive(micro("voltage_min_design")).or(volts);
    let energy = |kind: &str| {
        micro(&format!("energy_{kind}"))
            .or_else(|| Some(micro(&format!("charge_{kind}"))? * rated_volts?))
            .filter(|energy| (0.0..=100_000.0).contains(energy))
    };
    let (now, full) = (energy("now"), positive(energy("full")));
    let design = positive(energy("full_design"));
    // Some drivers say the direction by the sign, some by the state alone.
    let watts = micro("power_now").or_else(|| Some(micro("current_now")? * volts?)).map(f64::abs);
    let watts = watts.filter(|watts| *watts <= 10_000.0);
    let working = watts.filter(|watts| *watts >= LEAST_POWER_WATTS);
    let told = number(folder, "capacity").filter(|told| (0..=110).contains(told));
    let charge = told.map(|told| (told as f64).min(100.0)).or_else(|| bounded_percent(now?, full?));
    let seconds = |energy: Option<f64>| {
        let seconds = energy? / working? * 3_600.0;
        (0.0..=LONGEST_SECONDS).contains(&seconds).then(|| seconds.round())
    };
    let tenths = number(folder, "temp").map(|tenths| tenths as f64 / 10.0);
    Cell {
        state,
        charge_percent: charge,
        power_watts: watts.and_then(|watts| Unit::Watts.round(watts)),
        now_volts: volts.and_then(|volts| Unit::Volts.round(volts)),
        energy_watt_hours: now.and_then(|energy| Unit::WattHours.round(energy)),
        full_watt_hours: full.and_then(|energy| Unit::WattHours.round(energy)),
        design_watt_hours: design.and_then(|energy| Unit::WattHours.round(energy)),
        // A new battery may hold a little more than was promised.
        health_percent: full.zip(design).and_then(|(full, design)| bounded_percent(full, design)),
        cycles: number(folder, "cycle_count").filter(|count| *count > 0).map(|count| count as f64),
        empty_in_seconds: seconds(now.filter(|_| state == CellState::Discharging)),
        full_in_seconds: seconds(
            full.zip(now)
                .filter(|_| state == CellState::Charging)
                .map(|(full, now)| (full - now).max(0.0)),
        ),
        // Without a sensor, drivers say zero degrees Celsius or zero Kelvin.
        now_celsius: tenths
            .filter(|celsius| (-40.0..=120.0).contains(celsius) && *celsius != 0.0)
            .and_then(|celsius| Unit::Celsius.round(celsius)),
        model: word(folder, "model_name"),
    }
}

fn state(word: Option<&str>) -> CellState {
    match word {
        Some("Charging") => CellState::Charging,
        Some("Discharging") => CellState::Discharging,
        Some("Full") => CellState::Full,
        Some("Not charging") => CellState::Holding,
        _ => CellState::Unknown,
    }
}

fn word(folder: &Path, name: &str) -> Option<String> {
    let text = clean(read_once(folder.join(name))?.trim_ascii());
    (!text.is_empty()).then_some(text)
}

fn number(folder: &Path, name: &str) -> Option<i64> {
    signed(read_once(folder.join(name))?.trim_ascii())
}
