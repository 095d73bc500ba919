//! What no host is spared: clocks that are set, lids that are closed, things that are pulled out, far
//! too many processes, and names that were made to do harm. After each of them whatever is said is sane.

use std::time::Duration;

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::host::ProcessChange;
use serde_json::Value;

use crate::host::{Host, WALL};

const SECOND: Duration = Duration::from_secs(1);
const DAY_MS: i64 = 86_400_000;

/// Visits every name, text and number that the newest round would send.
fn visit(host: &Host, see: &mut impl FnMut(&str, &Value)) {
    fn descend(key: &str, value: &Value, see: &mut impl FnMut(&str, &Value)) {
        see(key, value);
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, one)| descend(key, one, see)),
            Value::Array(all) => all.iter().for_each(|one| descend(key, one, see)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    for one in &host.batch.states {
        descend("", &serde_json::to_value(&one.state).expect("a state is JSON"), see);
    }
    for event in &host.batch.events {
        descend("", &serde_json::to_value(event).expect("an event is JSON"), see);
    }
}

/// No rate is negative or beyond all machines, no share of a whole more than the whole.
fn check_that_it_is_sane(host: &Host) {
    visit(host, &mut |key, value| {
        assert!(!value.is_null(), "{key} is null");
        let Some(number) = value.as_f64() else { return };
        assert!(number.is_finite(), "{key}");
        if key.ends_with("per_second") {
            assert!((0.0..1e12).contains(&number), "{key} {number}");
        }
        // Of one core there may be many.
        if key.ends_with("percent") && key != "cpu_percent" && key != "cpu_limit_percent" {
            assert!((0.0..=100.0).contains(&number), "{key} {number}");
        }
        if key.ends_with("watts") || key.ends_with("rpm") {
            assert!((0.0..1e5).contains(&number), "{key} {number}");
        }
    });
}

#[test]
fn a_clock_that_is_set_moves_times_and_no_rates() {
    for jump in [-40 * DAY_MS, 3 * DAY_MS, -1] {
        let mut host = Host::open("bare_metal");
        let booted = host.summary().unwrap().booted_at_ms.unwrap();
        let started = host.process("901:5100").started_at_ms;
        host.change_to_later();
        host.set_wall_clock(jump);
        host.round_after(10 * SECOND);
        check_that_it_is_sane(&host);
        assert_eq!(host.batch.at.wall.0, WALL.0 + jump + 10_000);
        assert_eq!(host.cpu().unwrap().switches_per_second, Some(2_000.0), "over ten seconds");
        // Uptime did not move with the clock, so that the time of boot did; what is only noise does
        // not show.
        let moved = if jump.abs() < 1_000 { 0 } else { jump };
        let summary = host.summary().unwrap();
        let uptime_stood_still = if moved == 0 { 0 } else { 10_000 - 2_000 };
        let shift = summary.booted_at_ms.unwrap() - booted;
        assert!((shift - moved).abs() <= uptime_stood_still + 10_000, "{shift} for {jump}");
        assert_eq!(host.process("901:5100").started_at_ms - started, shift);
    }
}

#[test]
fn a_clock_that_jumps_each_round_changes_no_rhythm() {
    let mut host = Host::open("virtual_machine");
    let mut told = Vec::new();
    for round in 0..40 {
        host.set_wall_clock(if round % 2 == 0 { DAY_MS } else { -DAY_MS });
        host.round_after(SECOND);
        check_that_it_is_sane(&host);
        told.push(host.memory().is_some());
    }
    let every_five: Vec<bool> = (0..40).map(|round| round % 5 == 0).collect();
    assert_eq!(told, every_five);
}

#[test]
fn a_night_asleep_is_one_long_round() {
    let mut host = Host::open("hot_server");
    host.round_after(2 * SECOND);
    let before = host.batch.at;
    // Both clocks count the night; the processors' counters do not.
    host.change_to_later();
    host.plant(
        "proc/4242:\n  stat: 4242 (woken) S 1 1 1 0 -1 4194560 0 0 0 0 5 0 0 0 20 0 1 0 2979000 4096 10 0\n  \
         status: Uid:\\t0\\t0\\t0\\t0\n",
    );
    host.write("proc/uptime", "29800.00 900.00\n");
    host.round_after(8 * 3_600 * SECOND);
    check_that_it_is_sane(&host);
    let slept = host.batch.at.seconds_since(before);
    assert!((slept - 28_800.0).abs() < 1.0);
    assert_eq!(host.batch.at.wall.0 - before.wall.0, 28_800_000);
    // A counter of energy may have started over often.
    assert_eq!(host.sensors().unwrap().powers["intel-rapl:0/energy"].now_watts, None);
    let woken = host.batch.events.iter().find(|event| event.pid == 4_242).unwrap();
    assert_eq!(woken.change, ProcessChange::Started);
    // What was missed is not made up for.
    host.round_after(SECOND);
    assert_eq!((host.disks(), host.network(), host.memory()), (None, None, None));
    host.round_after(SECOND);
    assert_eq!(host.sensors().unwrap().temperatures["coretemp.0/temp1"].now_celsius, Some(86.0));
    check_that_it_is_sane(&host);
}

#[test]
fn a_disk_is_pulled_and_plugged_in_again() {
    let mut host = Host::open("bare_metal");
    let all = host.read("proc/diskstats");
    let less: String = all
        .lines()
        .filter(|line| !line.contains(" sdb"))
        .fold(String::new(), |text, line| text + line + "\n");
    host.write("proc/diskstats", less);
    host.promote(&["disks"]);
    host.round_after(SECOND);
    assert!(!host.disks().unwrap().devices.contains_key("sdb"));
    // It comes back smaller, with counters that begin anew.
    let again = all.replace(" sdb ", " sdb 1 1 1 1 1 1 1 1 0 1 1 #");
    host.write("proc/diskstats", again);
    host.write("sys/block/sdb/size", "2048\n");
    host.round_after(SECOND);
    let back = host.disks().unwrap().devices["sdb"].clone();
    assert_eq!((back.size_bytes, back.reads_per_second), (Some(1_048_576.0), None));
    check_that_it_is_sane(&host);
    host.round_after(SECOND);
    assert_eq!(host.disks().unwrap().devices["sdb"].reads_per_second, Some(0.0));
}

#[test]
fn an_interface_vanishes_and_returns() {
    let mut host = Host::open("bare_metal");
    let all = host.read("proc/net/dev");
    let less: String = all
        .lines()
        .filter(|line| !line.trim_start().starts_with("wg0:"))
        .fold(String::new(), |text, line| text + line + "\n");
    host.promote(&["network"]);
    host.write("proc/net/dev", less);
    host.round_after(SECOND);
    assert!(!host.network().unwrap().interfaces.contains_key("wg0"));
    host.write("proc/net/dev", all);
    host.round_after(SECOND);
    let back = host.network().unwrap().interfaces["wg0"].clone();
    assert_eq!((back.up, back.received_bytes_per_second), (Some(true), None));
    host.round_after(SECOND);
    let back = host.network().unwrap().interfaces["wg0"].clone();
    assert_eq!(back.received_bytes_per_second, Some(0.0));
}

#[test]
fn all_counters_at_once_begin_anew() {
    for fixture in ["bare_metal", "containers_v2", "containers_v1", "hot_server"] {
        let mut host = Host::open(fixture);
        host.change_to_later();
        host.round_after(10 * SECOND);
        check_that_it_is_sane(&host);
        // Back to what it was: every counter that grew is smaller now.
        host.change_to_first();
        host.round_after(10 * SECOND);
        check_that_it_is_sane(&host);
        assert!(host.cpu().is_some(), "{fixture}");
        host.change_to_later();
        host.round_after(10 * SECOND);
        check_that_it_is_sane(&host);
    }
}

#[test]
fn thirty_thousand_processes_are_counted_and_the_foremost_are_told() {
    let mut host = Host::open_with("virtual_machine", ALL, |root| HostRoot {
        calls: SystemCalls { kept_descriptors: 100, ..root.calls },
        ..root
    });
    let stat = |pid: u32, ticks: u32, pages: u32| {
        format!(
            "{pid} (crowd) S 1 {pid} {pid} 0 -1 4194560 0 0 0 0 {ticks} 0 0 0 20 0 2 0 100 4096 \
             {pages} 0\n"
        )
    };
    // Thirty sizes are enough: who is who, the name of the folder says.
    for size in 1..=30 {
        host.write(&format!("crowd/{size}/stat"), stat(size, 0, size));
    }
    for pid in 100_000..130_000 {
        host.link(&format!("proc/{pid}"), &format!("crowd/{}", pid % 30 + 1));
    }
    host.round_after(2 * SECOND);
    assert_eq!(host.batch.events.len(), 30_000, "each of them came");
    let all = host.processes().unwrap();
    assert_eq!((all.total, all.threads), (30_002, 60_002));
    assert_eq!(all.processes.len(), 2_000);
    // One of the smallest works.
    host.remove("proc/120000");
    host.write("proc/120000/stat", stat(120_000, 200, 1));
    host.promote(&["processes"]);
    host.round_after(SECOND);
    assert_eq!(host.process("120000:100").cpu_percent, Some(200.0));
    let all = host.processes().unwrap();
    assert_eq!((all.total, all.processes.len()), (30_002, 2_000));
    let bytes = serde_json::to_vec(&all).unwrap().len();
    assert!(bytes < 1_000_000, "{bytes} bytes are sent for 2,000 processes");
    host.round_after(SECOND);
    assert!(!host.processes().unwrap().processes.contains_key("120000:100"), "idle, and small");
    assert_eq!(host.processes().unwrap().total, 30_002);
    check_that_it_is_sane(&host);
}

#[test]
fn no_name_can_move_a_cursor() {
    const EVIL: &str = "x\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\u{200b}\r\u{85}";
    let mut host = Host::open("containers_v2");
    let evil_bytes = [EVIL.as_bytes(), b"\xff\xfe\xf0\x28\x8c\x28"].concat();
    let with = |before: &str, after: &str| {
        [before.as_bytes(), evil_bytes.as_slice(), after.as_bytes()].concat()
    };
    host.write(
        "proc/666/stat",
        with("666 (", ") S 1 1 1 0 -1 4194560 0 0 0 0 5 0 0 0 20 0 1 0 100 4096 10 0\n"),
    );
    host.write("proc/666/cmdline", with("a\0", "\0--b\0"));
    host.write("proc/666/status", "Uid:\t66\t66\t66\t66\n");
    host.write("etc/passwd", with("", ":x:66:66::/:/bin/sh\n"));
    host.write("proc/diskstats", with(" 8 0 ", " 1 1 1 1 1 1 1 1 0 1 1\n"));
    host.write("proc/net/dev", with("Inter-|\n face |\n ", ": 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"));
    host.write("sys/class/power_supply/BAT0/type", "Battery\n");
    host.write("sys/class/power_supply/BAT0/model_name", with("", "\n"));
    let chip = "sys/class/hwmon/hwmon0";
    host.write(&format!("{chip}/name"), with("chip", "\n"));
    host.write(&format!("{chip}/temp1_input"), "30000\n");
    host.write(&format!("{chip}/temp1_label"), with("", "\n"));
    let group = format!("sys/fs/cgroup/system.slice/{}.service", EVIL.replace('/', ""));
    host.write(&format!("{group}/cpu.stat"), "usage_usec 1\n");
    host.write("run/systemd/sessions/1", with("CLASS=user\nUSER=", "\n"));
    // What was not offered is looked for once a minute.
    host.round_after(60 * SECOND);
    let mut names = 0;
    let misleads =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    visit(&host, &mut |key, value| {
        let text = value.as_str().unwrap_or_default();
        names += usize::from(key.contains('\u{fffd}')) + usize::from(text.contains('\u{fffd}'));
        assert!(!key.chars().chain(text.chars()).any(misleads), "{key:?}: {text:?}");
    });
    let topics: Vec<_> = host.batch.states.iter().map(|one| one.state.topic_name()).collect();
    for topic in
        ["processes", "commands", "disks", "network", "battery", "sensors", "cgroups", "users"]
    {
        assert!(topics.contains(&topic), "{topic} was not told: {topics:?}");
    }
    assert!(names >= 9, "{names} names were cleaned");
}
