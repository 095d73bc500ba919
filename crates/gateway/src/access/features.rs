//! Which part of the program an address belongs to: one table. What belongs to a part that is switched off
//! is answered with 404 and the flag's name, whoever asks.

use bellwether_signal::feature::{Feature, Features};

use crate::problem::{Kind, Problem};

/// Beginnings of addresses, by whole segments. `/ws` speaks more than one dialect and decides by itself.
const PARTS: &[(&str, Feature)] = &[
    ("/api/models", Feature::Models),
    ("/api/predictions", Feature::Models),
    ("/api/upload", Feature::Training),
    ("/api/datasets", Feature::Training),
    ("/api/train", Feature::Training),
    ("/api/training", Feature::Training),
    ("/api/runs", Feature::Training),
    ("/api/pipelines", Feature::Training),
    ("/api/processing-jobs", Feature::Training),
    ("/api/alerts", Feature::Alerts),
    ("/api/rules", Feature::Alerts),
    ("/api/monitoring/alerts", Feature::Alerts),
    ("/api/publish", Feature::OwnSignals),
    ("/api/v1/ws", Feature::AnalyticsDialect),
    ("/api/analytics", Feature::AnalyticsDialect),
    ("/socket.io", Feature::SocketIoDialect),
];

/// Whether an address, as the router matched it, belongs to a part that this server has.
pub(super) fn may_be_called(features: &Features, path: &str) -> Result<(), Problem> {
    let below = |beginning: &str| {
        path.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match PARTS.iter().find(|(beginning, _)| below(beginning)) {
        Some((_, feature)) => is_on(features, *feature),
        None => Ok(()),
    }
}

/// Whether this server has a part; the problem names the flag that switches it off.
pub(crate) fn is_on(features: &Features, feature: Feature) -> Result<(), Problem> {
    match features.switched_off(feature) {
        None => Ok(()),
        Some(off) => {
            let detail = format!("Not here: {}.", switched_off(off, "off"));
            Err(Problem::new(Kind::SwitchedOff, detail))
        }
    }
}

/// What is said of a part that is off, or off for a subject.
pub(crate) fn switched_off(feature: Feature, share: impl std::fmt::Display) -> String {
    format!(
        "this part is switched off here ({feature}={share}); who runs the server switches it on by \
         --feature {feature}=on, BELLWETHER_FEATURE or the configuration file"
    )
}

#[cfg(test)]
mod tests {
    use bellwether_signal::feature::FeatureChoice;

    use super::*;
    use crate::access::rights;

    /// How many of the routes are left with one part off.
    fn left(choice: &str) -> Vec<&'static str> {
        let choice: FeatureChoice = choice.parse().unwrap();
        let features = Features::chosen(&[choice]);
        let paths = rights().map(|(path, ..)| path);
        paths.filter(|path| may_be_called(&features, path).is_ok()).collect()
    }

    #[test]
    fn addresses_belong_to_parts() {
        let all = rights().count();
        for (beginning, feature) in PARTS {
            let left = left(&format!("{feature}=off"));
            assert!(left.len() < all, "{feature}");
            assert!(!left.iter().any(|path| path.starts_with(beginning)), "{beginning}: {left:?}");
        }
        let without = left("training=off");
        assert!(without.contains(&"/api/models/{id}/predict") && !without.contains(&"/api/train"));
        let without = left("models=off");
        assert!(!without.contains(&"/api/train"), "trainings belong to models: {without:?}");
        assert!(without.contains(&"/api/alerts") && without.contains(&"/api/status"));
    }
}
