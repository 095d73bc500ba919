//! Why a version is not what it was: columns by what they do to its predictions, texts that training
//! never saw, missing values, a class, a client.
//!
//! What a column does is measured, not guessed: its newest values are put back to such as the training
//! sample held, all else left as it is, and the version is asked again. How far the estimated accuracy
//! (or the mean prediction) goes back is the column's share.

mod columns;
mod groups;

use bellwether_signal::{
    ModelId, Timestamp,
    why::{Cause, Confidence, WhyAnswer},
};

use super::{
    LiveQuality,
    drift::{self, Comparisons},
    estimate::{self, Estimate},
    lock,
    watched::Watched,
    window::{Judged, LABELLED, Row},
};
use crate::{error::TrainError, registry::RegistryError};

/// Predictions that are asked again, the newest ones.
const ASKED: usize = 200;
/// Causes that are told.
const TOLD: usize = 6;
/// Smallest share that is told.
const LEAST: f64 = 0.01;

/// What is not as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// It is right less often, or farther off.
    Accuracy,
    /// What comes in or goes out is not as in training.
    Drift,
    /// It answers slowly.
    Latency,
}

impl Symptom {
    /// By its word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accuracy, Self::Drift, Self::Latency].into_iter().find(|one| one.name() == text)
    }

    /// Its word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Drift => "drift",
            Self::Latency => "latency",
        }
    }
}

/// What an answer is made of, taken out of the window.
pub(super) struct Case {
    pub(super) watched: std::sync::Arc<Watched>,
    pub(super) rows: Vec<Row>,
    pub(super) judged: Vec<Judged>,
    pub(super) compared: Option<Comparisons>,
    pub(super) estimate: Option<Estimate>,
}

/// Causes that were found, and what was ruled out.
#[derive(Default)]
pub(super) struct Found {
    pub(super) causes: Vec<Cause>,
    pub(super) ruled_out: Vec<String>,
    pub(super) since: Option<Timestamp>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// There is no such version.
    #[error("there is no model {0:?}")]
    Unknown(ModelId),
    /// Its file cannot be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] TrainError),
}

impl LiveQuality {
    /// What a symptom of a version comes from. May wait for the disk, and takes some milliseconds.
    pub fn why(&self, id: &ModelId, symptom: Symptom) -> Result<WhyAnswer, WhyError> {
        let unknown = || WhyError::Unknown(id.clone());
        let live = self.watch(id).ok_or_else(unknown)?;
        let version = self.registry.find(id.as_str()).ok_or_else(unknown)?;
        let case = {
            let live = lock(&live);
            Case {
                watched: std::sync::Arc::clone(&live.watched),
                rows: live.window.rows.iter().cloned().collect(),
                judged: live.window.newest_judged(LABELLED).cloned().collect(),
                compared: drift::compare(&live.watched, &live.window),
                estimate: estimate::estimate(&live.watched, &live.window.rows.iter()),
            }
        };
        let found = match symptom {
            Symptom::Latency => groups::slow(&case),
            Symptom::Accuracy | Symptom::Drift => {
                let model = self.registry.model(&version)?;
                let mut found = columns::find(&case, &model, symptom)?;
                if symptom == Symptom::Accuracy {
                    groups::add_wrong(&case, &mut found);
                }
                found
            }
        };
        Ok(answer(&case, symptom, found))
    }
}

fn answer(case: &Case, symptom: Symptom, mut found: Found) -> WhyAnswer {
    found.causes.retain(|cause| cause.share >= LEAST);
    found.causes.sort_by(|a, b| b.share.total_cmp(&a.share));
    found.causes.truncate(TOLD);
    // Causes of different kinds may be two faces of one thing: together they explain no more than all.
    // Not `sum()`: of nothing it is -0.0, which is told as "-0 %".
    let sum = found.causes.iter().fold(0.0, |sum, cause| sum + cause.share);
    let scale = if sum > 1.0 { 1.0 / sum } else { 1.0 };
    for cause in &mut found.causes {
        cause.share *= scale;
    }
    let explained = (sum * scale).clamp(0.0, 1.0);
    let rows = case.rows.len();
    let confidence = match explained {
        _ if rows < drift::ROWS => Confidence::Unclear,
        share if share >= 0.6 && rows >= 2 * drift::ROWS => Confidence::High,
        share if share >= 0.3 => Confidence::Likely,
        _ => Confidence::Unclear,
    };
    let labelled = case.judged.len();
    let confidence_reason = if rows < drift::ROWS {
        format!("{rows} predictions are in memory; comparing takes {}", drift::ROWS)
    } else {
        format!(
            "{rows} predictions were compared, {labelled} of them or before are labelled; the causes \
             explain {:.0} % of it",
            explained * 100.0
        )
    };
    let text = match found.causes.split_first() {
        None => nothing(case, symptom),
        Some((first, rest)) => {
            let rest: Vec<&str> = rest.iter().take(2).map(|cause| cause.name.as_str()).collect();
            let also = if rest.is_empty() {
                String::new()
            } else {
                format!(" Also: {}.", rest.join(", "))
            };
            format!("Mostly {}: {}{also}", first.name, first.text)
        }
    };
    let action = action(symptom, found.causes.first());
    WhyAnswer {
        subject: format!("model/{}", case.watched.id),
        symptom: symptom.name().to_owned(),
        since: found.since,
        text,
        confidence,
        confidence_reason,
        causes: found.causes,
        not_explained: 1.0 - explained,
        ruled_out: found.ruled_out,
        action,
    }
}

fn nothing(case: &Case, symptom: Symptom) -> String {
    if case.rows.len() < drift::ROWS && symptom != Symptom::Latency {
        return format!(
            "There is too little to tell: {} predictions are in memory, {} are needed.",
            case.rows.len(),
            drift::ROWS
        );
    }
    match symptom {
        Symptom::Accuracy => {
            let trained = case.watched.trained_accuracy();
            match trained.zip(case.estimate.as_ref()) {
                Some((trained, estimate)) if estimate.high >= trained && case.judged.len() < 20 => {
                    "Nothing says that it got worse: what comes in is as in training, and so is the \
                     accuracy to be expected."
                        .to_owned()
                }
                _ => "Nothing that comes in explains it: no column is far from training. If labels say \
                      that it is worse, what the columns mean for the target may have changed."
                    .to_owned(),
            }
        }
        Symptom::Drift => "What comes in and what is predicted is as in training.".to_owned(),
        Symptom::Latency => {
            "No client stands out: responses are about as quick for all.".to_owned()
        }
    }
}

fn action(symptom: Symptom, first: Option<&Cause>) -> String {
    let Some(first) = first else {
        return match symptom {
            Symptom::Latency => "Look at the load of the host.".to_owned(),
            Symptom::Accuracy | Symptom::Drift => {
                "Send labels, so that accuracy is counted rather than estimated.".to_owned()
            }
        };
    };
    let name = &first.name;
    match first.kind.as_str() {
        "missing" => format!("Find out why {name:?} is missing where the rows come from."),
        "category" => format!(
            "Check whether the new texts in {name:?} are meant; if so, train a version that has seen them."
        ),
        "client" => format!("Look at what {name} sends, and at what others send."),
        "class" => format!("Collect labelled rows of {name}, and train on them too."),
        _ => format!(
            "Check where {name:?} comes from (unit, source, season); if its values are right, train a \
             version on newer rows."
        ),
    }
}
