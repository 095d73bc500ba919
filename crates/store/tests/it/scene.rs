//! What the tests share: a store in a folder of its own, names and frames in one line.

use bellwether_signal::{Timestamp, answer::SeriesColumns, series::SeriesName};
use bellwether_store::{Frame, Options, Resolution, Store};
use tempfile::TempDir;

/// A store in a folder that goes with it.
pub(crate) struct Scene {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_with(folder.path(), options).unwrap();
        Self { store, folder }
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopen(self) -> Self {
        self.store.close();
        drop(self.store);
        let store = Store::open(self.folder.path()).unwrap();
        Self { store, folder: self.folder }
    }
}

pub(crate) fn name(text: &str) -> SeriesName {
    SeriesName::parse(text).unwrap()
}

/// A frame at one time, a second before the next.
pub(crate) fn frame(at_ms: i64, samples: &[(&str, f64)]) -> Frame {
    Frame {
        at: Timestamp(at_ms),
        interval_ms: 1_000,
        samples: samples.iter().map(|(name, value)| ((*name).into(), *value)).collect(),
    }
}

/// Everything that a store has of one series, as it was measured.
pub(crate) fn all(store: &Store, series: &str) -> SeriesColumns {
    let (from, to) = (Timestamp(0), Timestamp(i64::MAX));
    let answer = store.series(&[name(series)], from, to, Resolution::Raw).unwrap();
    assert_eq!(answer.step_ms, 0);
    answer.series.into_iter().next().unwrap()
}

/// The same as pairs.
pub(crate) fn pairs(store: &Store, series: &str) -> Vec<(i64, f64)> {
    let columns = all(store, series);
    assert_eq!(columns.mean, columns.min);
    assert_eq!(columns.mean, columns.max);
    columns.at_ms.iter().map(|at| at.0).zip(columns.mean).collect()
}
