//! The workloads: how many subscribers, what is published, what is measured.

use std::{thread, time::Duration};

use anyhow::Result;

use crate::{
    load::{Load, Pace, Stream},
    mark::Filling,
    outcome::Outcome,
    peer::{Peer, Places, Running},
    process::Cost,
    speech::Wish,
};

/// After connecting, and after a warm-up: what was begun comes to an end.
const SETTLING: Duration = Duration::from_secs(1);
/// Longest wait for what was published and has not arrived.
const ARRIVAL: Duration = Duration::from_secs(15);
/// Longest wait until a server cuts those that take nothing.
const CUT: Duration = Duration::from_secs(45);
/// Subscribers that take nothing.
const STALLED: usize = 10;

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Workload {
    /// 1,000 subscribers, 300 B, 20 messages a second.
    W1,
    /// 1,000 subscribers, 300 B, as fast as it goes with 64 messages on their way.
    W2,
    /// 1,000 subscribers, 2 KB of JSON with permessage-deflate, 20 messages a second.
    W3,
    /// 5,000 subscribers and nothing to say.
    W4,
    /// 200 readers and 10 that take nothing, 8 KB, 100 messages a second.
    W5,
    /// 250 subscribers of 40 topics each, 300 B, 80 messages a second over all topics.
    Topics,
    /// 1,000 subscribers that are all cut off and all come back where they were.
    Storm,
}

impl Workload {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::W1 => "W1: 1,000 subscribers x 300 B x 20/s",
            Self::W2 => "W2: 1,000 subscribers x 300 B, saturated, 64 on their way",
            Self::W3 => "W3: 1,000 subscribers x 2 KB JSON x 20/s, permessage-deflate",
            Self::W4 => "W4: 5,000 idle subscribers",
            Self::W5 => "W5: 200 readers and 10 stalled, 8 KB x 100/s",
            Self::Topics => "40 topics: 250 subscribers x 40 topics x 300 B, 80/s in all",
            Self::Storm => "Storm: 1,000 subscribers come back at once, at their positions",
        }
    }

    /// Whether it can be asked of this server.
    pub(crate) fn suits(self, peer: Peer) -> bool {
        match self {
            Self::W1 | Self::W2 | Self::W5 => true,
            // The plain server does not deflate, and skips over what is not asked for.
            Self::W3 | Self::Topics => peer != Peer::Axum,
            Self::W4 => peer != Peer::OursNow,
            // Nobody else takes positions.
            Self::Storm => peer.is_ours(),
        }
    }

    fn subscribers(self) -> usize {
        match self {
            Self::W1 | Self::W2 | Self::W3 | Self::Storm => 1_000,
            Self::W4 => 5_000,
            Self::W5 => 200,
            Self::Topics => 250,
        }
    }

    fn topics(self) -> u32 {
        if self == Self::Topics { 40 } else { 1 }
    }

    fn stream(self, duration: Duration) -> Stream {
        let (bytes, filling, pace) = match self {
            Self::W1 | Self::W4 | Self::Storm => (300, Filling::Plain, Pace::PerSecond(20)),
            Self::W2 => (300, Filling::Plain, Pace::Window(64)),
            Self::W3 => (2_048, Filling::Measurements, Pace::PerSecond(20)),
            Self::W5 => (8_192, Filling::Plain, Pace::PerSecond(100)),
            Self::Topics => (300, Filling::Plain, Pace::PerSecond(80)),
        };
        Stream { bytes, filling, topics: self.topics(), pace, duration }
    }

    /// Starts the server, asks this of it, and ends it.
    pub(crate) fn measure(
        self,
        peer: Peer,
        places: &Places,
        duration: Duration,
    ) -> Result<Outcome> {
        let deflate = self == Self::W3;
        let wish =
            Wish { topics: self.topics(), interval_ms: peer.interval_ms(), deflate, since: None };
        let server = peer.start(places, deflate)?;
        let mut load = Load::new(server.target, wish.topics)?;
        // Whatever a server sets up at its first message is not counted as a connection's.
        let first = Stream { pace: Pace::PerSecond(20), ..self.stream(Duration::from_millis(200)) };
        load.publish(&first, Duration::ZERO)?;
        let empty = settled_cost(&mut load, &server)?;
        let connecting = load.subscribe(self.subscribers(), &wish, false)?;
        let mut outcome = match self {
            Self::W4 => idle(&mut load, &server, &empty, duration)?,
            Self::Storm => self.storm(&mut load, &server, &wish, duration)?,
            Self::W5 => self.stalled(&mut load, &server, &wish, duration * 2)?,
            Self::W1 | Self::W2 | Self::W3 | Self::Topics => {
                self.steady(&mut load, &server, duration)?
            }
        };
        outcome.connecting = connecting;
        Ok(outcome)
    }

    fn steady(self, load: &mut Load, server: &Running, duration: Duration) -> Result<Outcome> {
        load.publish(&self.stream(Duration::from_secs(1)), ARRIVAL)?;
        load.count_anew();
        let before = settled_cost(load, server)?;
        load.publish(&self.stream(duration), ARRIVAL)?;
        let after = Cost::of(server.pid())?;
        let mut outcome = Outcome::of(load.tally(), &before, &after);
        outcome.lost += load.not_arrived();
        outcome.per_second = load.tally().delivered as f64 / duration.as_secs_f64();
        Ok(outcome)
    }

    fn stalled(
        self,
        load: &mut Load,
        server: &Running,
        wish: &Wish,
        duration: Duration,
    ) -> Result<Outcome> {
        let readers = self.subscribers();
        load.subscribe(STALLED, wish, true)?;
        load.count_anew();
        let before = settled_cost(load, server)?;
        load.publish(&self.stream(duration), ARRIVAL)?;
        let after = Cost::of(server.pid())?;
        let mut outcome = Outcome::of(load.tally(), &before, &after);
        outcome.lost += load.not_arrived();
        outcome.per_second = load.tally().delivered as f64 / duration.as_secs_f64();
        let grown = after.rss_kib.saturating_sub(before.rss_kib);
        outcome.grown_kib = grown as f64 / STALLED as f64;
        let mut waited = Duration::ZERO;
        while load.closed(readers..readers + STALLED) < STALLED && waited < CUT {
            load.wait(SETTLING)?;
            waited += SETTLING;
        }
        outcome.cut = load.closed(readers..readers + STALLED);
        Ok(outcome)
    }

    fn storm(
        self,
        load: &mut Load,
        server: &Running,
        wish: &Wish,
        duration: Duration,
    ) -> Result<Outcome> {
        let stream = self.stream(duration);
        load.publish(&self.stream(Duration::from_secs(1)), ARRIVAL)?;
        load.count_anew();
        let before = Cost::of(server.pid())?;
        let took = load.storm(wish, &stream)?;
        load.publish(&self.stream(Duration::from_secs(1)), ARRIVAL)?;
        let after = Cost::of(server.pid())?;
        let mut outcome = Outcome::of(load.tally(), &before, &after);
        outcome.lost += load.not_arrived();
        outcome.back_seconds = took.as_secs_f64();
        Ok(outcome)
    }
}

/// What the server has used when it has come to rest.
fn settled_cost(load: &mut Load, server: &Running) -> Result<Cost> {
    load.wait(SETTLING)?;
    Cost::of(server.pid())
}

fn idle(load: &mut Load, server: &Running, empty: &Cost, duration: Duration) -> Result<Outcome> {
    let full = settled_cost(load, server)?;
    load.wait(duration)?;
    let later = Cost::of(server.pid())?;
    let subscribers = Workload::W4.subscribers() as f64;
    let grown = later.rss_kib.saturating_sub(empty.rss_kib);
    let per_second = later.since(&full).as_secs_f64() / duration.as_secs_f64();
    Ok(Outcome {
        idle_kib: grown as f64 / subscribers,
        idle_us: per_second * 1e6 / subscribers,
        // Nothing is published, so that nothing can be late or lost.
        ..Outcome::default()
    })
}

/// Lets the machine come to rest between two servers.
pub(crate) fn rest() {
    thread::sleep(Duration::from_millis(500));
}
