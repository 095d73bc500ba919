//! One connection: what it was told, what it is yet to be told, and when.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use bellwether_hub::Segment;
use bellwether_signal::{Moment, Timestamp, Topic, TopicPattern, protocol::Kind};
use serde_json::{Value, json};

use super::{
    broadcast::Flat,
    frame::Frame,
    health::Word,
    pace::Pace,
    queue::{Item, Queue},
    state::{Content, State},
    words::rfc3339,
};
use crate::{clients::Dialect, websocket::Conversation};

/// `system_metrics` comes first this long after the handshake (it has to be 2 to 5 s) …
const FIRST_ROUND: Duration = Duration::from_secs(3);
/// … and at the latest then, when a request was answered before.
const LATEST_FIRST_ROUND: Duration = Duration::from_millis(4_800);
/// … and then this often; requests for it are answered no oftener.
const ROUND: Duration = Duration::from_secs(5);
/// What ended this long ago is no news to who connects now. A client of the dashboard tries five
/// times to come back, at most 30 s apart: what ended meanwhile is told.
const NEWS_MS: i64 = 180_000;

/// A client of the dashboard.
pub(crate) struct Client {
    shared: Arc<Flat>,
    name: String,
    opened: Duration,
    /// It had its first `system_metrics`; nothing else goes before.
    has_begun: bool,
    next_round: Duration,
    /// When a request was answered last.
    answered: Option<Duration>,
    /// What it was told last of each state.
    told: HashMap<Topic, Arc<State>>,
    /// How well everything was, when it was told last.
    health: Word,
    /// That may have changed.
    look_at_health: bool,
    queue: Queue,
    /// Translated, and waiting for the pace.
    ready: VecDeque<Frame>,
    pace: Pace,
}

impl Client {
    pub(crate) fn new(shared: Arc<Flat>) -> Self {
        Self {
            name: shared.joined(),
            shared,
            opened: Duration::ZERO,
            has_begun: false,
            next_round: Duration::MAX,
            answered: None,
            told: HashMap::new(),
            health: Word::default(),
            look_at_health: false,
            queue: Queue::default(),
            ready: VecDeque::new(),
            pace: Pace::default(),
        }
    }

    /// `system_metrics`, and with it the right to hear everything else.
    fn metrics(&mut self, now: Moment) -> String {
        let round = self.shared.round(now);
        if !self.has_begun {
            self.has_begun = true;
            self.health = round.word;
        }
        self.pace.charge(now.monotonic, 1);
        round.metrics_for(&self.name)
    }

    fn round(&mut self, now: Moment, out: &mut Vec<String>) {
        out.push(self.metrics(now));
        let round = self.shared.round(now);
        self.pace.charge(now.monotonic, u32::try_from(round.others.len()).unwrap_or(u32::MAX));
        out.extend(round.others.iter().map(|frame| frame.text.to_string()));
        self.next_round = now.monotonic + ROUND;
    }

    fn answer_request(&mut self, now: Moment) -> Vec<String> {
        let at = now.monotonic;
        if self.answered.is_some_and(|answered| at < answered + ROUND) {
            return Vec::new();
        }
        self.answered = Some(at);
        let is_first = !self.has_begun;
        let mut out = vec![self.metrics(now)];
        let next = at + ROUND;
        self.next_round = if is_first {
            next.min(self.opened + LATEST_FIRST_ROUND).max(self.next_round)
        } else {
            next
        };
        self.tell_waiting(now, &mut out);
        out
    }

    /// Tells what waits, as fast as the client may be told.
    fn tell_waiting(&mut self, now: Moment, out: &mut Vec<String>) {
        if !self.has_begun {
            return;
        }
        if self.look_at_health {
            self.look_at_health = false;
            self.compare_health(now, out);
        }
        loop {
            if let Some(frame) = self.ready.front() {
                if !self.pace.take(now.monotonic) {
                    return;
                }
                out.push(frame.text.to_string());
                self.ready.pop_front();
                continue;
            }
            // Not before there is room: what is translated later is newer.
            if now.monotonic < self.pace.next() {
                return;
            }
            match self.queue.next(now.monotonic) {
                Some(Item::State { topic, retained }) => {
                    self.tell_state(&topic, retained, now.wall, out);
                }
                Some(Item::Event(segment)) => {
                    let frames = self.shared.event(&segment);
                    self.ready.extend(frames.iter().cloned());
                }
                None => return,
            }
        }
    }

    fn tell_state(&mut self, topic: &Topic, retained: bool, now: Timestamp, out: &mut Vec<String>) {
        let before = self.told.get(topic);
        let Some((state, frames)) = self.shared.translated(topic, before.map(AsRef::as_ref)) else {
            return;
        };
        let is_history = |frame: &Frame| {
            let old = |happened: Timestamp| now.0.saturating_sub(happened.0) > NEWS_MS;
            retained && before.is_none() && frame.news_of.is_some_and(old)
        };
        for frame in frames.iter().filter(|frame| !is_history(frame)) {
            if frame.urgent {
                out.push(frame.text.to_string());
            } else {
                self.ready.push_back(frame.clone());
            }
        }
        self.told.insert(topic.clone(), state);
    }

    fn compare_health(&mut self, now: Moment, out: &mut Vec<String>) {
        let overall = self.shared.overall();
        if overall.word == self.health {
            return;
        }
        let frame = overall.changed_from(self.health, &self.shared.headline(), now.wall);
        self.health = overall.word;
        if frame.urgent {
            out.push(frame.text.to_string());
        } else {
            self.ready.push_back(frame);
        }
    }

    /// Echoes what the ping brought: the client subtracts it from its own clock.
    fn pong(timestamp: &Value) -> String {
        json!({"type": "pong", "timestamp": timestamp}).to_string()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shared.left();
    }
}

impl Conversation for Client {
    fn dialect(&self) -> Dialect {
        Dialect::Flat
    }

    fn topics(&self) -> Vec<TopicPattern> {
        self.shared.topics().to_vec()
    }

    fn open(&mut self, now: Moment) -> Vec<String> {
        self.opened = now.monotonic;
        self.next_round = now.monotonic + FIRST_ROUND;
        Vec::new()
    }

    fn hear(&mut self, text: &str, now: Moment) -> Vec<String> {
        if text.trim() == "ping" {
            return vec![Self::pong(&rfc3339(now.wall).into())];
        }
        let Ok(Value::Object(message)) = serde_json::from_str(text) else { return Vec::new() };
        match message.get("type").and_then(Value::as_str) {
            Some("ping") => vec![Self::pong(message.get("timestamp").unwrap_or(&Value::Null))],
            Some("request_metrics") => self.answer_request(now),
            Some(_) | None => Vec::new(),
        }
    }

    fn tell(&mut self, segments: &[Arc<Segment>], now: Moment) -> Vec<String> {
        let mut out = Vec::new();
        for segment in segments {
            match segment.kind() {
                Kind::Event => self.queue.event(segment),
                Kind::State => {
                    let Some(state) = self.shared.heard(segment) else { continue };
                    let topic = segment.topic();
                    self.look_at_health |=
                        matches!(state.content, Content::Alert(_) | Content::Health(_));
                    match (state.is_urgent(), self.has_begun) {
                        (true, true) => self.tell_state(topic, false, now.wall, &mut out),
                        (true, false) => self.queue.urgent(topic, true),
                        (false, begun) => self.queue.state(topic, !begun),
                    }
                }
            }
        }
        self.tell_waiting(now, &mut out);
        out
    }

    fn due(&self) -> Option<Duration> {
        let waits = self.has_begun && (self.queue.has_some() || !self.ready.is_empty());
        let pace = waits.then(|| self.pace.next());
        let rested = self.queue.due().filter(|_| self.has_begun);
        [Some(self.next_round), pace, rested].into_iter().flatten().min()
    }

    fn speak(&mut self, now: Moment) -> Vec<String> {
        let mut out = Vec::new();
        if now.monotonic >= self.next_round {
            self.round(now, &mut out);
        }
        self.tell_waiting(now, &mut out);
        out
    }

    fn farewell(&mut self, now: Moment) -> Option<String> {
        let message = "The server is stopping; come back soon.";
        let frame = Frame::new("system_shutdown", now.wall, json!({"message": message}));
        Some(frame.text.to_string())
    }
}
