//! The generator: all subscribers and the publisher on one thread, over one epoll.

use std::{net::SocketAddr, ops::Range, time::Duration};

use anyhow::{Result, bail};
use bellwether_sys::clock;
use mio::{Events, Interest, Poll, Token};

use crate::{
    client::{Client, Shared, State},
    inflate::Remembered,
    mark::{Filling, Mark},
    speech::{Speech, Wish},
    tally::{Tally, Window},
};

/// Handshakes under way at once, where they are not meant to be a storm.
const SHAKING: usize = 64;
/// Longest wait for all handshakes.
const PATIENCE: Duration = Duration::from_mins(1);
const PUBLISHER: Token = Token(usize::MAX);

/// Which server, and how it is spoken with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) publish: SocketAddr,
    pub(crate) speech: Speech,
}

/// What is published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    pub(crate) bytes: usize,
    pub(crate) filling: Filling,
    pub(crate) topics: u32,
    pub(crate) pace: Pace,
    pub(crate) duration: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// Messages in a second, over all topics.
    PerSecond(u32),
    /// As many as possible, with so many on their way at most.
    Window(usize),
}

pub(crate) struct Load {
    target: Target,
    poll: Poll,
    events: Events,
    buffer: Box<[u8]>,
    clients: Vec<Client>,
    publisher: Client,
    shared: Shared,
}

fn now() -> Duration {
    clock::now().monotonic
}

impl Load {
    /// Connects the publisher.
    pub(crate) fn new(target: Target, topics: u32) -> Result<Self> {
        let poll = Poll::new()?;
        let mut publisher = Client::publisher(target.publish, target.speech)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut publisher.stream, PUBLISHER, both)?;
        let shared = Shared {
            speech: target.speech,
            now: now(),
            tally: Tally::default(),
            window: Window::default(),
            remembered: Remembered::default(),
            published: vec![0; topics as usize],
            epoch: None,
        };
        let mut load = Self {
            target,
            poll,
            events: Events::with_capacity(2_048),
            buffer: vec![0; 256 * 1024].into(),
            clients: Vec::new(),
            publisher,
            shared,
        };
        let end = now() + PATIENCE;
        while load.publisher.state != State::Ready {
            load.turn(Duration::from_millis(50))?;
            if load.publisher.state == State::Closed || now() > end {
                bail!("the publisher was not let in");
            }
        }
        Ok(load)
    }

    /// Adds subscribers and waits until they are; says how long that took.
    pub(crate) fn subscribe(&mut self, count: usize, wish: &Wish, stall: bool) -> Result<Duration> {
        let begin = now();
        let first = self.clients.len();
        let mut ready = first;
        while ready < first + count {
            while self.clients.len() < (ready + SHAKING).min(first + count) {
                let Target { address, speech, .. } = self.target;
                self.add(Client::connect(address, speech, wish.clone(), None, stall)?)?;
            }
            self.turn(Duration::from_millis(50))?;
            while self.clients.get(ready).is_some_and(|client| client.state == State::Ready) {
                ready += 1;
            }
            if self.clients.get(ready).is_some_and(|client| client.state == State::Closed) {
                bail!("subscriber {ready} was sent away");
            }
            if now() > begin + PATIENCE {
                bail!("only {} of {count} subscribers were let in", ready - first);
            }
        }
        for client in self.clients.iter_mut().skip(first).filter(|_| stall) {
            client.stalls = true;
        }
        Ok(now().saturating_sub(begin))
    }

    /// All subscribers are gone at once and come back at once, each where it was. Says how long it
    /// took until all are subscribed again; meanwhile `stream` goes on.
    pub(crate) fn storm(&mut self, wish: &Wish, stream: &Stream) -> Result<Duration> {
        let begin = now();
        let epoch = self.shared.epoch.unwrap_or_default();
        let before: Vec<Client> = self.clients.drain(..).collect();
        let places: Vec<_> = before.into_iter().map(|client| client.next).collect();
        for next in places {
            let known = next.iter().flatten().enumerate().filter(|(_, next)| **next > 0);
            let since: Vec<String> = known
                .map(|(topic, next)| format!("\"app/fanout/{topic:04}\":[{epoch},{next}]"))
                .collect();
            let since = Some(format!("{{{}}}", since.join(",")));
            let wish = Wish { since, ..wish.clone() };
            let Target { address, speech, .. } = self.target;
            self.add(Client::connect(address, speech, wish, next, false)?)?;
        }
        let mut due = now();
        while self.clients.iter().any(|client| client.state != State::Ready) {
            if self.clients.iter().any(|client| client.state == State::Closed) {
                bail!("a subscriber that came back was sent away");
            }
            if now() > begin + PATIENCE {
                bail!("not all subscribers came back");
            }
            self.publish_if_due(stream, &mut due)?;
            self.turn(due.saturating_sub(now()).min(Duration::from_millis(20)))?;
        }
        Ok(now().saturating_sub(begin))
    }

    fn add(&mut self, mut client: Client) -> Result<()> {
        let both = Interest::READABLE | Interest::WRITABLE;
        let token = Token(self.clients.len());
        self.poll.registry().register(&mut client.stream, token, both)?;
        self.clients.push(client);
        Ok(())
    }

    /// Publishes for a while, then waits until all has arrived, or `patience` is over.
    pub(crate) fn publish(&mut self, stream: &Stream, patience: Duration) -> Result<()> {
        let end = now() + stream.duration;
        let mut due = now();
        while now() < end {
            match stream.pace {
                Pace::PerSecond(_) => self.publish_if_due(stream, &mut due)?,
                Pace::Window(most) => {
                    while self.shared.window.on_their_way() < most {
                        self.publish_one(stream, 0)?;
                    }
                    due = end;
                }
            }
            self.turn(due.min(end).saturating_sub(now()))?;
        }
        let give_up = now() + patience;
        while !self.has_all() && now() < give_up {
            self.turn(Duration::from_millis(20))?;
        }
        Ok(())
    }

    fn publish_if_due(&mut self, stream: &Stream, due: &mut Duration) -> Result<()> {
        let Pace::PerSecond(rate) = stream.pace else { return Ok(()) };
        while now() >= *due {
            let count: u32 = self.shared.published.iter().sum();
            self.publish_one(stream, count % stream.topics)?;
            *due += Duration::from_secs(1) / rate;
        }
        Ok(())
    }

    fn publish_one(&mut self, stream: &Stream, topic: u32) -> Result<()> {
        let Some(number) = self.shared.published.get_mut(topic as usize) else { return Ok(()) };
        let mark = Mark { topic, number: *number, at: now() };
        *number += 1;
        if topic == 0 {
            let readers = self.clients.iter().filter(|client| !client.stalls).count();
            self.shared.window.open(mark.number, readers);
        }
        let message = mark.message(stream.bytes, stream.filling);
        self.publisher.publish(self.target.speech, topic, &message)
    }

    /// Whether every reader has the newest message of every topic.
    fn has_all(&self) -> bool {
        let published = &self.shared.published;
        self.clients
            .iter()
            .filter(|client| !client.stalls && client.state != State::Closed)
            .all(|client| client.next.as_deref().is_some_and(|next| next == published.as_slice()))
    }

    /// Messages that readers do not have.
    pub(crate) fn not_arrived(&self) -> u64 {
        let behind = |client: &Client| {
            let next = client.next.as_deref().unwrap_or_default();
            let pairs = self.shared.published.iter().zip(next);
            pairs.map(|(published, next)| u64::from(published.saturating_sub(*next))).sum::<u64>()
        };
        self.clients.iter().filter(|client| !client.stalls).map(behind).sum()
    }

    /// Lets time pass, reading what comes.
    pub(crate) fn wait(&mut self, duration: Duration) -> Result<()> {
        let end = now() + duration;
        while now() < end {
            self.turn(end.saturating_sub(now()))?;
        }
        Ok(())
    }

    /// How many of these clients the server has closed.
    pub(crate) fn closed(&self, which: Range<usize>) -> usize {
        let clients = self.clients.get(which).unwrap_or_default();
        clients.iter().filter(|client| client.state == State::Closed).count()
    }

    /// Starts to count anew.
    pub(crate) fn count_anew(&mut self) {
        self.shared.tally = Tally::default();
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    /// Waits for readiness, at most so long, and does what can be done.
    fn turn(&mut self, wait: Duration) -> Result<()> {
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            other => other?,
        }
        for event in &self.events {
            let client = match event.token() {
                PUBLISHER => &mut self.publisher,
                Token(index) => match self.clients.get_mut(index) {
                    Some(client) => client,
                    None => continue,
                },
            };
            if client.stalls {
                if event.is_error() || event.is_read_closed() || event.is_write_closed() {
                    client.state = State::Closed;
                }
                continue;
            }
            self.shared.now = now();
            if event.is_writable() {
                client.write()?;
            }
            if event.is_readable() || event.is_read_closed() {
                client.read(&mut self.buffer, &mut self.shared)?;
            }
        }
        Ok(())
    }
}
