//! The clock of room `models`.

use std::{sync::Arc, time::Duration};

use bellwether_models::Workshop;
use tokio::time::{MissedTickBehavior, interval};
use tracing::error;

/// How often it may do what is due.
const TICK: Duration = Duration::from_secs(1);

/// Lets the workshop do what is due, for ever, on a thread that may wait for the disk; where models are
/// switched off, nothing ever is.
pub(super) async fn tick(models: &Arc<Workshop>, is_on: bool) {
    if !is_on {
        return;
    }
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let models = Arc::clone(models);
        if let Err(failure) = tokio::task::spawn_blocking(move || models.tick()).await {
            error!(%failure, "a round of the models failed, the next one comes as planned");
        }
    }
}
