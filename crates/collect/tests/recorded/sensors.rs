//! Sensors, batteries and mains: a server full of them, a laptop, a small board.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{Condvar, Mutex},
    time::Duration,
};

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::{
    host::{CellState, Sensors},
    system::CollectorState,
};

use crate::host::Host;

const SECOND: Duration = Duration::from_secs(1);

fn keys<T>(map: &std::collections::BTreeMap<String, T>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

fn celsius(sensors: &Sensors, key: &str) -> Option<f64> {
    sensors.temperatures[key].now_celsius
}

#[test]
fn a_server_tells_what_it_measures() {
    let mut host = Host::open("hot_server");
    let sensors = host.sensors().unwrap();
    assert_eq!(
        keys(&sensors.temperatures),
        [
            "coretemp.0/temp1",
            "coretemp.0/temp2",
            "coretemp.0/temp3",
            "drivetemp-0:0:0:0/temp1",
            "nct6779-nct6775.656/temp1",
            "nct6779-nct6775.656/temp3",
            "nct6779-nct6775.656/temp4",
            "nct6779-nct6775.656/temp5",
            "nvme-0000:02:00.0/temp1",
            "nvme-0000:02:00.0/temp2",
            "pch_cannonlake/temp",
        ]
    );
    let package = &sensors.temperatures["coretemp.0/temp1"];
    assert_eq!((package.label.as_str(), package.chip.as_str()), ("Package id 0", "coretemp"));
    assert_eq!((package.now_celsius, package.high_celsius), (Some(61.0), Some(84.0)));
    assert_eq!((package.critical_celsius, package.alarm), (Some(100.0), Some(false)));
    let flash = &sensors.temperatures["nvme-0000:02:00.0/temp2"];
    assert_eq!((flash.now_celsius, flash.high_celsius, flash.alarm), (Some(44.9), None, None));
    let chipset = &sensors.temperatures["pch_cannonlake/temp"];
    assert_eq!((chipset.now_celsius, chipset.critical_celsius), (Some(49.5), Some(110.0)));
    assert_eq!(chipset.high_celsius, None, "a trip point that was never set");

    let fan = &sensors.fans["nct6779-nct6775.656/fan2"];
    assert_eq!((fan.label.as_str(), fan.speed_rpm), ("CPU fan", Some(2_350.0)));
    assert_eq!((fan.low_rpm, fan.drive_percent), (Some(600.0), Some(100.0)));
    let slow = &sensors.fans["nct6779-nct6775.656/fan1"];
    assert_eq!((slow.low_rpm, slow.drive_percent), (None, Some(40.0)));
    let stuck = &sensors.fans["nct6779-nct6775.656/fan3"];
    assert_eq!((stuck.speed_rpm, stuck.alarm), (Some(0.0), Some(true)));
    let core = &sensors.voltages["nct6779-nct6775.656/in0"];
    assert_eq!((core.label.as_str(), core.now_volts), ("Vcore", Some(0.912)));
    assert_eq!((core.low_volts, core.high_volts), (Some(0.0), Some(1.744)));
    assert_eq!(keys(&sensors.voltages).len(), 2, "an open case is no voltage");

    let meter = &sensors.powers["power_meter-ACPI000D:00/power1"];
    assert_eq!((meter.now_watts, meter.limit_watts), (Some(187.0), Some(495.0)));
    assert_eq!(sensors.powers["intel-rapl:0/energy"].now_watts, None, "no rate yet");

    host.change_to_later();
    host.round_after(2 * SECOND);
    let powers = host.sensors().unwrap().powers;
    assert_eq!(powers.len(), 4, "the package is there once");
    let watts = |key: &str| (powers[key].label.as_str(), powers[key].now_watts);
    assert_eq!(watts("intel-rapl:0/energy"), ("package-0", Some(65.0)), "its counter started over");
    assert_eq!(watts("intel-rapl:0:0/energy"), ("package-0 core", Some(40.0)));
    assert_eq!(watts("intel-rapl:0:1/energy"), ("package-0 dram", Some(3.0)));
    assert_eq!(powers["intel-rapl:0/energy"].limit_watts, Some(95.0));
    let summary = host.summary().unwrap();
    assert_eq!((summary.hottest_celsius, summary.fastest_fan_rpm), (Some(86.0), Some(2_350.0)));
}

#[test]
fn nonsense_has_a_reason_instead_of_a_number_and_recovers() {
    let mut host = Host::open("hot_server");
    let sensors = host.sensors().unwrap();
    let fault = |key: &str| {
        let one = &sensors.temperatures[&format!("nct6779-nct6775.656/{key}")];
        assert_eq!(one.now_celsius, None, "{key}");
        one.fault.clone().unwrap()
    };
    assert_eq!((fault("temp3"), fault("temp4")), ("reads what cannot be".into(), fault("temp3")));
    assert_eq!(fault("temp5"), "not connected");
    let fan = &sensors.fans["nct6779-nct6775.656/fan4"];
    assert_eq!((fan.speed_rpm, fan.fault.is_some()), (None, true));
    host.change_to_later();
    host.round_after(2 * SECOND);
    let fan = host.sensors().unwrap().fans["nct6779-nct6775.656/fan4"].clone();
    assert_eq!((fan.speed_rpm, fan.fault), (Some(900.0), None));
}

/// Fails as drivers do where a file says so.
fn failing(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let length = file.read_at(buffer, 0)?;
    match buffer.get(..length) {
        Some(b"EIO\n") => Err(io::Error::from_raw_os_error(5)),
        Some(b"EAGAIN\n") => Err(io::Error::from_raw_os_error(11)),
        Some(b"ENODATA\n") => Err(io::Error::from_raw_os_error(61)),
        Some(b"ENODEV\n") => Err(io::Error::from_raw_os_error(19)),
        Some(b"EACCES\n") => Err(io::Error::from_raw_os_error(13)),
        _ => Ok(length),
    }
}

fn with(read_device: fn(&File, &mut [u8]) -> io::Result<usize>, fixture: &str) -> Host {
    Host::open_with(fixture, ALL, |root| HostRoot {
        calls: SystemCalls { read_device, ..root.calls },
        ..root
    })
}

const CORETEMP: &str = "sys/devices/platform/coretemp.0/hwmon/hwmon3";

#[test]
fn a_sensor_that_returns_an_error_has_a_reason_and_recovers() {
    let mut host = with(failing, "hot_server");
    for (error, words) in [
        ("EIO", "does not answer"),
        ("EAGAIN", "no data for now"),
        ("ENODATA", "no data for now"),
        ("EACCES", "only root may read it"),
    ] {
        host.write(&format!("{CORETEMP}/temp2_input"), format!("{error}\n"));
        host.round_after(2 * SECOND);
        let sensors = host.sensors().unwrap();
        let failed = &sensors.temperatures["coretemp.0/temp2"];
        assert_eq!((failed.now_celsius, failed.fault.as_deref()), (None, Some(words)));
        assert_eq!(celsius(&sensors, "coretemp.0/temp1"), Some(61.0), "its neighbour goes on");
        host.write(&format!("{CORETEMP}/temp2_input"), "58000\n");
        host.round_after(2 * SECOND);
        let sensors = host.sensors().unwrap();
        assert_eq!(sensors.temperatures["coretemp.0/temp2"].fault, None);
        assert_eq!(celsius(&sensors, "coretemp.0/temp2"), Some(58.0));
    }
}

#[test]
fn energy_that_only_root_may_read_says_so() {
    let mut host = with(failing, "hot_server");
    host.write("sys/class/powercap/intel-rapl:0/energy_uj", "EACCES\n");
    host.round_after(2 * SECOND);
    let package = host.sensors().unwrap().powers["intel-rapl:0/energy"].clone();
    assert_eq!(
        (package.now_watts, package.fault.as_deref()),
        (None, Some("only root may read it"))
    );
    assert_eq!(host.status("sensors").failures, 0, "which is no failure of ours");
}

#[test]
fn a_chip_that_vanishes_is_forgotten_and_one_that_appears_is_found() {
    let mut host = with(failing, "hot_server");
    for file in ["temp1_input", "temp2_input", "temp3_input"] {
        host.write(&format!("{CORETEMP}/{file}"), "ENODEV\n");
    }
    host.remove("sys/class/hwmon/hwmon3");
    host.round_after(2 * SECOND);
    let gone = host.sensors().unwrap().temperatures["coretemp.0/temp1"].clone();
    assert_eq!((gone.now_celsius, gone.fault.as_deref()), (None, Some("gone")));
    host.round_after(10 * SECOND);
    assert!(!host.sensors().unwrap().temperatures.contains_key("coretemp.0/temp1"));
    // Its number is given to another one, and it comes back under a new one.
    for file in ["temp1_input", "temp2_input", "temp3_input"] {
        host.write(&format!("{CORETEMP}/{file}"), "50000\n");
    }
    host.plant(
        "sys/class/hwmon:\n  hwmon3 -> ../../devices/new\n  hwmon11 -> ../../devices/platform/coretemp.0/hwmon/hwmon3\n\
         sys/devices/new:\n  name: jc42\n  temp1_input: 30000\n",
    );
    host.round_after(10 * SECOND);
    let sensors = host.sensors().unwrap();
    assert_eq!(celsius(&sensors, "coretemp.0/temp1"), Some(50.0));
    assert_eq!(celsius(&sensors, "jc42/temp1"), Some(30.0));
}

#[test]
fn what_sleeps_is_left_asleep() {
    let mut host = Host::open("laptop");
    let sensors = host.sensors().unwrap();
    assert_eq!(celsius(&sensors, "amdgpu-0000:03:00.0/temp1"), Some(45.0));
    let power = &sensors.powers["amdgpu-0000:03:00.0/power1"];
    assert_eq!((power.now_watts, power.limit_watts), (Some(5.0), Some(54.0)));
    let status = "sys/devices/pci0000:00/0000:00:08.1/0000:03:00.0/power/runtime_status";
    host.write(status, "suspended\n");
    host.write(
        "sys/devices/pci0000:00/0000:00:08.1/0000:03:00.0/hwmon/hwmon5/temp1_input",
        "99000\n",
    );
    host.round_after(2 * SECOND);
    let edge = host.sensors().unwrap().temperatures["amdgpu-0000:03:00.0/temp1"].clone();
    assert_eq!((edge.now_celsius, edge.fault.as_deref()), (None, Some("asleep, and left alone")));
    host.write(status, "active\n");
    host.round_after(2 * SECOND);
    assert_eq!(celsius(&host.sensors().unwrap(), "amdgpu-0000:03:00.0/temp1"), Some(99.0));
}

#[test]
fn a_disk_without_work_is_asked_once_a_minute_and_then_no_more() {
    let mut host = Host::open("hot_server");
    let disk = "sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0";
    let read = |host: &Host| {
        let disk = host.sensors().unwrap().temperatures["drivetemp-0:0:0:0/temp1"].clone();
        (disk.now_celsius, disk.fault)
    };
    host.write(&format!("{disk}/hwmon/hwmon0/temp1_input"), "34000\n");
    host.round_after(30 * SECOND);
    assert_eq!(read(&host), (Some(33.0), None));
    host.round_after(30 * SECOND);
    assert_eq!(read(&host), (Some(34.0), None));
    host.round_after(600 * SECOND);
    assert_eq!(read(&host), (None, Some("asleep, and left alone".to_owned())));
    host.write(&format!("{disk}/block/sda/stat"), "101 0 808 51 10 0 80 20 0 60 70\n");
    host.round_after(10 * SECOND);
    assert_eq!(read(&host), (Some(34.0), None));
}

static GATE: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

/// Waits at the gate where a file says so.
fn waiting(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let length = file.read_at(buffer, 0)?;
    if buffer.starts_with(b"86000") {
        let closed = GATE.0.lock().expect("nobody panics with it");
        drop(GATE.1.wait_while(closed, |open| !*open));
    }
    Ok(length)
}

#[test]
fn a_chip_that_does_not_answer_holds_up_nobody() {
    let mut host = Host::open_with("small_board", ALL, |root| HostRoot {
        calls: SystemCalls {
            read_device: waiting,
            patience: Duration::from_millis(1),
            ..root.calls
        },
        ..root
    });
    host.plant("sys/class/hwmon:\n  hwmon7 -> ../../devices/slow\nsys/devices/slow:\n  name: slow\n  temp1_input: 86000\n");
    // The board's own sensor needs a thread to be started, which takes as long as it takes.
    let mut rounds = 0;
    while !host.sensors().unwrap().temperatures.contains_key("cpu-thermal/temp") || rounds < 20 {
        host.round_after(2 * SECOND);
        rounds += 1;
    }
    assert!(!host.sensors().unwrap().temperatures.contains_key("slow/temp1"));
    assert_eq!(host.batch.states.iter().filter(|one| one.state.topic_name() == "cpu").count(), 1);
    *GATE.0.lock().unwrap() = true;
    GATE.1.notify_all();
    while !host.sensors().unwrap().temperatures.contains_key("slow/temp1") {
        host.round_after(2 * SECOND);
    }
}

#[test]
fn a_small_board_has_a_zone_and_an_alarm() {
    let host = Host::open("small_board");
    let sensors = host.sensors().unwrap();
    let zone = &sensors.temperatures["cpu-thermal/temp"];
    assert_eq!((zone.now_celsius, zone.critical_celsius), (Some(55.0), Some(110.0)));
    let supply = &sensors.voltages["rpi_volt-raspberrypi-hwmon/in0"];
    assert_eq!((supply.now_volts, supply.alarm, &supply.fault), (None, Some(false), &None));
    assert_eq!(host.cpu().unwrap().frequency_max_mhz, Some(1_800.0));
    assert_eq!(host.status("battery").state, CollectorState::NotOffered);
    assert_eq!(host.status("sensors").state, CollectorState::Working);
}

#[test]
fn a_laptop_on_battery_and_on_mains() {
    let mut host = Host::open("laptop");
    let battery = host.battery().unwrap();
    assert_eq!((battery.on_mains, keys(&battery.batteries)), (Some(false), vec!["BAT0", "BAT1"]));
    let first = &battery.batteries["BAT0"];
    assert_eq!((first.state, first.charge_percent), (CellState::Discharging, Some(80.0)));
    assert_eq!((first.power_watts, first.now_volts), (Some(9.7), Some(12.12)));
    assert_eq!((first.energy_watt_hours, first.full_watt_hours), (Some(38.6), Some(48.3)));
    assert_eq!((first.health_percent, first.cycles), (Some(84.6), Some(212.0)));
    assert_eq!((first.empty_in_seconds, first.full_in_seconds), (Some(14_400.0), None));
    assert_eq!((first.now_celsius, first.model.as_deref()), (Some(31.2), Some("5B10W51867")));
    let second = &battery.batteries["BAT1"];
    assert_eq!((second.state, second.power_watts), (CellState::Holding, Some(1.3)));
    assert_eq!((second.energy_watt_hours, second.full_watt_hours), (Some(12.0), Some(23.9)));
    assert_eq!(
        (second.health_percent, second.cycles, second.now_celsius),
        (Some(100.0), None, None)
    );
    assert_eq!((second.empty_in_seconds, second.full_in_seconds), (None, None));
    assert_eq!(host.interval_ms("battery"), Some(10_000));

    host.change_to_later();
    host.round_after(10 * SECOND);
    let battery = host.battery().unwrap();
    let first = &battery.batteries["BAT0"];
    assert_eq!((battery.on_mains, first.state), (Some(true), CellState::Charging));
    assert_eq!((first.empty_in_seconds, first.full_in_seconds), (None, Some(1_800.0)));
    assert_eq!(battery.batteries["BAT1"].charge_percent, Some(100.0));
    // 38.6 and 23.9 of 48.3 and 23.9 watt-hours.
    assert_eq!(host.summary().unwrap().charge_percent, Some(86.6));
    host.remove("sys/class/power_supply/BAT1");
    host.round_after(10 * SECOND);
    assert_eq!(keys(&host.battery().unwrap().batteries), ["BAT0"]);
}
