//! What outlives a restart: windows come back from the log of predictions, counts from records.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bellwether_signal::{
    ModelId, model,
    ports::{RecordChange, RecordKind},
};
use serde::{Deserialize, Serialize};

use super::{
    LiveQuality, estimate,
    live::Live,
    lock,
    telling::held,
    watched::Watched,
    window::{Judged, ROWS, Row, Window},
};
use crate::{
    features::{Note, RowEncoder},
    serving::{LoggedPrediction, Outcome},
};

const KIND: RecordKind = "quality";
/// Counts are written at most so often.
pub(super) const SAVE_EVERY: Duration = Duration::from_secs(30);

/// Counts of a version, as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    predictions: u64,
    labelled: u64,
    /// The newest prediction that is counted.
    #[serde(default)]
    until: String,
}

/// What is on disk.
#[derive(Default)]
pub(super) struct Saved {
    read: bool,
    at: Option<Duration>,
    counts: BTreeMap<String, Counts>,
}

impl LiveQuality {
    /// Begins to watch the versions that predicted before the start, reads what the log has of those
    /// that are new, and forgets those that are no more. Waits for the disk.
    pub(super) fn settle(&self) {
        let first = self.read_counts();
        if first {
            let counted: Vec<String> = held(&self.saved).counts.keys().cloned().collect();
            for id in counted {
                if let Ok(id) = ModelId::parse(&id) {
                    let _watched = self.watch(&id);
                }
            }
        }
        for (id, live) in self.all() {
            if self.registry.find(id.as_str()).is_some() {
                self.rebuild(&id, &live);
                continue;
            }
            self.lives.write().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
            held(&self.saved).counts.remove(id.as_str());
            held(&self.report).failing.retain(|(failing, _)| *failing != id);
            // It is tried again at no cost: without a version it is never read.
            drop(self.around.records.change(vec![RecordChange::remove(KIND, id.as_str())]));
            self.around.announce.gone(&model::metrics(&id));
            self.around.announce.gone(&model::drift(&id));
        }
    }

    fn read_counts(&self) -> bool {
        let mut saved = held(&self.saved);
        if saved.read {
            return false;
        }
        if let Ok(all) = self.around.records.all(KIND) {
            saved.read = true;
            let read = |(id, body)| Some((id, serde_json::from_value(body).ok()?));
            saved.counts = all.into_iter().filter_map(read).collect();
        }
        saved.read
    }

    /// Writes counts that changed, unless that was done just now.
    pub(super) fn save(&self, every: Duration) {
        let now = (self.around.clock)().monotonic;
        let mut saved = held(&self.saved);
        if !saved.read || saved.at.is_some_and(|at| now.saturating_sub(at) < every) {
            return;
        }
        saved.at = Some(now);
        let mut changes = Vec::new();
        for (id, live) in self.all() {
            let live = lock(&live);
            if !live.rebuilt {
                continue;
            }
            let until = live.window.rows.back().map(|row| row.id.to_string()).unwrap_or_default();
            let counts = Counts { predictions: live.total, labelled: live.labelled, until };
            if counts.predictions > 0 && saved.counts.get(id.as_str()) != Some(&counts) {
                changes.push(RecordChange::put(KIND, id.as_str(), &counts));
                saved.counts.insert(id.as_str().to_owned(), counts);
            }
        }
        if !changes.is_empty() && self.around.records.change(changes).is_err() {
            // A full disk says so elsewhere; the next round writes all of them again.
            saved.counts.clear();
        }
    }

    /// Reads what the log has of a version from before it was watched, once.
    pub(super) fn rebuild(&self, id: &ModelId, live: &Arc<Mutex<Live>>) {
        let (before, watched) = {
            let live = lock(live);
            if live.rebuilt {
                return;
            }
            (live.window.rows.front().map(|row| row.id.to_string()), Arc::clone(&live.watched))
        };
        self.read_counts();
        // Without the log the window starts empty; it is read again with the next tick.
        let Ok(mut logged) = self.log.newest(id, before.as_deref(), ROWS) else { return };
        logged.reverse();
        let encoder = self.registry.find(id.as_str()).and_then(|version| {
            let model = self.registry.model(&version).ok()?;
            Some(RowEncoder::new(&model.encoder, |_| true))
        });
        let Some(encoder) = encoder else { return };
        let counts = held(&self.saved).counts.get(id.as_str()).cloned().unwrap_or_default();
        let now = (self.around.clock)();
        let mut live = lock(live);
        if live.rebuilt {
            return;
        }
        live.rebuilt = true;
        if logged.is_empty() && counts == Counts::default() {
            return;
        }
        let newer = logged.iter().filter(|one| one.id > counts.until).count() as u64;
        live.total += counts.predictions + newer;
        let labelled = logged.iter().filter(|one| one.label.is_some()).count() as u64;
        live.labelled += counts.labelled.max(labelled);
        let mut window = Window::new(&watched);
        let mut labels = Vec::new();
        for one in logged {
            let Some(said) = outcome_of(&watched, &one) else { continue };
            let age = u64::try_from(now.wall.0 - one.at.0).unwrap_or(0);
            if let Some(at) = now.monotonic.checked_sub(Duration::from_millis(age)) {
                live.rates.add(at);
            }
            live.last_at = live.last_at.max(Some(one.at));
            let (features, unseen) = features_of(&encoder, &one);
            let unseen = live.unseen(&unseen);
            let id: Arc<str> = one.id.as_str().into();
            if let Some(truth) = one.label.as_ref().and_then(|it| watched.truth_of(it).ok()) {
                labels.push((one.labelled_at, Arc::clone(&id), truth));
            }
            window.push(Row {
                id,
                at: one.at,
                features,
                unseen,
                expected: expected_of(&watched, &said, one.confidence),
                said: Arc::new(said),
                response_ms: one.response_ms,
                client: one.client,
                truth: None,
            });
        }
        labels.sort_by_key(|(at, ..)| *at);
        for (_, id, truth) in labels {
            let _noted = window.judge(&id, truth, None);
        }
        let since: Vec<Row> = live.window.rows.drain(..).collect();
        for mut row in since {
            let truth = row.truth.take();
            let id = Arc::clone(&row.id);
            window.push(row);
            if let Some(truth) = truth {
                let _noted = window.judge(&id, truth, None);
            }
        }
        live.window = window;
        live.skip_milestones();
        live.due.rows_since_drift = live.window.rows.len() as u64;
    }
}

fn features_of(
    encoder: &RowEncoder,
    one: &LoggedPrediction,
) -> (Box<[f32]>, Vec<(String, String)>) {
    let (mut features, mut notes) = (Vec::new(), Vec::new());
    let inputs = one.inputs.as_deref().and_then(|text| serde_json::from_str(text).ok());
    if let Some(mut inputs) = inputs
        && encoder.encode(&mut inputs, &mut features, &mut notes).is_err()
    {
        features.clear();
    }
    // A row that is too long for the log, or that the model would not take any more, counts as missing.
    features.resize(encoder.width(), f32::NAN);
    (features.into(), unseen_of(&notes))
}

/// What notes say of texts that training never saw.
pub(crate) fn unseen_of(notes: &[Note]) -> Vec<(String, String)> {
    let unseen = notes.iter().filter_map(|note| match note {
        Note::Unseen { column, text } => Some((column.clone(), text.clone())),
        Note::NumberAsText { .. } | Note::TooLarge { .. } => None,
    });
    unseen.collect()
}

/// What was said, from the log; `None` where it says nothing of this model.
fn outcome_of(watched: &Watched, one: &LoggedPrediction) -> Option<Outcome> {
    use super::watched::Truth;
    match watched.truth_of(&one.prediction).ok()? {
        Truth::Number(number) => Some(Outcome::Number(number)),
        Truth::Class(place) => {
            let all = one.probabilities.clone();
            let probabilities = all.filter(|it| it.len() == watched.classes.len());
            Some(Outcome::Class { place, probabilities: probabilities.unwrap_or_default() })
        }
    }
}

fn expected_of(watched: &Watched, said: &Outcome, confidence: Option<f64>) -> f64 {
    match (said, confidence) {
        (Outcome::Class { probabilities, .. }, Some(confidence)) if probabilities.is_empty() => {
            watched.reference.calibration.chance(confidence)
        }
        _ => estimate::expected_of(watched, said),
    }
}

/// A labelled prediction that is only in the log.
pub(super) fn judged_of(
    watched: &Watched,
    one: &LoggedPrediction,
    truth: super::watched::Truth,
) -> Option<(Judged, Option<super::watched::Truth>)> {
    let said = outcome_of(watched, one)?;
    let judged = Judged {
        id: one.id.as_str().into(),
        expected: expected_of(watched, &said, one.confidence),
        said: Arc::new(said),
        truth,
        client: one.client.clone(),
    };
    let before = one.label.as_ref().and_then(|label| watched.truth_of(label).ok());
    Some((judged, before))
}
