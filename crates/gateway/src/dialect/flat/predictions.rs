//! Predictions: `prediction_logged` for each, `prediction_volume` for what their number says.

use bellwether_signal::{
    Timestamp,
    model::{Prediction, PredictionVolume},
};
use serde_json::{Map, Value, json};

use super::{
    frame::{Frame, count, count_of},
    models,
    words::rfc3339,
};

pub(super) fn logged(now: &Prediction) -> Vec<Frame> {
    let fields = json!({
        "model_id": now.model,
        "model_name": now.model.name(),
        "prediction": {
            "id": now.id,
            "result": now.result,
            "input_hash": now.input_hash,
            "confidence": now.confidence,
            "response_time": now.response_ms,
            "timestamp": rfc3339(now.at_ms),
        },
        "updated_metrics": {
            "total_predictions": count(now.predictions),
            "predictions_per_minute": count(now.predictions_per_minute),
            "accuracy": now.accuracy,
            "health": now.health.map(models::health),
        },
    });
    vec![Frame::new("prediction_logged", now.at_ms, fields)]
}

pub(super) fn volume(now: &PredictionVolume, at: Timestamp) -> Vec<Frame> {
    let fields = Map::from_iter([
        ("model_id".to_owned(), json!(now.model)),
        ("total_predictions".to_owned(), count(now.predictions)),
        ("predictions_per_minute".to_owned(), count(now.predictions_per_minute)),
        ("milestone_reached".to_owned(), count_of(now.milestone)),
        ("message".to_owned(), now.text.as_str().into()),
    ]);
    vec![Frame::new("prediction_volume", at, Value::Object(fields))]
}
