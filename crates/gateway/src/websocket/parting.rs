//! The end of the server: clients are told one after the other, and each is told a pause of its own,
//! so that they neither leave nor come back all at once. A decision only: who is told when, and what.

use std::time::Duration;

/// Between two clients that are told to go: a thousand in a second.
const PACE: Duration = Duration::from_millis(1);
/// The last one is told after this time, however many there are.
const SPREAD: Duration = Duration::from_secs(2);
/// Nobody comes back sooner: a server that starts again takes a moment.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// Between two that come back, and the longest that this makes the last one wait.
const RETURN_PACE: Duration = Duration::from_millis(2);
const RETURN_SPREAD: Duration = Duration::from_secs(10);

/// When each of a thread's clients is told, and its pause from then on.
#[derive(Debug)]
pub(super) struct Parting<C> {
    began: Duration,
    spread: Duration,
    return_spread: Duration,
    clients: Vec<C>,
    told: usize,
}

impl<C> Parting<C> {
    /// `everywhere` are the clients of all threads together.
    pub(super) fn new(clients: Vec<C>, everywhere: usize, now: Duration) -> Self {
        let all = u32::try_from(everywhere.max(clients.len())).unwrap_or(u32::MAX);
        let spread = |pace: Duration, most: Duration| pace.saturating_mul(all).min(most);
        Self {
            began: now,
            spread: spread(PACE, SPREAD),
            return_spread: spread(RETURN_PACE, RETURN_SPREAD),
            clients,
            told: 0,
        }
    }

    /// The next who has to be told now, and the pause to name.
    pub(super) fn next(&mut self, now: Duration) -> Option<(&C, Duration)> {
        if self.due()? > now {
            return None;
        }
        let pause = SHORTEST_PAUSE + self.part_of(self.return_spread);
        let client = self.clients.get(self.told)?;
        self.told += 1;
        Some((client, pause))
    }

    /// When that is; `None` once all were told.
    pub(super) fn due(&self) -> Option<Duration> {
        (self.told < self.clients.len()).then(|| self.began + self.part_of(self.spread))
    }

    fn part_of(&self, spread: Duration) -> Duration {
        spread.mul_f64(self.told as f64 / self.clients.len().max(1) as f64)
    }
}

/// What the close frame says. PROTOCOL.md tells clients to read the number.
pub(super) fn reason(pause: Duration) -> String {
    format!("the server is stopping; come back in {} ms", pause.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When each was told, and when it comes back, both since the beginning.
    fn told(clients: usize, everywhere: usize) -> Vec<(Duration, Duration)> {
        let began = Duration::from_secs(100);
        let mut parting = Parting::new((0..clients).collect(), everywhere, began);
        let mut all = Vec::new();
        while let Some(due) = parting.due() {
            if due > began {
                assert!(parting.next(began).is_none(), "not too early");
            }
            let (client, pause) = parting.next(due).unwrap();
            assert_eq!(*client, all.len());
            all.push((due.saturating_sub(began), pause));
        }
        assert!(parting.next(Duration::MAX).is_none());
        all
    }

    #[test]
    fn one_client_is_told_at_once() {
        assert_eq!(told(1, 1), [(Duration::ZERO, SHORTEST_PAUSE)]);
        assert_eq!(told(0, 0), []);
    }

    #[test]
    fn many_are_told_and_come_back_one_after_the_other() {
        let all = told(1_000, 1_000);
        assert_eq!(all[500], (Duration::from_millis(500), Duration::from_millis(1_500)));
        assert!(all.is_sorted());
        // Half of them on each of two threads: the same pace for all.
        assert_eq!(told(500, 1_000)[250], all[500]);
    }

    #[test]
    fn the_time_is_bounded() {
        let all = told(10_000, 10_000);
        let (last, pause) = all[9_999];
        assert!(last <= SPREAD && pause <= SHORTEST_PAUSE + RETURN_SPREAD, "{last:?} {pause:?}");
        assert_eq!(reason(pause), "the server is stopping; come back in 10499 ms");
    }
}
