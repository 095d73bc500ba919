//! `bellwether.v1` on one connection: a text in, hub calls and an answer out.

mod durable;

use std::{collections::HashMap, pin::Pin, sync::Arc, time::Duration};

use bellwether_hub::{Hub, HubError, Since, SubscriberId};
use bellwether_signal::{
    Role, Timestamp, Topic, TopicPattern, app, durable as bounds_of_durables,
    protocol::{self, Answer, ErrorCode, Limits, Position, Request},
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use self::durable::Holds;
use super::admission::MESSAGES_PER_SECOND;
use crate::{
    access::Identity,
    durables::{Durables, Hold},
    publishing::{PUBLISHES_PER_SECOND, PublishError, Publishing, Wish},
};

/// Largest message that a client may send.
pub(crate) const MESSAGE_BYTES: usize = 64 * 1024;
/// One client's side of the protocol.
pub(crate) struct Session {
    subscriber: SubscriberId,
    desk: Desk,
    holds: Holds,
}

/// What a message comes to.
pub(crate) enum Heard {
    /// The answer.
    Now(Answer),
    /// An answer that has to wait for the disk. Nothing else of this client is heard before it.
    Later(Later),
}

pub(crate) type Later = Pin<Box<dyn Future<Output = Done> + Send>>;

/// What was waited for.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    /// A durable name that the connection holds now.
    pub(crate) hold: Option<Hold>,
}

/// Who a client is, and what is done for it beside the hub.
pub(crate) struct Desk {
    pub(crate) identity: Identity,
    pub(crate) publishing: Arc<Publishing>,
    pub(crate) durables: Arc<Durables>,
}

impl Session {
    pub(crate) fn new(subscriber: SubscriberId, desk: Desk) -> Self {
        Self { subscriber, desk, holds: Holds::default() }
    }

    /// Keeps a durable name for as long as the connection lasts.
    pub(crate) fn keep(&mut self, hold: Hold) {
        self.holds.keep(hold);
    }

    /// Comes when another connection takes over a durable name; `None` while this one holds none.
    pub(crate) fn taken_over(&self) -> Option<CancellationToken> {
        self.holds.taken_over()
    }

    /// Does what a message asks and says what came of it.
    pub(crate) fn handle(&mut self, hub: &Hub, text: &str) -> Heard {
        let answer = match serde_json::from_str::<Request>(text) {
            Ok(Request::Ping { ts }) => Answer::Pong { ts },
            Ok(Request::Subscribe { id, topics, since, interval_ms, durable: Some(name) }) => {
                let wish = (id, name, interval_ms);
                match self.subscribe_durably(hub, wish, &topics, since) {
                    Ok(later) => return Heard::Later(later),
                    Err(error) => answer(id, Err(error)),
                }
            }
            Ok(Request::Ack { id, durable, positions }) => {
                let what = (id, durable);
                match self.holds.acknowledge(hub, self.subscriber, &self.desk, what, positions) {
                    Ok(later) => return Heard::Later(later),
                    Err(error) => answer(id, Err(error)),
                }
            }
            Ok(Request::Subscribe { id, topics, since, interval_ms, durable: None }) => {
                answer(id, self.subscribe(hub, &topics, since, interval_ms))
            }
            Ok(Request::Publish { id, topic, kind, data, full, priority, ts }) => {
                let wish = Wish { topic, kind, data, full, priority, ts };
                match self.desk.publishing.publish(&self.desk.identity, wish) {
                    Ok(position) => Answer::Ok { id, position: Some(position) },
                    Err(error) => answer(id, Err(error.into())),
                }
            }
            Ok(Request::Unsubscribe { id, topics }) => {
                let done = patterns(&topics).and_then(|patterns| {
                    hub.unsubscribe(self.subscriber, &patterns).map_err(Refusal::from)
                });
                answer(id, done)
            }
            Err(error) => unreadable(text, &error),
        };
        Heard::Now(answer)
    }

    fn subscribe_durably(
        &mut self,
        hub: &Hub,
        (id, name, interval_ms): (u64, String, Option<u32>),
        topics: &[String],
        since: Option<protocol::Since>,
    ) -> Result<Later, Refusal> {
        self.may_read()?;
        let patterns = patterns(topics)?;
        let since = since.map(|since| since_of(Some(since))).transpose()?;
        let interval = interval_ms.map(|ms| Duration::from_millis(u64::from(ms)));
        let wish = durable::Wish { id, name, patterns, since, interval };
        self.holds.subscribe(hub, self.subscriber, &self.desk, wish)
    }

    fn may_read(&self) -> Result<(), Refusal> {
        if self.desk.identity.role.reads() {
            return Ok(());
        }
        let role = self.desk.identity.role.name();
        let detail = format!("The role {role} may not read, only publish.");
        Err(Refusal { code: ErrorCode::Forbidden, detail, limit: None })
    }

    fn subscribe(
        &self,
        hub: &Hub,
        topics: &[String],
        since: Option<protocol::Since>,
        interval_ms: Option<u32>,
    ) -> Result<(), Refusal> {
        self.may_read()?;
        let patterns = patterns(topics)?;
        let since = since_of(since)?;
        let interval = interval_ms.map(|ms| Duration::from_millis(u64::from(ms)));
        hub.subscribe(self.subscriber, &patterns, &since, interval).map_err(Refusal::from)
    }
}

/// The first message of a connection.
pub(crate) fn welcome(hub: &Hub, session: String, role: Role, ts: Timestamp) -> Answer {
    let bounds = hub.limits();
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Answer::Welcome {
        session,
        server: concat!("bellwether/", env!("CARGO_PKG_VERSION")).to_owned(),
        ts,
        role,
        limits: Limits {
            message_bytes: small(MESSAGE_BYTES),
            patterns: small(bounds.patterns),
            interval_max_ms: u32::try_from(bounds.interval_max.as_millis()).unwrap_or(u32::MAX),
            messages_per_second: MESSAGES_PER_SECOND,
            ring: small(bounds.ring),
            resume_events: small(bounds.resume),
            publish_bytes: small(app::PAYLOAD_BYTES),
            publish_depth: small(app::PAYLOAD_DEPTH),
            publish_numbers: small(app::PAYLOAD_NUMBERS),
            publishes_per_second: PUBLISHES_PER_SECOND,
            app_topics: small(bounds.app_topics),
            durables: small(bounds_of_durables::DURABLES_OF_USER),
            durable_topics: small(bounds_of_durables::DURABLE_TOPICS),
            durable_days: bounds_of_durables::DURABLE_DAYS,
        },
    }
}

/// Why a request was not done.
struct Refusal {
    code: ErrorCode,
    detail: String,
    limit: Option<u64>,
}

impl From<HubError> for Refusal {
    fn from(error: HubError) -> Self {
        let (code, limit) = match &error {
            HubError::TooManyPatterns(limit)
            | HubError::TooManyTopics(limit)
            | HubError::TooManyAppTopics(limit)
            | HubError::TooManySubscribers(limit) => (ErrorCode::TooMany, Some(*limit as u64)),
            HubError::IntervalTooLong(limit) => {
                (ErrorCode::OutOfRange, u64::try_from(limit.as_millis()).ok())
            }
            HubError::WrongKind { .. } => (ErrorCode::WrongKind, None),
            HubError::Payload(payload) => {
                (ErrorCode::TooLarge, payload.limit().map(|it| it as u64))
            }
            HubError::NotAfter { .. } | HubError::NoSuchSubscriber => (ErrorCode::BadTopic, None),
        };
        Self { code, detail: error.to_string(), limit }
    }
}

impl From<PublishError> for Refusal {
    fn from(error: PublishError) -> Self {
        let detail = error.to_string();
        let (code, limit) = match error {
            PublishError::Forbidden(_) | PublishError::Off(_) => (ErrorCode::Forbidden, None),
            PublishError::Topic(_) | PublishError::Elsewhere(_) => (ErrorCode::BadTopic, None),
            PublishError::FullEvent | PublishError::UrgentState => (ErrorCode::BadMessage, None),
            PublishError::Time { .. } => (ErrorCode::OutOfRange, None),
            PublishError::TooOften { .. } => {
                (ErrorCode::TooMany, Some(u64::from(PUBLISHES_PER_SECOND)))
            }
            PublishError::Payload(payload) => match payload.limit() {
                Some(limit) => (ErrorCode::TooLarge, Some(limit as u64)),
                None => (ErrorCode::BadData, None),
            },
            PublishError::Hub(error) => {
                let Self { code, limit, .. } = error.into();
                (code, limit)
            }
        };
        Self { code, detail, limit }
    }
}

fn answer(id: u64, done: Result<(), Refusal>) -> Answer {
    match done {
        Ok(()) => Answer::Ok { id, position: None },
        Err(Refusal { code, detail, limit }) => Answer::Error { id: Some(id), code, detail, limit },
    }
}

pub(crate) fn patterns_of(topics: &[String]) -> Result<Vec<TopicPattern>, String> {
    topics.iter().map(|text| TopicPattern::parse(text).map_err(|error| error.to_string())).collect()
}

fn patterns(topics: &[String]) -> Result<Vec<TopicPattern>, Refusal> {
    patterns_of(topics).map_err(bad_topic)
}

/// The positions of a request, with their topics checked.
pub(crate) fn positions_of(
    known: impl IntoIterator<Item = (String, Position)>,
) -> Result<Since, String> {
    let topic = |text: String| Topic::parse(&text).map_err(|error| error.to_string());
    let checked: Result<HashMap<Topic, Position>, String> =
        known.into_iter().map(|(text, position)| Ok((topic(text)?, position))).collect();
    checked.map(Since::Positions)
}

fn since_of(since: Option<protocol::Since>) -> Result<Since, Refusal> {
    match since {
        None => Ok(Since::Retained),
        Some(protocol::Since::Now(_)) => Ok(Since::Now),
        Some(protocol::Since::Positions(known)) => positions_of(known).map_err(bad_topic),
    }
}

fn bad_topic(detail: String) -> Refusal {
    Refusal { code: ErrorCode::BadTopic, detail, limit: None }
}

/// Finds out how a message is wrong: the id is given back if there is one.
fn unreadable(text: &str, error: &serde_json::Error) -> Answer {
    const OPS: [&str; 5] = ["subscribe", "unsubscribe", "publish", "ack", "ping"];
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let id = message.get("id").and_then(Value::as_u64);
    let op = message.get("op").and_then(Value::as_str);
    let (code, detail) = match op {
        Some(op) if !OPS.contains(&op) => {
            (ErrorCode::UnknownOp, format!("There is no op {op:?}; there are {}.", OPS.join(", ")))
        }
        _ => (ErrorCode::BadMessage, format!("The message cannot be read: {error}.")),
    };
    Answer::Error { id, code, detail, limit: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nowhere;

    impl crate::AppSignals for Nowhere {
        fn state(&self, _: &Topic, _: &serde_json::Map<String, Value>, _: Timestamp) {}
    }

    /// Nothing is asked of it.
    impl crate::DurablePlaces for Nowhere {
        fn open<'a>(
            &'a self,
            _: &'a str,
            _: &'a str,
            begins: Vec<(Topic, Position)>,
        ) -> crate::Answer<'a, Vec<(Topic, Position)>> {
            Box::pin(std::future::ready(Ok(begins)))
        }

        fn acknowledge<'a>(
            &'a self,
            _: &'a str,
            _: &'a str,
            _: Vec<(Topic, Position)>,
        ) -> crate::Answer<'a, bool> {
            Box::pin(std::future::ready(Ok(false)))
        }

        fn list<'a>(
            &'a self,
            _: Option<&'a str>,
        ) -> crate::Answer<'a, Vec<bellwether_signal::answer::DurableEntry>> {
            Box::pin(std::future::ready(Ok(Vec::new())))
        }

        fn delete<'a>(&'a self, _: &'a str, _: &'a str) -> crate::Answer<'a, bool> {
            Box::pin(std::future::ready(Ok(false)))
        }
    }

    fn session() -> (Hub, Session) {
        let hub = Hub::new(1, bellwether_hub::Limits::default(), Box::new(|_, _| ()));
        let shard = hub.add_shard(|| ()).unwrap();
        let subscriber = hub.add_subscriber(shard, Role::Operator).unwrap();
        let publishing = Publishing::new(
            hub.clone(),
            Arc::new(Nowhere),
            bellwether_sys::clock::now,
            bellwether_signal::feature::Features::default(),
        );
        let identity = Identity::without_token("ada", Role::Operator);
        let durables = Arc::new(Durables::new(Arc::new(Nowhere)));
        let desk = Desk { identity, publishing: Arc::new(publishing), durables };
        (hub, Session::new(subscriber, desk))
    }

    #[test]
    fn every_message_is_answered() {
        let (hub, mut session) = session();
        let mut check = |text: &str, expected: &str| {
            let Heard::Now(answer) = session.handle(&hub, text) else {
                panic!("{text} waits for the disk")
            };
            let answer = serde_json::to_string(&answer).unwrap();
            assert!(answer.contains(expected), "{text}: {answer}");
        };
        check(r#"{"op":"subscribe","id":1,"topics":["host/**"]}"#, r#"{"op":"ok","id":1}"#);
        check(r#"{"op":"subscribe","id":2,"topics":["a"],"since":"now"}"#, r#""op":"ok""#);
        check(r#"{"op":"subscribe","id":3,"topics":[],"since":{"a":[1,2]}}"#, r#""op":"ok""#);
        check(r#"{"op":"unsubscribe","id":4,"topics":["host/**"]}"#, r#"{"op":"ok","id":4}"#);
        check(r#"{"op":"ping","ts":1.5}"#, r#"{"op":"pong","ts":1.5}"#);
        check(r#"{"op":"subscribe","id":5,"topics":["a//b"]}"#, r#""code":"bad_topic""#);
        check(r#"{"op":"subscribe","id":6,"topics":[],"interval_ms":10001}"#, r#""limit":10000"#);
        check(r#"{"op":"subscribe","id":7}"#, r#""id":7,"code":"bad_message""#);
        check(r#"{"op":"dance","id":8}"#, r#""code":"unknown_op""#);
        check("[1", r#""code":"bad_message""#);
        check(r#"{"op":"subscribe","id":9,"topics":[],"since":{"a b":[1,2]}}"#, "bad_topic");
        check(r#"{"op":"publish","id":11,"topic":"app/a","kind":"state","data":{}}"#, "position");
        check(r#"{"op":"publish","id":12,"topic":"app/a","kind":"mood","data":{}}"#, "bad_message");
        check(r#"{"op":"subscribe","id":13,"topics":[],"durable":"a b"}"#, r#""durable: a name"#);
        check(r#"{"op":"ack","id":14,"durable":"a","positions":{}}"#, "unknown_durable");
        let many: Vec<String> = (0..300).map(|n| format!("t/{n}")).collect();
        let many = serde_json::json!({"op": "subscribe", "id": 10, "topics": many}).to_string();
        check(&many, r#""code":"too_many""#);
    }

    /// Whatever is said is answered, and what could be read says the same again.
    #[test]
    fn fuzz_requests() {
        const REQUESTS: [&str; 8] = [
            r#"{"op":"subscribe","id":6,"topics":["a"],"durable":"billing"}"#,
            r#"{"op":"ack","id":7,"durable":"billing","positions":{"a":[1,2]}}"#,
            r#"{"op":"subscribe","id":1,"topics":["host/**","app/*"],"interval_ms":100}"#,
            r#"{"op":"subscribe","id":2,"topics":["a"],"since":"now"}"#,
            r#"{"op":"subscribe","id":3,"topics":["a"],"since":{"a":[1,2],"host/web-1/cpu":[7,8]}}"#,
            r#"{"op":"unsubscribe","id":4,"topics":["host/**"]}"#,
            r#"{"op":"ping","ts":1795272291976.25}"#,
            r#"{"op":"publish","id":5,"topic":"app/a","kind":"state","data":{"v":[1,null,"x"]}}"#,
        ];
        let (hub, mut session) = session();
        crate::fuzz::rounds(|random| {
            let request = random.pick(&REQUESTS);
            let text = random.damaged(request);
            // What waits for the disk is answered then.
            if let Heard::Now(answer) = session.handle(&hub, &text) {
                let answer = serde_json::to_string(&answer).unwrap();
                assert!(answer.starts_with(r#"{"op":""#), "{text}: {answer}");
            }
            if let Ok(request) = serde_json::from_str::<Request>(&text) {
                let again = serde_json::to_string(&request).unwrap();
                assert_eq!(serde_json::from_str::<Request>(&again).unwrap(), request, "{text}");
            }
        });
    }
}
