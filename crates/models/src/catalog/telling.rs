//! What is told of an upload while it goes on: topic `dataset/{id}/upload`.

use std::time::Duration;

use bellwether_signal::{
    Moment, Timestamp,
    dataset::{self, DatasetUpload, UploadState},
    ports::{Surroundings, state_of},
};

/// Shortest time between two tellings of the same step: five a second.
const APART: Duration = Duration::from_millis(200);
/// The share of the work that is over when the last byte is here; reading the file is the rest.
const RECEIVING_PERCENT: f64 = 80.0;
/// Bytes read a second before any was: what a slow processor does.
const READS_BYTES_PER_SECOND: f64 = 40e6;
/// Weight of the newest speed in the one that is told.
const NEWEST: f64 = 0.3;

/// One upload as it was told last.
pub(super) struct Telling {
    id: String,
    state: DatasetUpload,
    last: Option<Moment>,
    last_bytes: f64,
    reading_since: Option<Moment>,
}

impl Telling {
    pub(super) fn new(
        id: &str,
        file_name: &str,
        total_bytes: Option<u64>,
        started_at_ms: Timestamp,
    ) -> Self {
        let state = DatasetUpload {
            file_name: file_name.to_owned(),
            state: UploadState::Starting,
            progress_percent: 0.0,
            received_bytes: 0.0,
            #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
            total_bytes: total_bytes.map(|bytes| bytes as f64),
            received_bytes_per_second: None,
            remaining_seconds: None,
            started_at_ms,
            ended_at_ms: None,
            rows: None,
            columns: None,
            error: None,
        };
        Self { id: id.to_owned(), state, last: None, last_bytes: 0.0, reading_since: None }
    }

    /// Tells it as it is.
    pub(super) fn tell(&mut self, around: &Surroundings) {
        self.last = Some((around.clock)());
        around.announce.state(&dataset::upload(&self.id), state_of(&self.state), None);
    }

    /// The time since the last telling, where it is long enough for the next.
    fn due(&self, now: Moment, state: UploadState) -> bool {
        self.state.state != state
            || self.last.is_none_or(|last| now.monotonic.saturating_sub(last.monotonic) >= APART)
    }

    /// So many bytes are here.
    #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
    pub(super) fn received(&mut self, around: &Surroundings, bytes: u64) {
        let now = (around.clock)();
        self.state.received_bytes = bytes as f64;
        self.state.error = None;
        self.state.ended_at_ms = None;
        if !self.due(now, UploadState::Receiving) {
            return;
        }
        let bytes = bytes as f64;
        if let Some(last) = self.last.filter(|_| self.state.state == UploadState::Receiving) {
            let speed = (bytes - self.last_bytes) / now.seconds_since(last).max(1e-3);
            let before = self.state.received_bytes_per_second.unwrap_or(speed);
            // Bytes a second: fractions of one say nothing.
            self.state.received_bytes_per_second =
                Some((before + NEWEST * (speed - before)).round().max(0.0));
        }
        self.last_bytes = bytes;
        self.state.state = UploadState::Receiving;
        if let Some(total) = self.state.total_bytes.filter(|total| *total > 0.0) {
            let share = (bytes / total).clamp(0.0, 1.0);
            self.state.progress_percent = tenths(share * RECEIVING_PERCENT);
            self.state.remaining_seconds =
                self.state.received_bytes_per_second.filter(|speed| *speed > 0.0).map(|speed| {
                    tenths((total - bytes).max(0.0) / speed + total / READS_BYTES_PER_SECOND)
                });
        }
        self.tell(around);
    }

    /// All is here and so much of it is read: 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
    pub(super) fn reading(&mut self, around: &Surroundings, bytes: u64, share: f64) {
        let now = (around.clock)();
        let since = *self.reading_since.get_or_insert(now);
        if !self.due(now, UploadState::Saving) {
            return;
        }
        let share = share.clamp(0.0, 1.0);
        self.state.state = UploadState::Saving;
        self.state.received_bytes = bytes as f64;
        self.state.total_bytes = Some(bytes as f64);
        self.state.received_bytes_per_second = None;
        self.state.error = None;
        self.state.ended_at_ms = None;
        self.state.progress_percent =
            tenths(RECEIVING_PERCENT + share * (100.0 - RECEIVING_PERCENT));
        let took = now.seconds_since(since);
        self.state.remaining_seconds = (share > 0.0 && took > 0.0)
            .then(|| tenths(took / share * (1.0 - share)))
            .or(Some(tenths(bytes as f64 / READS_BYTES_PER_SECOND)));
        self.tell(around);
    }

    /// It is a dataset now.
    pub(super) fn completed(&mut self, around: &Surroundings, rows: Option<u32>, columns: usize) {
        self.state.state = UploadState::Completed;
        self.state.progress_percent = 100.0;
        self.state.rows = rows;
        self.state.columns = u32::try_from(columns).ok();
        self.ended(around);
    }

    /// It is none, and why.
    pub(super) fn failed(&mut self, around: &Surroundings, error: String) {
        self.state.state = UploadState::Failed;
        self.state.error = Some(error);
        self.ended(around);
    }

    fn ended(&mut self, around: &Surroundings) {
        self.state.received_bytes_per_second = None;
        self.state.remaining_seconds = None;
        self.state.ended_at_ms = Some((around.clock)().wall);
        self.reading_since = None;
        self.tell(around);
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
