//! A candidate that is asked what the version in production is asked, and whose answers nobody gets: it
//! has a thread of its own, and what that has no time for is shed and counted. How both compare is kept, so
//! that a restart does not end a comparison: what came since it was last kept is not counted.
//! Records of the kind "shadow", by version.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    time::Duration,
};

use bellwether_signal::{
    ModelId,
    ports::{KeepError, RecordChange, Surroundings},
};
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{Ask, InputRow, Outcome};

/// Requests that wait for the candidate; more are shed.
const WAITING: usize = 256;
/// Candidates whose comparison is remembered; of more the one with the fewest rows is forgotten.
const CANDIDATES: usize = 64;
/// Kind of the records.
const KIND: &str = "shadow";
/// What changed is kept at most so often.
pub(super) const KEEP_EVERY: Duration = Duration::from_secs(10);

/// What the candidate is asked, and what production said.
pub(super) struct Job {
    pub(super) production: ModelId,
    pub(super) candidate: ModelId,
    pub(super) rows: Vec<InputRow>,
    pub(super) said: Vec<Outcome>,
    pub(super) ask: Ask,
}

/// How a candidate compares with the version in production, since the beginning of the comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowFigures {
    /// With whom it is compared.
    pub production: ModelId,
    /// Rows that both predicted.
    pub compared: u64,
    /// Rows of which both said the same class; of regressions none.
    pub agreed: u64,
    /// Sum of the distances of both numbers; of classes none.
    pub difference: f64,
    /// Rows that the candidate could not predict.
    pub failed: u64,
    /// Rows that it was not asked, because it was busy.
    pub shed: u64,
}

impl ShadowFigures {
    fn new(production: ModelId) -> Self {
        Self { production, compared: 0, agreed: 0, difference: 0.0, failed: 0, shed: 0 }
    }

    /// Adds a row.
    pub(super) fn compare(&mut self, production: &Outcome, candidate: &Outcome) {
        match (production, candidate) {
            (Outcome::Class { place: a, .. }, Outcome::Class { place: b, .. }) => {
                self.compared += 1;
                self.agreed += u64::from(a == b);
            }
            (Outcome::Number(a), Outcome::Number(b)) => {
                self.compared += 1;
                self.difference += (a - b).abs();
            }
            _ => self.failed += 1,
        }
    }
}

/// The way to the thread.
pub(super) struct Shadow {
    jobs: Mutex<Option<SyncSender<Job>>>,
    figures: Mutex<HashMap<ModelId, ShadowFigures>>,
    kept: Mutex<Kept>,
}

/// What of the figures is on disk.
#[derive(Default)]
struct Kept {
    figures: HashMap<ModelId, ShadowFigures>,
    /// When that was looked at last.
    at: Option<Duration>,
}

impl Shadow {
    /// Goes on from what was kept.
    pub(super) fn open(around: &Surroundings) -> Result<(Self, Receiver<Job>), KeepError> {
        let read = |(id, body): (String, _)| match serde_json::from_value(body) {
            Ok(figures) => Some((ModelId::parse(&id).ok()?, figures)),
            Err(error) => {
                warn!(model = id, %error, "how a candidate compared cannot be read");
                None
            }
        };
        let figures: HashMap<ModelId, ShadowFigures> =
            around.records.all(KIND)?.into_iter().filter_map(read).collect();
        let (jobs, received) = sync_channel(WAITING);
        let kept = Mutex::new(Kept { figures: figures.clone(), at: None });
        let figures = Mutex::new(figures);
        Ok((Self { jobs: Mutex::new(Some(jobs)), figures, kept }, received))
    }

    /// Writes down what changed, if that was not done just now; what is no more is forgotten. Waits for
    /// the disk.
    pub(super) fn keep(
        &self,
        around: &Surroundings,
        every: Duration,
        is_there: impl Fn(&ModelId) -> bool,
    ) {
        let now = (around.clock)().monotonic;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.at.is_some_and(|at| now.saturating_sub(at) < every) {
            return;
        }
        kept.at = Some(now);
        let newest = {
            let mut figures = self.lock();
            figures.retain(|id, _| is_there(id));
            figures.clone()
        };
        let gone = kept.figures.keys().filter(|id| !newest.contains_key(*id));
        let mut changes: Vec<RecordChange> =
            gone.map(|id| RecordChange::remove(KIND, id.as_str())).collect();
        let moved = newest.iter().filter(|(id, one)| kept.figures.get(*id) != Some(*one));
        changes.extend(moved.map(|(id, one)| RecordChange::put(KIND, id.as_str(), one)));
        if changes.is_empty() {
            return;
        }
        match around.records.change(changes) {
            Ok(()) => kept.figures = newest,
            // Tried again next time; the comparison goes on in memory.
            Err(error) => warn!(%error, "how candidates compare is not kept"),
        }
    }

    /// Hands a request on, if there is room.
    pub(super) fn ask(&self, job: Job) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = jobs.as_ref() else { return };
        let (production, candidate) = (job.production.clone(), job.candidate.clone());
        let rows = job.rows.len() as u64;
        match sender.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                drop(jobs);
                self.note(&production, &candidate, |figures| figures.shed += rows);
            }
        }
    }

    /// Changes the figures of a candidate; a new comparison begins where production is another.
    pub(super) fn note(
        &self,
        production: &ModelId,
        candidate: &ModelId,
        change: impl FnOnce(&mut ShadowFigures),
    ) {
        let mut all = self.lock();
        if all.len() >= CANDIDATES
            && !all.contains_key(candidate)
            && let Some(least) =
                all.iter().min_by_key(|(_, it)| it.compared).map(|(id, _)| id.clone())
        {
            all.remove(&least);
        }
        let figures =
            all.entry(candidate.clone()).or_insert_with(|| ShadowFigures::new(production.clone()));
        if figures.production != *production {
            *figures = ShadowFigures::new(production.clone());
        }
        change(figures);
    }

    pub(super) fn figures(&self, candidate: &ModelId) -> Option<ShadowFigures> {
        self.lock().get(candidate).cloned()
    }

    /// No more jobs: the thread does those that wait, and ends.
    pub(super) fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ModelId, ShadowFigures>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use bellwether_signal::{
        Moment, Timestamp, Topic,
        activity::Activity,
        feature::Features,
        ports::{Announce, RecordKind, Records},
    };
    use serde_json::{Map, Value};

    use super::*;

    #[derive(Default)]
    struct InMemory(Mutex<BTreeMap<String, Value>>);

    impl Records for InMemory {
        fn all(&self, _: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
            let all = self.0.lock().unwrap();
            Ok(all.iter().map(|(id, body)| (id.clone(), body.clone())).collect())
        }

        fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError> {
            for RecordChange { id, body, .. } in changes {
                match body {
                    Some(body) => self.0.lock().unwrap().insert(id, body),
                    None => self.0.lock().unwrap().remove(&id),
                };
            }
            Ok(())
        }
    }

    struct Nobody;

    impl Announce for Nobody {
        fn state(&self, _: &Topic, _: Map<String, Value>, _: Option<u32>) {}
        fn gone(&self, _: &Topic) {}
        fn event(&self, _: &Topic, _: Value, _: bool) {}
        fn logged(&self, _: &Topic, _: Value) {}
        fn activity(&self, _: Activity) {}
    }

    #[test]
    fn a_comparison_goes_on_after_a_restart() {
        let records = Arc::new(InMemory::default());
        let around = Surroundings {
            records: Arc::clone(&records) as _,
            announce: Arc::new(Nobody),
            folder: std::path::PathBuf::new(),
            clock: || Moment { wall: Timestamp(0), monotonic: Duration::from_secs(5) },
            features: Features::default(),
        };
        let id = |text: &str| ModelId::parse(text).unwrap();
        let class = |place| Outcome::Class { place, probabilities: vec![0.5, 0.5] };
        let (one, two, other) = (id("churn-v1"), id("churn-v2"), id("churn-v3"));
        let (shadow, _jobs) = Shadow::open(&around).unwrap();
        for candidate in [&two, &other] {
            shadow.note(&one, candidate, |figures| {
                figures.compare(&class(1), &class(1));
                figures.compare(&class(1), &class(0));
                figures.shed += 3;
            });
        }
        shadow.keep(&around, KEEP_EVERY, |_| true);
        let (before, written) = (shadow.figures(&two).unwrap(), records.0.lock().unwrap().clone());
        assert_eq!((before.compared, before.agreed, written.len()), (2, 1, 2));
        shadow.note(&one, &two, |figures| figures.shed += 1);
        shadow.keep(&around, KEEP_EVERY, |_| true);
        assert_eq!(*records.0.lock().unwrap(), written, "not again at once");

        let (shadow, _jobs) = Shadow::open(&around).unwrap();
        assert_eq!(shadow.figures(&two), Some(before));
        shadow.note(&one, &two, |figures| figures.compare(&class(0), &class(0)));
        assert_eq!(shadow.figures(&two).unwrap().compared, 3);
        // A version that was deleted leaves nothing.
        shadow.keep(&around, Duration::ZERO, |id| *id == two);
        let left: Vec<String> = records.0.lock().unwrap().keys().cloned().collect();
        assert_eq!(left, ["churn-v2"]);
    }
}
