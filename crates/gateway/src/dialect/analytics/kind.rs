//! The kinds of connections, and what each of them is told. Nothing leaks from one to another: a
//! connection is subscribed to what its kind has words for.

use bellwether_signal::TopicPattern;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anomalies, readings, new models, and trainings that ended.
    Dashboard,
    /// Anomalies.
    Anomalies,
    /// Trainings, from start to end.
    Training,
    /// Alerts.
    Events,
    /// Figures every 5 s, and anomalies: the service's own `/ws`.
    Statistics,
}

impl Kind {
    /// The last segment of the address under `/api/v1/ws/`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "dashboard" => Some(Self::Dashboard),
            "anomalies" => Some(Self::Anomalies),
            "training" => Some(Self::Training),
            "events" => Some(Self::Events),
            _ => None,
        }
    }

    /// What the welcome calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Anomalies => "anomalies",
            Self::Training => "training",
            Self::Events => "events",
            Self::Statistics => "statistics",
        }
    }

    pub(super) fn topics(self) -> Vec<TopicPattern> {
        let patterns: &[&str] = match self {
            Self::Dashboard => {
                &["machine/*/anomaly", "machine/*/readings", "model/*/status", "training/*/status"]
            }
            Self::Anomalies | Self::Statistics => &["machine/*/anomaly"],
            Self::Training => &["training/*/status", "training/*/progress"],
            Self::Events => &["alert/*"],
        };
        let parse = |text: &&str| TopicPattern::parse(text).expect("own patterns are well-formed");
        patterns.iter().map(parse).collect()
    }
}
