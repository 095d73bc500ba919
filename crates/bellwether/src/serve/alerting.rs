//! The clock of room `detect`.

use std::{sync::Arc, time::Duration};

use bellwether_detect::Alerts;
use bellwether_sys::clock;
use tokio::time::{MissedTickBehavior, interval};
use tracing::error;

/// How often what changed is written down and told.
const TICK: Duration = Duration::from_secs(1);

/// Lets the alerts do what is due, for ever, on a thread that may wait for the disk.
pub(super) async fn tick(alerts: &Arc<Alerts>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let alerts = Arc::clone(alerts);
        if let Err(failure) = tokio::task::spawn_blocking(move || alerts.tick(clock::now())).await {
            error!(%failure, "a round of the alerts failed, the next one comes as planned");
        }
    }
}
