//! A version's card, from its model and what that keeps of its training: what it learned from, how good
//! it is, how sure that is, and where it ends.

mod limits;

use std::collections::BTreeMap;

use bellwether_signal::model::{
    CalibrationPoint, CardColumn, CardScore, CardTarget, ClassCurve, ColumnShare, Confusion,
    LeftOutColumn, ModelCard, ResidualHistogram,
};
use serde_json::Value;

use super::{Registry, RegistryError, Version, version::scores};
use crate::{
    features::{Encoder, LeftOut, Part},
    model::{Model, Quality},
    reference::{Bins, ColumnReference, Reference},
    target::Task,
};

/// Classes whose confusion a card tells; with more it would be megabytes.
const CLASSES: usize = 100;

impl Registry {
    /// The card of a version.
    pub fn card(&self, reference: &str) -> Result<ModelCard, RegistryError> {
        let version = self.find_or_newest(reference)?;
        let model = self.model(&version)?;
        Ok(card(&version, &model, &model.reference))
    }
}

pub(super) fn card(version: &Version, model: &Model, reference: &Reference) -> ModelCard {
    let record = &version.record;
    let classes = (model.task != Task::Regression).then(|| model.classes.clone());
    let known = reference.rows > 0;
    let importance = model.column_importance();
    ModelCard {
        model: version.id().clone(),
        status: record.status.clone(),
        rows: whole(model.rows),
        took_seconds: record.took_seconds,
        columns: columns(&importance, &model.encoder, reference),
        target: CardTarget {
            column: model.target.clone(),
            kind: task(model.task).to_owned(),
            shares: shares(model),
            classes,
        },
        parameters: parameters(model),
        scores: with_intervals(&model.quality, reference),
        confusion: confusion(model),
        roc: known.then(|| curves(model, reference, |curve| &curve.roc)).flatten(),
        precision_recall: known
            .then(|| curves(model, reference, |curve| &curve.precision_recall))
            .flatten(),
        calibration: calibration(reference),
        residuals: reference.residuals.as_ref().map(|residuals| ResidualHistogram {
            lowest: residuals.lowest,
            highest: residuals.highest,
            counts: residuals.counts.clone(),
            usual: residuals.usual,
        }),
        importance: importance
            .into_iter()
            .map(|(column, share)| ColumnShare { column, share })
            .collect(),
        limits: limits::of(model, reference),
        left_out: left_out(&model.encoder),
    }
}

fn task(task: Task) -> &'static str {
    match task {
        Task::Binary => "binary",
        Task::Multiclass => "multiclass",
        Task::Regression => "regression",
    }
}

/// Share of the rows of each class, as they were judged.
fn shares(model: &Model) -> Option<Vec<f64>> {
    let Quality::Classes(quality) = &model.quality else { return None };
    let rows: Vec<u64> = quality.confusion.iter().map(|row| row.iter().sum()).collect();
    let all = rows.iter().sum::<u64>().max(1) as f64;
    Some(rows.into_iter().map(|rows| rows as f64 / all).collect())
}

fn parameters(model: &Model) -> BTreeMap<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(&model.settings) else {
        return BTreeMap::new();
    };
    let chosen = fields.into_iter().filter(|(_, value)| !value.is_null());
    let more = [
        ("algorithm".to_owned(), Value::from(model.algorithm())),
        ("trees".to_owned(), Value::from(model.trees())),
    ];
    chosen.chain(more).collect()
}

fn with_intervals(quality: &Quality, reference: &Reference) -> BTreeMap<String, CardScore> {
    let with = |(name, value): (String, f64)| {
        let interval = reference.intervals.get(&name);
        let low = interval.map(|[low, _]| *low);
        let high = interval.map(|[_, high]| *high);
        (name, CardScore { value, low, high })
    };
    scores(quality).into_iter().map(with).collect()
}

fn confusion(model: &Model) -> Option<Confusion> {
    let Quality::Classes(quality) = &model.quality else { return None };
    let counts = |row: &Vec<u64>| {
        row.iter().map(|count| u32::try_from(*count).unwrap_or(u32::MAX)).collect()
    };
    (model.classes.len() <= CLASSES).then(|| Confusion {
        classes: model.classes.clone(),
        counts: quality.confusion.iter().map(counts).collect(),
    })
}

fn curves(
    model: &Model,
    reference: &Reference,
    points: impl Fn(&crate::reference::ClassCurves) -> &Vec<[f64; 2]>,
) -> Option<Vec<ClassCurve>> {
    let of_class = |curve| {
        let class: &crate::reference::ClassCurves = curve;
        let name = model.classes.get(class.class)?.clone();
        Some(ClassCurve { class: name, points: points(class).clone() })
    };
    let curves: Vec<ClassCurve> = reference.curves.iter().filter_map(of_class).collect();
    (!curves.is_empty()).then_some(curves)
}

fn calibration(reference: &Reference) -> Option<Vec<CalibrationPoint>> {
    let point = |bin: &crate::reference::CalibrationBin| CalibrationPoint {
        predicted: bin.predicted,
        observed: bin.observed,
        rows: whole(bin.rows),
    };
    let points: Vec<CalibrationPoint> = reference.calibration_table.iter().map(point).collect();
    (!points.is_empty()).then_some(points)
}

/// The columns, the most important first. Files without a reference say less of them.
fn columns(
    importance: &[(String, f64)],
    encoder: &Encoder,
    reference: &Reference,
) -> Vec<CardColumn> {
    let of = |(name, share): &(String, f64)| {
        let seen = reference.columns.iter().find(|column| column.name == *name);
        let part = encoder.features().iter().find(|feature| feature.column == *name);
        let (kind, categories) = match part.map(|feature| &feature.part) {
            Some(Part::Number) | None => ("number", None),
            Some(Part::Calendar(..)) => ("time", None),
            Some(Part::Category(known)) => ("category", Some(known.len())),
            Some(Part::FirstWord(known)) => ("first_word", Some(known.len())),
        };
        CardColumn {
            name: name.clone(),
            kind: kind.to_owned(),
            importance: *share,
            missing: seen.map(|column| column.seen.missing),
            typical: seen.map(|column| column.typical.clone()).filter(|value| !value.is_null()),
            lowest: seen.and_then(|column| column.lowest),
            highest: seen.and_then(|column| column.highest),
            categories: categories.or_else(|| seen.and_then(texts)).map(whole),
        }
    };
    importance.iter().map(of).collect()
}

fn texts(column: &ColumnReference) -> Option<usize> {
    match &column.seen.bins {
        Bins::Texts { names } => Some(names.len()),
        Bins::Numbers { .. } => None,
    }
}

fn left_out(encoder: &Encoder) -> Vec<LeftOutColumn> {
    let of = |(column, reason): &(String, LeftOut)| LeftOutColumn {
        column: column.clone(),
        reason: match reason {
            LeftOut::Constant => "it has the same value in every row".to_owned(),
            LeftOut::Asked => "it was asked to be left out".to_owned(),
            LeftOut::NearlyUnique => "nearly every row has a text of its own".to_owned(),
        },
    };
    encoder.left_out.iter().map(of).collect()
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
