//! What a row looks like, as a JSON Schema (draft 2020-12), for forms and for programs.

use bellwether_signal::ModelId;
use serde_json::{Map, Value, json};

use super::{Predictor, class_value};
use crate::{
    features::{Part, Takes},
    target::Task,
};

/// The schema of one row. A text that is none of the `enum` is predicted too, as unseen, with a warning;
/// so is a number outside of `x-range`.
pub fn schema(id: &ModelId, predictor: &Predictor) -> Value {
    let model = &predictor.model;
    let mut properties = Map::new();
    let (mut required, mut typical) = (Vec::new(), Map::new());
    for (name, takes, optional) in predictor.rows.columns() {
        let known = predictor.column(name);
        let mut property = match takes {
            Takes::Number => json!({"type": ["number", "null"]}),
            Takes::Text => texts(predictor, name),
            Takes::Time => json!({
                "type": ["string", "null"],
                "description": "A date, or a date and time: 2026-11-21 or 2026-11-21T20:15:00Z",
            }),
        };
        property["title"] = name.into();
        if let Some(known) = known {
            if takes == Takes::Number
                && let (Some(lowest), Some(highest)) = (known.lowest, known.highest)
            {
                property["x-range"] = json!([lowest, highest]);
                if known.whole {
                    property["multipleOf"] = 1.into();
                }
            }
            property["default"] = known.typical.clone();
            property["x-missing"] = known.seen.missing.into();
            typical.insert(name.to_owned(), known.typical.clone());
        }
        properties.insert(name.to_owned(), property);
        if !optional {
            required.push(name);
        }
    }
    let task = match model.task {
        Task::Binary | Task::Multiclass => "classification",
        Task::Regression => "regression",
    };
    let classes: Vec<Value> = model.classes.iter().map(|class| class_value(model, class)).collect();
    let order: Vec<&str> = predictor.rows.columns().map(|(name, ..)| name).collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("A row for {id}"),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": true,
        "x-bellwether": {
            "model_id": id,
            "target": model.target,
            "task": task,
            "classes": classes,
            "order": order,
            "left_out": model.encoder.left_out,
        },
    });
    if !typical.is_empty() {
        schema["examples"] = json!([typical]);
    }
    schema
}

/// All categories, or, where only first words are looked at, any text.
fn texts(predictor: &Predictor, name: &str) -> Value {
    let of_column = predictor.model.encoder.features().iter().find(|it| it.column == name);
    match of_column.map(|feature| &feature.part) {
        Some(Part::Category(known)) => {
            let known = known.iter().map(|text| Value::from(text.as_ref()));
            let all: Vec<Value> = known.chain([Value::Null]).collect();
            json!({"type": ["string", "null"], "enum": all})
        }
        Some(Part::FirstWord(known)) => {
            let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
            json!({"type": ["string", "null"], "x-first-words": known})
        }
        Some(Part::Number | Part::Calendar(..)) | None => json!({"type": ["string", "null"]}),
    }
}
