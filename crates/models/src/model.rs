//! A trained model: everything that a prediction needs, in one file.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    dataset::Table,
    error::{ModelFileError, TrainError},
    features::{Encoder, Matrix},
    learner::{Forest, Line, Scale},
    metrics::{ClassQuality, NumberQuality},
    reference::Reference,
    target::Task,
    train::Settings,
};

/// The newest format of model files; older ones are read for good.
pub(crate) const FORMAT: u32 = 1;
const MAGIC: &[u8; 8] = b"bellwthr";
const HASH_BYTES: usize = 32;

/// A trained model.
#[derive(Clone, Debug)]
pub struct Model {
    /// The column that it predicts.
    pub target: String,
    /// The kind of prediction.
    pub task: Task,
    /// The classes' names; none for regression.
    pub classes: Vec<String>,
    /// From columns to features.
    pub encoder: Encoder,
    pub(crate) forest: Forest,
    pub(crate) line: Option<Line>,
    pub(crate) blend: Blend,
    pub(crate) center: f64,
    pub(crate) scale: f64,
    /// How good it is on rows that the fits did not see.
    pub quality: Quality,
    /// Rows that it was trained on.
    pub rows: usize,
    /// What was chosen.
    pub settings: Settings,
    /// The training sample condensed, and what was predicted of it by fits that did not see it.
    pub reference: Reference,
}

/// Weights of the two kinds of margins.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blend {
    pub(crate) forest: f64,
    pub(crate) line: f64,
}

impl Blend {
    pub(crate) fn of(self, forest: &[f32], line: &[f32]) -> Vec<f64> {
        let other = line.iter().copied().chain(std::iter::repeat(0.0));
        let sum = |(f, l): (&f32, f32)| self.forest * f64::from(*f) + self.line * f64::from(l);
        forest.iter().zip(other).map(sum).collect()
    }
}

/// How good a model is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Of classes.
    Classes(ClassQuality),
    /// Of numbers.
    Numbers(NumberQuality),
}

/// What a model says of some rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Predictions {
    /// The probability of each class, row after row.
    Probabilities(Vec<f64>),
    /// A number for each row.
    Numbers(Vec<f64>),
}

impl Model {
    /// Predicts every row of a table. Columns that the model does not know are ignored, those that are
    /// missing count as unknown.
    pub fn predict(&self, table: &Table) -> Result<Predictions, TrainError> {
        let margins = self.margins(&self.encoder.transform(table))?;
        Ok(self.of_margins(&margins))
    }

    /// Both kinds of margins, blended: row after row, by the engine.
    pub(crate) fn margins(&self, rows: &Matrix) -> Result<Vec<f64>, TrainError> {
        let forest = self.forest.margins(rows)?;
        let line = self.line.as_ref().map_or(Ok(Vec::new()), |line| line.margins(rows))?;
        Ok(self.blend.of(&forest, &line))
    }

    /// What margins mean.
    pub(crate) fn of_margins(&self, margins: &[f64]) -> Predictions {
        match self.task {
            Task::Regression => {
                let number = |margin: &f64| self.center + self.scale * margin;
                Predictions::Numbers(margins.iter().map(number).collect())
            }
            Task::Binary | Task::Multiclass => {
                Predictions::Probabilities(Self::probabilities(margins, self.classes.len()))
            }
        }
    }

    /// How much the model looks at each feature, as shares: of the trees, how much it lowered their loss;
    /// of the line, its largest weight; both in the proportion in which the two are blended.
    pub fn importance(&self) -> Vec<(String, f64)> {
        let width = self.encoder.features().len();
        let trees = self.forest.importance(width);
        let line = self.line.as_ref().map_or_else(|| vec![0.0; width], Line::importance);
        let mixed = trees.iter().zip(line);
        let mixed = mixed.map(|(tree, line)| self.blend.forest * tree + self.blend.line * line);
        let mixed: Vec<f64> = mixed.collect();
        let total: f64 = mixed.iter().sum();
        let shares = mixed.into_iter().map(|one| one / total.max(f64::MIN_POSITIVE));
        let names = self.encoder.features().iter().map(|feature| feature.column.clone());
        names.zip(shares).collect()
    }

    /// The same by column, largest first: what comes of one column is added up.
    pub fn column_importance(&self) -> Vec<(String, f64)> {
        let mut columns: Vec<(String, f64)> = Vec::new();
        for (name, share) in self.importance() {
            match columns.iter_mut().find(|(column, _)| *column == name) {
                Some((_, sum)) => *sum += share,
                None => columns.push((name, share)),
            }
        }
        columns.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        columns
    }

    /// What it mostly is: `gradient_boosting`, or `linear` where the trees have no weight.
    pub fn algorithm(&self) -> &'static str {
        if self.blend.forest > 0.0 { "gradient_boosting" } else { "linear" }
    }

    /// The number of trees.
    pub fn trees(&self) -> usize {
        self.forest.trees()
    }

    /// Probabilities of margins: of two classes the logistic function, of more the softmax.
    pub(crate) fn probabilities(margins: &[f64], classes: usize) -> Vec<f64> {
        if classes == 2 {
            let both = |margin: &f64| {
                let second = 1.0 / (1.0 + (-margin).exp());
                [1.0 - second, second]
            };
            return margins.iter().flat_map(both).collect();
        }
        let softmax = |row: &[f64]| -> Vec<f64> {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let parts: Vec<f64> = row.iter().map(|margin| (margin - most).exp()).collect();
            let sum: f64 = parts.iter().sum();
            parts.into_iter().map(|part| part / sum).collect()
        };
        margins.chunks(classes.max(1)).flat_map(softmax).collect()
    }

    /// The model as a file: magic, format, a JSON head with its length, the trees, the line, and the SHA-256
    /// of all of it.
    pub fn encode(&self) -> Result<Vec<u8>, TrainError> {
        let forest = self.forest.encode()?;
        let (scales, line) = self.line.as_ref().map_or(Ok((None, Vec::new())), |line| {
            line.encode().map(|(scales, bytes)| (Some(scales), bytes))
        })?;
        let head = Head {
            target: self.target.clone(),
            task: self.task,
            classes: self.classes.clone(),
            encoder: self.encoder.clone(),
            scales,
            blend: self.blend,
            center: self.center,
            scale: self.scale,
            quality: self.quality.clone(),
            rows: self.rows,
            settings: self.settings.clone(),
            reference: self.reference.clone(),
            forest_bytes: forest.len(),
        };
        let head =
            serde_json::to_vec(&head).map_err(|error| TrainError::Engine(error.to_string()))?;
        let mut out = MAGIC.to_vec();
        out.extend(FORMAT.to_le_bytes());
        out.extend((head.len() as u64).to_le_bytes());
        out.extend([head, forest, line].concat());
        out.extend(Sha256::digest(&out));
        Ok(out)
    }

    /// Reads a model file.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelFileError> {
        let damaged = |what: &str| ModelFileError::Damaged(what.to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelFileError::Foreign)?;
        let (format, rest) = rest.split_first_chunk().ok_or_else(|| damaged("it was cut"))?;
        let format = u32::from_le_bytes(*format);
        if format > FORMAT {
            return Err(ModelFileError::Newer(format));
        }
        let content =
            bytes.len().checked_sub(HASH_BYTES).and_then(|end| bytes.split_at_checked(end));
        let (content, hash) = content.ok_or_else(|| damaged("it was cut"))?;
        if Sha256::digest(content).as_slice() != hash {
            return Err(damaged("its checksum differs"));
        }
        let (length, rest) = rest.split_first_chunk().ok_or_else(|| damaged("it was cut"))?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let body = rest.len().checked_sub(HASH_BYTES).and_then(|end| rest.get(..end));
        let (head, parts) = body
            .and_then(|body| body.split_at_checked(length))
            .ok_or_else(|| damaged("its head is longer than the file"))?;
        let head: Head =
            serde_json::from_slice(head).map_err(|error| damaged(&error.to_string()))?;
        let (forest, line) = parts
            .split_at_checked(head.forest_bytes)
            .ok_or_else(|| damaged("its trees are longer than the file"))?;
        Ok(Self {
            target: head.target,
            task: head.task,
            classes: head.classes,
            encoder: head.encoder,
            forest: Forest::decode(forest)?,
            line: head.scales.map(|scales| Line::decode(scales, line)).transpose()?,
            blend: head.blend,
            center: head.center,
            scale: head.scale,
            quality: head.quality,
            rows: head.rows,
            settings: head.settings,
            reference: head.reference,
        })
    }
}

/// What a model file says besides the learners' own parts.
#[derive(Serialize, Deserialize)]
struct Head {
    target: String,
    task: Task,
    classes: Vec<String>,
    encoder: Encoder,
    scales: Option<Vec<Scale>>,
    blend: Blend,
    center: f64,
    scale: f64,
    quality: Quality,
    rows: usize,
    settings: Settings,
    #[serde(default)]
    reference: Reference,
    forest_bytes: usize,
}
