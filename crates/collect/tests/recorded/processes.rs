//! Processes that come, go, hide, change their program, and share their ids.

use std::time::Duration;

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::host::{ProcessChange, ProcessEvent};

use crate::host::Host;

const SECOND: Duration = Duration::from_secs(1);

/// The stat line of a process with one thread that was started `start` ticks after boot.
fn stat(pid: u32, name: &str, start: u64, cpu_ticks: u64) -> String {
    format!(
        "{pid} ({name}) S 1 {pid} {pid} 0 -1 4194560 0 0 0 0 {cpu_ticks} 0 0 0 20 0 1 0 {start} \
         4096 10 18446744073709551615 0 0\n"
    )
}

fn start(host: &Host, pid: u32, name: &str, start: u64) {
    host.write(&format!("proc/{pid}/stat"), stat(pid, name, start, 0));
    host.write(&format!("proc/{pid}/schedstat"), "1000000 0 1\n");
    host.write(&format!("proc/{pid}/status"), "Uid:\t1000\t1000\t1000\t1000\n");
    host.write(&format!("proc/{pid}/cmdline"), format!("{name}\0--first\0"));
}

fn told(events: &[ProcessEvent]) -> Vec<(ProcessChange, &str, &str)> {
    events.iter().map(|event| (event.change, event.key.as_str(), event.name.as_str())).collect()
}

#[test]
fn who_comes_and_goes_is_told_within_a_second() {
    let mut host = Host::open("virtual_machine");
    start(&host, 500, "make", 200_600);
    host.round_after(SECOND);
    assert_eq!(told(&host.batch.events), [(ProcessChange::Started, "500:200600", "make")]);
    let event = host.batch.events.first().unwrap();
    assert_eq!((event.cpu_seconds, event.lifetime_seconds), (None, None));
    assert_eq!((event.user.as_deref(), event.parent_pid), (Some("ada"), 1));

    host.write("proc/500/stat", stat(500, "make", 200_600, 150));
    host.write("proc/500/schedstat", "1500000000 0 9\n");
    host.round_after(SECOND);
    assert!(host.batch.events.is_empty());
    host.remove("proc/500");
    host.round_after(SECOND);
    assert_eq!(told(&host.batch.events), [(ProcessChange::Stopped, "500:200600", "make")]);
    let event = host.batch.events.first().unwrap();
    assert_eq!(event.cpu_seconds, Some(1.5));
    // Started at 2,006.00 s after boot, found at 2,005.59 s by a recorded clock that stands still.
    assert_eq!(event.lifetime_seconds, Some(2.0));
    host.promote(&["processes"]);
    host.round_after(SECOND);
    assert!(!host.processes().unwrap().processes.contains_key("500:200600"));
}

#[test]
fn the_first_figure_of_a_new_process_is_what_it_used_so_far() {
    let mut host = Host::open("virtual_machine");
    host.round_after(SECOND);
    host.write("proc/uptime", "2007.59 0\n");
    start(&host, 500, "make", 200_700);
    host.write("proc/500/schedstat", "500000000 0 1\n");
    host.round_after(2 * SECOND);
    assert_eq!(host.process("500:200700").cpu_percent, Some(25.0));
}

#[test]
fn an_id_that_is_used_again_is_another_process() {
    let mut host = Host::open("virtual_machine");
    host.write("proc/77/stat", stat(77, "other", 200_600, 3));
    host.write("proc/77/schedstat", "5 0 1\n");
    host.write("proc/77/cmdline", "other\0");
    host.round_after(SECOND);
    let events = told(&host.batch.events);
    assert_eq!(
        events,
        [
            (ProcessChange::Stopped, "77:100000", "sleep"),
            (ProcessChange::Started, "77:200600", "other")
        ]
    );
    assert_eq!(host.processes().unwrap().total, 2);
    assert_eq!(host.commands().unwrap().commands["77:200600"], "other");
}

#[test]
fn a_process_that_runs_another_program_keeps_its_key() {
    let mut host = Host::open("virtual_machine");
    host.write("proc/77/stat", stat(77, "psql", 100_000, 1));
    host.write("proc/77/schedstat", "2000000 0 1\n");
    host.write("proc/77/cmdline", "psql\0postgres://ada:hunter2@db/main\0");
    host.round_after(SECOND);
    assert!(host.batch.events.is_empty());
    assert_eq!(host.process("77:100000").name, "psql");
    let commands = host.commands().unwrap().commands;
    assert_eq!(commands["77:100000"], "psql postgres://ada:***@db/main");
}

#[test]
fn command_lines_are_told_when_they_change_and_now_and_then() {
    let mut host = Host::open("virtual_machine");
    host.round_after(SECOND);
    assert!(host.commands().is_none() && host.processes().is_some());
    let mut told_at = Vec::new();
    for second in 2..=30 {
        host.round_after(SECOND);
        if host.commands().is_some() {
            assert_eq!(host.interval_ms("commands"), Some(10_000));
            told_at.push(second);
        }
    }
    assert_eq!(told_at.len(), 2, "{told_at:?}");
}

#[test]
fn a_process_that_vanishes_while_it_is_read_is_no_failure() {
    // What is kept open of a recorded file stays readable, unlike with the kernel's own.
    let mut host = with_descriptors(0);
    // Its folder is still listed, its files are gone already.
    host.remove("proc/77/stat");
    host.remove("proc/77/schedstat");
    host.write("proc/78/comm", "no stat yet, or no more\n");
    host.promote(&["processes"]);
    for _ in 0..12 {
        host.round_after(SECOND);
        let all = host.processes().unwrap();
        assert_eq!((all.total, all.unreadable), (1, 0));
        if let Some(report) = &host.batch.report {
            assert_eq!(report.collectors["processes"].failures, 0);
        }
    }
}

#[test]
fn what_may_not_be_read_is_counted_and_found_later() {
    let mut host = Host::open("virtual_machine");
    // Root may read everything; a line that says nothing stands for one that may not be read.
    host.write("proc/99/stat", "");
    host.round_after(2 * SECOND);
    let all = host.processes().unwrap();
    assert_eq!((all.total, all.unreadable), (3, 1));
    assert!(host.batch.events.is_empty());
    start(&host, 99, "late", 100_000);
    let mut appeared = Vec::new();
    for _ in 0..12 {
        host.round_after(SECOND);
        appeared.extend(host.batch.events.clone());
    }
    assert_eq!(told(&appeared), [(ProcessChange::Started, "99:100000", "late")]);
    host.round_after(2 * SECOND);
    assert_eq!(host.processes().unwrap().unreadable, 0);
}

#[test]
fn quiet_processes_are_noticed_again_when_they_wake() {
    let mut host = Host::open("virtual_machine");
    for _ in 0..20 {
        host.round_after(SECOND);
    }
    host.write("proc/77/stat", stat(77, "sleep", 100_000, 90));
    host.write("proc/77/schedstat", "901000000 0 1\n");
    let mut seen = Vec::new();
    for _ in 0..8 {
        host.round_after(SECOND);
        if let Some(all) = host.processes() {
            seen.push(all.processes["77:100000"].cpu_percent.unwrap());
        }
    }
    // Seen within five rounds, and as a mean over the time that it was not looked at.
    assert_eq!(seen.iter().filter(|percent| **percent > 0.0).count(), 1, "{seen:?}");
    assert!(seen.iter().any(|percent| (18.0..=90.0).contains(percent)), "{seen:?}");
}

#[test]
fn work_that_nobody_was_seen_doing_is_looked_for_at_once() {
    let mut host = Host::open("virtual_machine");
    for _ in 0..20 {
        host.round_after(SECOND);
    }
    // The kernel counts 90 ticks more, and the sleeper has used them.
    let counted = host.read("proc/stat");
    host.write("proc/stat", counted.replacen("cpu  32028", "cpu  32118", 1));
    host.write("proc/77/stat", stat(77, "sleep", 100_000, 90));
    host.write("proc/77/schedstat", "901000000 0 1\n");
    host.promote(&["processes"]);
    host.round_after(SECOND);
    assert!(host.process("77:100000").cpu_percent.unwrap() >= 18.0);
}

/// Descriptors of this process that lead into the tree of `host`.
fn open_files(host: &Host) -> usize {
    let descriptors = std::fs::read_dir("/proc/self/fd").expect("we are a process");
    descriptors
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|target| host.holds(target))
        .count()
}

#[test]
fn descriptors_stay_within_their_budget() {
    let files_of_the_system = open_files(&with_descriptors(0));
    for budget in [0, 10, 1_000] {
        let mut host = with_descriptors(budget);
        for pid in 1_000..1_100 {
            start(&host, pid, "many", 100_000);
        }
        host.round_after(2 * SECOND);
        let kept = open_files(&host) - files_of_the_system;
        // Each of the hundred has two files; it keeps both if it can.
        assert!(if budget < 200 { kept == budget } else { kept >= 200 }, "{kept} of {budget}");
        for pid in 1_000..1_100_u32 {
            host.write(&format!("proc/{pid}/schedstat"), "1001000000 0 1\n");
            host.write(&format!("proc/{pid}/stat"), stat(pid, "many", 100_000, 100));
        }
        host.round_after(2 * SECOND);
        let all = host.processes().unwrap();
        assert_eq!(all.total, 102, "budget {budget}");
        assert_eq!(all.processes["1050:100000"].cpu_percent, Some(50.0), "budget {budget}");
    }
}

fn with_descriptors(kept_descriptors: usize) -> Host {
    Host::open_with("virtual_machine", ALL, |root| HostRoot {
        calls: SystemCalls { kept_descriptors, ..root.calls },
        ..root
    })
}
