//! A time limit that cuts learning and not the model: the search gets half of it, each fit an even share
//! of the rest, so that all parts of the data are still judged by a fit that did not see them.
//! Reads no clock: whoever calls says how late it is.

use std::time::Duration;

use super::progress::Progress;
use crate::learner::Next;

/// Share of the time that the search may take.
const SEARCH_SHARE: f64 = 0.5;

/// When a training has to come to an end.
#[derive(Clone, Debug)]
pub struct TimeLimit {
    ends_at: Duration,
    search_ends_at: Option<Duration>,
    /// The fit under way, and when its share is used up.
    fit: (usize, Duration),
    cut: bool,
}

impl TimeLimit {
    /// Begins `now`, on a clock that never goes back.
    pub fn new(now: Duration, limit: Duration) -> Self {
        Self { ends_at: now + limit, search_ends_at: None, fit: (0, now), cut: false }
    }

    /// Whether it ended anything.
    pub fn has_cut(&self) -> bool {
        self.cut
    }

    /// What follows.
    pub fn next(&mut self, progress: &Progress<'_>, now: Duration) -> Next {
        let deadline = match progress {
            Progress::Searching { .. } => {
                let rest = self.ends_at.saturating_sub(now);
                *self.search_ends_at.get_or_insert(now + rest.mul_f64(SEARCH_SHARE))
            }
            Progress::Round { fit, fits, .. } => {
                if self.fit.0 != *fit {
                    let left = u32::try_from(fits + 1 - fit).unwrap_or(1).max(1);
                    self.fit = (*fit, now + self.ends_at.saturating_sub(now) / left);
                }
                self.fit.1
            }
            Progress::Line
            | Progress::Step(_)
            | Progress::Tried(_)
            | Progress::Chosen(_)
            | Progress::Judged { .. } => return Next::Go,
        };
        if now < deadline {
            return Next::Go;
        }
        self.cut = true;
        Next::Enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::Round;

    #[test]
    fn each_fit_gets_an_even_share_of_what_is_left() {
        let second = Duration::from_secs;
        let round =
            Round { round: 1, best: 1, limit: 9, loss: 1.0, train_loss: None, accuracy: None };
        let fit = |fit| Progress::Round { fit, fits: 4, rows: 3, round };
        let searching = Progress::Searching { done: 0, of: 1, trial: 1, round };
        let mut limit = TimeLimit::new(second(100), second(16));
        assert_eq!(limit.next(&searching, second(100)), Next::Go);
        assert_eq!(limit.next(&searching, second(107)), Next::Go);
        assert!(!limit.has_cut());
        assert_eq!(limit.next(&searching, second(108)), Next::Enough);
        assert_eq!(limit.next(&fit(1), second(108)), Next::Go); // 2 s each
        assert_eq!(limit.next(&fit(1), second(109)), Next::Go);
        assert_eq!(limit.next(&fit(1), second(110)), Next::Enough);
        assert_eq!(limit.next(&fit(2), second(110)), Next::Go);
        // What one does not need the others get.
        assert_eq!(limit.next(&fit(3), second(111)), Next::Go); // 2.5 s
        assert_eq!(limit.next(&fit(3), second(113)), Next::Go);
        assert_eq!(limit.next(&fit(4), second(117)), Next::Enough);
        assert!(limit.has_cut());
    }
}
