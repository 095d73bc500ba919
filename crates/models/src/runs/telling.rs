//! What is told of a run while it runs: how far it is, which never goes back, what each step took, and
//! how long it will take. Explicit state, fed with what the training says and the time.

use std::{collections::VecDeque, time::Duration};

use bellwether_signal::{
    Moment,
    answer::CurvePoint,
    training::{TrainingProgress, TrainingStep},
};

use super::curve::Curve;
use crate::{Progress, Round};

/// Shortest time between two states; a new step is told at once.
pub(super) const SHORTEST: Duration = Duration::from_millis(100);
/// Rounds whose median says how long one takes.
const ROUNDS: usize = 20;

/// Where each step begins, in percent of the whole; the search, where there is one, takes from the
/// training.
fn begins(step: TrainingStep, searches: bool) -> f64 {
    match step {
        TrainingStep::PreparingData => 0.0,
        TrainingStep::DataValidation => 5.0,
        TrainingStep::FeatureEngineering => 7.0,
        TrainingStep::ModelSelection => 10.0,
        TrainingStep::TrainingModel if searches => 40.0,
        TrainingStep::TrainingModel => 12.0,
        TrainingStep::Validation => 92.0,
        TrainingStep::Optimization => 94.0,
        TrainingStep::FinalizingModel => 98.0,
    }
}

/// A run's progress while it grows.
pub(super) struct Telling {
    started: Moment,
    step_began: Moment,
    searches: bool,
    now: TrainingProgress,
    told: Option<Moment>,
    curve: Curve,
    fit: usize,
    /// Rounds of the fits that are over.
    before: usize,
    newest: Option<Round>,
    round_at: Option<Moment>,
    took: VecDeque<Duration>,
}

impl Telling {
    pub(super) fn new(started: Moment, searches: bool, text: String) -> Self {
        let step = TrainingStep::PreparingData;
        let now = TrainingProgress {
            stage: step.stage(),
            step,
            progress_percent: 0.0,
            text,
            steps_seconds: std::collections::BTreeMap::new(),
            elapsed_seconds: 0.0,
            remaining_seconds: None,
            fit: None,
            fits: None,
            round: None,
            rounds: None,
            train_loss: None,
            validation_loss: None,
            accuracy: None,
            predictions: None,
        };
        Self {
            started,
            step_began: started,
            searches,
            now,
            told: None,
            curve: Curve::new(),
            fit: 0,
            before: 0,
            newest: None,
            round_at: None,
            took: VecDeque::new(),
        }
    }

    /// How it is.
    pub(super) fn progress(&self) -> &TrainingProgress {
        &self.now
    }

    pub(super) fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Rounds of all fits.
    pub(super) fn rounds(&self) -> usize {
        self.before + self.newest.map_or(0, |round| round.round)
    }

    /// Hears what the training says; answers whether that is to be told now.
    pub(super) fn hear(&mut self, progress: &Progress<'_>, at: Moment) -> bool {
        match *progress {
            Progress::Step(step) => {
                self.step(step, at);
                return true;
            }
            Progress::Searching { done, of, trial, round } => {
                self.searching(done, of, trial, round, at);
            }
            Progress::Round { fit, fits, rows, round } => self.round(fit, fits, rows, round, at),
            Progress::Judged { rows, .. } => self.now.predictions = u32::try_from(rows).ok(),
            Progress::Tried(_) | Progress::Chosen(_) | Progress::Line => {}
        }
        self.now.elapsed_seconds = seconds(at.seconds_since(self.started));
        let due = self.told.is_none_or(|told| at.seconds_since(told) >= SHORTEST.as_secs_f64());
        if due {
            self.told = Some(at);
        }
        due
    }

    /// A step begins, and the one before is over.
    pub(super) fn step(&mut self, step: TrainingStep, at: Moment) {
        self.leave(at);
        self.now.step = step;
        self.now.stage = step.stage();
        let text = match step {
            TrainingStep::PreparingData => "Reads the rows",
            TrainingStep::DataValidation => "Checks the rows and the target",
            TrainingStep::FeatureEngineering => "Makes numbers of the columns",
            TrainingStep::ModelSelection => "Looks for good settings",
            TrainingStep::TrainingModel => "Learns",
            TrainingStep::Validation => "Judges what was learned on rows that it did not see",
            TrainingStep::Optimization => "Puts the fits together",
            TrainingStep::FinalizingModel => "Writes the model down",
        };
        text.clone_into(&mut self.now.text);
        self.now.elapsed_seconds = seconds(at.seconds_since(self.started));
        self.now.remaining_seconds = None;
        self.reach(begins(step, self.searches));
        self.told = Some(at);
    }

    /// The run is over, and made a model.
    pub(super) fn complete(&mut self, text: String, at: Moment) {
        self.leave(at);
        self.now.text = text;
        self.now.elapsed_seconds = seconds(at.seconds_since(self.started));
        self.now.remaining_seconds = Some(0.0);
        self.reach(100.0);
    }

    fn leave(&mut self, at: Moment) {
        let took = self.now.steps_seconds.entry(self.now.step).or_default();
        *took = seconds(*took + at.seconds_since(self.step_began));
        self.step_began = at;
    }

    fn searching(&mut self, done: usize, of: usize, trial: usize, round: Round, at: Moment) {
        let share = (done as f64 + within(&round)) / of.max(1) as f64;
        self.reach_within(TrainingStep::ModelSelection, TrainingStep::TrainingModel, share);
        let share_done = share.max(0.01);
        let spent = at.seconds_since(self.step_began);
        // What the search still takes, as its fits so far; of the training after it nothing is known.
        self.now.remaining_seconds = (share > 0.05).then(|| seconds(spent / share_done - spent));
        self.now.text = format!(
            "Trial {trial} of the search, fit {} of {of}, round {}: loss {:.5}",
            done + 1,
            round.round,
            round.loss
        );
    }

    fn round(&mut self, fit: usize, fits: usize, rows: usize, round: Round, at: Moment) {
        if self.fit != fit {
            self.before += self.newest.map_or(0, |last| last.round);
            self.fit = fit;
            self.round_at = None;
        }
        if let Some(before) = self.round_at {
            if self.took.len() == ROUNDS {
                self.took.pop_front();
            }
            self.took.push_back(at.monotonic.saturating_sub(before.monotonic));
        }
        self.round_at = Some(at);
        self.newest = Some(round);
        // A fit that gets no better ends after its patience; others will go about as far as those before.
        let usual = self.before.checked_div(fit - 1).unwrap_or(0);
        let expected = (round.best + PATIENCE).max(usual).clamp(round.round, round.limit);
        let done = self.before + round.round;
        let planned = self.before + expected + (fits - fit) * expected.max(usual);
        let share = (fit - 1) as f64 + round.round as f64 / expected.max(1) as f64;
        let share = share / fits.max(1) as f64;
        self.reach_within(TrainingStep::TrainingModel, TrainingStep::Validation, share);
        let mut took: Vec<Duration> = self.took.iter().copied().collect();
        took.sort_unstable();
        let median = took.get(took.len() / 2);
        self.now.remaining_seconds = median
            .map(|median| seconds(median.as_secs_f64() * planned.saturating_sub(done) as f64));
        let count = |number: usize| u32::try_from(number).ok();
        self.now.fit = count(fit);
        self.now.fits = count(fits);
        self.now.round = count(done);
        self.now.rounds = count(planned);
        self.now.train_loss = round.train_loss.filter(|loss| loss.is_finite());
        self.now.validation_loss = Some(round.loss).filter(|loss| loss.is_finite());
        self.now.accuracy = round.accuracy;
        self.now.predictions = count(rows);
        let right = round.accuracy.map(|share| format!(", {:.1} % right", share * 100.0));
        self.now.text = format!(
            "Fit {fit} of {fits}, round {}: loss {:.5}{} on rows that it does not learn from",
            round.round,
            round.loss,
            right.unwrap_or_default()
        );
        if let (Some(validation_loss), Some(fit), Some(round)) =
            (self.now.validation_loss, count(fit), count(round.round))
        {
            let train_loss = self.now.train_loss;
            self.curve.add(CurvePoint { fit, round, train_loss, validation_loss });
        }
    }

    fn reach_within(&mut self, from: TrainingStep, to: TrainingStep, share: f64) {
        let (from, to) = (begins(from, self.searches), begins(to, self.searches));
        self.reach(from + (to - from) * share.clamp(0.0, 1.0));
    }

    fn reach(&mut self, percent: f64) {
        let percent = (percent * 10.0).round() / 10.0;
        self.now.progress_percent = self.now.progress_percent.max(percent);
    }
}

/// Rounds that a fit goes on without getting better, as far as nobody chose otherwise.
const PATIENCE: usize = 50;

/// How far a fit is that ends when it gets no better, 0 to 1.
fn within(round: &Round) -> f64 {
    let expected = (round.best + PATIENCE).clamp(round.round, round.limit.max(round.round));
    round.round as f64 / expected.max(1) as f64
}

/// Milliseconds are fine enough for people.
fn seconds(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use bellwether_signal::Timestamp;

    use super::*;

    fn moment(ms: u64) -> Moment {
        Moment { wall: Timestamp(0), monotonic: Duration::from_millis(ms) }
    }

    fn round(number: usize, best: usize) -> Round {
        let (limit, loss) = (2_000, 1.0 / number as f64);
        Round { round: number, best, limit, loss, train_loss: None, accuracy: Some(0.5) }
    }

    #[test]
    fn progress_never_goes_back_and_steps_take_their_time() {
        let mut telling = Telling::new(moment(0), true, String::new());
        let mut at = 0;
        let mut hear = |telling: &mut Telling, progress: &Progress<'_>| {
            at += 7;
            let before = telling.progress().progress_percent;
            telling.hear(progress, moment(at));
            let percent = telling.progress().progress_percent;
            assert!(percent >= before, "{progress:?}: {percent} after {before}");
        };
        hear(&mut telling, &Progress::Step(TrainingStep::DataValidation));
        hear(&mut telling, &Progress::Step(TrainingStep::ModelSelection));
        for done in 0..5 {
            for n in 1..30 {
                let round = round(n, n);
                hear(&mut telling, &Progress::Searching { done, of: 5, trial: done + 1, round });
            }
        }
        hear(&mut telling, &Progress::Step(TrainingStep::TrainingModel));
        for (fit, last) in [(1, 90), (2, 300), (3, 195)] {
            for n in 1..=last {
                let round = round(n, n.min(last - 50));
                hear(&mut telling, &Progress::Round { fit, fits: 3, rows: 9, round });
            }
        }
        let now = telling.progress();
        assert!(now.progress_percent > 91.0, "{now:?}");
        assert_eq!((now.round, now.fit), (Some(585), Some(3)));
        assert!(now.remaining_seconds.is_some_and(|left| left < 0.1), "{now:?}");
        hear(&mut telling, &Progress::Step(TrainingStep::Validation));
        telling.complete("done".to_owned(), moment(10_000));
        let now = telling.progress();
        assert!((now.progress_percent - 100.0).abs() < 1e-9, "{now:?}");
        let total: f64 = now.steps_seconds.values().sum();
        assert!((total - 10.0).abs() < 1e-6, "{now:?}");
        let first = now.steps_seconds[&TrainingStep::PreparingData];
        assert!((first - 0.007).abs() < 1e-9, "{now:?}");
    }

    #[test]
    fn at_most_ten_a_second_are_told() {
        let mut telling = Telling::new(moment(0), false, String::new());
        let told = (1..=1_000_u64).filter(|ms| {
            let number = usize::try_from(*ms).unwrap();
            let round = round(number, number);
            telling.hear(&Progress::Round { fit: 1, fits: 5, rows: 9, round }, moment(*ms))
        });
        assert_eq!(told.count(), 10);
    }

    #[test]
    fn what_is_left_follows_the_median_of_the_last_rounds() {
        let mut telling = Telling::new(moment(0), false, String::new());
        for n in 1..=100 {
            let late = if n == 90 { 5_000 } else { 0 }; // one that was held up does not matter
            let at = moment(n as u64 * 10 + late);
            telling.hear(&Progress::Round { fit: 1, fits: 1, rows: 9, round: round(n, n) }, at);
        }
        // 50 more rounds without getting better, at 10 ms each.
        assert_eq!(telling.progress().remaining_seconds, Some(0.5));
    }
}
