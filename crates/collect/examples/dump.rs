//! Prints what three rounds on this machine say, as JSON: to see with one's own eyes what is sent.

use std::{io::Write, sync::mpsc};

use bellwether_collect::{ALL, Batch, HostRoot, KernelClock, start};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sender, batches) = mpsc::sync_channel(1);
    let collecting =
        start(HostRoot::real(), ALL, KernelClock, move |batch: Batch| _ = sender.send(batch))?;
    let mut out = std::io::stdout().lock();
    for batch in batches.iter().take(3) {
        for publication in batch.states {
            let text = serde_json::to_string_pretty(&publication.state)?;
            writeln!(
                out,
                "{} every {} ms: {text}",
                publication.state.topic_name(),
                publication.interval_ms
            )?;
        }
        for event in batch.events {
            writeln!(out, "process: {}", serde_json::to_string(&event)?)?;
        }
        writeln!(out, "report: {:#?}\n", batch.report)?;
    }
    drop(batches);
    collecting.stop();
    Ok(())
}
