//! Who is silent, takes nothing, or has to go.

use std::time::Duration;

use bellwether_signal::{Moment, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{Client, Ending, Sockets, Speech};
use crate::clients::Cut;

impl Client {
    /// Says goodbye to who has to go; false while there is no reason.
    pub(super) fn sees_off(&self, now: Moment) -> bool {
        let Some(why) = self.stay.over(now.wall).filter(|_| !self.connection.is_ending()) else {
            return false;
        };
        self.seat.departs(why);
        self.connection.close(why.code(), why.reason(), now.monotonic);
        true
    }

    /// Comes when another connection takes over a durable name of this one.
    pub(super) fn taken_over(&self) -> Option<CancellationToken> {
        match &*self.speech.borrow() {
            Speech::Bellwether(session) => session.taken_over(),
            Speech::Dialect(_) => None,
        }
    }
}

impl Sockets {
    /// Looks whose stay is over, and when the next one ends by itself.
    pub(super) fn see_off(&self, now: Moment) {
        let mut next: Option<Timestamp> = None;
        for client in self.clients.borrow().values() {
            if !client.sees_off(now) && !client.connection.is_ending() {
                next = next.into_iter().chain(client.stay.expires_at()).min();
            }
        }
        self.next_expiry.set(next);
    }

    /// Pings the silent, drops the dead and cuts those that take nothing.
    pub(super) fn look_after(&self, now: Duration) {
        let timing = &self.timing;
        for client in self.clients.borrow().values() {
            let connection = &client.connection;
            let stuck = connection.stuck_for(now).is_some_and(|stuck| stuck >= timing.stuck_after);
            if stuck || connection.silent_for(now) >= timing.drop_after {
                self.counts.dropped.add(1);
                client.seat.cut(if stuck { Cut::Stuck } else { Cut::Silent });
                debug!(stuck, "a client was cut");
                connection.end(Ending::Reset);
            } else {
                connection.ping_if_silent(timing.ping_after, now);
            }
        }
    }
}
