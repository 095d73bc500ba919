//! The machine that the tests run on, through the public interface: what every Linux offers is there.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use bellwether_collect::{ALL, Batch, Collecting, HostRoot, KernelClock, start};
use bellwether_signal::{
    host::{HostState, ProcessChange, ProcessEvent},
    system::CollectorState,
};

/// Longer than any machine takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

fn collect() -> (Collecting, mpsc::Receiver<Batch>) {
    let (sender, batches) = mpsc::channel();
    let sink = move |batch: Batch| _ = sender.send(batch);
    let collecting =
        start(HostRoot::real(), ALL, KernelClock, sink).expect("a thread can be started");
    (collecting, batches)
}

/// Waits for the first batch in which something is found.
fn wait_for<T>(batches: &mpsc::Receiver<Batch>, find: impl Fn(&Batch) -> Option<T>) -> T {
    loop {
        let batch = batches.recv_timeout(PATIENCE).expect("batches keep coming");
        if let Some(found) = find(&batch) {
            return found;
        }
    }
}

fn states(batch: &Batch) -> Vec<&'static str> {
    batch.states.iter().map(|one| one.state.topic_name()).collect()
}

#[test]
fn first_figures_come_at_once_and_rates_right_after() {
    let (collecting, batches) = collect();

    let first: Batch = batches.recv_timeout(PATIENCE).unwrap();
    let topics = states(&first);
    for topic in ["cpu", "processes", "commands", "memory", "disks", "network", "summary"] {
        assert!(topics.contains(&topic), "{topics:?} lacks {topic}");
    }
    assert!(first.events.is_empty(), "who was there before did not start now");
    let report = first.report.expect("the first report comes with the first batch");
    for name in ["cpu", "processes", "memory", "disks", "network", "summary", "own_process"] {
        assert_eq!(report.collectors[name].state, CollectorState::Working, "{name}");
        assert!(report.collectors[name].cost_us.is_some());
    }

    let second = batches.recv_timeout(PATIENCE).unwrap();
    let waited = second.at.seconds_since(first.at);
    assert!((0.1..5.0).contains(&waited), "the second round came after {waited} s");
    for publication in &second.states {
        match &publication.state {
            HostState::Cpu(cpu) => {
                let percent = cpu.total_percent.expect("two rounds tell how busy it is");
                assert!((0.0..=100.0).contains(&percent));
                assert!(!cpu.cores.is_empty());
                assert_eq!(publication.interval_ms, 2_000);
            }
            HostState::Processes(processes) => {
                let me = std::process::id();
                let own = processes.processes.values().find(|one| one.pid == me).unwrap();
                assert!(own.cpu_percent.is_some() && own.memory_bytes > 0.0);
                assert!(own.user.is_some() && !own.kernel);
            }
            HostState::Memory(memory) => assert!(memory.total_bytes > 0.0),
            HostState::Summary(_)
            | HostState::Disks(_)
            | HostState::Network(_)
            | HostState::Pressure(_)
            | HostState::Sensors(_)
            | HostState::Battery(_)
            | HostState::Cgroups(_)
            | HostState::Users(_)
            | HostState::Commands(_) => {}
        }
    }
    collecting.stop();
    // The sink, and with it the sender, is gone with the thread.
    while batches.recv_timeout(PATIENCE).is_ok() {}
    assert!(matches!(batches.try_recv(), Err(mpsc::TryRecvError::Disconnected)));
}

#[test]
fn a_promoted_topic_speaks_every_second() {
    let (collecting, batches) = collect();
    let disks = |batch: &Batch| {
        let one = batch.states.iter().find(|one| one.state.topic_name() == "disks")?;
        Some((batch.at, one.interval_ms))
    };
    assert_eq!(wait_for(&batches, disks).1, 10_000);
    collecting.promote("disks", true);
    let promoted = |batch: &Batch| disks(batch).filter(|(_, interval_ms)| *interval_ms == 1_000);
    let first = wait_for(&batches, promoted).0;
    let second = wait_for(&batches, promoted).0;
    assert!(second.seconds_since(first) < 5.0, "twice in less than its own period");
}

#[test]
fn a_process_is_told_when_it_comes_and_when_it_goes() {
    let (_collecting, batches) = collect();
    wait_for(&batches, |batch| batch.report.clone());
    let mut child =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let pid = child.id();
    let event = |change: ProcessChange| {
        move |batch: &Batch| -> Option<ProcessEvent> {
            let mut events = batch.events.iter();
            events.find(|event| event.pid == pid && event.change == change).cloned()
        }
    };
    let came = wait_for(&batches, event(ProcessChange::Started));
    assert_eq!(came.parent_pid, std::process::id());
    let command = |batch: &Batch| {
        batch.states.iter().find_map(|one| {
            let HostState::Commands(commands) = &one.state else { return None };
            commands.commands.get(&came.key).cloned()
        })
    };
    assert_eq!(wait_for(&batches, command), "cat");
    drop(child.stdin.take());
    child.wait().unwrap();
    let went = wait_for(&batches, event(ProcessChange::Stopped));
    assert_eq!((went.key, went.name.as_str()), (came.key, "cat"));
    assert!(went.lifetime_seconds.is_some() && went.cpu_seconds.is_some());
}

#[test]
fn a_sink_that_panics_loses_one_batch() {
    let seen = Arc::new(Mutex::new(0));
    let (sender, batches) = mpsc::channel();
    let counter = Arc::clone(&seen);
    let sink = move |batch: Batch| {
        *counter.lock().unwrap() += 1;
        assert!(*counter.lock().unwrap() > 1, "the first batch is one too many");
        _ = sender.send(batch);
    };
    let collecting = start(HostRoot::real(), ALL, KernelClock, sink).unwrap();
    batches.recv_timeout(PATIENCE).unwrap();
    drop(collecting);
    assert!(*seen.lock().unwrap() >= 2);
}
