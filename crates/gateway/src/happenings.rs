//! What people may want to read later of who came and went, as activities.

use std::{net::IpAddr, sync::Arc};

use bellwether_signal::{
    Role,
    activity::{Activity, ActivityKind, Severity},
    answer::TokenUse,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    access::{Guesses, Identity},
    gateway::Gateway,
};

/// The user whose changes come from commands on the same machine.
pub const LOCAL: &str = "local";

/// Somebody made a token, or a link, for somebody.
pub fn token_made(by: &str, kind: TokenUse, name: &str, role: Role) -> Activity {
    let happened = match kind {
        TokenUse::Link => ActivityKind::LinkCreated,
        TokenUse::Api | TokenUse::Session => ActivityKind::TokenCreated,
    };
    let text = format!("{by} made a {} for {name} with the role {}", word(kind), role.name());
    Activity::new(happened, Severity::Info, text).by(by)
}

/// Somebody ended a token; what it was may not be known any more.
pub fn token_revoked(by: &str, token: Option<(TokenUse, &str)>) -> Activity {
    let whose = match token {
        Some((kind, name)) => format!("the {} of {name}", word(kind)),
        None => "a token".to_owned(),
    };
    let text = format!("{by} revoked {whose}");
    Activity::new(ActivityKind::TokenRevoked, Severity::Info, text).by(by)
}

fn word(kind: TokenUse) -> &'static str {
    match kind {
        TokenUse::Api => "token",
        TokenUse::Session => "session",
        TokenUse::Link => "link",
    }
}

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
