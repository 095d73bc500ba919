//! `GET /api/series?names=&from=&to=&step=`: history.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use bellwether_signal::{Timestamp, answer::SeriesAnswer, series::SeriesName};
use serde::Deserialize;

use crate::{
    access::Reader,
    gateway::Gateway,
    problem::{Kind, Problem},
    services::Resolution,
};

/// Series in one answer.
const NAMES: usize = 100;
/// Points per series when nothing else is asked for.
const POINTS: u32 = 1_000;
/// Most points per series, whatever the step.
const POINTS_MAX: i64 = 100_000;

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Names, separated by commas.
    names: String,
    /// Epoch milliseconds, inclusive; an hour before `to` when absent.
    from: Option<i64>,
    /// Epoch milliseconds, exclusive; now when absent.
    to: Option<i64>,
    /// Milliseconds; absent: as fine as 1,000 points allow.
    step: Option<i64>,
}

pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    Reader(_): Reader,
    Query(wish): Query<Wish>,
) -> Result<Json<SeriesAnswer>, Problem> {
    let bad = |detail: String| Problem::new(Kind::BadRequest, detail);
    let names: Result<Vec<SeriesName>, _> = wish.names.split(',').map(SeriesName::parse).collect();
    let names = names.map_err(|error| bad(format!("names: {error}.")))?;
    if names.len() > NAMES {
        return Err(bad(format!("names: at most {NAMES} series in one request.")));
    }
    let now = (gateway.services.clock)().wall.0;
    let to = wish.to.unwrap_or(now + 1);
    let from = wish.from.unwrap_or_else(|| to.saturating_sub(3_600_000));
    if from >= to {
        return Err(bad("from: has to be before to (both in epoch milliseconds).".to_owned()));
    }
    let resolution = match wish.step {
        None => Resolution::Points(POINTS),
        Some(step) if step <= 0 => {
            return Err(bad("step: has to be at least 1 millisecond.".to_owned()));
        }
        Some(step) if to.saturating_sub(from) / step > POINTS_MAX => {
            return Err(bad(format!(
                "step: {step} ms makes more than {POINTS_MAX} points; take a longer step or a \
                 shorter range."
            )));
        }
        Some(step) => Resolution::StepMs(step),
    };
    let (from, to) = (Timestamp(from), Timestamp(to));
    Ok(Json(gateway.services.history.series(names, from, to, resolution).await?))
}
