//! Models that are in memory: as many as fit, the ones used last.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::model::Model;

/// Memory that loaded models may take together. One more puts out those that were not used for the
/// longest; one that is larger than all of it is there alone. A put-out model is read again from its
/// file when it is asked.
pub const LOADED_BYTES: usize = 256 * 1024 * 1024;

/// A loaded model takes about so many times the size of its file, whose trees are packed.
const UNPACKED: usize = 6;

/// What is in memory, for `/metrics` and `/health`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadedFigures {
    /// Models.
    pub models: usize,
    /// Their memory, estimated from the size of their files.
    pub bytes: usize,
    /// The most that it may be.
    pub limit_bytes: usize,
    /// Times that a model was asked for and was there.
    pub hits: u64,
    /// Files that were read.
    pub loads: u64,
    /// Models that were put out to make room.
    pub put_out: u64,
}

/// Models by the SHA-256 of their files: equal versions share one.
pub(super) struct Loaded(Mutex<Inner>);

struct Inner {
    models: HashMap<String, Entry>,
    /// Counts uses: the highest is the newest.
    uses: u64,
    figures: LoadedFigures,
}

struct Entry {
    model: Arc<Model>,
    bytes: usize,
    used: u64,
}

impl Loaded {
    pub(super) fn new(limit_bytes: usize) -> Self {
        let figures = LoadedFigures { limit_bytes, ..LoadedFigures::default() };
        Self(Mutex::new(Inner { models: HashMap::new(), uses: 0, figures }))
    }

    pub(super) fn find(&self, sha256: &str) -> Option<Arc<Model>> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.uses += 1;
        let used = inner.uses;
        let entry = inner.models.get_mut(sha256)?;
        entry.used = used;
        let model = Arc::clone(&entry.model);
        inner.figures.hits += 1;
        Some(model)
    }

    /// Puts one in, and those out that no longer fit. `read` says that it came from its file.
    pub(super) fn put(&self, sha256: &str, model: &Arc<Model>, file_bytes: usize, read: bool) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.uses += 1;
        inner.figures.loads += u64::from(read);
        let bytes = file_bytes.saturating_mul(UNPACKED);
        let entry = Entry { model: Arc::clone(model), bytes, used: inner.uses };
        if inner.models.insert(sha256.to_owned(), entry).is_none() {
            inner.figures.bytes += bytes;
        }
        while inner.figures.bytes > inner.figures.limit_bytes && inner.models.len() > 1 {
            let oldest = inner.models.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(sha256, _)| sha256.clone()) else { break };
            inner.remove(&oldest);
            inner.figures.put_out += 1;
        }
    }

    pub(super) fn remove(&self, sha256: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(sha256);
    }

    pub(super) fn figures(&self) -> LoadedFigures {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        LoadedFigures { models: inner.models.len(), ..inner.figures }
    }
}

impl Inner {
    fn remove(&mut self, sha256: &str) {
        if let Some(entry) = self.models.remove(sha256) {
            self.figures.bytes -= entry.bytes;
        }
    }
}
