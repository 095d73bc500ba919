//! Labels: what turned out to be true of a prediction, by its id; single or many, late, corrected.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bellwether_signal::{ModelId, Timestamp, ports::KeepError};
use serde_json::Value;

use super::{
    LiveQuality,
    live::Live,
    lock,
    rebuild::judged_of,
    watched::Truth,
    window::{Change, Judged},
};
use crate::serving::{Outcome, PredictionLabel};

/// A label as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelWish {
    /// The prediction's id.
    pub id: String,
    /// A class or a number.
    pub label: Value,
}

/// What a label did.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// Whose prediction it was.
    pub model: ModelId,
    /// What was predicted.
    pub prediction: Value,
    /// What is true, as the model calls it.
    pub label: Value,
    /// Whether it was right; of classes.
    pub correct: Option<bool>,
    /// Prediction less truth; of numbers.
    pub error: Option<f64>,
    /// Whether another label was there before.
    pub corrected: bool,
    /// Accuracy of the version's last 100 labelled predictions; of classes.
    pub accuracy: Option<f64>,
    /// Root mean square error of the same; of numbers.
    pub rmse: Option<f64>,
}

/// What many labels did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelsReport {
    /// Labels that are kept and counted, those that say the same again among them.
    pub accepted: usize,
    /// Those of them that changed an earlier one.
    pub corrected: usize,
    /// Ids that no prediction has, or none of this model.
    pub unknown: Vec<String>,
    /// Labels that are no use, with the reason.
    pub refused: Vec<(String, String)>,
    /// Those that were accepted, as the model calls them.
    pub kept: Vec<(String, Value)>,
    /// Accuracy of the last 100 labelled predictions of the version that the last of them was for.
    pub accuracy: Option<f64>,
    /// Root mean square error of the same; of numbers.
    pub rmse: Option<f64>,
}

/// Why a label is not taken.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// No prediction has that id.
    #[error(
        "there is no prediction {0:?}: the id is `prediction_id` in the answer to a prediction, and \
         predictions are kept for some time only"
    )]
    Unknown(String),
    /// It cannot be true of this model.
    #[error("{0}")]
    Refused(String),
    /// It is not kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// A label whose prediction was found.
struct Found {
    live: Arc<Mutex<Live>>,
    model: ModelId,
    id: String,
    truth: Truth,
    label: Value,
    kept: Option<(Judged, Option<Truth>)>,
}

impl LiveQuality {
    /// Takes one label. It is on disk when this returns. Waits for the disk.
    pub fn label(&self, id: &str, label: &Value, at: Timestamp) -> Result<Labelled, LabelError> {
        let found = self.find(id, label, None)?;
        self.keep(std::slice::from_ref(&found), at)?;
        let live = Arc::clone(&found.live);
        let (model, told) = (found.model.clone(), found.label.clone());
        let truth = found.truth;
        let (change, said) = count(found).ok_or_else(|| LabelError::Unknown(id.to_owned()))?;
        let (prediction, accuracy, rmse) = {
            let live = lock(&live);
            let (accuracy, rmse) = newest(&live);
            (live.watched.told(&said), accuracy, rmse)
        };
        self.ring();
        let (correct, error) = match (&*said, truth) {
            (Outcome::Class { place, .. }, Truth::Class(class)) => (Some(*place == class), None),
            (Outcome::Number(said), Truth::Number(is)) => (None, Some(said - is)),
            _ => (None, None),
        };
        let corrected = change == Change::Corrected;
        Ok(Labelled { model, prediction, label: told, correct, error, corrected, accuracy, rmse })
    }

    /// Takes many labels, of versions of one name, or of one version where `of` is an id. Those that
    /// are no use are told and stop no other. All others are on disk when this returns.
    pub fn labels(
        &self,
        of: &str,
        wishes: Vec<LabelWish>,
        at: Timestamp,
    ) -> Result<LabelsReport, KeepError> {
        let mut report = LabelsReport::default();
        let mut all = Vec::new();
        // The last one of an id counts: it is the latest word.
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for wish in wishes {
            match self.find(&wish.id, &wish.label, Some(of)) {
                Ok(found) => {
                    if let Some(place) = places.get(&wish.id) {
                        report.accepted += 1;
                        if let Some(one) = all.get_mut(*place) {
                            *one = found;
                        }
                    } else {
                        places.insert(wish.id, all.len());
                        all.push(found);
                    }
                }
                Err(LabelError::Unknown(id)) => report.unknown.push(id),
                Err(LabelError::Refused(text)) => report.refused.push((wish.id, text)),
                Err(LabelError::Keep(error)) => return Err(error),
            }
        }
        self.keep(&all, at)?;
        let last = all.last().map(|one| Arc::clone(&one.live));
        for found in all {
            report.kept.push((found.id.clone(), found.label.clone()));
            if let Some((change, _)) = count(found) {
                report.accepted += 1;
                report.corrected += usize::from(change == Change::Corrected);
            }
        }
        if let Some(live) = last {
            (report.accuracy, report.rmse) = newest(&lock(&live));
        }
        self.ring();
        Ok(report)
    }

    fn find(&self, id: &str, label: &Value, of: Option<&str>) -> Result<Found, LabelError> {
        let is_meant =
            |model: &ModelId| of.is_none_or(|of| model.as_str() == of || model.name() == of);
        let unknown = || LabelError::Unknown(id.to_owned());
        let here = self.all().into_iter().find(|(_, live)| lock(live).window.find(id).is_some());
        let (model, live, logged) = if let Some((model, live)) = here {
            (model, live, None)
        } else {
            let logged = self.log.find(id)?.ok_or_else(unknown)?;
            let live = self.watch(&logged.model).ok_or_else(unknown)?;
            (logged.model.clone(), live, Some(logged))
        };
        if !is_meant(&model) {
            return Err(unknown());
        }
        let watched = Arc::clone(&lock(&live).watched);
        let truth = watched.truth_of(label).map_err(LabelError::Refused)?;
        let told = match truth {
            Truth::Class(place) => watched.told_class(place),
            Truth::Number(number) => number.into(),
        };
        let kept = logged.and_then(|logged| judged_of(&watched, &logged, truth));
        Ok(Found { live, model, id: id.to_owned(), truth, label: told, kept })
    }

    fn keep(&self, found: &[Found], at: Timestamp) -> Result<(), KeepError> {
        let label =
            |one: &Found| PredictionLabel { id: one.id.clone(), label: one.label.clone(), at };
        if found.is_empty() {
            return Ok(());
        }
        // Ids that the log does not know are still on their way there, and counted here.
        let _on_their_way = self.log.label(found.iter().map(label).collect())?;
        Ok(())
    }
}

fn count(found: Found) -> Option<(Change, Arc<Outcome>)> {
    let mut live = lock(&found.live);
    let noted = live.window.judge(&found.id, found.truth, found.kept)?;
    if noted.0 == Change::New {
        live.labelled += 1;
    }
    if noted.0 != Change::Same {
        live.due.labels = true;
    }
    Some(noted)
}

/// Accuracy, or root mean square error, of the newest labelled predictions.
fn newest(live: &Live) -> (Option<f64>, Option<f64>) {
    let mut metrics = bellwether_signal::model::ModelMetrics::default();
    super::accuracy::fill(&mut metrics, &live.watched, &live.window);
    (metrics.accuracy, metrics.rmse)
}
