//! The store as the other rooms see it.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::Ordering::Relaxed,
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use bellwether_signal::{
    ModelId, Timestamp, Topic,
    answer::SeriesAnswer,
    ports::{LoggedPrediction, PredictionLabel, RecordChange},
    protocol::Position,
    series::SeriesName,
    system::{Health, PartHealth, StoreMetrics},
};
use rusqlite::Connection;
use serde_json::{Map, Value};

use crate::{
    Durable, EventListener, Fault, Frame, LoggedEvent, Resolution, StoreError, durable,
    events::{self, EventLog, NewEvent},
    health::Report,
    inbox::{Done, Errand, Inbox},
    names::Names,
    open::Folder,
    prediction, read,
    readers::Readers,
    record,
    schema::open_error,
    settings,
    token::{self, Identity, IssuedToken, NewToken, Token, TokenKind},
    token_cache::{Known, TokenCache},
    upkeep::Upkeep,
    writer::{Waiting, Writer},
};

/// What may be set; the defaults are what the server uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The most series that are kept; new names beyond have no history.
    pub max_series: usize,
    /// The most samples that wait for the writer; when a new frame does not fit, the oldest are shed.
    pub queue_samples: usize,
    /// The most bytes that wait for a disk that cannot be written, at about four a sample; when a
    /// new frame does not fit, the oldest are shed.
    pub waiting_bytes: usize,
    /// How long samples are kept as they were measured.
    pub keep_ms: i64,
    /// How long one row a minute is kept.
    pub keep_minutes_ms: i64,
    /// How long one row an hour is kept; a series without any is forgotten.
    pub keep_hours_ms: i64,
    /// How long after its end an hour is compressed.
    pub seal_after_ms: i64,
    /// How long events are kept.
    pub keep_events_ms: i64,
    /// The most events that are kept of a topic; the oldest are dropped.
    pub max_events: u32,
    /// How long predictions are kept.
    pub keep_predictions_ms: i64,
    /// The most predictions that are kept of a version; the oldest are dropped.
    pub max_predictions: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_series: 200_000,
            queue_samples: 50_000,
            waiting_bytes: 4 * 1024 * 1024,
            keep_ms: 7 * 86_400_000,
            keep_minutes_ms: 90 * 86_400_000,
            keep_hours_ms: 5 * 365 * 86_400_000,
            seal_after_ms: 5 * 60_000,
            keep_events_ms: 7 * 86_400_000,
            max_events: 10_000,
            keep_predictions_ms: 30 * 86_400_000,
            max_predictions: 1_000_000,
        }
    }
}

/// History, settings and tokens in one folder. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    options: Options,
    inbox: Arc<Inbox>,
    report: Arc<Report>,
    readers: Readers,
    tokens: TokenCache,
    listener: Arc<OnceLock<EventListener>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    folder: Arc<Folder>,
    in_memory_because: Option<StoreError>,
}

impl Options {
    /// The same for a store in memory: less of everything.
    fn in_memory(self) -> Self {
        const HOUR_MS: i64 = 3_600_000;
        Self {
            max_series: self.max_series.min(10_000),
            keep_ms: self.keep_ms.min(6 * HOUR_MS),
            keep_minutes_ms: self.keep_minutes_ms.min(48 * HOUR_MS),
            keep_hours_ms: self.keep_hours_ms.min(30 * 24 * HOUR_MS),
            max_events: self.max_events.min(1_000),
            max_predictions: self.max_predictions.min(10_000),
            ..self
        }
    }
}

impl Store {
    /// Opens the store in a folder, which is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_with(folder, Options::default())
    }

    /// Opens it with other options than the defaults.
    pub fn open_with(folder: &Path, options: Options) -> Result<Self, StoreError> {
        Self::start(Folder::lock(folder)?, options, None).map_err(|(error, _)| error)
    }

    /// Opens it; a database there that cannot be used is left as it is, and a store in memory takes
    /// its place. Then [`Store::health`] says so, and history is short and ends with the process. A
    /// folder that cannot be made, or that another server works on, is an error all the same.
    pub fn open_or_memory(folder: &Path, options: Options) -> Result<Self, StoreError> {
        let (error, held) = match Folder::lock(folder) {
            Ok(locked) => match Self::start(locked, options.clone(), None) {
                Ok(store) => return Ok(store),
                Err((error, locked)) => (error, Some(locked)),
            },
            Err(error) => (error, None),
        };
        if !error.is_of_the_database() {
            return Err(error);
        }
        let held = held.and_then(Arc::into_inner);
        let memory = Folder::in_memory(folder, held);
        let options = options.in_memory();
        Self::start(memory, options, Some(error)).map_err(|(error, _)| error)
    }

    /// Why nothing is kept on disk, when [`Store::open_or_memory`] came to memory.
    pub fn in_memory_because(&self) -> Option<&StoreError> {
        self.0.in_memory_because.as_ref()
    }

    fn start(
        folder: Folder,
        options: Options,
        in_memory_because: Option<StoreError>,
    ) -> Result<Self, (StoreError, Arc<Folder>)> {
        let folder = Arc::new(folder);
        Self::start_in(&folder, options, in_memory_because).map_err(|error| (error, folder))
    }

    fn start_in(
        folder: &Arc<Folder>,
        options: Options,
        in_memory_because: Option<StoreError>,
    ) -> Result<Self, StoreError> {
        let connection = folder.open_writer()?;
        let unread = |source| open_error(&folder.database(), "read", source);
        let names = Names::load(&connection, options.max_series).map_err(unread)?;
        let events = EventLog::load(&connection).map_err(unread)?;
        let listener = Arc::new(OnceLock::new());
        let inbox = Arc::new(Inbox::new(options.queue_samples));
        let report = Arc::new(Report::default());
        report.series.store(names.len() as u64, Relaxed);
        let writer = Writer {
            connection,
            names,
            inbox: Arc::clone(&inbox),
            report: Arc::clone(&report),
            upkeep: Upkeep::new(&options),
            waiting: Waiting::new(options.waiting_bytes),
            predictions: prediction::Queue::default(),
            events,
            listener: Arc::clone(&listener),
        };
        let thread = thread::Builder::new()
            .name("bellwether-store".to_owned())
            .spawn(move || writer.run())
            .map_err(StoreError::Thread)?;
        Ok(Self(Arc::new(Inner {
            options,
            inbox,
            report,
            readers: Readers::new(Arc::clone(folder)),
            in_memory_because,
            tokens: TokenCache::default(),
            listener,
            thread: Mutex::new(Some(thread)),
            folder: Arc::clone(folder),
        })))
    }

    /// The folder that it lives in.
    pub fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    /// Takes a frame to be written within about a second. Never blocks: when the writer is behind,
    /// the oldest frames are shed, counted and told by [`Store::health`].
    pub fn append(&self, frame: Frame) {
        self.0.report.shed(self.0.inbox.push(frame));
    }

    /// Waits until what was appended before is on disk.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.send(Errand::Flush)
    }

    /// Compresses and drops everything that is due at this time, and waits for it. The writer does
    /// so by itself, an hour of history at a time, while frames come in.
    pub fn tidy(&self, now: Timestamp) -> Result<(), StoreError> {
        self.send(Errand::Tidy(now))
    }

    /// History by column, from `from` up to and without `to`: only what is on disk. A name that is
    /// not known has empty columns.
    pub fn series(
        &self,
        names: &[SeriesName],
        from: Timestamp,
        to: Timestamp,
        resolution: Resolution,
    ) -> Result<SeriesAnswer, StoreError> {
        read::series(&*self.0.readers.borrow()?, names, (from, to), resolution)
    }

    /// Takes an event to be written at once and shown after. Never blocks: when too many wait, it is
    /// refused. See [`Store::on_logged`].
    pub fn log(&self, topic: Topic, at: Timestamp, event: Value) -> Result<(), StoreError> {
        self.0.inbox.log(NewEvent::new(topic, at, event)?)
    }

    /// Who hears of events with their positions, in order, once they are on disk. While the disk
    /// cannot be written they are told all the same, under a new epoch, and written later. To be
    /// set once, before the first event; false when it was set already.
    pub fn on_logged(&self, listener: EventListener) -> bool {
        self.0.listener.set(listener).is_ok()
    }

    /// Where each logged topic stands.
    pub fn logged_topics(&self) -> Result<Vec<(Topic, Position)>, StoreError> {
        events::standings(&*self.0.readers.borrow()?)
            .map_err(StoreError::read("read where topics stand"))
    }

    /// At most `limit` events of a topic, newest first: those before a position, or the newest.
    pub fn events(
        &self,
        topic: &Topic,
        before: Option<Position>,
        limit: usize,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        events::before(&*self.0.readers.borrow()?, topic, before, limit)
    }

    /// At most `limit` events of a topic after a position, oldest first, and whether there are more.
    pub fn events_after(
        &self,
        topic: &Topic,
        after: Position,
        limit: usize,
    ) -> Result<(Vec<LoggedEvent>, bool), StoreError> {
        events::after(&*self.0.readers.borrow()?, topic, after, limit)
    }

    /// Where a durable subscription stands. It is made if it is not there; topics that it does not
    /// know begin where `begins` says. On disk when it returns.
    pub fn open_durable(
        &self,
        user: &str,
        name: &str,
        begins: &[(Topic, Position)],
        now: Timestamp,
    ) -> Result<Vec<(Topic, Position)>, StoreError> {
        let (user, name, begins) = (user.to_owned(), name.to_owned(), begins.to_vec());
        self.write(move |connection| durable::open(connection, (&user, &name), &begins, now))
    }

    /// Moves the places of a durable subscription; on disk when it returns. False when there is none
    /// of that name.
    pub fn acknowledge(
        &self,
        user: &str,
        name: &str,
        positions: &[(Topic, Position)],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (user, name, positions) = (user.to_owned(), name.to_owned(), positions.to_vec());
        self.write(move |connection| {
            durable::acknowledge(connection, (&user, &name), &positions, now)
        })
    }

    /// Durable subscriptions of a user, or of everybody, by user and name.
    pub fn durables(&self, user: Option<&str>, now: Timestamp) -> Result<Vec<Durable>, StoreError> {
        durable::list(&*self.0.readers.borrow()?, user, now)
    }

    /// Forgets a durable subscription; false when there is none of that name.
    pub fn delete_durable(&self, user: &str, name: &str) -> Result<bool, StoreError> {
        let (user, name) = (user.to_owned(), name.to_owned());
        self.write(move |connection| durable::delete(connection, &user, &name))
    }

    /// All records of a kind, by id.
    pub fn records(&self, kind: &str) -> Result<Vec<(String, Value)>, StoreError> {
        record::all(&*self.0.readers.borrow()?, kind)
    }

    /// Changes records, all or none; on disk when it returns.
    pub fn change_records(&self, changes: Vec<RecordChange>) -> Result<(), StoreError> {
        self.write(move |connection| record::change(connection, &changes))
    }

    /// Takes predictions to be written within about a second. Never blocks: when the disk is behind,
    /// the oldest are shed, counted and told by [`Store::health`].
    pub fn log_predictions(&self, predictions: Vec<LoggedPrediction>) {
        self.0.report.predictions_shed(self.0.inbox.predicted(predictions));
    }

    /// Writes predictions; on disk when it returns.
    pub fn write_predictions(&self, predictions: Vec<LoggedPrediction>) -> Result<(), StoreError> {
        self.write(move |connection| Ok(prediction::insert(connection, predictions.iter())?))
    }

    /// Predictions that will never be written, since the start.
    pub fn shed_predictions(&self) -> u64 {
        self.0.report.shed_predictions.load(Relaxed)
    }

    /// The prediction of an id, once it is on disk.
    pub fn prediction(&self, id: &str) -> Result<Option<LoggedPrediction>, StoreError> {
        prediction::find(&*self.0.readers.borrow()?, id)
    }

    /// The newest predictions of a version that are on disk, newest first: those before an id, or all.
    pub fn predictions(
        &self,
        model: &ModelId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        prediction::newest(&*self.0.readers.borrow()?, model, before, limit)
    }

    /// Notes what turned out to be true, also of predictions that were taken a moment ago; answers the
    /// ids that are not known. On disk when it returns.
    pub fn label_predictions(
        &self,
        labels: Vec<PredictionLabel>,
    ) -> Result<Vec<String>, StoreError> {
        self.write(move |connection| prediction::label(connection, &labels))
    }

    /// Forgets all predictions of a version; on disk when it returns.
    pub fn forget_predictions(&self, model: &ModelId) -> Result<(), StoreError> {
        let model = model.clone();
        self.write(move |connection| prediction::forget(connection, &model))
    }

    /// What a user has set; empty when nothing.
    pub fn settings(&self, user: &str) -> Result<Map<String, Value>, StoreError> {
        settings::load(&*self.0.readers.borrow()?, user)
    }

    /// Applies a JSON merge patch to a user's settings; on disk when it returns what is set then.
    pub fn merge_settings(
        &self,
        user: &str,
        patch: &Map<String, Value>,
    ) -> Result<Map<String, Value>, StoreError> {
        let (user, patch) = (user.to_owned(), patch.clone());
        self.write(move |connection| settings::merge(connection, &user, &patch))
    }

    /// Makes a token. Its secret is told this once.
    pub fn create_token(&self, new: NewToken, now: Timestamp) -> Result<IssuedToken, StoreError> {
        token::check_name(&new.name)?;
        let issued = token::issue(now)?;
        self.write(move |connection| {
            token::insert(connection, &new, &issued, now)?;
            Ok(issued)
        })
    }

    /// Who shows this secret, from memory: never waits. `None` says nothing: ask
    /// [`Store::verify_token`].
    pub fn known_token(&self, secret: &str, now: Timestamp) -> Option<Identity> {
        match self.0.tokens.find(&token::hash(secret), now) {
            Known::Nothing { .. } => None,
            Known::Valid { identity, note } => {
                if note {
                    self.note_use(identity.id.clone(), now);
                }
                Some(identity)
            }
        }
    }

    /// Who shows this secret; `None` when it is wrong, expired, revoked, or a link, which
    /// [`Store::redeem_link`] takes.
    pub fn verify_token(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<Identity>, StoreError> {
        let hash = token::hash(secret);
        let (identity, note) = match self.0.tokens.find(&hash, now) {
            Known::Valid { identity, note } => (identity, note),
            Known::Nothing { changes } => {
                let Some(found) = token::find(&*self.0.readers.borrow()?, &hash)? else {
                    return Ok(None);
                };
                if found.identity.kind == TokenKind::Link || !found.is_valid(now) {
                    return Ok(None);
                }
                let identity = found.identity.clone();
                (identity, self.0.tokens.remember(hash, found, changes, now))
            }
        };
        if note {
            self.note_use(identity.id.clone(), now);
        }
        Ok(Some(identity))
    }

    /// Turns a link into a session of `lifetime_ms`; the secret is the session's. Of those who try
    /// at the same time exactly one gets it.
    pub fn redeem_link(
        &self,
        secret: &str,
        now: Timestamp,
        lifetime_ms: i64,
    ) -> Result<Option<(IssuedToken, Identity)>, StoreError> {
        let link = token::hash(secret);
        let session = token::issue(now)?;
        let expires_at = Timestamp(now.0.saturating_add(lifetime_ms));
        self.write(move |connection| {
            let identity = token::redeem(connection, &link, &session, expires_at, now)?;
            Ok(identity.map(|identity| (session, identity)))
        })
    }

    /// All tokens, sessions and links, oldest first.
    pub fn list_tokens(&self) -> Result<Vec<Token>, StoreError> {
        token::list(&*self.0.readers.borrow()?)
    }

    /// Ends a token, from the moment that this returns. False when no good one has that id.
    pub fn revoke_token(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let revoked = self.write(move |connection| token::revoke(connection, &id, now))?;
        self.0.tokens.changed();
        Ok(revoked)
    }

    /// How large it is and what it did since start.
    pub fn metrics(&self) -> StoreMetrics {
        let Inner { report, options, .. } = &*self.0;
        let sealed = report.held();
        StoreMetrics {
            size_bytes: self.0.folder.size_bytes() as f64,
            series: report.series.load(Relaxed) as f64,
            samples: report.samples.load(Relaxed) as f64,
            sealed_samples: sealed.map(|held| held.samples as f64),
            sealed_bytes: sealed.map(|held| held.bytes as f64),
            failed_writes: report.failed_writes.load(Relaxed) as f64,
            shed_frames: report.shed_frames.load(Relaxed) as f64,
            keep_samples_ms: options.keep_ms as f64,
            keep_minutes_ms: options.keep_minutes_ms as f64,
            keep_hours_ms: options.keep_hours_ms as f64,
            keep_events_ms: options.keep_events_ms as f64,
        }
    }

    /// Whether it works, and what to do when not.
    pub fn health(&self) -> PartHealth {
        let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.as_ref().is_none_or(JoinHandle::is_finished) {
            let detail = "the store is closed; restart bellwether".to_owned();
            return PartHealth { status: Health::Critical, detail: Some(detail) };
        }
        drop(thread);
        if let Some(error) = &self.0.in_memory_because {
            let detail = format!(
                "nothing is kept on disk, only the last hours in memory: {error}; then restart bellwether"
            );
            return PartHealth { status: Health::Degraded, detail: Some(detail) };
        }
        let mut health = self.0.report.health(self.0.options.max_series);
        let place = |detail| format!("{detail} (data folder {})", self.folder().display());
        health.detail = health.detail.map(place);
        health
    }

    /// Lets the file grow to so many bytes at most, or without a bound: more is then a full disk.
    pub fn limit_size(&self, bytes: Option<u64>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
            let bytes = bytes.map_or(i64::MAX, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
            let pages = (bytes / page).clamp(1, i64::from(u32::MAX - 1));
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
            Ok(())
        })
    }

    /// Writes what waits, copies the log and ends the writer. Later calls fail with
    /// [`StoreError::Closed`].
    pub fn close(&self) {
        self.0.close();
    }

    fn send(&self, errand: Errand) -> Result<(), StoreError> {
        let (told, answer) = sync_channel(1);
        self.0.inbox.send(errand, told)?;
        answer.recv().map_err(|_| StoreError::Closed)?.map_err(StoreError::NotWritten)
    }

    fn note_use(&self, id: String, now: Timestamp) {
        let noted = self.0.inbox.submit(Box::new(move |connection| {
            let keep = token::used(connection, &id, now).is_ok();
            Done { keep, answer: Box::new(drop) }
        }));
        if let Err(error) = noted {
            tracing::debug!(%error, "the use of a token is not noted");
        }
    }

    /// Runs work in the writer's transaction and waits until it is on disk.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer): (SyncSender<Result<T, StoreError>>, _) = sync_channel(1);
        self.0.inbox.submit(Box::new(move |connection| {
            let result = work(connection);
            let keep = result.is_ok();
            let answer = move |committed: Result<(), Fault>| {
                let told = result.and_then(|told| {
                    committed.map_err(StoreError::NotWritten)?;
                    Ok(told)
                });
                drop(reply.send(told)); // the caller waits, unless it panicked
            };
            Done { keep, answer: Box::new(answer) }
        }))?;
        let told = answer.recv().map_err(|_| StoreError::Closed)?;
        if matches!(told, Err(StoreError::NotWritten(_))) {
            self.0.report.failed_writes.fetch_add(1, Relaxed);
        }
        told
    }
}

impl Inner {
    fn close(&self) {
        self.readers.close();
        self.inbox.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's writer panicked");
        }
        self.folder.unlock();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
