//! The clock of rooms `models` and `detect`, and what room `models` keeps of how its models are to be judged.

use std::{
    collections::BTreeSet,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use bellwether_detect::Alerts;
use bellwether_models::Workshop;
use bellwether_signal::alert::Levels;
use bellwether_sys::clock;
use tracing::error;

/// How often what is due is done, and what changed is written down and told.
const TICK: Duration = Duration::from_secs(1);

/// A thread that does the rounds of both rooms. It may wait for the disk, and an idle server wakes once
/// a second for both: a timer of the runtime would wake it, a second thread, and it again for each.
pub(super) struct Rounds {
    /// Dropped when they are to end.
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Rounds {
    /// What is switched off is not asked.
    ///
    /// # Errors
    /// If no thread can be started.
    pub(super) fn start(
        alerts: Option<Arc<Alerts>>,
        models: Option<Arc<Workshop>>,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let go_round = move || {
            if let Some(models) = &models {
                models.tick();
            }
            if let Some(alerts) = &alerts {
                if let Some(models) = &models {
                    judge_by_settings(alerts, models);
                }
                alerts.tick(clock::now());
            }
        };
        let thread = std::thread::Builder::new()
            .name("rounds".to_owned())
            .spawn(move || repeat(&go_round, &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Ends them, and waits for the one that is under way.
    pub(super) fn end(self) {
        let Self { stop, thread } = self;
        drop(stop);
        // It says what it panics of by itself.
        drop(thread.join());
    }
}

fn repeat(go_round: &impl Fn(), stopped: &Receiver<()>) {
    loop {
        // The panic's own message has been logged.
        if catch_unwind(AssertUnwindSafe(go_round)).is_err() {
            error!("a round of models and alerts failed, the next one comes as planned");
        }
        if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
            break;
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
