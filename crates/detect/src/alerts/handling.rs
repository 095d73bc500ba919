//! What people do about alerts: see them, silence them, end them.

use bellwether_signal::{
    Timestamp,
    activity::{Activity, ActivityKind, Severity},
    alert::{Alert, AlertChangeKind, AlertState},
};

use super::{Alerts, Core};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// There is none of that id.
    #[error("There is no alert {0}.")]
    Unknown(String),
    /// It is over.
    #[error("The alert is resolved already.")]
    Over,
    /// It would be over before it begins.
    #[error(
        "until: has to be later than now; without it the alert is silent until it is resolved."
    )]
    Past,
}

impl Alerts {
    /// Somebody has seen it. What was seen already stays as it is.
    pub fn acknowledge(&self, id: &str, user: &str) -> Result<Alert, HandleError> {
        let now = (self.around.clock)().wall;
        self.handle(id, user, AlertChangeKind::Acknowledged, |alert| {
            let is_new = !alert.acknowledged;
            if is_new {
                alert.acknowledged = true;
                alert.acknowledged_by = Some(user.to_owned());
                alert.acknowledged_at_ms = Some(now);
            }
            Ok(is_new)
        })
    }

    /// Nobody is told of it until then, or until it is resolved.
    pub fn silence(
        &self,
        id: &str,
        until: Option<Timestamp>,
        user: &str,
    ) -> Result<Alert, HandleError> {
        if until.is_some_and(|until| until <= (self.around.clock)().wall) {
            return Err(HandleError::Past);
        }
        self.handle(id, user, AlertChangeKind::Silenced, |alert| {
            if alert.state != AlertState::Firing {
                return Err(HandleError::Over);
            }
            (alert.silenced, alert.silence_ends_at_ms) = (true, until);
            Ok(true)
        })
    }

    /// A person says that it is over. If it is not, it fires again after its time.
    pub fn resolve(&self, id: &str, user: &str) -> Result<Alert, HandleError> {
        let now = (self.around.clock)();
        let alert = {
            let mut core = self.lock();
            let Core { book, topics, .. } = &mut *core;
            let held = book.held.get_mut(id).filter(|held| !held.kept.gone);
            let held = held.ok_or_else(|| HandleError::Unknown(id.to_owned()))?;
            let alert = &mut held.kept.alert;
            if !alert.acknowledged {
                alert.acknowledged = true;
                alert.acknowledged_by = Some(user.to_owned());
                alert.acknowledged_at_ms = Some(now.wall);
            }
            let text = format!("{} was resolved by {user}.", alert.text.trim_end_matches('.'));
            let tracks = topics.values_mut().flatten().flat_map(|it| it.tracks.values_mut());
            for track in tracks.filter(|track| track.alert.as_deref() == Some(id)) {
                track.machine.resolve(now);
                track.alert = None;
            }
            book.resolved(id, Some(user), &text, now);
            let alert = book.held.get(id).map(|held| held.kept.alert.clone());
            book.retire(id);
            alert.ok_or_else(|| HandleError::Unknown(id.to_owned()))?
        };
        self.tell();
        Ok(alert)
    }

    fn handle(
        &self,
        id: &str,
        user: &str,
        kind: AlertChangeKind,
        change: impl FnOnce(&mut Alert) -> Result<bool, HandleError>,
    ) -> Result<Alert, HandleError> {
        let alert = {
            let mut core = self.lock();
            let book = &mut core.book;
            let held = book.held.get_mut(id).ok_or_else(|| HandleError::Unknown(id.to_owned()))?;
            if held.kept.gone {
                return Err(HandleError::Over);
            }
            let alert = &mut held.kept.alert;
            if change(alert)? {
                let silenced = kind == AlertChangeKind::Silenced;
                let what = if silenced { "silenced" } else { "acknowledged" };
                let text = format!("{user} {what}: {}", alert.text);
                let news = Activity::new(ActivityKind::AlertHandled, Severity::Info, text);
                book.out.news.push(news.by(user).about(alert.subject.clone()));
                let alert = alert.clone();
                book.note(id, kind, (self.around.clock)().wall, Some(user));
                book.changed(id);
                alert
            } else {
                alert.clone()
            }
        };
        self.tell();
        Ok(alert)
    }
}
