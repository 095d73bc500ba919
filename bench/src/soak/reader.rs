//! One client that comes, reads in its own way, goes, and comes back where it was. What it is told has
//! to be whole: each event the next one or a told gap, each state newer than the one before.

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use anyhow::Result;
use bellwether_signal::protocol::{Gap, Kind, Position};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

use super::{Shared, random::Random};
use crate::socket::{Message, Socket};

const PATTERNS: [&str; 4] = ["host/**", "host/*/process", "**", "system/**"];

/// As much of a message as matters here.
#[derive(Deserialize)]
struct Told {
    topic: Option<String>,
    #[serde(rename = "type")]
    kind: Option<Kind>,
    epoch: Option<u64>,
    offset: Option<u64>,
    patch: Option<IgnoredAny>,
    gap: Option<Gap>,
}

pub(crate) fn come_and_go(shared: &Shared, address: &str, session: &str, mut random: Random) {
    let mut known: BTreeMap<String, Position> = BTreeMap::new();
    let pattern = PATTERNS[usize::try_from(random.below(4)).unwrap_or_default()];
    // One in five is slow, one in twenty takes nothing at all for a while.
    let manner = random.below(20);
    shared.pause(random.millis(0, 5_000));
    while !shared.is_over() {
        let visit = Visit { shared, pattern, slow: manner < 4, stalls: manner == 0 };
        if let Err(error) = visit.stay(address, session, &mut known, &mut random) {
            // A slow one is cut, and learns of it in whatever it does next.
            if visit.slow {
                shared.cut.fetch_add(1, Relaxed);
            } else if !shared.is_over() {
                shared.wrong(format!("a socket failed: {error:#}"));
            }
        }
        if random.below(10) == 0 {
            known.clear();
        }
        shared.pause(random.millis(10, 3_000));
    }
}

struct Visit<'a> {
    shared: &'a Shared,
    pattern: &'static str,
    slow: bool,
    stalls: bool,
}

impl Visit<'_> {
    #[expect(clippy::disallowed_methods, reason = "a load needs a clock")]
    fn stay(
        &self,
        address: &str,
        session: &str,
        known: &mut BTreeMap<String, Position>,
        random: &mut Random,
    ) -> Result<()> {
        let open = if self.slow { Socket::open_narrow } else { Socket::open };
        let mut socket = open(address, session)?;
        self.shared.connects.fetch_add(1, Relaxed);
        let interval = [0, 100, 100, 1_000][usize::try_from(random.below(4)).unwrap_or_default()];
        let wish = json!({
            "op": "subscribe", "id": 1, "topics": [self.pattern], "since": known,
            "interval_ms": interval,
        });
        socket.say(&wish.to_string())?;
        socket.wait_at_most(Duration::from_secs(1))?;
        let end = Instant::now() + random.millis(500, 25_000);
        if self.stalls {
            self.shared.pause(Duration::from_secs(45));
        }
        while Instant::now() < end && !self.shared.is_over() {
            match socket.next()? {
                Some(Message::Text(text)) => {
                    self.shared.messages.fetch_add(1, Relaxed);
                    if let Err(what) = self.hear(&text, known) {
                        self.shared.wrong(what);
                    }
                }
                Some(Message::Closed(_)) if self.slow => {
                    self.shared.cut.fetch_add(1, Relaxed);
                    return Ok(());
                }
                Some(Message::Closed(code)) => anyhow::bail!("closed with {code:?}"),
                None => {}
            }
            if self.slow {
                self.shared.pause(random.millis(20, 900));
            }
        }
        Ok(())
    }

    fn hear(&self, text: &[u8], known: &mut BTreeMap<String, Position>) -> Result<(), String> {
        let told: Told = serde_json::from_slice(text)
            .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(text)))?;
        let Some(topic) = told.topic else { return Ok(()) };
        let before = known.get(&topic).copied();
        if let Some(gap) = told.gap {
            self.shared.gaps.fetch_add(1, Relaxed);
            let from = gap.from == before;
            known.insert(topic.clone(), Position(gap.to.epoch(), gap.to.offset() - 1));
            return if from { Ok(()) } else { Err(format!("{topic}: {gap:?} after {before:?}")) };
        }
        let (Some(epoch), Some(offset)) = (told.epoch, told.offset) else {
            return Err(format!("{topic}: no position"));
        };
        let here = Position(epoch, offset);
        known.insert(topic.clone(), here);
        let fits = match (told.kind, before) {
            (Some(Kind::State), Some(before)) => {
                before.epoch() != epoch && told.patch.is_none() || before < here
            }
            (Some(Kind::State), None) => told.patch.is_none(),
            (Some(Kind::Event), Some(before)) => {
                before == Position(epoch, offset.saturating_sub(1))
            }
            (Some(Kind::Event), None) => true,
            (None, _) => false,
        };
        if fits { Ok(()) } else { Err(format!("{topic}: {here:?} after {before:?}")) }
    }
}
