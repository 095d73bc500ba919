//! Looks for settings: random ones from sensible ranges, judged on the first part of the data, where most
//! are given up after few rounds and the best are given more (successive halving: K. Jamieson,
//! A. Talwalkar, "Non-stochastic best arm identification", AISTATS 2016). The first trial is the usual
//! settings, which come through every cut: only what beats them after a whole fit is taken.

use bellwether_signal::answer::TrainParameters;

use super::{
    data::{Data, Parts},
    fitted::boosted,
    progress::{OnProgress, Progress, Tried},
    settings::Settings,
};
use crate::{
    error::TrainError,
    folds::SplitMix,
    learner::{Boosted, Next},
};

/// Fewest rows that judge: with fewer, the best trial is the luckiest one.
const JUDGES: usize = 50;
/// Most rows that a trial learns from, and that judge it: enough to tell settings apart.
const LEARNED: usize = 50_000;
const JUDGED: usize = 20_000;
/// How far the trials of each stage may go: step times rounds, so that small steps get more rounds. The
/// last stage is a whole fit.
const STAGES: [f64; 3] = [1.5, 5.0, f64::INFINITY];
/// One of so many goes on to the next stage.
const CUT: usize = 3;
/// Settings are taken when they lose at most this share of what the usual ones lose.
const WORTH: f64 = 0.995;

/// The settings that did best, if they are worth it.
pub(super) fn search(
    data: &Data,
    (train, valid): (&[usize], &[usize]),
    settings: &Settings,
    on_progress: &mut OnProgress<'_>,
) -> Result<Option<TrainParameters>, TrainError> {
    if settings.trials < 2 || valid.len() < JUDGES {
        return Ok(None);
    }
    let judges = thinned(valid, JUDGED);
    let parts = data.parts(&thinned(train, LEARNED), &judges);
    let usual = boosted(settings, data.classes, train.len());
    let mut random = SplitMix(settings.seed ^ 0x5EA2_C4ED);
    let mut field: Vec<(usize, Boosted)> = vec![(1, usual)];
    field.extend((2..=settings.trials).map(|trial| (trial, drawn(&usual, settings, &mut random))));
    let sizes = sizes(field.len());
    let (mut done, of) = (0, sizes.iter().sum());
    // The result of the whole fit of the usual settings decides, whatever they did in earlier stages.
    let mut best: Option<(usize, Boosted)> = None;
    'search: for (stage, most) in STAGES.into_iter().enumerate() {
        let mut results: Vec<(f64, usize, Boosted)> = Vec::new();
        for (trial, tried) in &field {
            let fitted = judge(*tried, most, &parts, data, &mut |round| {
                on_progress(Progress::Searching { done, of, trial: *trial, round })
            })?;
            done += 1;
            let Some((score, rounds)) = fitted else { break 'search };
            let settings = parameters(tried);
            let told = Tried { trial: *trial, settings, score: score * data.scale, rounds };
            if on_progress(Progress::Tried(&told)) == Next::Cancel {
                return Err(TrainError::Cancelled);
            }
            results.push((score, *trial, *tried));
        }
        let usual_score = results.first().map_or(f64::INFINITY, |(score, _, _)| *score);
        results.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        best = results
            .first()
            .filter(|(score, _, _)| *score < usual_score * WORTH)
            .map(|(_, trial, tried)| (*trial, *tried));
        let going = sizes.get(stage + 1).copied().unwrap_or(0);
        let others = results.iter().filter(|(_, trial, _)| *trial != 1);
        let others = others.take(going.saturating_sub(1)).map(|(_, trial, it)| (*trial, *it));
        field = [(1, usual)].into_iter().chain(others).collect();
    }
    let chosen = best.map_or(1, |(trial, _)| trial);
    if on_progress(Progress::Chosen(chosen)) == Next::Cancel {
        return Err(TrainError::Cancelled);
    }
    Ok(best.map(|(_, tried)| parameters(&tried)))
}

/// Trials of each stage.
fn sizes(trials: usize) -> [usize; STAGES.len()] {
    let second = trials.div_ceil(CUT).max(2).min(trials);
    [trials, second, second.div_ceil(CUT).max(2).min(second)]
}

/// Loss and rounds of a trial; `None` when the time for the search is over.
fn judge(
    tried: Boosted,
    most: f64,
    parts: &Parts<'_>,
    data: &Data,
    on_round: &mut (dyn FnMut(crate::learner::Round) -> Next + Send),
) -> Result<Option<(f64, usize)>, TrainError> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let rounds = tried.rounds.min((most / tried.eta).ceil() as usize).max(1);
    let (mut enough, mut best) = (false, 0);
    let tried = Boosted { rounds, watched: false, ..tried };
    let forest = parts.fit(&tried, data, &mut |round| {
        best = round.best;
        let next = on_round(round);
        enough = next == Next::Enough;
        next
    })?;
    if enough {
        return Ok(None);
    }
    Ok(Some((parts.loss(data, &forest)?, best)))
}

/// Some of the rows, evenly spread, in their order.
pub(super) fn thinned(rows: &[usize], most: usize) -> Vec<usize> {
    if rows.len() <= most {
        return rows.to_vec();
    }
    (0..most).filter_map(|place| rows.get(place * rows.len() / most)).copied().collect()
}

/// Random settings around the usual ones; what was chosen by a person stays. Every number is drawn in any
/// case, so that a trial is the same whatever else is chosen.
fn drawn(usual: &Boosted, settings: &Settings, random: &mut SplitMix) -> Boosted {
    let fixed = &settings.fixed;
    let mut log = |low: f64, high: f64| low * (high / low).powf(random.uniform());
    let (eta, leaves) = (log(0.02, 0.2), log(6.0, 128.0).round());
    let (weight, lambda) = (log(0.1, 10.0), log(0.1, 30.0));
    let mut even = |low: f64, high: f64| low + (high - low) * random.uniform();
    let (row_share, column_share) = (even(0.5, 1.0), even(0.4, 1.0));
    // Three digits: what a person can read is what is used.
    let round = |value: f64| format!("{value:.3}").parse().unwrap_or(value);
    let weight = usual.min_child_weight * weight;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "6 to 128")]
    Boosted {
        eta: fixed.eta.unwrap_or(round(eta)),
        leaves: fixed.leaves.map_or(leaves as usize, |leaves| leaves as usize),
        min_child_weight: fixed.min_child_weight.unwrap_or(round(weight)),
        lambda: fixed.lambda.unwrap_or(round(lambda)),
        row_share: fixed.row_share.unwrap_or(round(row_share)),
        column_share: fixed.column_share.unwrap_or(round(column_share)),
        ..*usual
    }
}

fn parameters(tried: &Boosted) -> TrainParameters {
    TrainParameters {
        eta: Some(tried.eta),
        leaves: u32::try_from(tried.leaves).ok(),
        min_child_weight: Some(tried.min_child_weight),
        lambda: Some(tried.lambda),
        row_share: Some(tried.row_share),
        column_share: Some(tried.column_share),
        ..TrainParameters::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_shrinks_and_never_below_two() {
        assert_eq!(sizes(2), [2, 2, 2]);
        assert_eq!(sizes(8), [8, 3, 2]);
        assert_eq!(sizes(40), [40, 14, 5]);
    }

    #[test]
    fn drawn_settings_are_in_their_ranges_and_the_same_again() {
        let fixed = TrainParameters { leaves: Some(5), ..TrainParameters::default() };
        let settings = Settings::default().with(&fixed);
        let usual = boosted(&settings, 2, 100);
        let (mut one, mut two) = (SplitMix(3), SplitMix(3));
        for _ in 0..200 {
            let drawn_once = drawn(&usual, &settings, &mut one);
            assert_eq!(drawn_once, drawn(&usual, &settings, &mut two));
            assert_eq!(drawn_once.leaves, 5);
            assert!((0.02..=0.2).contains(&drawn_once.eta));
            assert!((0.3..=30.0).contains(&drawn_once.min_child_weight));
            assert!((0.5..=1.0).contains(&drawn_once.row_share));
        }
    }

    #[test]
    fn rows_are_thinned_evenly() {
        let rows: Vec<usize> = (0..10).collect();
        assert_eq!(thinned(&rows, 5), [0, 2, 4, 6, 8]);
        assert_eq!(thinned(&rows, 10), rows);
    }
}
