//! The clock of room `detect`, and what room `models` keeps of how its models are to be judged.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bellwether_detect::Alerts;
use bellwether_models::Workshop;
use bellwether_signal::alert::Levels;
use bellwether_sys::clock;
use tokio::time::{MissedTickBehavior, interval};
use tracing::error;

/// How often what changed is written down and told.
const TICK: Duration = Duration::from_secs(1);

/// Lets the alerts do what is due, for ever, on a thread that may wait for the disk; where they are
/// switched off, nothing ever is.
pub(super) async fn tick(alerts: &Arc<Alerts>, models: &Arc<Workshop>, is_on: bool) {
    if !is_on {
        return;
    }
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let (alerts, models) = (Arc::clone(alerts), Arc::clone(models));
        let round = move || {
            judge_by_settings(&alerts, &models);
            alerts.tick(clock::now());
        };
        if let Err(failure) = tokio::task::spawn_blocking(round).await {
            error!(%failure, "a round of the alerts failed, the next one comes as planned");
        }
    }
}

/// Each model's own thresholds (M11) are levels of the rules for its name. What has not changed costs a
/// comparison.
fn judge_by_settings(alerts: &Alerts, models: &Workshop) {
    let versions = models.registry.list();
    let names: BTreeSet<&str> = versions.iter().map(|it| it.record.status.model.name()).collect();
    for name in names {
        let own = models.registry.settings(name);
        let (subject, info) = (format!("model/{name}"), None);
        let accuracy = Levels {
            info,
            warning: Some(own.accuracy_warning),
            critical: Some(own.accuracy_critical),
        };
        let response = Levels {
            info,
            warning: Some(own.response_warning_ms),
            critical: Some(own.response_critical_ms),
        };
        alerts.give_levels("model_accuracy", &subject, Some(accuracy));
        alerts.give_levels("model_estimated_accuracy", &subject, Some(accuracy));
        alerts.give_levels("model_response", &subject, Some(response));
    }
}
