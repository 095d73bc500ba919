//! Long connections end with the token that let them in: at the moment when it is revoked, signed
//! out or expires, not at the next message.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    time::Duration,
};

use bellwether_signal::{Moment, Timestamp, protocol::CloseCode};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Identity;

/// Ends that are remembered for who was let in just before one and begins to listen just after it.
/// Between the two lie milliseconds; the oldest are forgotten.
const REMEMBERED: usize = 1_024;
/// The wall clock is looked at so often, because a suspended machine's timers stand still.
const LOOK: Duration = Duration::from_mins(1);

/// Why somebody has to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    SignedOut,
    Revoked,
    Expired,
    /// An admin ended this one connection.
    Dismissed,
}

impl Departure {
    /// What the client is told.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::SignedOut => "signed out",
            Self::Revoked => "the token was revoked",
            Self::Expired => "the token has expired",
            Self::Dismissed => "disconnected by an admin",
        }
    }

    /// The advice that goes with it.
    pub(crate) fn code(self) -> CloseCode {
        match self {
            Self::SignedOut | Self::Revoked | Self::Expired => CloseCode::SignInAgain,
            // Its client stays away until somebody asks it to come back.
            Self::Dismissed => CloseCode::Normal,
        }
    }
}

/// Who is here on a long connection. Owned by the gateway.
pub(crate) struct Stays {
    clock: fn() -> Moment,
    state: Mutex<State>,
    /// Who looks after many connections, and asks each whether it is over.
    lookers: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct State {
    /// Token → its end, while anybody waits for it.
    awaited: HashMap<String, Weak<End>>,
    /// At so many entries those that nobody waits for any more are dropped.
    sweep_at: usize,
    ended: VecDeque<(String, Departure)>,
}

/// Comes once, with its reason.
#[derive(Debug, Default)]
pub(crate) struct End {
    over: CancellationToken,
    why: OnceLock<Departure>,
}

impl End {
    pub(crate) fn come(&self, why: Departure) {
        // The first reason counts.
        let _was_over = self.why.set(why);
        self.over.cancel();
    }
}

/// One connection's right to go on.
pub(crate) struct Stay {
    clock: fn() -> Moment,
    end: Option<Arc<End>>,
    /// That of this one connection.
    dismissal: Option<Arc<End>>,
    expires_at: Option<Timestamp>,
}

impl Stays {
    pub(crate) fn new(clock: fn() -> Moment) -> Self {
        Self { clock, state: Mutex::default(), lookers: OnceLock::new() }
    }

    /// From now on `look` is called when some stay may be over: one call for all, instead of a future for
    /// each connection. It must return at once. False when there is somebody already.
    pub(crate) fn on_change(&self, look: impl Fn() + Send + Sync + 'static) -> bool {
        self.lookers.set(Box::new(look)).is_ok()
    }

    /// Has those who look after many connections ask each of them.
    pub(crate) fn changed(&self) {
        if let Some(look) = self.lookers.get() {
            look();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stay of somebody who was let in.
    pub(crate) fn of(&self, identity: &Identity) -> Stay {
        let end = identity.token.as_ref().map(|token| self.lock().end_of(token));
        Stay { clock: self.clock, end, dismissal: None, expires_at: identity.expires_at }
    }

    /// Ends all stays of a token. Called after the token is no longer good, so that nobody is let
    /// in after this.
    pub(crate) fn end(&self, token: &str, why: Departure) {
        let mut state = self.lock();
        if state.ended.len() >= REMEMBERED {
            state.ended.pop_front();
        }
        state.ended.push_back((token.to_owned(), why));
        let awaited = state.awaited.remove(token).and_then(|end| end.upgrade());
        drop(state);
        if let Some(end) = awaited {
            end.come(why);
            self.changed();
        }
    }
}

impl State {
    fn end_of(&mut self, token: &str) -> Arc<End> {
        if let Some(end) = self.awaited.get(token).and_then(Weak::upgrade) {
            return end;
        }
        let end = Arc::new(End::default());
        if let Some((_, why)) = self.ended.iter().rev().find(|(ended, _)| ended == token) {
            end.come(*why);
            return end;
        }
        if self.awaited.len() >= self.sweep_at {
            self.awaited.retain(|_, end| end.strong_count() > 0);
            self.sweep_at = (self.awaited.len() * 2).max(64);
        }
        self.awaited.insert(token.to_owned(), Arc::downgrade(&end));
        end
    }
}

impl Stay {
    /// The same, for as long as this does not come either.
    #[must_use]
    pub(crate) fn unless(self, dismissal: Arc<End>) -> Self {
        Self { dismissal: Some(dismissal), ..self }
    }

    /// Why it is over, if it is.
    pub(crate) fn over(&self, now: Timestamp) -> Option<Departure> {
        let came = |end: &Arc<End>| end.why.get().copied();
        let told =
            self.end.as_ref().and_then(came).or_else(|| self.dismissal.as_ref().and_then(came));
        told.or_else(|| self.expires_at.filter(|at| now >= *at).map(|_| Departure::Expired))
    }

    /// When it ends by itself.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Waits until it is over. Cancel-safe: asked again, it goes on waiting.
    pub(crate) async fn ended(&self) -> Departure {
        tokio::select! {
            biased;
            why = told(self.end.as_deref()) => why,
            why = told(self.dismissal.as_deref()) => why,
            () = self.expired() => Departure::Expired,
        }
    }

    async fn expired(&self) {
        let Some(at) = self.expires_at else { return std::future::pending().await };
        loop {
            let left_ms = at.0.saturating_sub((self.clock)().wall.0);
            if left_ms <= 0 {
                return;
            }
            let left = Duration::from_millis(left_ms.unsigned_abs());
            sleep(left.min(LOOK)).await;
        }
    }
}

async fn told(end: Option<&End>) -> Departure {
    let Some(end) = end else { return std::future::pending().await };
    end.over.cancelled().await;
    end.why.get().copied().unwrap_or(Departure::Revoked)
}

/// Without what it waits for.
impl std::fmt::Debug for Stay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stay").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Role;
    use bellwether_sys::clock;

    use super::*;

    fn identity(token: Option<&str>, expires_at: Option<Timestamp>) -> Identity {
        let token = token.map(str::to_owned);
        Identity { user: "ada".into(), role: Role::Viewer, token, expires_at }
    }

    #[tokio::test]
    async fn all_stays_of_a_token_end_and_no_others() {
        let stays = Stays::new(clock::now);
        let [one, two] = [(); 2].map(|()| stays.of(&identity(Some("a"), None)));
        let other = stays.of(&identity(Some("b"), None));
        let free = stays.of(&identity(None, None));
        stays.end("a", Departure::SignedOut);
        stays.end("a", Departure::Revoked);
        assert_eq!(one.ended().await, Departure::SignedOut, "the first reason counts");
        assert_eq!(two.ended().await, Departure::SignedOut);
        for stays in [other, free] {
            let waiting = tokio::time::timeout(Duration::ZERO, stays.ended());
            assert!(waiting.await.is_err(), "{stays:?}");
        }
    }

    #[tokio::test]
    async fn an_end_between_the_look_up_and_the_stay_is_not_missed() {
        let stays = Stays::new(clock::now);
        let let_in = identity(Some("a"), None);
        stays.end("a", Departure::Revoked);
        assert_eq!(stays.of(&let_in).ended().await, Departure::Revoked);
    }

    #[tokio::test]
    async fn it_ends_when_the_token_expires() {
        let stays = Stays::new(clock::now);
        let soon = Timestamp(clock::now().wall.0 + 20);
        assert_eq!(stays.of(&identity(Some("a"), Some(soon))).ended().await, Departure::Expired);
        assert!(clock::now().wall >= soon, "not before");
    }

    #[test]
    fn who_left_is_forgotten() {
        let stays = Stays::new(clock::now);
        for n in 0..10_000 {
            drop(stays.of(&identity(Some(&n.to_string()), None)));
            stays.end(&n.to_string(), Departure::SignedOut);
            drop(stays.of(&identity(Some(&format!("x{n}")), None)));
        }
        let state = stays.lock();
        assert!(state.awaited.len() <= 64 && state.ended.len() <= REMEMBERED);
    }
}
