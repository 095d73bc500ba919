//! What people may want to read later of who came and went, as activities.

use std::{net::IpAddr, sync::Arc};

use bellwether_signal::activity::{Activity, ActivityKind, Severity};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    access::{Guesses, Identity},
    gateway::Gateway,
};

impl Gateway {
    /// Notes what a user did.
    pub(crate) fn done_by(&self, user: &Identity, kind: ActivityKind, text: String) {
        let activity = Activity::new(kind, Severity::Info, text).by(user.user.clone());
        self.services.activity.record(activity);
    }

    /// Counts a wrong link or token, and tells of it at most once a minute. Answers how many seconds
    /// to wait when there were too many.
    pub(crate) fn tried_wrongly(&self, address: IpAddr) -> Option<u64> {
        let wrong = self.guesses.wrong(address, (self.services.clock)().monotonic);
        if let Some(times) = wrong.tell {
            self.tell_refused(address, times);
        }
        wrong.wait_seconds
    }

    fn tell_refused(&self, address: IpAddr, times: u32) {
        let text = match times {
            1 => format!("An unknown, expired or revoked link or token came from {address}"),
            _ => format!(
                "Unknown, expired or revoked links and tokens came from {address}, {times} times"
            ),
        };
        let refused = Activity::new(ActivityKind::SignInRefused, Severity::Warning, text);
        self.services.activity.record(refused);
    }

    /// Tells of those who fell silent before their minute was over. Sleeps while there are none.
    pub(crate) async fn tell_of_refused(self: Arc<Self>, stop: CancellationToken) {
        let mut at_end = false;
        while !at_end {
            at_end = stop.run_until_cancelled(self.guesses.something_untold()).await.is_none();
            let mut stays = true;
            while stays {
                at_end |= stop.run_until_cancelled(sleep(Guesses::round())).await.is_none();
                let now = (self.services.clock)().monotonic;
                let (due, later) = self.guesses.due(now, at_end);
                for (address, times) in due {
                    self.tell_refused(address, times);
                }
                stays = later;
            }
        }
    }
}
