//! What is told of versions, and when: predictions and labels at once, figures every few seconds, drift
//! twice a minute.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use bellwether_signal::{ModelId, Moment, model, ports::state_of};

use super::{LiveQuality, live::Live, lock, rebuild::SAVE_EVERY};

/// What is pressing is told at most so often.
const PRESSING: Duration = Duration::from_millis(25);
/// Figures after a label, at most so often.
const LABELS: Duration = Duration::from_millis(100);
/// Figures without one.
const METRICS: Duration = Duration::from_secs(5);
const METRICS_MS: u32 = 5_000;
/// Drift, after so long or so many predictions.
const DRIFT: Duration = Duration::from_secs(30);
const DRIFT_MS: u32 = 30_000;
const DRIFT_ROWS: u64 = 200;

/// What the thread that tells is woken for.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: bool,
    ended: bool,
}

/// How live quality itself does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Versions that are watched.
    pub watched: usize,
    /// Predictions that are held in memory.
    pub rows: usize,
    /// Computations of figures so far.
    pub computed: u64,
    /// Those that failed.
    pub failed: u64,
    /// How long the last one took.
    pub took_ms: f64,
    /// How long the longest one took.
    pub longest_ms: f64,
    /// How long all of them took.
    pub took_all_ms: f64,
    /// Versions whose figures could not be computed and then could again.
    pub recovered: u64,
    /// States and events that were told.
    pub messages: u64,
    /// Their size as JSON.
    pub message_bytes: u64,
    /// Versions whose figures cannot be computed now, with the reason.
    pub failing: Vec<(ModelId, String)>,
}

impl LiveQuality {
    /// Starts the thread that tells what is pressing; [`Self::close`] ends it.
    pub fn start(self: &Arc<Self>) {
        let quality = Arc::clone(self);
        let thread = thread::Builder::new().name("quality".to_owned()).spawn(move || quality.run());
        match thread {
            Ok(thread) => *held(&self.thread) = Some(thread),
            // Without it everything is told by the tick, a little later.
            Err(_) => drop(thread),
        }
    }

    /// Ends the thread, and saves the counts.
    pub fn close(&self) {
        held(&self.bell.0).ended = true;
        self.bell.1.notify_all();
        let thread = held(&self.thread).take();
        if let Some(thread) = thread {
            // It holds no locks that it could have poisoned.
            drop(thread.join());
        }
        self.save(Duration::ZERO);
    }

    pub(super) fn ring(&self) {
        let mut bell = held(&self.bell.0);
        if !bell.rung {
            bell.rung = true;
            self.bell.1.notify_all();
        }
    }

    fn run(&self) {
        loop {
            let quiet = |bell: &mut Bell| !bell.rung && !bell.ended;
            let bell = held(&self.bell.0);
            let mut bell = wait(&self.bell.1, bell, quiet);
            if bell.ended {
                return;
            }
            bell.rung = false;
            drop(bell);
            self.tell((self.around.clock)());
            // Whatever comes in the meantime is told together.
            let bell = held(&self.bell.0);
            let (bell, _) = self
                .bell
                .1
                .wait_timeout_while(bell, PRESSING, |bell| !bell.ended)
                .unwrap_or_else(PoisonError::into_inner);
            drop(bell);
            if self.all().iter().any(|(_, live)| lock(live).is_pressing()) {
                self.ring();
            }
        }
    }

    /// Does what is due by the clock; to be called about once a second.
    pub fn tick(&self) {
        self.settle();
        self.tell((self.around.clock)());
        self.save(SAVE_EVERY);
    }

    /// Tells what is due. Whoever waits for a prediction does not wait for figures too.
    pub(super) fn tell(&self, now: Moment) {
        let all = self.all();
        let mut size = Size::default();
        for (id, live) in &all {
            self.tell_predictions(id, live, now, &mut size);
        }
        let mut rows = 0;
        for (id, live) in &all {
            rows += self.tell_figures(id, live, now, &mut size);
        }
        let mut report = held(&self.report);
        (report.watched, report.rows) = (all.len(), rows);
        report.messages += size.messages;
        report.message_bytes += size.bytes;
    }

    fn tell_predictions(&self, id: &ModelId, live: &Mutex<Live>, now: Moment, size: &mut Size) {
        let (predictions, volume) = {
            let mut live = lock(live);
            (live.take_predictions(now), live.take_volume(now))
        };
        let topic = model::predictions(id);
        for one in predictions {
            let event = serde_json::Value::Object(state_of(&one));
            size.add(&event);
            self.around.announce.event(&topic, event, true);
        }
        let topic = model::volume(id);
        for one in volume {
            let event = serde_json::Value::Object(state_of(&one));
            size.add(&event);
            self.around.announce.logged(&topic, event);
        }
    }

    /// Answers how many predictions are held.
    fn tell_figures(
        &self,
        id: &ModelId,
        live: &Mutex<Live>,
        now: Moment,
        size: &mut Size,
    ) -> usize {
        let mut live = lock(live);
        let rows = live.window.rows.len();
        let past = |at: Option<Duration>, every: Duration| {
            at.is_none_or(|at| now.monotonic.saturating_sub(at) >= every)
        };
        let (due, active) = (live.due, live.last_at.is_some());
        let by_rows = due.rows_since_drift >= DRIFT_ROWS;
        let drift_due = due.rows_since_drift > 0 && (by_rows || past(due.drift_at, DRIFT));
        let metrics_due =
            active && (due.labels && past(due.metrics_at, LABELS) || past(due.metrics_at, METRICS));
        if !drift_due && !metrics_due {
            return rows;
        }
        let mut told_drift = None;
        let settings = self.registry.settings(id.name());
        let begun = (self.around.clock)();
        let computed = catch_unwind(AssertUnwindSafe(|| {
            if drift_due {
                let found = live.compare();
                live.due.drift_at = Some(now.monotonic);
                live.due.rows_since_drift = 0;
                live.drift.clone_from(&found);
                told_drift = found;
            }
            live.failure = None;
            live.figures(&settings, now).metrics
        }));
        let took = (self.around.clock)().seconds_since(begun) * 1_000.0;
        let metrics = match computed {
            Ok(metrics) => metrics,
            Err(cause) => {
                let text = text_of(cause.as_ref());
                live.failure = Some(text.clone());
                // What was known, with the reason why it is not newer.
                let mut metrics = live.told.clone().unwrap_or_default();
                metrics.health = metrics.health.max(model::ModelHealth::Warning);
                metrics.health_reason = Some(format!("figures are not up to date: {text}"));
                metrics
            }
        };
        self.count(id, took, live.failure.as_deref());
        live.due.metrics_at = Some(now.monotonic);
        live.due.labels = false;
        live.due.rows = 0;
        if live.told.as_ref() != Some(&metrics) {
            live.told = Some(metrics.clone());
            let (topic, state) = (model::metrics(id), state_of(&metrics));
            size.add(&state);
            self.around.announce.state(&topic, state, Some(METRICS_MS));
        }
        drop(live);
        if let Some(drift) = told_drift {
            let (topic, state) = (model::drift(id), state_of(&drift));
            size.add(&state);
            self.around.announce.state(&topic, state, Some(DRIFT_MS));
        }
        rows
    }

    fn count(&self, id: &ModelId, took_ms: f64, failure: Option<&str>) {
        let mut report = held(&self.report);
        report.computed += 1;
        report.took_ms = took_ms;
        report.longest_ms = report.longest_ms.max(took_ms);
        report.took_all_ms += took_ms;
        let failing = report.failing.len();
        report.failing.retain(|(one, _)| one != id);
        let failed_before = report.failing.len() < failing;
        if let Some(failure) = failure {
            report.failed += 1;
            report.failing.push((id.clone(), failure.to_owned()));
        } else if failed_before {
            report.recovered += 1;
        }
    }

    /// How it does itself. Does not wait.
    pub fn report(&self) -> Report {
        held(&self.report).clone()
    }

    /// Lets the figures of a version fail, or succeed again: for tests of what is told then.
    #[doc(hidden)]
    pub fn fail_on_purpose(&self, id: &ModelId, fails: bool) {
        if let Some(live) = self.known(id) {
            lock(&live).breaks = fails;
        }
    }
}

/// How much was told.
#[derive(Default)]
struct Size {
    messages: u64,
    bytes: u64,
}

impl Size {
    fn add(&mut self, payload: &impl serde::Serialize) {
        self.messages += 1;
        // Counting does not fail, and a payload can be written: it was made from one.
        drop(serde_json::to_writer(&mut *self, payload));
    }
}

impl std::io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn text_of(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| cause.downcast_ref().copied()).unwrap_or("the computation failed").to_owned()
}

pub(super) fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(
    bell: &Condvar,
    guard: std::sync::MutexGuard<'a, T>,
    quiet: impl FnMut(&mut T) -> bool,
) -> std::sync::MutexGuard<'a, T> {
    bell.wait_while(guard, quiet).unwrap_or_else(PoisonError::into_inner)
}
