//! The machine that the tests run on, through the public interface: what every Linux offers is there.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use bellwether_collect::{ALL, Batch, HostRoot, KernelClock, start};
use bellwether_signal::{host::HostState, system::CollectorState};

/// Longer than any machine takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

fn states(batch: &Batch) -> Vec<&'static str> {
    batch.states.iter().map(|one| one.state.topic_name()).collect()
}

#[test]
fn first_figures_come_at_once_and_rates_right_after() {
    let (sender, batches) = mpsc::channel();
    let collecting =
        start(HostRoot::real(), ALL, KernelClock, move |batch| _ = sender.send(batch)).unwrap();

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
    assert!((0.1..1.0).contains(&waited), "the second round came after {waited} s");
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
            | HostState::Commands(_) => {}
        }
    }
    collecting.stop();
    // The sink, and with it the sender, is gone with the thread.
    while batches.recv_timeout(PATIENCE).is_ok() {}
    assert!(matches!(batches.try_recv(), Err(mpsc::TryRecvError::Disconnected)));
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
