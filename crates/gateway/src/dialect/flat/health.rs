//! How well everything is, in one of three words: as well as its worst part. `health_change` when the
//! word changes, `component_health` when a part of ours does.

use bellwether_signal::{
    Timestamp,
    alert::{Alert, AlertSeverity},
    system::{Health, SystemHealth},
};
use serde_json::{Value, json};

use super::frame::Frame;

/// How well something is, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    #[default]
    Healthy,
    Warning,
    Critical,
}

impl Word {
    pub(super) fn of(health: Health) -> Self {
        match health {
            Health::Healthy => Self::Healthy,
            Health::Degraded => Self::Warning,
            Health::Critical => Self::Critical,
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    fn priority(self) -> &'static str {
        match self {
            Self::Healthy => "low",
            Self::Warning => "medium",
            Self::Critical => "high",
        }
    }
}

/// The whole, why it is so, and what to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Overall {
    pub(super) word: Word,
    reason: Option<String>,
    action: Option<String>,
}

impl Overall {
    /// As well as our worst part and the worst alert that people are told of.
    pub(super) fn of<'a>(
        own: Option<&SystemHealth>,
        alerts: impl Iterator<Item = &'a Alert>,
    ) -> Self {
        let parts = own.into_iter().flat_map(|own| &own.parts).map(|(name, part)| {
            let reason = part.detail.clone().unwrap_or_else(|| name.clone());
            Self { word: Word::of(part.status), reason: Some(reason), action: part.detail.clone() }
        });
        let alerts = alerts.filter(|alert| alert.is_telling()).map(|alert| {
            let word = match alert.severity {
                AlertSeverity::Info => Word::Healthy,
                AlertSeverity::Warning => Word::Warning,
                AlertSeverity::Critical => Word::Critical,
            };
            Self { word, reason: Some(alert.text.clone()), action: alert.action.clone() }
        });
        let worst = parts.chain(alerts).max_by_key(|one| one.word);
        worst.filter(|worst| worst.word > Word::Healthy).unwrap_or_default()
    }

    /// The event for who was told another word before.
    pub(super) fn changed_from(&self, before: Word, metrics: &Value, at: Timestamp) -> Frame {
        let fields = json!({
            "event": "system_health",
            "priority": self.word.priority(),
            "current_health": self.word.text(),
            "previous_health": before.text(),
            "reason": self.reason.as_deref().unwrap_or("Everything works, and no alert is firing."),
            "recommended_action": self.action,
            "metrics": metrics,
        });
        Frame::new("health_change", at, fields).urgent_if(self.word == Word::Critical)
    }
}

/// Parts of ours that are not as they were.
pub(super) fn components(
    before: Option<&SystemHealth>,
    now: &SystemHealth,
    at: Timestamp,
) -> Vec<Frame> {
    let Some(before) = before else { return Vec::new() }; // `service_health` says how all of them are
    let changed = now.parts.iter().filter(|(name, part)| {
        before.parts.get(*name).map_or(Health::Healthy, |before| before.status) != part.status
    });
    let frame = |(name, part): (&String, &bellwether_signal::system::PartHealth)| {
        let fields = json!({
            "component": name,
            "status": Word::of(part.status).text(),
            "message": part.detail,
            "metrics": {},
        });
        Frame::new("component_health", at, fields)
    };
    changed.map(frame).collect()
}
