//! This host as its collectors see it, every topic every second, for a while.

use std::{sync::mpsc, time::Duration};

use anyhow::{Context, Result};
use bellwether_collect::{ALL, Batch, HostRoot, KernelClock, start, topic_names};
use bellwether_signal::{HostId, Timestamp, host, series::visit_numbers};
use bellwether_store::Frame;

/// The first round has no rates yet.
const WARM_UP: usize = 2;

/// Frames as the server hands them to its store; the first one stands at the start of an hour, so
/// that a recording of an hour is one sealed hour.
pub(crate) fn record(seconds: u64) -> Result<Vec<Frame>> {
    let (sender, batches) = mpsc::sync_channel(64);
    let root = HostRoot::real();
    let id = HostId::from_name(&root.name);
    let sink = move |batch: Batch| drop(sender.send(batch));
    let collecting = start(root, ALL, KernelClock, sink).context("start to collect")?;
    for topic in topic_names(ALL) {
        collecting.promote(topic, true);
    }
    let mut frames = Vec::new();
    let mut began = None;
    for (round, batch) in batches.iter().enumerate() {
        if round < WARM_UP {
            continue;
        }
        let at = batch.at.wall.0;
        let start = *began.get_or_insert(at);
        if at - start >= i64::try_from(Duration::from_secs(seconds).as_millis())? {
            break;
        }
        for publication in batch.states.iter().filter(|it| it.state.keeps_history()) {
            let topic = host::topic(&id, publication.state.topic_name());
            let value = serde_json::to_value(&publication.state)?;
            let value = value.as_object().context("a payload is an object")?;
            let mut samples: Vec<(Box<str>, f64)> = Vec::new();
            visit_numbers(&topic, value, &mut |name, _, number| {
                samples.push((name.into(), number));
            });
            frames.push(Frame {
                at: Timestamp(publication.at.0 - start),
                interval_ms: publication.interval_ms,
                samples,
            });
        }
    }
    drop(batches);
    collecting.stop();
    Ok(frames)
}
