//! What a list of hosts shows of each: the figure of every topic that people look at first.
//!
//! Enters: the states that collectors say. Leaves: the fields of the summary. A topic that is no longer
//! told loses its figure; one that is told seldom keeps the figure that it said last.

use bellwether_signal::{
    Unit,
    host::{Battery, BusiestProcess, Cell, Disks, HostState, HostSummary, Processes, Sensors},
};

/// The newest headline figures of all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headlines {
    cpu_percent: Option<f64>,
    memory_percent: Option<f64>,
    hottest_celsius: Option<f64>,
    fastest_fan_rpm: Option<f64>,
    fullest_disk_percent: Option<f64>,
    charge_percent: Option<f64>,
    busiest: Option<BusiestProcess>,
}

impl Headlines {
    /// Takes the figure out of what a collector said.
    pub(crate) fn note(&mut self, state: &HostState) {
        match state {
            HostState::Cpu(cpu) => self.cpu_percent = cpu.total_percent,
            HostState::Memory(memory) => self.memory_percent = memory.used_percent,
            HostState::Sensors(sensors) => {
                (self.hottest_celsius, self.fastest_fan_rpm) = extremes(sensors);
            }
            HostState::Disks(disks) => self.fullest_disk_percent = fullest(disks),
            HostState::Battery(battery) => self.charge_percent = charge(battery),
            HostState::Processes(processes) => self.busiest = busiest(processes),
            HostState::Summary(_)
            | HostState::Network(_)
            | HostState::Pressure(_)
            | HostState::Cgroups(_)
            | HostState::Users(_)
            | HostState::Commands(_) => {}
        }
    }

    /// Forgets the figures of topics that are not told now: an old figure would look like a new one.
    pub(crate) fn forget(&mut self, topics: &[&str]) {
        for topic in topics {
            match *topic {
                "cpu" => self.cpu_percent = None,
                "memory" => self.memory_percent = None,
                "sensors" => (self.hottest_celsius, self.fastest_fan_rpm) = (None, None),
                "disks" => self.fullest_disk_percent = None,
                "battery" => self.charge_percent = None,
                "processes" => self.busiest = None,
                _ => {}
            }
        }
    }

    /// A summary with these figures in it.
    pub(crate) fn on(&self, summary: &HostSummary) -> HostSummary {
        HostSummary {
            cpu_percent: self.cpu_percent,
            memory_percent: self.memory_percent,
            hottest_celsius: self.hottest_celsius,
            fastest_fan_rpm: self.fastest_fan_rpm,
            fullest_disk_percent: self.fullest_disk_percent,
            charge_percent: self.charge_percent,
            busiest: self.busiest.clone(),
            ..summary.clone()
        }
    }
}

fn extremes(sensors: &Sensors) -> (Option<f64>, Option<f64>) {
    let hottest = sensors.temperatures.values().filter_map(|one| one.now_celsius);
    let fastest = sensors.fans.values().filter_map(|one| one.speed_rpm);
    (hottest.reduce(f64::max), fastest.reduce(f64::max))
}

fn fullest(disks: &Disks) -> Option<f64> {
    let may_fill = disks.filesystems.values().filter(|one| !one.read_only);
    may_fill.map(|one| one.used_percent).reduce(f64::max)
}

/// A small battery counts less than a large one, where all say how large they are.
fn charge(battery: &Battery) -> Option<f64> {
    let cells = || battery.batteries.values();
    let energy = |one: &Cell| one.energy_watt_hours.zip(one.full_watt_hours);
    let energies: Option<Vec<_>> = cells().map(energy).collect();
    if let Some(energies) = energies.filter(|all| all.len() > 1) {
        let now: f64 = energies.iter().map(|one| one.0).sum();
        let full: f64 = energies.iter().map(|one| one.1).sum();
        return crate::rate::bounded_percent(now, full);
    }
    let known: Vec<f64> = cells().filter_map(|one| one.charge_percent).collect();
    Unit::Percent.round(known.iter().sum::<f64>() / known.len() as f64)
}

fn busiest(processes: &Processes) -> Option<BusiestProcess> {
    let used = processes.processes.values().filter_map(|one| Some((one, one.cpu_percent?)));
    let (one, cpu_percent) =
        used.filter(|(_, cpu)| *cpu > 0.0).max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(BusiestProcess { name: one.name.clone(), pid: one.pid, cpu_percent })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bellwether_signal::host::{Cpu, Filesystem, Process};

    use super::*;

    fn cell(charge_percent: f64, energy: Option<(f64, f64)>) -> Cell {
        Cell {
            charge_percent: Some(charge_percent),
            energy_watt_hours: energy.map(|one| one.0),
            full_watt_hours: energy.map(|one| one.1),
            ..Cell::default()
        }
    }

    #[test]
    fn batteries_count_by_what_they_hold() {
        let check = |cells: Vec<Cell>, expected: Option<f64>| {
            let batteries =
                cells.into_iter().enumerate().map(|(id, one)| (format!("BAT{id}"), one));
            let battery = Battery { on_mains: None, batteries: batteries.collect() };
            assert_eq!(charge(&battery), expected);
        };
        check(vec![], None);
        check(vec![cell(50.0, None)], Some(50.0));
        check(vec![cell(50.0, None), cell(100.0, Some((20.0, 20.0)))], Some(75.0));
        check(vec![cell(0.0, Some((0.0, 60.0))), cell(100.0, Some((20.0, 20.0)))], Some(25.0));
    }

    #[test]
    fn the_busiest_does_something() {
        let process = |pid, cpu_percent| {
            let name = format!("p{pid}");
            (name.clone(), Process { pid, name, cpu_percent, ..Process::default() })
        };
        let of = |all: Vec<(String, Process)>| {
            busiest(&Processes { processes: BTreeMap::from_iter(all), ..Processes::default() })
        };
        assert_eq!(of(vec![process(1, None), process(2, Some(0.0))]), None);
        let found = of(vec![process(1, Some(3.0)), process(2, Some(150.0)), process(3, None)]);
        assert_eq!(found.map(|one| (one.pid, one.cpu_percent)), Some((2, 150.0)));
    }

    #[test]
    fn what_is_no_longer_told_has_no_figure() {
        let mut headlines = Headlines::default();
        headlines.note(&HostState::Cpu(Cpu { total_percent: Some(5.0), ..Cpu::default() }));
        let disk = |used_percent, read_only| Filesystem {
            used_percent,
            read_only,
            ..Filesystem::default()
        };
        let filesystems = BTreeMap::from([
            ("/".to_owned(), disk(40.0, false)),
            ("/media".to_owned(), disk(100.0, true)),
        ]);
        headlines.note(&HostState::Disks(Disks { filesystems, ..Disks::default() }));
        let summary = headlines.on(&HostSummary::default());
        assert_eq!((summary.cpu_percent, summary.fullest_disk_percent), (Some(5.0), Some(40.0)));
        headlines.forget(&["cpu", "network"]);
        let summary = headlines.on(&HostSummary::default());
        assert_eq!((summary.cpu_percent, summary.fullest_disk_percent), (None, Some(40.0)));
    }
}
