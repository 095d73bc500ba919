//! `GET /api/series/names?q=&limit=`: which fields of states there are, for those who write rules.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use bellwether_signal::{
    TopicPattern,
    answer::{KnownSeries, KnownSeriesAnswer},
    protocol::Kind,
    series::visit_fields,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{access::Reader, gateway::Gateway, problem::Problem};

/// Names in one answer when nobody said.
const LIMIT: usize = 200;
/// The most.
const LIMIT_MAX: usize = 2_000;
/// What is measured: alerts, uploads and trainings have states, too, and no rule looks at those.
const ROOTS: [&str; 5] = ["app/**", "host/**", "machine/**", "model/**", "system/**"];
/// Of hosts, what comes and goes by number.
const PASSING: [&str; 2] = ["processes", "commands"];

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Words, each of which has to be in the name.
    #[serde(default)]
    q: String,
    limit: Option<usize>,
}

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Query(wish): Query<Wish>,
) -> Result<Json<KnownSeriesAnswer>, Problem> {
    let looked = tokio::task::spawn_blocking(move || look(&gateway, &wish)).await;
    looked.map(Json).map_err(|error| Problem::internal(error.to_string()))
}

fn look(gateway: &Gateway, wish: &Wish) -> KnownSeriesAnswer {
    let hub = &gateway.services.hub;
    let words: Vec<String> = wish.q.split_whitespace().map(str::to_lowercase).collect();
    let limit = wish.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let patterns = ROOTS.iter().filter_map(|root| TopicPattern::parse(root).ok());
    let mut topics: Vec<_> = patterns.flat_map(|pattern| hub.topics(&pattern)).collect();
    topics.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut answer = KnownSeriesAnswer::default();
    for (topic, kind) in topics {
        let last = topic.as_str().rsplit('/').next().unwrap_or_default();
        let passes = topic.as_str().starts_with("host/") && PASSING.contains(&last);
        if kind != Kind::State || passes {
            continue;
        }
        hub.look(&topic, |state| {
            visit_fields(&topic, state, &mut |name, unit, value| {
                let (is_switch, value) = match value {
                    Value::Bool(is) => (true, if *is { 1.0 } else { 0.0 }),
                    Value::Number(number) => (false, number.as_f64().unwrap_or_default()),
                    Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => return,
                };
                let lower = name.to_lowercase();
                if words.iter().all(|word| lower.contains(word.as_str())) {
                    answer.total = answer.total.saturating_add(1);
                    if answer.series.len() < limit {
                        let name = name.to_owned();
                        answer.series.push(KnownSeries { name, is_switch, unit, value });
                    }
                }
            });
        });
    }
    answer
}
