//! What subscribers lack of logged topics, beyond the hub's ring: asked of the event history, and
//! given to the hub, which puts it in its place.

use std::sync::Arc;

use bellwether_hub::{Hub, Missing, Page, Past};
use bellwether_signal::protocol::{Content, Envelope, Position};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

use crate::services::{EventHistory, ServiceError};

/// Events asked for at a time; the history may give fewer, where they are large.
const PAGE_EVENTS: usize = 500;
/// Pages read at the same time, for all clients: more would only wait for the same disk.
const READERS: usize = 4;

/// Answers what the hub says is missing, until `stop`.
pub(crate) async fn run(
    hub: Hub,
    history: Arc<dyn EventHistory>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let wake = Arc::new(Notify::new());
    let woken = Arc::clone(&wake);
    if !hub.answer_missing(move || woken.notify_one()) {
        warn!("somebody else answers already what subscribers lack");
        return;
    }
    let readers = Arc::new(Semaphore::new(READERS));
    while stop.run_until_cancelled(wake.notified()).await.is_some() {
        for missing in hub.take_missing() {
            let reader = Arc::clone(&readers).acquire_owned();
            let Some(Ok(reader)) = stop.run_until_cancelled(reader).await else { return };
            let (hub, history) = (hub.clone(), Arc::clone(&history));
            tasks.spawn(async move {
                answer(&hub, &*history, &missing).await;
                drop(reader);
            });
        }
    }
}

/// Asks for one page and hands it to the hub.
pub(crate) async fn answer(hub: &Hub, history: &dyn EventHistory, missing: &Missing) {
    // What cannot be read is lost to this subscriber, and the hub tells it so by a gap.
    let page = read(history, missing).await.unwrap_or_else(|error| {
        warn!(%error, topic = %missing.topic, "the past of a topic is not given to a subscriber");
        Page::default()
    });
    hub.supply(missing, page);
}

async fn read(history: &dyn EventHistory, missing: &Missing) -> Result<Page, ServiceError> {
    let page = history.after(missing.topic.clone(), missing.after, PAGE_EVENTS).await?;
    let past = |envelope: Envelope| {
        let position = Position(envelope.epoch, envelope.offset);
        match envelope.content {
            Content::Data(event) => Some(Past { position, at: envelope.ts, event }),
            Content::Full(_) | Content::Patch(_) => None,
        }
    };
    Ok(Page { events: page.events.into_iter().filter_map(past).collect(), more: page.more })
}
