//! One version that is watched: its window, its counts, and what is due to be told of it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bellwether_signal::{
    Moment, Timestamp,
    model::{ModelDrift, ModelHealth, ModelMetrics, ModelSettings, Prediction, PredictionVolume},
};

use super::{
    accuracy, drift,
    estimate::{self, Estimate},
    health,
    observed::Observed,
    rates::{RateChange, Rates},
    watched::Watched,
    window::{Row, Window},
};
use crate::digits::grouped;

/// Predictions that wait to be told one by one; of those beyond, the newest is told and stands for them. Told
/// every 25 ms, that is up to 400 a second: more than anybody reads, and all are in the log.
const PENDING: usize = 10;
/// Bytes of what was asked that are told with it; longer ones are read from the log.
const TOLD_INPUT_BYTES: usize = 1_024;
/// Bytes of a text that training never saw that are kept.
const UNSEEN_BYTES: usize = 64;

/// A prediction that waits to be told.
struct Pending {
    id: Arc<str>,
    at: Timestamp,
    result: serde_json::Value,
    confidence: Option<f64>,
    inputs: Option<Arc<str>>,
    input_hash: Box<str>,
    response_ms: f64,
    total: u64,
    stands_for: u32,
}

/// A version that is watched.
pub(crate) struct Live {
    pub(crate) watched: Arc<Watched>,
    pub(crate) window: Window,
    pub(crate) rates: Rates,
    /// Predictions, and labelled ones, since it was registered.
    pub(crate) total: u64,
    pub(crate) labelled: u64,
    pub(crate) last_at: Option<Timestamp>,
    /// Whether what the log has from before the start is in.
    pub(crate) rebuilt: bool,
    pending: VecDeque<Pending>,
    milestone: u64,
    rate_changes: Vec<RateChange>,
    last_minute: u64,
    pub(crate) due: Due,
    /// What was told last.
    pub(crate) told: Option<ModelMetrics>,
    pub(crate) drift: Option<ModelDrift>,
    /// Why the last computation failed.
    pub(crate) failure: Option<String>,
    /// Tests see what happens when figures cannot be counted.
    pub(crate) breaks: bool,
}

/// What changed since figures were told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Due {
    pub(crate) labels: bool,
    pub(crate) rows: u64,
    pub(crate) rows_since_drift: u64,
    pub(crate) metrics_at: Option<Duration>,
    pub(crate) drift_at: Option<Duration>,
}

/// Figures counted from the window.
pub(crate) struct Figures {
    pub(crate) metrics: ModelMetrics,
    pub(crate) estimate: Option<Estimate>,
}

impl Live {
    pub(crate) fn new(watched: Arc<Watched>) -> Self {
        Self {
            window: Window::new(&watched),
            watched,
            rates: Rates::default(),
            total: 0,
            labelled: 0,
            last_at: None,
            rebuilt: false,
            pending: VecDeque::new(),
            milestone: 0,
            rate_changes: Vec::new(),
            last_minute: 0,
            due: Due::default(),
            told: None,
            drift: None,
            failure: None,
            breaks: false,
        }
    }

    /// Takes a prediction. Cheap: figures are counted when they are told.
    pub(crate) fn observe(&mut self, one: Observed) {
        self.total += 1;
        self.last_at = Some(one.at.wall);
        self.rates.add(one.at.monotonic);
        self.due.rows += 1;
        self.due.rows_since_drift += 1;
        let expected = estimate::expected_of(&self.watched, &one.outcome);
        // Of a shadow nobody was told, so nobody is told of it.
        if !one.shadow {
            let full = self.pending.len() == PENDING;
            let before = full.then(|| self.pending.pop_back()).flatten();
            let confidence = (!self.watched.classes.is_empty()).then_some(expected);
            self.pending.push_back(Pending {
                id: Arc::clone(&one.id),
                at: one.at.wall,
                result: self.watched.told(&one.outcome),
                confidence,
                inputs: one.inputs.filter(|text| text.len() <= TOLD_INPUT_BYTES),
                input_hash: one.input_hash,
                response_ms: one.response_ms,
                total: self.total,
                stands_for: before.map_or(1, |one| one.stands_for.saturating_add(1)),
            });
        }
        let unseen = self.unseen(&one.unseen);
        self.window.push(Row {
            id: one.id,
            at: one.at.wall,
            features: one.features,
            unseen,
            said: Arc::new(one.outcome),
            expected,
            response_ms: one.response_ms,
            client: one.client,
            truth: None,
        });
    }

    pub(crate) fn unseen(&self, unseen: &[(String, String)]) -> Box<[(u32, Box<str>)]> {
        let place = |name: &str| {
            let columns = &self.watched.reference.columns;
            columns.iter().position(|column| column.name == name)
        };
        let cut = |text: &str| -> Box<str> {
            let end =
                (0..=UNSEEN_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
            end.and_then(|end| text.get(..end)).unwrap_or_default().into()
        };
        let known = unseen
            .iter()
            .filter_map(|(name, text)| Some((u32::try_from(place(name)?).ok()?, cut(text))));
        known.collect()
    }

    /// Whether something waits to be told at once.
    pub(crate) fn is_pressing(&self) -> bool {
        self.due.labels || !self.pending.is_empty()
    }

    /// The predictions that wait to be told, as events.
    pub(crate) fn take_predictions(&mut self, now: Moment) -> Vec<Prediction> {
        let per_minute = f64::from(self.rates.per_minute(now.monotonic));
        let told = self.told.as_ref();
        let (accuracy, health) = (told.and_then(|it| it.accuracy), told.map(|it| it.health));
        let model = &self.watched.id;
        self.pending
            .drain(..)
            .map(|one| Prediction {
                id: one.id.to_string(),
                model: model.clone(),
                at_ms: one.at,
                result: one.result,
                confidence: one.confidence,
                inputs: one.inputs.and_then(|text| serde_json::from_str(&text).ok()),
                input_hash: one.input_hash.into(),
                response_ms: one.response_ms,
                predictions: one.total as f64,
                predictions_per_minute: per_minute,
                accuracy,
                health,
                stands_for: (one.stands_for > 1).then_some(one.stands_for),
            })
            .collect()
    }

    /// Milestones that were reached, and marked changes of the rate.
    pub(crate) fn take_volume(&mut self, now: Moment) -> Vec<PredictionVolume> {
        let per_minute = f64::from(self.rates.per_minute(now.monotonic));
        let minute = now.monotonic.as_secs() / 60;
        if minute != self.last_minute {
            self.last_minute = minute;
            self.rate_changes.extend(self.rates.change(now.monotonic));
        }
        let (id, total) = (&self.watched.id, self.total as f64);
        let mut told = Vec::new();
        let reached = last_milestone(self.total);
        if reached > self.milestone {
            self.milestone = reached;
            told.push(PredictionVolume {
                model: id.clone(),
                text: format!("{id} has made {} predictions", grouped(reached)),
                predictions: total,
                predictions_per_minute: per_minute,
                milestone: Some(reached as f64),
                predictions_per_minute_before: None,
            });
        }
        for change in self.rate_changes.drain(..) {
            let word = if change.now > change.before { "rose" } else { "fell" };
            let (before, now) = (change.before, change.now);
            told.push(PredictionVolume {
                model: id.clone(),
                text: format!("{id}: predictions {word} from {before:.0} to {now:.0} a minute"),
                predictions: total,
                predictions_per_minute: now,
                milestone: None,
                predictions_per_minute_before: Some(before),
            });
        }
        told
    }

    /// Milestones up to here were told before the start.
    pub(crate) fn skip_milestones(&mut self) {
        self.milestone = last_milestone(self.total);
    }

    /// Counts all figures anew.
    pub(crate) fn figures(&self, settings: &ModelSettings, now: Moment) -> Figures {
        assert!(!self.breaks, "broken on purpose");
        let estimate = estimate::estimate(&self.watched, &self.window.rows.iter());
        let mut metrics = ModelMetrics {
            health: ModelHealth::Healthy,
            predictions: self.total as f64,
            predictions_per_minute: f64::from(self.rates.per_minute(now.monotonic)),
            rate_trend: self.rates.trend(now.monotonic),
            last_prediction_at_ms: self.last_at,
            labelled: self.labelled as f64,
            ..ModelMetrics::default()
        };
        if let Some(estimate) = &estimate {
            if self.watched.classes.is_empty() {
                metrics.estimated_rmse = Some(estimate.value);
            } else {
                metrics.estimated_accuracy = Some(estimate.value);
                metrics.estimated_low = Some(estimate.low);
                metrics.estimated_high = Some(estimate.high);
            }
        }
        accuracy::fill(&mut metrics, &self.watched, &self.window);
        let mut responses: Vec<f64> = self.window.rows.iter().map(|row| row.response_ms).collect();
        responses.sort_unstable_by(f64::total_cmp);
        if let Some(last) = responses.len().checked_sub(1) {
            // The nearest rank: the smallest one that at least so many are not above.
            let at = |percent: usize| {
                let rank = (percent * responses.len()).div_ceil(100).clamp(1, last + 1);
                responses.get(rank - 1).copied()
            };
            metrics.response_mean_ms = Some(responses.iter().sum::<f64>() / responses.len() as f64);
            metrics.response_p50_ms = at(50);
            metrics.response_p95_ms = at(95);
            metrics.response_p99_ms = at(99);
        }
        let (drift, failure) = (self.drift.as_ref(), self.failure.as_deref());
        health::judge(&mut metrics, &self.watched, settings, drift, responses.len(), failure);
        Figures { metrics, estimate }
    }

    /// Compares the window with the training sample; `None` while there is too little.
    pub(crate) fn compare(&self) -> Option<ModelDrift> {
        let compared = drift::compare(&self.watched, &self.window)?;
        let estimate = estimate::estimate(&self.watched, &self.window.rows.iter());
        Some(drift::told(&self.watched, &self.window, &compared, estimate.as_ref()))
    }
}

/// The last of 100, 500, 1,000, 5,000, 10,000 … that is not above a number; 0 below the first.
pub(crate) fn last_milestone(total: u64) -> u64 {
    let mut last = 0;
    let mut next = 100_u64;
    while next <= total {
        last = next;
        next = if next.to_string().starts_with('1') { next * 5 } else { next * 2 };
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milestones() {
        let check = |total, last| assert_eq!(last_milestone(total), last, "{total}");
        check(99, 0);
        check(100, 100);
        check(499, 100);
        check(500, 500);
        check(4_999, 1_000);
        check(50_000, 50_000);
    }
}
