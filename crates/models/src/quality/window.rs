//! What is kept of a version's predictions: the newest one by one, older ones in blocks, and what turned
//! out to be true. Figures are counted anew from here whenever they are told, so they cannot go astray.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bellwether_signal::Timestamp;

use super::{
    observed::Outcome,
    watched::{Truth, Watched},
};

/// Predictions that are kept one by one, at most.
pub(crate) const ROWS: usize = 1_000;
/// Fewest that are kept, however wide they are.
const LEAST_ROWS: usize = 200;
/// Memory for them, of one version.
const BYTES: usize = 4 * 1024 * 1024;
/// Predictions of one block, and blocks that are kept.
pub(crate) const BLOCK_ROWS: u64 = 100;
const BLOCKS: usize = 100;
/// Labelled predictions that are kept in the order in which the labels came.
const JUDGED: usize = 1_000;
/// Labelled predictions that accuracy is told of.
pub(crate) const LABELLED: usize = 100;

/// A prediction in the window.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Arc<str>,
    pub(crate) at: Timestamp,
    pub(crate) features: Box<[f32]>,
    /// Columns, by their place in the reference, where something stood that training never saw.
    pub(crate) unseen: Box<[(u32, Box<str>)]>,
    pub(crate) said: Arc<Outcome>,
    /// The chance that the class is right; of numbers the squared error that is expected.
    pub(crate) expected: f64,
    pub(crate) response_ms: f64,
    pub(crate) client: Option<Arc<str>>,
    pub(crate) truth: Option<Truth>,
}

/// A labelled prediction.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) id: Arc<str>,
    pub(crate) said: Arc<Outcome>,
    pub(crate) expected: f64,
    pub(crate) truth: Truth,
    pub(crate) client: Option<Arc<str>>,
}

impl Judged {
    /// 1 where the class was right, else 0; of numbers the squared error.
    pub(crate) fn score(&self) -> f64 {
        score(&self.said, self.truth)
    }
}

/// 1 where the class was right, else 0; of numbers the squared error.
pub(crate) fn score(said: &Outcome, truth: Truth) -> f64 {
    match (said, truth) {
        (Outcome::Class { place, .. }, Truth::Class(class)) => f64::from(u8::from(*place == class)),
        (Outcome::Number(said), Truth::Number(is)) => (said - is).powi(2),
        // Labels are read by the task of the model, so the two always fit.
        (Outcome::Class { .. } | Outcome::Number(_), _) => 0.0,
    }
}

/// Neighbouring predictions, summed up.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    pub(crate) rows: u32,
    /// Sum of what was expected of all of them, and of the variance of that.
    pub(crate) expected: f64,
    pub(crate) variance: f64,
    pub(crate) labelled: u32,
    /// Sum of what was expected of those, and of what came of it.
    pub(crate) labelled_expected: f64,
    pub(crate) scored: f64,
}

/// Everything that is kept of a version.
pub(crate) struct Window {
    pub(crate) rows: VecDeque<Row>,
    /// Number of the first of them.
    first: u64,
    /// The number of each of them by id.
    numbers: HashMap<Arc<str>, u64>,
    pub(crate) blocks: VecDeque<Block>,
    first_block: u64,
    pub(crate) judged: VecDeque<Judged>,
    most: usize,
}

/// What a label did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The first one of this prediction.
    New,
    /// Another one than before.
    Corrected,
    /// The same again.
    Same,
}

impl Window {
    pub(crate) fn new(watched: &Watched) -> Self {
        let features: usize = watched.reference.columns.iter().map(|column| column.features).sum();
        let bytes = size_of::<Row>() + 160 + 4 * features + 8 * watched.classes.len();
        Self {
            rows: VecDeque::new(),
            first: 0,
            numbers: HashMap::new(),
            blocks: VecDeque::new(),
            first_block: 0,
            judged: VecDeque::new(),
            most: (BYTES / bytes).clamp(LEAST_ROWS, ROWS),
        }
    }

    /// Takes a prediction; the oldest one goes.
    pub(crate) fn push(&mut self, row: Row) {
        if self.rows.len() == self.most
            && let Some(old) = self.rows.pop_front()
        {
            self.numbers.remove(&old.id);
            self.first += 1;
        }
        let number = self.first + self.rows.len() as u64;
        let block = number / BLOCK_ROWS;
        if self.blocks.is_empty() || self.first_block + self.blocks.len() as u64 <= block {
            if self.blocks.is_empty() {
                self.first_block = block;
            }
            self.blocks.push_back(Block {
                from: row.at,
                to: row.at,
                rows: 0,
                expected: 0.0,
                variance: 0.0,
                labelled: 0,
                labelled_expected: 0.0,
                scored: 0.0,
            });
            if self.blocks.len() > BLOCKS {
                self.blocks.pop_front();
                self.first_block += 1;
            }
        }
        if let Some(last) = self.blocks.back_mut() {
            last.to = row.at;
            last.rows += 1;
            last.expected += row.expected;
            last.variance += row.expected * (1.0 - row.expected);
        }
        self.numbers.insert(Arc::clone(&row.id), number);
        self.rows.push_back(row);
    }

    fn place(&self, id: &str) -> Option<usize> {
        usize::try_from(self.numbers.get(id)? - self.first).ok()
    }

    /// A prediction that is still here.
    pub(crate) fn find(&self, id: &str) -> Option<&Row> {
        self.rows.get(self.place(id)?)
    }

    /// Notes what turned out to be true of a prediction; `kept` is what is known of one that is no
    /// longer here, with the label that it had. `None` where it is unknown.
    pub(crate) fn judge(
        &mut self,
        id: &str,
        truth: Truth,
        kept: Option<(Judged, Option<Truth>)>,
    ) -> Option<(Change, Arc<Outcome>)> {
        let place = self.place(id);
        let (judged, before) = match place.and_then(|place| self.rows.get_mut(place)) {
            Some(row) => {
                let before = row.truth.replace(truth);
                let judged = Judged {
                    id: Arc::clone(&row.id),
                    said: Arc::clone(&row.said),
                    expected: row.expected,
                    truth,
                    client: row.client.clone(),
                };
                (judged, before)
            }
            None => kept?,
        };
        let said = Arc::clone(&judged.said);
        if before == Some(truth) {
            return Some((Change::Same, said));
        }
        if place.is_some() {
            self.note_in_block(id, &judged, before);
        }
        let known = before.and_then(|_| self.judged.iter_mut().find(|one| &*one.id == id));
        match known {
            Some(one) => one.truth = truth,
            // A correction of what left the window long ago says nothing of the newest labels.
            None if before.is_some() => {}
            None => {
                if self.judged.len() == JUDGED {
                    self.judged.pop_front();
                }
                self.judged.push_back(judged);
            }
        }
        Some((if before.is_some() { Change::Corrected } else { Change::New }, said))
    }

    fn note_in_block(&mut self, id: &str, judged: &Judged, before: Option<Truth>) {
        let Some(number) = self.numbers.get(id) else { return };
        let place = (number / BLOCK_ROWS).checked_sub(self.first_block);
        let place = place.and_then(|place| usize::try_from(place).ok());
        let Some(block) = place.and_then(|place| self.blocks.get_mut(place)) else { return };
        if let Some(before) = before {
            block.scored -= score(&judged.said, before);
        } else {
            block.labelled += 1;
            block.labelled_expected += judged.expected;
        }
        block.scored += judged.score();
    }

    /// The newest labelled predictions, oldest first.
    pub(crate) fn newest_judged(&self, most: usize) -> impl Iterator<Item = &Judged> {
        self.judged.iter().skip(self.judged.len().saturating_sub(most))
    }
}
