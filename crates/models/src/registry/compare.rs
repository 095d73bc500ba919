//! Versions side by side: what each learned from, how good it is, what was chosen, what it looks at.

use std::collections::BTreeSet;

use bellwether_signal::model::{
    CardScore, DifferenceKind, ModelCard, ModelComparison, ModelDifference,
};
use serde_json::{Value, json};

use super::{Registry, RegistryError};

/// Most versions in one comparison.
const VERSIONS: usize = 8;
/// Figures of which less is better.
const LESS_IS_BETTER: [&str; 4] = ["log_loss", "rmse", "mae", "cv_rmse"];
/// Columns whose shares differ by less count alike.
const ALIKE: f64 = 0.05;

impl Registry {
    /// Two versions or more beside one another.
    pub fn compare(&self, references: &[&str]) -> Result<ModelComparison, RegistryError> {
        if !(2..=VERSIONS).contains(&references.len()) {
            return Err(RegistryError::Wish(format!(
                "ids: names 2 to {VERSIONS} versions, separated by commas: ids=churn-v1,churn-v2."
            )));
        }
        let models: Result<Vec<ModelCard>, _> = references.iter().map(|id| self.card(id)).collect();
        let models = models?;
        Ok(ModelComparison { differences: differences(&models), models })
    }
}

fn differences(models: &[ModelCard]) -> Vec<ModelDifference> {
    let mut out = data(models);
    out.extend(scores(models));
    out.extend(parameters(models));
    out.extend(columns(models));
    out
}

fn plain(
    kind: DifferenceKind,
    name: &str,
    values: Vec<Value>,
    text: String,
) -> Option<ModelDifference> {
    let differ = values.windows(2).any(|pair| pair.first() != pair.last());
    let name = name.to_owned();
    differ.then_some(ModelDifference { kind, name, values, overlap: None, best: None, text })
}

/// Figures of different data do not compare directly; so this comes first.
fn data(models: &[ModelCard]) -> Vec<ModelDifference> {
    let values = |of: fn(&ModelCard) -> Value| models.iter().map(of).collect::<Vec<_>>();
    let of = |name, of, text: &str| plain(DifferenceKind::Data, name, values(of), text.to_owned());
    [
        of(
            "target",
            |card| json!(card.target.column),
            "They predict different columns: their figures do not compare.",
        ),
        of(
            "dataset",
            |card| json!(card.status.dataset),
            "They learned from different data, and were judged on it: small differences of their \
             figures say little.",
        ),
        of("rows", |card| json!(card.rows), "They learned from different numbers of rows."),
        of("classes", |card| json!(card.target.classes), "They know different classes."),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn scores(models: &[ModelCard]) -> Vec<ModelDifference> {
    let names: BTreeSet<&String> = models.iter().flat_map(|card| card.scores.keys()).collect();
    names.into_iter().map(|name| score(name, models)).collect()
}

fn score(name: &str, models: &[ModelCard]) -> ModelDifference {
    let found: Vec<Option<&CardScore>> = models.iter().map(|card| card.scores.get(name)).collect();
    let known = || models.iter().zip(&found).filter_map(|(card, score)| Some((card, (*score)?)));
    let better = |value: f64| if LESS_IS_BETTER.contains(&name) { -value } else { value };
    let best = known().max_by(|(_, a), (_, b)| better(a.value).total_cmp(&better(b.value)));
    let intervals: Vec<(f64, f64)> =
        known().filter_map(|(_, score)| score.low.zip(score.high)).collect();
    let overlap = (intervals.len() == models.len()).then(|| {
        let highest_low = intervals.iter().map(|(low, _)| *low).fold(f64::MIN, f64::max);
        let lowest_high = intervals.iter().map(|(_, high)| *high).fold(f64::MAX, f64::min);
        highest_low <= lowest_high
    });
    let text = match (best, overlap) {
        (None, _) => format!("None has a figure for {name}."),
        (Some(_), Some(true)) => {
            format!("The intervals of {name} overlap: the difference may be chance.")
        }
        (Some((card, _)), Some(false)) => {
            format!("{} has the better {name}, by more than chance explains.", card.model)
        }
        (Some((card, _)), None) => {
            format!("{} has the better {name}; how sure that is, is not known.", card.model)
        }
    };
    ModelDifference {
        kind: DifferenceKind::Score,
        name: name.to_owned(),
        values: found.iter().map(|score| json!(score.map(|score| score.value))).collect(),
        overlap,
        best: best.map(|(card, _)| card.model.clone()),
        text,
    }
}

fn parameters(models: &[ModelCard]) -> Vec<ModelDifference> {
    let names: BTreeSet<&String> = models.iter().flat_map(|card| card.parameters.keys()).collect();
    let of = |name: &String| {
        let values: Vec<Value> =
            models.iter().map(|card| json!(card.parameters.get(name))).collect();
        let said: Vec<String> = values.iter().map(said).collect();
        let text = format!("{name} is {}.", said.join(" and "));
        plain(DifferenceKind::Parameter, name, values, text)
    };
    names.into_iter().filter_map(of).collect()
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "not set".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn columns(models: &[ModelCard]) -> Vec<ModelDifference> {
    let names: BTreeSet<&String> =
        models.iter().flat_map(|card| card.importance.iter().map(|it| &it.column)).collect();
    let of = |name: &String| {
        let share = |card: &ModelCard| {
            card.importance.iter().find(|it| it.column == *name).map(|it| it.share)
        };
        let shares: Vec<Option<f64>> = models.iter().map(share).collect();
        let known: Vec<f64> = shares.iter().flatten().copied().collect();
        let spread = known.iter().copied().fold(f64::MIN, f64::max)
            - known.iter().copied().fold(f64::MAX, f64::min);
        let missing: Vec<String> = models
            .iter()
            .zip(&shares)
            .filter(|(_, share)| share.is_none())
            .map(|(card, _)| card.model.to_string())
            .collect();
        let text = if missing.is_empty() {
            format!("{name} counts for {}.", percents(&shares))
        } else {
            format!("{} does not look at {name}.", missing.join(" and "))
        };
        let values = shares.iter().map(|share| json!(share)).collect();
        let worth = !missing.is_empty() || spread >= ALIKE;
        worth.then(|| plain(DifferenceKind::Column, name, values, text)).flatten()
    };
    names.into_iter().filter_map(of).collect()
}

fn percents(shares: &[Option<f64>]) -> String {
    let percents: Vec<String> = shares
        .iter()
        .flatten()
        .map(|share| format!("{} %", (share * 1_000.0).round() / 10.0))
        .collect();
    percents.join(" and ")
}
