//! What goes wrong while collecting, and what does not go wrong with it.

use std::time::Duration;

use bellwether_collect::{ALL, CollectError, Collector, CollectorSpec, Output, Round, Tier};
use bellwether_signal::{
    host::{HostState, Memory},
    system::CollectorState,
};

use crate::host::Host;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_counter_that_begins_anew_has_no_rate_for_one_round() {
    let mut host = Host::open("bare_metal");
    let before = host.read("proc/stat");
    host.write("proc/stat", before.replace("ctxt 50000000", "ctxt 17").replace("intr 9", "intr 8"));
    host.round_after(2 * SECOND);
    let cpu = host.cpu().unwrap();
    assert_eq!((cpu.switches_per_second, cpu.interrupts_per_second), (None, None));
    assert_eq!(cpu.forks_per_second, Some(0.0));
    host.round_after(2 * SECOND);
    assert_eq!(host.cpu().unwrap().switches_per_second, Some(0.0));
}

#[test]
fn a_processor_goes_offline_and_comes_back() {
    let mut host = Host::open("bare_metal");
    let all = host.read("proc/stat");
    let less: String = all
        .lines()
        .filter(|line| !line.starts_with("cpu5"))
        .fold(String::new(), |text, line| text + line + "\n");
    host.write("proc/stat", less);
    host.remove("sys/devices/system/cpu/cpu5/cpufreq/scaling_cur_freq");
    host.write("sys/devices/system/cpu/online", "0-4,6-7\n");
    host.round_after(12 * SECOND);
    assert_eq!(host.cpu().unwrap().cores.len(), 7);
    assert_eq!(host.summary().unwrap().cores, Some(7));
    host.write("proc/stat", all);
    host.round_after(12 * SECOND);
    let cpu = host.cpu().unwrap();
    assert_eq!((cpu.cores.len(), cpu.cores["5"].busy_percent), (8, None));
}

#[test]
fn rates_do_not_care_for_the_clock_on_the_wall() {
    let mut host = Host::open("bare_metal");
    host.change_to_later();
    host.set_wall_clock(-86_400_000);
    host.round_after(2 * SECOND);
    assert_eq!(host.cpu().unwrap().switches_per_second, Some(10_000.0));
    assert_eq!(host.process("901:5100").cpu_percent, Some(75.0));
    host.set_wall_clock(2 * 86_400_000);
    host.round_after(2 * SECOND);
    assert_eq!(host.cpu().unwrap().switches_per_second, Some(0.0));
}

#[test]
fn what_is_missing_is_found_when_it_appears() {
    let mut host = Host::open("container");
    assert_eq!(host.status("pressure").state, CollectorState::NotOffered);
    host.write("proc/pressure/io", "some avg10=1.00 avg60=0.50 avg300=0.00 total=7\n");
    host.round_after(30 * SECOND);
    assert_eq!(host.pressure(), None, "it is looked for once a minute");
    host.round_after(30 * SECOND);
    let pressure = host.pressure().unwrap();
    assert_eq!((pressure.cpu, pressure.io.map(|io| io.some_10s_percent)), (None, Some(1.0)));
    assert_eq!(host.status("pressure").state, CollectorState::Working);
}

#[test]
fn a_collector_that_fails_recovers_when_its_file_does() {
    let mut host = Host::open("bare_metal");
    let good = host.read("proc/meminfo");
    host.write("proc/meminfo", "");
    host.round_after(SECOND);
    assert_eq!(host.memory(), None);
    let status = host.status("memory");
    assert_eq!((status.state, status.failures), (CollectorState::Failing, 1));
    assert!(host.cpu().is_some() && host.disks().is_some());
    // It keeps its place among what is expected, and clients see it grow stale.
    assert!(host.summary().unwrap().intervals_ms.contains_key("memory"));

    host.write("proc/meminfo", good);
    host.round_after(SECOND);
    assert_eq!(host.memory().unwrap().used_percent, Some(25.0));
    let status = host.status("memory");
    assert_eq!((status.state, &status.error), (CollectorState::Working, &None));
    // Rates are there one round later, not one period later.
    host.round_after(SECOND);
    assert_eq!(host.memory().unwrap().major_faults_per_second, Some(0.0));
}

/// Says something before it breaks, in one of the ways in which a collector can break.
struct Broken {
    panics: bool,
}

impl Collector for Broken {
    fn collect(&mut self, _: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        out.states.push(HostState::Memory(Memory::default()));
        assert!(!self.panics, "so it goes");
        Err(CollectError::Parse { path: "proc/x".into(), wanted: "y", found: "z".to_owned() })
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        assert!(!self.panics, "even at its end");
    }
}

const FAILS: CollectorSpec = CollectorSpec {
    name: "fails",
    tier: Tier::Important,
    lengthy: false,
    every_second: false,
    topics: &["memory"],
    quiet_topics: &[],
    open: |_| Ok(Some(Box::new(Broken { panics: false }))),
};

const PANICS: CollectorSpec = CollectorSpec {
    name: "panics",
    open: |_| Ok(Some(Box::new(Broken { panics: true }))),
    ..FAILS
};

const OPENS_NEVER: CollectorSpec =
    CollectorSpec { name: "opens never", open: |_| panic!("not even that"), ..FAILS };

const WITH_BROKEN_ONES: &[CollectorSpec] = &[FAILS, PANICS, OPENS_NEVER, ALL[0]];

#[test]
fn collectors_break_alone() {
    let mut host = Host::open_with("bare_metal", WITH_BROKEN_ONES, |root| root);
    let error = |name: &str| host.status(name).error.clone().unwrap();
    assert_eq!(error("fails"), "proc/x has no y: \"z\"");
    assert_eq!(error("panics"), "panicked: so it goes");
    assert_eq!(error("opens never"), "panicked: not even that");
    assert_eq!(host.status("cpu").state, CollectorState::Working);

    host.change_to_later();
    for round in 1..=8_u64 {
        host.round_after(2 * SECOND);
        assert_eq!(host.batch.states.len(), 1, "round {round}: what breaks says nothing");
        assert_eq!(host.cpu().unwrap().total_percent.is_some(), round == 1);
    }
}
