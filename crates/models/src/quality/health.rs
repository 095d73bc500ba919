//! How well a version does: the worst of its parts, with the reason.

use bellwether_signal::model::{ModelDrift, ModelHealth, ModelMetrics, ModelSettings};

use super::watched::Watched;

/// Labelled predictions from which on accuracy is judged by them, not by the estimate.
pub(crate) const LABELLED: f64 = 10.0;
/// Predictions from which on their estimate is judged: a few hard rows say nothing of the version.
const ESTIMATED: usize = 50;
/// Responses from which on their 95th percentile is judged, not their mean.
const RESPONSES: usize = 20;
/// Errors of numbers that are so many times those of training are a warning, or critical.
const ERRORS: (f64, f64) = (1.5, 2.0);
/// What a part's health is worth at its two thresholds.
const AT_WARNING: f64 = 0.8;
const AT_CRITICAL: f64 = 0.5;

/// One part's judgement.
struct Part {
    health: ModelHealth,
    score: f64,
    reason: Option<String>,
}

/// Judges by the thresholds; `failure` is why figures could not be computed.
pub(crate) fn judge(
    metrics: &mut ModelMetrics,
    watched: &Watched,
    settings: &ModelSettings,
    drift: Option<&ModelDrift>,
    responses: usize,
    failure: Option<&str>,
) {
    let mut parts = Vec::new();
    if let Some(accuracy) = metrics.accuracy.filter(|_| metrics.labelled >= LABELLED) {
        parts.push(accuracy_part(accuracy, "", settings));
    } else if let Some(accuracy) = metrics.estimated_accuracy.filter(|_| responses >= ESTIMATED) {
        parts.push(accuracy_part(accuracy, "estimated ", settings));
    }
    if let Some((rmse, trained)) = metrics.rmse.zip(watched.trained_rmse())
        && metrics.labelled >= LABELLED
        && trained > 0.0
    {
        let ratio = rmse / trained;
        let reason = || format!("errors are {ratio:.1} times those of training");
        parts.push(over(ratio, ERRORS.0, ERRORS.1, reason));
    }
    let judged = if responses >= RESPONSES {
        metrics.response_p95_ms.map(|ms| (ms, "95th percentile of responses"))
    } else {
        metrics.response_mean_ms.map(|ms| (ms, "mean of responses"))
    };
    if let Some((ms, what)) = judged {
        let (warning, critical) = (settings.response_warning_ms, settings.response_critical_ms);
        parts.push(over(ms, warning, critical, || format!("{what} is {ms:.0} ms")));
    }
    if let Some(drift) = drift.filter(|drift| drift.drifted) {
        let reason = Some(format!("drift: {}", drift.text.trim_end_matches('.')));
        parts.push(Part { health: ModelHealth::Warning, score: AT_WARNING - 0.05, reason });
    }
    if let Some(failure) = failure {
        let reason = Some(format!("figures are not up to date: {failure}"));
        parts.push(Part { health: ModelHealth::Warning, score: AT_WARNING - 0.05, reason });
    }
    metrics.health = parts.iter().map(|part| part.health).max().unwrap_or(ModelHealth::Healthy);
    let score = parts.iter().map(|part| part.score).fold(1.0, f64::min);
    metrics.health_score = Some((score * 1e3).round() / 1e3);
    parts.sort_by(|a, b| a.score.total_cmp(&b.score));
    let reasons: Vec<String> = parts.into_iter().filter_map(|part| part.reason).collect();
    metrics.health_reason = (!reasons.is_empty()).then(|| reasons.join("; "));
}

fn accuracy_part(accuracy: f64, estimated: &str, settings: &ModelSettings) -> Part {
    // As a share of wrong ones it is like everything else: more is worse.
    let (warning, critical) = (1.0 - settings.accuracy_warning, 1.0 - settings.accuracy_critical);
    over(1.0 - accuracy, warning, critical, || {
        let limit = if accuracy < settings.accuracy_critical {
            settings.accuracy_critical
        } else {
            settings.accuracy_warning
        };
        format!("{estimated}accuracy {:.1} % is below {:.1} %", accuracy * 100.0, limit * 100.0)
    })
}

/// Judges what is the worse the larger it is.
fn over(value: f64, warning: f64, critical: f64, reason: impl FnOnce() -> String) -> Part {
    // A share counted at the threshold is on it, whatever the last bit says.
    let is_over = |limit: f64| value > limit + 1e-9;
    let health = match (is_over(critical), is_over(warning)) {
        (true, _) => ModelHealth::Critical,
        (false, true) => ModelHealth::Warning,
        (false, false) => ModelHealth::Healthy,
    };
    let between = |from: f64, to: f64| if to > from { (value - from) / (to - from) } else { 1.0 };
    let score = match health {
        ModelHealth::Healthy => 1.0 - (1.0 - AT_WARNING) * between(0.0, warning).clamp(0.0, 1.0),
        ModelHealth::Warning => {
            AT_WARNING - (AT_WARNING - AT_CRITICAL) * between(warning, critical)
        }
        ModelHealth::Critical => AT_CRITICAL * critical.max(1e-9) / value,
    };
    let reason = (health != ModelHealth::Healthy).then(reason);
    Part { health, score: score.clamp(0.0, 1.0), reason }
}
