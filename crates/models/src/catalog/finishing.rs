//! An upload that is whole becomes a dataset: compared with its hash, read, judged, and put where it stays.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read},
    path::Path,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bellwether_signal::{
    activity::{Activity, ActivityKind, Severity},
    dataset::DatasetProfile,
    ports::RecordChange,
};

use super::{
    Catalog, CatalogError, Dataset,
    upload::Upload,
    uploading::{DATASETS, KIND as UPLOAD},
};
use crate::{
    dataset::{DatasetError, Limits, Table, read},
    digits::grouped,
    profile::{Profile, Source, told},
};

/// Characters of a line that an error quotes.
const QUOTED_CHARS: usize = 120;
/// Bytes in which a file is read.
const BLOCK_BYTES: usize = 256 * 1024;

/// What an upload has become.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// Whether it was there before: an equal file is one dataset.
    pub existed: bool,
}

impl Catalog {
    /// Makes a dataset of an upload that is whole; takes as long as reading the file does. A file that
    /// cannot be used is not kept; where the fault is ours, the upload stays and may be finished again.
    pub fn finish(&self, id: &str) -> Result<Finished, CatalogError> {
        let upload = match self.upload(id) {
            Ok(upload) => upload,
            // The answer to an earlier request was lost.
            Err(error) => return self.finished_before(id).ok_or(error),
        };
        {
            let mut writing = upload.writing();
            if writing.finishing {
                return Err(CatalogError::Finishing);
            }
            let received = writing.received;
            if let Some(announced) = upload
                .record
                .size_bytes
                .filter(|announced| upload.resumable && received < *announced)
            {
                return Err(CatalogError::Incomplete { received, announced });
            }
            writing.finishing = true;
        }
        let outcome = self.make_dataset(&upload);
        match &outcome {
            Ok(finished) => {
                self.forget(id);
                let profile = &finished.dataset.profile;
                upload.telling().completed(&self.around, profile.rows, profile.columns.len());
                self.note_end(id, Some(&finished.dataset.id));
                self.tell_uploaded(&upload, finished);
            }
            Err(error) if error.is_of_the_file() || !upload.resumable => {
                self.discard(&upload, &error.to_string());
            }
            Err(error) => {
                upload.writing().finishing = false;
                upload.telling().failed(&self.around, error.to_string());
            }
        }
        outcome
    }

    fn finished_before(&self, id: &str) -> Option<Finished> {
        if let Some(dataset) = self.find(id) {
            return Some(Finished { dataset, existed: false });
        }
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let became = ended.iter().find(|ended| ended.upload == id)?.dataset.clone()?;
        drop(ended);
        Some(Finished { dataset: self.find(&became)?, existed: true })
    }

    fn tell_uploaded(&self, upload: &Upload, finished: &Finished) {
        let profile = &finished.dataset.profile;
        let (name, rows) = (&upload.record.file_name, profile.rows.unwrap_or(0));
        let columns = profile.columns.len();
        let text = if finished.existed {
            format!("{name} was uploaded; it is there already as {}", profile.file_name)
        } else {
            format!("{name} was uploaded: {} rows, {columns} columns", grouped(rows.into()))
        };
        let activity = Activity::new(ActivityKind::DatasetUploaded, Severity::Success, text);
        self.tell_activity(activity, upload.record.user.as_deref(), &finished.dataset.id);
    }

    fn make_dataset(&self, upload: &Upload) -> Result<Finished, CatalogError> {
        // One file is read at a time: that bounds the memory, and equal files meet here.
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stopping.load(Ordering::Relaxed) {
            return Err(CatalogError::Stopping);
        }
        let (bytes, found) = {
            let mut writing = upload.writing();
            if writing.received == 0 {
                return Err(CatalogError::Unusable(DatasetError::Empty.to_string()));
            }
            let found = upload.sha256(&mut writing)?;
            (writing.received, found)
        };
        if let Some(announced) = upload.record.sha256.clone().filter(|sha256| *sha256 != found) {
            return Err(CatalogError::Hash { announced, found });
        }
        upload.telling().reading(&self.around, bytes, 0.0);
        let existing = self.list().into_iter().find(|dataset| dataset.profile.sha256 == found);
        let existed = existing.is_some();
        let (file_name, chosen) = match &existing {
            Some(dataset) => (dataset.profile.file_name.clone(), dataset.chosen_target.clone()),
            None => (upload.record.file_name.clone(), None),
        };
        // An equal file is looked at again all the same: whoever waits for a profile gets one.
        let wish = Wish { file_name, sha256: found.clone(), target: chosen.clone() };
        let profile = self.profile_file(upload.path(), wish, |share| {
            upload.telling().reading(&self.around, bytes, share);
        })?;
        let record = match existing {
            Some(dataset) => Dataset { profile, ..(*dataset).clone() },
            None => Dataset {
                id: upload.record.id.clone(),
                created_at_ms: (self.around.clock)().wall,
                user: upload.record.user.clone(),
                chosen_target: None,
                profile,
            },
        };
        if !existed && self.list().len() >= DATASETS {
            return Err(CatalogError::TooManyDatasets { limit: DATASETS });
        }
        self.files.share(upload.path(), &found)?;
        let kept = self.keep_with(record, RecordChange::remove(UPLOAD, &upload.record.id));
        match kept {
            Ok(dataset) => {
                drop(fs::remove_file(upload.path()));
                Ok(Finished { dataset, existed })
            }
            Err(error) => {
                if !existed {
                    drop(self.files.remove(&found));
                }
                Err(error.into())
            }
        }
    }

    /// Reads and judges a file; the reading lock is held.
    fn profile_file(
        &self,
        path: &Path,
        wish: Wish,
        mut progress: impl FnMut(f64),
    ) -> Result<DatasetProfile, CatalogError> {
        let began = (self.around.clock)();
        let size_bytes = fs::metadata(path)?.len();
        #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
        let table = read(
            || Watched::open(path, &self.stopping),
            &Limits::default(),
            |bytes| progress(bytes as f64 / size_bytes.max(1) as f64 * 0.8),
        );
        let table = table.map_err(|error| self.refused(path, &error))?;
        if let Some(target) = &wish.target {
            table.column(target)?;
        }
        progress(0.8);
        let profile = Profile::of(&table, wish.target.as_deref());
        let now = (self.around.clock)();
        let source = Source {
            file_name: wish.file_name,
            sha256: wish.sha256,
            size_bytes,
            took_ms: (now.seconds_since(began) * 1_000.0).round(),
            profiled_at_ms: now.wall,
        };
        let told = told(&table, &profile, source);
        match told.issues.first().filter(|_| !told.usable && wish.target.is_none()) {
            Some(issue) => Err(CatalogError::Unusable(issue.text.clone())),
            None => Ok(told),
        }
    }

    /// What is wrong with a file, with the line where that helps.
    fn refused(&self, path: &Path, error: &DatasetError) -> CatalogError {
        if let DatasetError::Io(error) = error {
            if self.stopping.load(Ordering::Relaxed) {
                return CatalogError::Stopping;
            }
            return CatalogError::File(io::Error::new(error.kind(), error.to_string()));
        }
        let quoted = error.row().and_then(|row| line(path, row));
        CatalogError::Unusable(match quoted {
            Some(line) => format!("{error}: {line:?}"),
            None => error.to_string(),
        })
    }

    /// Looks at a dataset again, where a target is given with that one: it is kept if it can be one.
    /// Answers the profile; one that is not usable was not kept.
    pub fn validate(
        &self,
        id: &str,
        target: Option<&str>,
        progress: impl FnMut(f64),
    ) -> Result<DatasetProfile, CatalogError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let dataset = self.find(id).ok_or_else(|| CatalogError::NoDataset(id.to_owned()))?;
        let target = target.map(str::to_owned).or_else(|| dataset.chosen_target.clone());
        let wish = Wish {
            file_name: dataset.profile.file_name.clone(),
            sha256: dataset.profile.sha256.clone(),
            target: target.clone(),
        };
        let profile = self.profile_file(&self.file(&dataset), wish, progress)?;
        if profile.usable && self.find(id).is_some() {
            let record =
                Dataset { profile: profile.clone(), chosen_target: target, ..(*dataset).clone() };
            self.keep(record)?;
        }
        Ok(profile)
    }

    /// A dataset's rows, read as one of those files that are read one at a time.
    pub fn table_of(&self, dataset: &Dataset) -> Result<Table, DatasetError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        self.table(dataset, &Limits::default())
    }
}

/// What a profile is made of besides the file.
struct Wish {
    file_name: String,
    sha256: String,
    target: Option<String>,
}

/// A file that stops being read when the server stops.
struct Watched<'a> {
    file: BufReader<fs::File>,
    stopping: &'a AtomicBool,
}

impl<'a> Watched<'a> {
    fn open(path: &Path, stopping: &'a AtomicBool) -> io::Result<Self> {
        let file = BufReader::with_capacity(BLOCK_BYTES, fs::File::open(path)?);
        Ok(Self { file, stopping })
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(io::Error::other("the server is stopping"));
        }
        self.file.read(buffer)
    }
}

/// A line of a file by its number from 1, as text, cut.
fn line(path: &Path, row: u64) -> Option<String> {
    let file = BufReader::new(fs::File::open(path).ok()?);
    let place = usize::try_from(row.checked_sub(1)?).ok()?;
    let bytes = file.split(b'\n').nth(place)?.ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let seen = text.chars().filter(|c| !c.is_control() || *c == '\t');
    Some(seen.take(QUOTED_CHARS).collect())
}
