//! What collecting costs on this machine: processor time of the whole process for each second, memory,
//! wake-ups, and each collector's share.
//!
//! `cargo run --release -p bellwether-collect --example collecting_cost -- [seconds] [processes] [promoted]`
//!
//! Idle processes are started until the host has as many as asked for, and ended afterwards. With
//! `promoted`, every topic is published every second, as if pages for all of them were open.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    process::{Child, Command},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::Duration,
};

use bellwether_collect::{ALL, Batch, HostRoot, KernelClock, start, topic_names};
use bellwether_signal::{host::HostState, system::OwnProcess};
use bellwether_sys::clock;

/// Rounds before this are the start, which costs more and once.
const SETTLING: Duration = Duration::from_secs(15);

/// Processes that do nothing; they end with this.
struct Idle(Vec<Child>);

impl Drop for Idle {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // It may have ended by itself; both answers are fine.
            child.kill().and_then(|()| child.wait()).ok();
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let wanted: usize = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let promoted = arguments.next().is_some_and(|text| text == "promoted");
    let there = std::fs::read_dir("/proc")?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit))
        .count();
    let lifetime = (seconds + 2 * SETTLING.as_secs()).to_string();
    let idle: io::Result<Vec<Child>> =
        (there..wanted.max(there)).map(|_| Command::new("sleep").arg(&lifetime).spawn()).collect();
    let idle = Idle(idle?);

    let (sender, batches) = mpsc::sync_channel(64);
    let sink = move |batch: Batch| _ = sender.try_send(batch);
    let collecting = start(HostRoot::real(), ALL, KernelClock, sink)?;
    for topic in topic_names(ALL).filter(|_| promoted) {
        collecting.promote(topic, true);
    }
    let (before, _) = listen(&batches, SETTLING)?;
    let cpu_before = clock::process_cpu_time();
    let (measured, costs) = listen(&batches, Duration::from_secs(seconds))?;
    let cpu = clock::process_cpu_time().saturating_sub(cpu_before);
    collecting.stop();
    drop(idle);

    let mut out = io::stdout().lock();
    let processes = measured.processes.or(before.processes).unwrap_or_default();
    let micros = cpu.as_secs_f64() * 1e6 / measured.seconds;
    writeln!(
        out,
        "{processes} processes, {:.0} s, {} batches",
        measured.seconds, measured.batches
    )?;
    writeln!(out, "processor time: {micros:.0} us/s = {:.3} % of a core", micros / 10_000.0)?;
    let own = measured.own.unwrap_or_default();
    let megabytes = own.memory_bytes.unwrap_or_default() / 1_048_576.0;
    writeln!(out, "memory: {megabytes:.1} MiB, descriptors: {:?}", own.open_files)?;
    writeln!(out, "wake-ups: {:?}/s (this measuring thread's included)", own.wakeups_per_second)?;
    for (name, (sum, count)) in costs {
        writeln!(out, "{name:12} {:6.0} us a round, as last reported", sum / count)?;
    }
    Ok(())
}

#[derive(Default)]
struct Heard {
    seconds: f64,
    batches: usize,
    processes: Option<u32>,
    own: Option<OwnProcess>,
}

type Costs = BTreeMap<String, (f64, f64)>;

/// Takes batches for a while.
fn listen(batches: &Receiver<Batch>, length: Duration) -> Result<(Heard, Costs), RecvTimeoutError> {
    let mut heard = Heard::default();
    let mut costs = Costs::new();
    let start = clock::now();
    while clock::now().seconds_since(start) < length.as_secs_f64() {
        let batch = batches.recv_timeout(Duration::from_secs(5))?;
        heard.batches += 1;
        for publication in batch.states {
            if let HostState::Processes(processes) = publication.state {
                heard.processes = Some(processes.total);
            }
        }
        let Some(report) = batch.report else { continue };
        heard.own = report.own_process.or(heard.own);
        for (name, status) in report.collectors {
            if let Some(cost) = status.cost_us {
                let (sum, count) = costs.entry(name).or_default();
                *sum += cost;
                *count += 1.0;
            }
        }
    }
    heard.seconds = clock::now().seconds_since(start);
    Ok((heard, costs))
}
