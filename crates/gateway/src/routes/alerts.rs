//! `/api/alerts` and `/api/rules`: what is wrong, what people do about it, and what counts as wrong.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use bellwether_detect::{Alerts, HandleError, RuleError};
use bellwether_signal::{
    Timestamp, Topic, TopicPattern,
    alert::{Alert, ListedRule, Rule},
    answer::{
        AcknowledgeWish, AlertAnswer, AlertsAnswer, RuleTestAnswer, RulesAnswer, SilenceWish,
    },
    protocol,
};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    access::{Admin, OperatorOrMore, Reader},
    gateway::Gateway,
    problem::{Kind, Problem},
};

/// Alerts in one answer when nobody said.
const LIMIT: usize = 200;
/// The most.
const LIMIT_MAX: usize = 2_000;
/// Alerts that are acknowledged at once, at most.
const IDS: usize = 1_000;
/// The longest silence in minutes: 30 days.
const SILENCE_MINUTES: u32 = 43_200;

#[derive(Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    limit: Option<usize>,
}

/// `GET /api/alerts?state=open|all&limit=`.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Query(wanted): Query<Wanted>,
) -> Result<Json<AlertsAnswer>, Problem> {
    let all = match wanted.state.as_deref() {
        None | Some("open") => false,
        Some("all") => true,
        Some(other) => {
            let detail = format!("state: is open or all, not {other:?}.");
            return Err(Problem::new(Kind::BadRequest, detail));
        }
    };
    let limit = wanted.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    Ok(Json(gateway.services.alerts.list(all, limit)))
}

/// `GET /api/alerts/{id}`: an alert of now or of the past, and how it went.
pub(super) async fn show(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Json<AlertAnswer>, Problem> {
    let alerts = &gateway.services.alerts;
    let Some((alert, changes)) = alerts.find(&id) else {
        return Err(HandleError::Unknown(id).into());
    };
    let rule = alerts.rule(&alert.rule);
    let topic = alert.metric.as_deref().and_then(|metric| gateway.topic_of(metric));
    Ok(Json(AlertAnswer { alert, changes, rule, topic }))
}

/// `POST /api/alerts/{id}/acknowledge`.
pub(super) async fn acknowledge(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<Alert>, Problem> {
    gateway.ask_alerts(move |alerts| Ok(Json(alerts.acknowledge(&id, &identity.user)?))).await
}

/// `POST /api/alerts/acknowledge`: several; those that are over or unknown are not in the answer.
pub(super) async fn acknowledge_all(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    body: Bytes,
) -> Result<Json<AlertsAnswer>, Problem> {
    let wish: AcknowledgeWish = read(&body)?;
    if wish.ids.len() > IDS {
        return Err(Problem::new(Kind::Unprocessable, format!("ids: at most {IDS} at once.")));
    }
    gateway
        .ask_alerts(move |alerts| {
            let ids = wish.ids.iter();
            let done = ids.filter_map(|id| alerts.acknowledge(id, &identity.user).ok()).collect();
            let counts = alerts.counts();
            let (open, unacknowledged) = (counts.open(), counts.unacknowledged);
            Ok(Json(AlertsAnswer { alerts: done, open, unacknowledged }))
        })
        .await
}

/// `POST /api/alerts/{id}/silence`.
pub(super) async fn silence(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Alert>, Problem> {
    let wish: SilenceWish = if body.is_empty() { SilenceWish::default() } else { read(&body)? };
    let until = match (wish.until, wish.minutes) {
        (Some(_), Some(_)) => {
            let detail = "until, minutes: one of them, or none to be silent until it is resolved.";
            return Err(Problem::new(Kind::Unprocessable, detail));
        }
        (None, Some(minutes)) if !(1..=SILENCE_MINUTES).contains(&minutes) => {
            let detail = format!("minutes: is 1 to {SILENCE_MINUTES} (30 days).");
            return Err(Problem::new(Kind::Unprocessable, detail));
        }
        (None, Some(minutes)) => {
            let now = (gateway.services.clock)().wall;
            Some(Timestamp(now.0.saturating_add(i64::from(minutes) * 60_000)))
        }
        (until, None) => until,
    };
    gateway.ask_alerts(move |alerts| Ok(Json(alerts.silence(&id, until, &identity.user)?))).await
}

/// `POST /api/alerts/{id}/resolve`.
pub(super) async fn resolve(
    State(gateway): State<Arc<Gateway>>,
    OperatorOrMore(identity): OperatorOrMore,
    Path(id): Path<String>,
) -> Result<Json<Alert>, Problem> {
    gateway.ask_alerts(move |alerts| Ok(Json(alerts.resolve(&id, &identity.user)?))).await
}

/// `GET /api/rules`.
pub(super) async fn rules(State(gateway): State<Arc<Gateway>>, _: Reader) -> Json<RulesAnswer> {
    Json(RulesAnswer { rules: gateway.services.alerts.rules() })
}

/// `PUT /api/rules/{name}`.
pub(super) async fn put_rule(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<ListedRule>, Problem> {
    let rule: Rule = read(&body)?;
    let (asked, now) = (Arc::clone(&gateway), (gateway.services.clock)());
    gateway
        .ask_alerts(move |alerts| {
            let listed = alerts.put_rule(&name, rule, &identity.user)?;
            let series = &listed.rule.series;
            alerts.show_present(&name, &|visit| asked.states_for(series, visit), now);
            Ok(Json(alerts.rule(&name).unwrap_or(listed)))
        })
        .await
}

/// `POST /api/rules/{name}/test`: what the rule in the body would say of what is there now.
pub(super) async fn test_rule(
    State(gateway): State<Arc<Gateway>>,
    _: Reader,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<RuleTestAnswer>, Problem> {
    let rule: Rule = read(&body)?;
    let asked = Arc::clone(&gateway);
    gateway
        .ask_alerts(move |alerts| {
            let series = rule.series.clone();
            let answer = alerts.test_rule(&name, rule, &|visit| asked.states_for(&series, visit));
            Ok(Json(answer.map_err(RuleError::Wrong)?))
        })
        .await
}

/// `DELETE /api/rules/{name}`: a shipped rule is reset and answered, another one is deleted.
pub(super) async fn delete_rule(
    State(gateway): State<Arc<Gateway>>,
    Admin(identity): Admin,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    gateway
        .ask_alerts(move |alerts| {
            Ok(match alerts.delete_rule(&name, &identity.user)? {
                Some(rule) => Json(rule).into_response(),
                None => StatusCode::NO_CONTENT.into_response(),
            })
        })
        .await
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::new(Kind::Unprocessable, format!("The body is not as it has to be: {error}."))
    })
}

impl Gateway {
    /// Visits the states that a rule over these series may look at: those with the same first word.
    fn states_for(&self, series: &str, visit: &mut dyn FnMut(&Topic, &Map<String, Value>)) {
        let hub = &self.services.hub;
        let first = series.split('/').next().unwrap_or_default();
        let Ok(pattern) = TopicPattern::parse(&format!("{first}/**")) else { return };
        for (topic, kind) in hub.topics(&pattern) {
            if kind == protocol::Kind::State {
                hub.look(&topic, |state| visit(&topic, state));
            }
        }
    }

    /// The topic that a series is a field of, while something is published there.
    fn topic_of(&self, series: &str) -> Option<String> {
        let ends = series.match_indices('/').map(|(at, _)| at);
        let topics = ends.filter_map(|end| Topic::parse(series.get(..end)?).ok());
        let mut there = topics.filter(|topic| self.services.hub.look(topic, |_| ()).is_some());
        there.next_back().map(|topic| topic.to_string())
    }

    /// Asks the alerts something that may wait for the disk.
    pub(super) async fn ask_alerts<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Alerts) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let alerts = Arc::clone(&self.services.alerts);
        match tokio::task::spawn_blocking(move || call(&alerts)).await {
            Ok(answer) => answer,
            Err(error) => Err(Problem::internal(error.to_string())),
        }
    }
}

impl From<HandleError> for Problem {
    fn from(error: HandleError) -> Self {
        let kind = match error {
            HandleError::Unknown(_) => Kind::NotFound,
            HandleError::Over => Kind::Conflict,
            HandleError::Past => Kind::Unprocessable,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<RuleError> for Problem {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Wrong(wrong) => Self::new(Kind::Unprocessable, wrong.to_string()),
            RuleError::Unknown(_) => Self::new(Kind::NotFound, error.to_string()),
            RuleError::Keep(error) => error.into(),
        }
    }
}
