//! From rows to an answer, and to what is kept of it.

use std::sync::Arc;

use bellwether_signal::{Moment, Timestamp, answer::Explanation};
use sha2::{Digest, Sha256};

use super::{
    INPUT_BYTES, InputRow, KEPT_CLASSES, LoggedPrediction, Outcome, PredictError, Predictor,
    ids::Ids,
};
use crate::{
    features::{Matrix, Note},
    files::hexadecimal,
    quality::{Observed, unseen_of},
    reference::{ColumnKind, ColumnReference},
    registry::Version,
};

/// Extra fields that a warning names.
const NAMED: usize = 10;
/// Bytes of the SHA-256 that name a row.
const HASH_BYTES: usize = 8;

/// How a model is asked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own to the asker")]
pub struct Ask {
    /// Whether to say what each column did.
    pub explain: bool,
    /// Whether to wait until the prediction is kept for good.
    pub durable: bool,
    /// Whether the values are the cells of a file: then numbers come as text.
    pub cells: bool,
    /// Who asks.
    pub client: Option<Arc<str>>,
    /// Whether all requests of that client go to the same version.
    pub sticky: bool,
    /// When the request came.
    pub at: Moment,
}

/// An answer.
pub struct Predicted {
    /// Who predicted.
    pub version: Arc<Version>,
    /// The same, ready to be asked.
    pub predictor: Arc<Predictor>,
    /// When.
    pub at: Timestamp,
    /// How long all of it took.
    pub response_ms: f64,
    /// One for each row, in their order.
    pub rows: Vec<PredictedRow>,
}

/// What is said of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedRow {
    /// UUID version 7.
    pub id: String,
    /// What the model says.
    pub outcome: Outcome,
    /// How sure it is of the class.
    pub confidence: Option<f64>,
    /// Where the number lies in 95 % of the cases.
    pub interval: Option<[f64; 2]>,
    /// What the sender may want to know.
    pub warnings: Vec<String>,
    /// What each column did, when that was asked.
    pub explanation: Option<Explanation>,
}

/// A row, its warnings, and the texts of it that training never saw.
type ReadRow = (InputRow, Vec<String>, Vec<(String, String)>);

/// A version that is asked.
pub(super) struct Asked<'a> {
    pub(super) predictor: &'a Arc<Predictor>,
    pub(super) version: Arc<Version>,
    pub(super) ids: &'a Ids,
    pub(super) ask: &'a Ask,
    /// Whether what was asked to be explained is.
    pub(super) explains: bool,
    pub(super) shadow: bool,
}

impl Asked<'_> {
    /// The answer, and what is to be kept of it.
    pub(super) fn answer(
        self,
        rows: Vec<InputRow>,
        clock: impl Fn() -> Moment,
    ) -> Result<(Predicted, Vec<LoggedPrediction>, Vec<Observed>), PredictError> {
        let Self { predictor, version, ids, ask, explains, shadow } = self;
        let count = rows.len();
        let width = predictor.rows.width();
        let mut values = Vec::with_capacity(count * width);
        let mut read: Vec<ReadRow> = Vec::with_capacity(count);
        let mut notes = Vec::new();
        for (place, mut row) in rows.into_iter().enumerate() {
            notes.clear();
            predictor.rows.encode(&mut row, &mut values, &mut notes).map_err(|error| {
                let row = (count > 1).then_some(place + 1);
                PredictError::Field { row, error }
            })?;
            let warnings = warnings(predictor, &row, &notes, ask.cells);
            read.push((row, warnings, unseen_of(&notes)));
        }
        let matrix = Matrix { values, rows: count, width };
        let outcomes = predictor.outcomes(&matrix)?;
        let response_ms = clock().seconds_since(ask.at) * 1_000.0;
        #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
        let each_ms = response_ms / count as f64;
        let mut kept = Vec::with_capacity(count);
        let mut told = Vec::with_capacity(count);
        let mut observed = Vec::with_capacity(count);
        for (place, ((row, mut warnings, unseen), outcome)) in
            read.into_iter().zip(outcomes).enumerate()
        {
            let id = ids.next(ask.at.wall);
            let confidence = predictor.confidence(&outcome);
            let interval = predictor.interval(&outcome);
            let features = matrix.row(place);
            let explanation =
                explains.then(|| predictor.explain(features, &row, &outcome)).flatten();
            if ask.explain && !explains {
                let name = version.id().name();
                warnings.push(format!("explanations of {name} are switched off on this server"));
            } else if ask.explain && explanation.is_none() {
                warnings.push("this model cannot be explained".to_owned());
            }
            let (inputs, input_hash) = canonical(&row);
            let probabilities = match &outcome {
                Outcome::Class { probabilities, .. } if probabilities.len() <= KEPT_CLASSES => {
                    Some(probabilities.clone())
                }
                Outcome::Class { .. } | Outcome::Number(_) => None,
            };
            kept.push(LoggedPrediction {
                id: id.clone(),
                model: version.id().clone(),
                at: ask.at.wall,
                inputs,
                input_hash,
                prediction: outcome.value(&predictor.model),
                probabilities,
                confidence,
                response_ms: each_ms,
                client: ask.client.clone(),
                shadow,
                label: None,
                labelled_at: None,
            });
            observed.push(Observed {
                id: id.as_str().into(),
                at: ask.at,
                inputs: kept.last().and_then(|one| one.inputs.clone()),
                input_hash: kept.last().map(|one| one.input_hash.clone()).unwrap_or_default(),
                features: features.into(),
                unseen,
                outcome: outcome.clone(),
                response_ms: each_ms,
                client: ask.client.clone(),
                shadow,
            });
            told.push(PredictedRow { id, outcome, confidence, interval, warnings, explanation });
        }
        let predictor = Arc::clone(predictor);
        let predicted = Predicted { version, predictor, at: ask.at.wall, response_ms, rows: told };
        Ok((predicted, kept, observed))
    }
}

/// A row as compact JSON, its names in order, where it is not too long; and its name.
fn canonical(row: &InputRow) -> (Option<Arc<str>>, Box<str>) {
    // Rows are JSON that was read: it can be written.
    let text = serde_json::to_string(row).unwrap_or_default();
    let hash = Sha256::digest(text.as_bytes());
    let name = hexadecimal(hash.get(..HASH_BYTES).unwrap_or_default());
    ((text.len() <= INPUT_BYTES).then(|| text.into()), name.into())
}

fn warnings(predictor: &Predictor, row: &InputRow, notes: &[Note], cells: bool) -> Vec<String> {
    let mut told: Vec<String> = notes.iter().filter_map(|note| told(note, cells)).collect();
    told.extend(outside(predictor, row));
    let known = |name: &str| predictor.rows.knows(name) || name == predictor.model.target;
    let left_out = |name: &str| predictor.model.encoder.left_out.iter().any(|(one, _)| one == name);
    let extra: Vec<&str> =
        row.keys().map(String::as_str).filter(|name| !known(name) && !left_out(name)).collect();
    if let Some((first, rest)) = extra.split_first() {
        let named: Vec<String> =
            rest.iter().take(NAMED - 1).map(|name| format!(", {name:?}")).collect();
        let others = named.concat();
        let more = match extra.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        told.push(format!("the model does not know the field {first:?}{others}{more}: ignored"));
    }
    told
}

/// Numbers that the training did not see the like of.
fn outside(predictor: &Predictor, row: &InputRow) -> Vec<String> {
    let text = |column: &ColumnReference| {
        let number =
            row.get(&column.name).filter(|_| column.kind == ColumnKind::Number)?.as_f64()?;
        let (lowest, highest) = (column.lowest?, column.highest?);
        (number < lowest || number > highest).then(|| {
            let name = &column.name;
            format!("{name}: {number} is outside of what the training saw, {lowest} to {highest}")
        })
    };
    predictor.reference().columns.iter().filter_map(text).collect()
}

fn told(note: &Note, cells: bool) -> Option<String> {
    Some(match note {
        Note::NumberAsText { .. } if cells => return None,
        Note::NumberAsText { column } => format!("{column}: the text was taken for a number"),
        Note::Unseen { column, text } => {
            format!("{column}: the training saw no {text:?}, so it counts as missing")
        }
        Note::TooLarge { column } => {
            format!("{column}: the number is too large, so it counts as missing")
        }
    })
}
